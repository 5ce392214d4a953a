// Lookalikes: what plain text has in common with expressions of other languages.
#include "script/lookalikes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace arun::script;

namespace {

/// The name that each reads, and the text, if it is not the name with `$`.
std::string found_in(std::string_view text, bool for_shell = false) {
    std::string out;
    for_each_lookalike(text, for_shell, [&](std::string_view piece, std::string_view name) {
        out += (out.empty() ? "" : " ") + std::string(name);
        if (piece != "$" + std::string(name)) out += "=" + std::string(piece);
    });
    return out;
}

}  // namespace

TEST_CASE("a dollar sign and a name look like a variable") {
    CHECK(found_in("$x, $long_name1-$y!") == "x long_name1 y");
    CHECK(found_in("$1 $ $. \\$x $$x 5$") == "");
    CHECK(found_in("$x {{ y }}", true) == "y={{ y }}");
}

TEST_CASE("braces around a name look like a template") {
    CHECK(found_in("{{x}} {{ x.y[0] }} {{ x | upper }} {{\n x\n}}") ==
          "x={{x}} x.y[0]={{ x.y[0] }} x={{ x | upper }} x={{\n x\n}}");
    CHECK(found_in("{{ x | default({}) }}") == "x={{ x | default({}) }}");
    CHECK(found_in("${x} ${ x.y } ${x\n}") == "x=${x} x.y=${ x.y } x=${x\n}");
    for (const auto* text :
         {"{{}}", "{{ }}", "{{ 1 }}", "{{x}", "{{ x", "{{ \"x\" }}", "{{ {x} }}", "{ {x}}", "{{{x}}}",
          "}} {{ x", "${}", "${ }", "${1}", "${x", "${x y}", "${x:-y}", "${${x", "$ {x}", "{{"}) {
        CAPTURE(text);
        CHECK(found_in(text) == "");
    }
}

TEST_CASE("the end of one may be far away, and others be inside") {
    CHECK(found_in("{{ a {{ b }}") == "a={{ a {{ b }}");
    CHECK(found_in("{{ a\" {{ b }} {{ c") == "b={{ b }}");
    CHECK(found_in("${a ${b} ${c") == "b=${b}");
    CHECK(found_in("{{{{ b }} {{ c }}") == "c={{ c }}");
}
