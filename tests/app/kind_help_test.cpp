// The declarations of the kinds, and the help made of them.
#include "describe/kind_help.hpp"

#include "base/text.hpp"
#include "jobs/kind.hpp"
#include "script/compiler.hpp"
#include "support/files.hpp"
#include "support/script.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace arun;
using namespace arun::app;
using namespace arun::script;
using namespace arun::test;

namespace {

/// All schemas whose fields scripts can use.
std::vector<const ArgumentSchema*> all_schemas() {
    std::vector<const ArgumentSchema*> schemas{&modifier_schema, &retry_schema, &script_schema};
    for (const auto* kind : jobs::all_kinds()) schemas.push_back(&kind->schema);
    return schemas;
}

const KindSpec& kind_named(std::string_view name) {
    const auto kinds = jobs::all_kinds();
    const auto found = std::ranges::find(kinds, name, [](const auto* kind) { return kind->name(); });
    REQUIRE(found != kinds.end());
    return **found;
}

bool is_fragment(std::string_view text) {
    return !text.empty() && !text.ends_with('.') && !text.starts_with(' ') && !text.ends_with(' ') &&
           text.find('\n') == text.npos;
}

}  // namespace

TEST_CASE("every kind has a name, a summary, a result, notes and an example") {
    std::string_view before;
    for (const auto* kind : jobs::all_kinds()) {
        CAPTURE(std::string(kind->name()));
        CHECK(is_name(kind->name()));
        CHECK(before < kind->name());
        before = kind->name();
        CHECK(is_fragment(kind->summary));
        CHECK(kind->summary.size() < 60);
        CHECK(is_fragment(kind->result));
        CHECK(kind->notes.ends_with('.'));
        CHECK(std::ranges::count(kind->notes, '`') % 2 == 0);
        CHECK(kind->example.starts_with("- "));
        CHECK(kind->example.ends_with('\n'));
        CHECK(kind->example.find(std::string(kind->name())) != std::string_view::npos);
        CHECK(kind->size > 0);
        CHECK((kind->construct != nullptr));
    }
}

TEST_CASE("every field has a unique name, a type and a help text") {
    for (const auto* schema : all_schemas()) {
        std::set<std::string_view> names;
        for (const auto& field : schema->fields) {
            CAPTURE(std::string(schema->name) + "." + std::string(field.name));
            CHECK(names.insert(field.name).second);
            CHECK(is_fragment(field.help));
            CHECK((field.read != nullptr));
            CHECK_FALSE(field.type.label.empty());
            CHECK(field.type.json_schema.empty() == (!field.choices.empty() || field.nested != nullptr));
            CHECK_FALSE((field.required && !field.fallback.empty()));
            CHECK(schema->find(field.name) == &field);
        }
        CHECK(schema->fields.size() <= ArgumentSchema::max_fields);
        CHECK((schema->shorthand.empty() || schema->find(schema->shorthand) != nullptr));
        CHECK(schema->find("no such field") == nullptr);
    }
}

TEST_CASE("no field has the name of a modifier, or of a kind other than do, but wait_for is made of others") {
    const KindTable kinds(jobs::all_kinds());
    for (const auto* kind : jobs::all_kinds()) {
        for (const auto& field : kind->schema.fields) {
            CAPTURE(std::string(kind->name()) + "." + std::string(field.name));
            CHECK(modifier_schema.find(field.name) == nullptr);
            const bool others = field.name == "do" || kind->name() == "wait_for";
            CHECK((others || kinds.find(field.name) == nullptr));
        }
        CHECK(modifier_schema.find(kind->name()) == nullptr);
        CHECK(script_schema.find(kind->name()) == nullptr);
    }
}

TEST_CASE("every example is a script without an error") {
    const Files files;
    files.write("checks/health.yaml", "- print: healthy\n");
    files.write("checks/page.yaml", "- print: ${{ path }}\n");
    for (const auto* kind : jobs::all_kinds()) {
        CAPTURE(std::string(kind->name()));
        Compilation compilation;
        compilation.add(kind->example, files.path("example.yaml"));
        compilation.check();
        CHECK(compilation.messages() == "");
        REQUIRE(compilation.scripts().size() == 1);
        const auto jobs = compilation.jobs();
        CHECK(std::ranges::any_of(jobs, [&](const Job& job) { return job.kind() == kind; }));
    }
}

TEST_CASE("the list of kinds has a line for each, in columns") {
    const auto text = list_kinds(jobs::all_kinds());
    const auto lines = split(text, "\n");
    REQUIRE(lines.size() == jobs::all_kinds().size() + 1);
    CHECK(lines.back().empty());
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
        const auto* kind = jobs::all_kinds()[i];
        CHECK(lines[i].starts_with(kind->name()));
        CHECK(lines[i].ends_with("  " + std::string(kind->summary)));
        CHECK(lines[i].find(kind->summary) == lines[0].find(jobs::all_kinds()[0]->summary));
        CHECK(lines[i].size() < 80);
    }
    CHECK(list_kinds({}).empty());
}

