#include "base/diagnostic.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace arun;

namespace {

Diagnostic about(const Source& source, std::string_view word, std::string message = "wrong",
                 std::string hint = {}) {
    auto at = static_cast<std::uint32_t>(source.text().find(word));
    return {Severity::error, {&source, at, static_cast<std::uint32_t>(at + word.size())}, message, hint};
}

}  // namespace

TEST_CASE("a diagnostic looks like a compiler's") {
    Source source("smoke.yaml", "\n\n\n\n\n\n    evry: 1s\n");
    CHECK(render(about(source, "evry", "unknown argument 'evry' of tick", "did you mean 'every'?"), false) ==
          "smoke.yaml:7:5: error: unknown argument 'evry' of tick; did you mean 'every'?\n"
          "  7 |     evry: 1s\n"
          "    |     ^~~~\n");
}

TEST_CASE("colors surround the parts of a diagnostic") {
    Source source("a", "xy");
    CHECK(render(about(source, "y"), true) ==
          "\x1b[1ma:1:2: \x1b[0m\x1b[1;31merror: \x1b[0m\x1b[1mwrong\x1b[0m\n"
          "  1 | xy\n"
          "    |  \x1b[1;32m^\x1b[0m\n");
    CHECK(render({Severity::warning, {}, "w", "h"}, true) ==
          "\x1b[1marun: \x1b[0m\x1b[1;35mwarning: \x1b[0m\x1b[1mw\x1b[0m; h\n");
}

TEST_CASE("without a source there is no line") {
    CHECK(render({Severity::error, {}, "cannot read 'x'", ""}, false) == "arun: error: cannot read 'x'\n");
}

TEST_CASE("the caret marks the end of the file or of a line, or the first line of several") {
    Source source("a", "one\ntwo\n");
    CHECK(render({Severity::error, {&source, 8, 8}, "end", ""}, false) ==
          "a:3:1: error: end\n  3 |\n    | ^\n");
    CHECK(render({Severity::error, {&source, 3, 3}, "end", ""}, false) ==
          "a:1:4: error: end\n  1 | one\n    |    ^\n");
    CHECK(render({Severity::error, {&source, 1, 8}, "end", ""}, false) ==
          "a:1:2: error: end\n  1 | one\n    |  ^~\n");
}

TEST_CASE(
    "tabs become one blank, controls and invalid UTF-8 are replaced, wide characters take two columns") {
    Source source("a", "\tx: \x1b[31m\xff \u202e\u4f60\u597d e\u0301!");
    CHECK(render(about(source, "!"), false) ==
          "a:1:18: error: wrong\n"
          "  1 |  x: \uFFFD[31m\uFFFD \uFFFD\u4f60\u597d e\u0301!\n"
          "    |                   ^\n");
    Source named("\x1b[2J", "x");
    CHECK(render(about(named, "x", "a\x07"), false).find('\x1b') == std::string::npos);
}

TEST_CASE("a long line is cut around the caret") {
    Source left("a", "here" + std::string(300, '-'));
    CHECK(render(about(left, "here"), false) ==
          "a:1:1: error: wrong\n  1 | here" + std::string(96, '-') + "...\n    | ^~~~\n");
    Source right("a", std::string(300, '.') + "here");
    CHECK(render(about(right, "here"), false) == "a:1:301: error: wrong\n  1 | ..." + std::string(50, '.') +
                                                     "here\n    | " + std::string(53, ' ') + "^~~~\n");
    Source middle("a", std::string(300, '\xC3').append("x"));
    CHECK(render(about(middle, "x"), false).size() < 400);
    Source all("a", std::string(300, 'x'));
    CHECK(render({Severity::error, {&all, 0, 300}, "wrong", ""}, false) ==
          "a:1:1: error: wrong\n  1 | " + std::string(100, 'x') + "...\n    | ^" + std::string(99, '~') +
              "\n");
}

TEST_CASE("diagnostics are sorted by file and position") {
    Source one("one", "abc");
    Source two("two", "abc");
    Diagnostics list;
    list.error({&two, 1, 2}, "second");
    list.error({&one, 2, 3}, "fourth");
    list.error({&two, 0, 1}, "first");
    list.error({&one, 0, 1}, "third");
    list.warning({&one, 2, 3}, "fifth");
    std::string order;
    for (const auto& d : list.sorted()) order += d.message + " ";
    CHECK(order == "first second third fourth fifth ");
    CHECK(list.errors() == 4);
}

TEST_CASE("beyond the limit errors are only counted; repeated ones are ignored") {
    Source source("a", "abc");
    Diagnostics list(2);
    list.error({&source, 0, 1}, "same");
    list.error({&source, 0, 1}, "same");
    CHECK(list.errors() == 1);
    list.error({&source, 1, 2}, "same");
    list.error({&source, 2, 3}, "same");
    list.error({&source, 2, 3}, "other");
    list.warning({&source, 0, 3}, "careful");
    CHECK(list.errors() == 4);
    CHECK(list.dropped() == 2);
    CHECK(list.sorted().size() == 3);
}

TEST_CASE("diagnostics keep their sources alive") {
    Diagnostics list;
    auto source = std::make_shared<const Source>("a", "abc");
    std::weak_ptr<const Source> watch = source;
    list.keep(source);
    list.keep(source);
    CHECK(watch.use_count() == 2);
    source.reset();
    CHECK_FALSE(watch.expired());
}