TEST_CASE("the description of a kind is complete, in lines that fit a terminal") {
    for (const auto* kind : jobs::all_kinds()) {
        CAPTURE(std::string(kind->name()));
        const auto text = describe_kind(*kind);
        const auto lines = split(text, "\n");
        CHECK(lines[0] == std::string(kind->name()) + ": " + std::string(kind->summary));
        for (const auto& field : kind->schema.fields) {
            CAPTURE(std::string(field.name));
            CHECK(text.find("\n  " + std::string(field.name) + " ") != std::string::npos);
            for (const auto word : field.choices) CHECK(text.find(word) != std::string::npos);
            if (field.required) CHECK(text.find("(required)") != std::string::npos);
        }
        CHECK(text.find("\nResult: ") != std::string::npos);
        CHECK(text.find("\nExample:\n\n  - ") != std::string::npos);
        CHECK(text.find('`') == std::string::npos);
        CHECK(text.ends_with('\n'));
        CHECK_FALSE(text.ends_with("\n\n"));
        for (const auto& line : lines) {
            CAPTURE(line);
            CHECK(line.size() < 90);
            CHECK_FALSE(line.ends_with(' '));
        }
    }
}

TEST_CASE("a description looks like this") {
    const auto sleep = describe_kind(kind_named("sleep"));
    CHECK(
        sleep.starts_with("sleep: waits for a time\n"
                          "\n"
                          "  for  duration  how long (required)\n"
                          "\n"
                          "'sleep: VALUE' is short for 'sleep: {for: VALUE}'\n"
                          "\n"
                          "Modifiers: name, id, if, context, timeout, retry, continue_on_error, capture,\n"
                          "           finally, background, ready, on_exit, ignore_warnings\n"
                          "           ('arun help modifiers' describes them)\n"
                          "\n"
                          "Result: null\n"));
    CHECK(
        sleep.ends_with("Example:\n"
                        "\n"
                        "  - sleep: 1.5\n"
                        "  - sleep: 250ms\n"));
    const auto tick = describe_kind(kind_named("tick"));
    CHECK(tick.find("\n  missed  skip|burst|delay  ") != std::string::npos);
    CHECK(tick.find("(default: skip)") != std::string::npos);
    // A bare kind has no mapping of arguments.
    CHECK(describe_kind(kind_named("set")).find("is short for") == std::string::npos);
}

TEST_CASE("the manual's section has every kind, modifier and field") {
    const auto text = kinds_in_mdoc(jobs::all_kinds());
    CHECK(text.starts_with(".Sh KINDS\n"));
    CHECK(text.find("\n.Sh MODIFIERS\n") != std::string::npos);
    for (const auto* kind : jobs::all_kinds()) {
        CHECK(text.find("\n.Ss " + std::string(kind->name()) + "\n") != std::string::npos);
        for (const auto& field : kind->schema.fields)
            if (!kind->schema.bare)
                CHECK(text.find("\n.It Cm " + std::string(field.name) + " : Ar ") != std::string::npos);
    }
    for (const auto* schema : {&modifier_schema, &retry_schema})
        for (const auto& field : schema->fields)
            CHECK(text.find("\n.It Cm " + std::string(field.name) + " : Ar ") != std::string::npos);
    CHECK(std::ranges::count(text, '`') == 0);
    const auto count = [&](std::string_view line) {
        const auto lines = split(text, "\n");
        return std::ranges::count_if(lines, [&](std::string_view l) { return l.starts_with(line); });
    };
    CHECK(count(".Bl") == count(".El"));
    CHECK(count(".Bd") == count(".Ed"));
    CHECK(count(".Bd") == static_cast<std::ptrdiff_t>(jobs::all_kinds().size()));
}

TEST_CASE("text that mdoc would take for a request or an escape is escaped") {
    KindSpec kind;
    kind.schema = {"k", {}, {}};
    kind.summary = "does things";
    kind.result = "null";
    kind.notes = "A `back\\slash`. .dot and 'quote.\n\n'quote first.";
    kind.example = "- k\n.dot: \"\\n\"\n";
    const KindSpec* kinds[] = {&kind};
    const auto text = kinds_in_mdoc(kinds);
    CHECK(text.find("A \\fBback\\eslash\\fR.\n\\&.dot and 'quote.\n.Pp\n\\&'quote first.\n") !=
          std::string::npos);
    CHECK(text.find("- k\n\\&.dot: \"\\en\"\n.Ed\n") != std::string::npos);
}
