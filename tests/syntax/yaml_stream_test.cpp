#include "reading.hpp"

#include "syntax/yaml_stream.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

using namespace arun::syntax::testing;

TEST_CASE("every document of a stream is read") {
    CHECK(yaml("- a\n---\n- b\n...\n---\n- c\n").trees() == "['a']\n['b']\n['c']");
    CHECK(yaml("--- a\n--- |\n b\n---\tc\n").trees() == "'a'\n'b\n'\n'c'");
    CHECK(yaml("a\r\n---\r\nb\r\n...\r\nc\r\n").trees() == "'a'\n'b'\n'c'");
}

TEST_CASE("markers are whole lines") {
    CHECK(yaml("---a\n").trees() == "'---a'");
    CHECK(yaml("- ---\n- ....\n").trees() == "['---', '....']");
    CHECK(yaml("a: |\n  ---\n  ...\n").trees() == "{a: '---\n...\n'}");
}

TEST_CASE("only a comment may follow an end marker") {
    CHECK(yaml("- a\n...  x\n- b\n").messages() == "2:6: only a comment may follow '...'");
    CHECK(yaml("- a\n... # c\n- b\n").trees() == "['a']\n['b']");
    CHECK(yaml("... x\n").messages() == "1:5: only a comment may follow '...'");
}

TEST_CASE("empty documents are skipped") {
    const auto reading = yaml("# nothing\n---\n# nothing\n---\n- a\n---\n...\n...\n# the end\n");
    CHECK(reading.trees() == "['a']");
    CHECK(reading.messages() == "");
    CHECK(yaml("--- ''\n---\n~\n").trees() == "''\nnull");
}

TEST_CASE("a stream of empty documents is an error") {
    CHECK(yaml("# only a comment\n").messages() == "1:1: the script is empty");
    CHECK(yaml("---\n---\n...\n").messages() == "1:1: the script is empty");
    CHECK(yaml(" \n\n").messages() == "1:1: the script is empty");
}

TEST_CASE("directives may precede a document") {
    const auto reading =
        yaml("%YAML 1.2\n---\na\n...\n# c\n%YAML 1.1 # old\n%TAG ! tag:yaml.org,2002:\n---\n!str 5\n");
    CHECK(reading.messages() == "");
    CHECK(reading.trees() == "'a'\n'5'");
}

TEST_CASE("other versions and malformed directives are errors") {
    CHECK(yaml("%YAML 2.0\n---\na\n").messages() == "1:1: unknown version of YAML; scripts are %YAML 1.2");
    CHECK(yaml("%YAML\n---\na\n").messages() == "1:1: unknown version of YAML; scripts are %YAML 1.2");
    CHECK(yaml("%YAML 1.2\na\n").messages() ==
          "1:1: a directive without a document; a line '---' must follow; text that begins with '%' must be "
          "in quotes");
    CHECK(yaml("%TAG !e!\n---\na\n").messages() ==
          "1:1: malformed directive; as in: %TAG !e! tag:yaml.org,2002:");
}

TEST_CASE("an unknown directive is ignored with a warning") {
    for (auto text : {"%FOO bar baz # c\n# c\n---\n\"a\"\n", "%YAM 1.2\n--- a\n", "%YAMLL 1.2\n---\na\n"}) {
        const auto reading = yaml(text);
        CHECK(reading.trees() == "'a'");
        CHECK(reading.messages().starts_with("1:1: warning: unknown directive '%"));
        CHECK(reading.messages().ends_with("' is ignored"));
    }
    const auto reading = yaml("%TAG !e! tag:yaml.org,2002:\n%FOO\n%YAML 1.2\n%BAR\n---\n!e!str 5\n");
    CHECK(reading.trees() == "'5'");
    CHECK(reading.messages() ==
          "2:1: warning: unknown directive '%FOO' is ignored\n"
          "4:1: warning: unknown directive '%BAR' is ignored");
    CHECK(yaml("%FOO\na: b\n").messages().starts_with("1:1: a directive without a document"));
}

TEST_CASE("a document has one %YAML directive at most") {
    CHECK(yaml("%YAML 1.2\n%YAML 1.2\n---\na\n").messages() == "2:1: a second %YAML directive; remove it");
    CHECK(yaml("%YAML 1.2\n---\na\n...\n%YAML 1.2\n---\nb\n").trees() == "'a'\n'b'");
}

TEST_CASE("a line with % inside a value is content") {
    CHECK(yaml("---\n{ a\n% : 20 }\n...\n---\nb\n").trees() == "{a %: 20}\n'b'");
    CHECK(yaml("[a\n%b,\n\"c\n%d\"]\n").trees() == "['a %b', 'c %d']");
    CHECK(yaml("---\na\n%YAML 1.2\n").trees() == "'a %YAML 1.2'");
    CHECK(yaml("--- |\n%a\n%b\n").trees() == "'%a\n%b\n'");
    CHECK(yaml("{ a\n% : @ }\n").messages() ==
          "2:5: text that begins with '@' must be in quotes; write \"@\"");
}

TEST_CASE("a line with % between values is an error, not ignored") {
    for (auto line : {"%X", "%YAML 1.2", "%TAG !e! tag:e,2000:", "%TAG", "% x"}) {
        const auto text = "jobs:\n  - a\n" + std::string(line) + "\n  - b: @\n";
        CHECK(yaml(text).messages() ==
              "3:1: a line that begins with '%' inside a document; text that begins with '%' must be in "
              "quotes\n"
              "4:8: text that begins with '@' must be in quotes; write \"@\"");
    }
    CHECK(yaml("[a,\n%b]\n").messages().starts_with("2:1: a line that begins with '%' inside a document"));
    CHECK(yaml("a: b\n%FOO\n---\nc\n").messages().starts_with("2:1: a line that begins with '%' inside"));
}

TEST_CASE("a line with % inside a document is an error, not ignored") {
    const auto reading = yaml("- a\n%X\n- b: @\n---\nc\n");
    CHECK(reading.messages() ==
          "2:1: a line that begins with '%' inside a document; text that begins with '%' must be in quotes\n"
          "3:6: text that begins with '@' must be in quotes; write \"@\"");
    CHECK(reading.trees() == "'c'");
}

TEST_CASE("a document with an error is skipped, the others are not") {
    const auto reading = yaml("- a\n---\n- @\n---\n- b\n---\n- c: d: e\n");
    CHECK(reading.trees() == "['a']\n['b']");
    CHECK(reading.messages() ==
          "3:3: text that begins with '@' must be in quotes; write \"@\"\n"
          "7:7: a second ': ' on this line; write \"d: e\"");
}

TEST_CASE("aliases do not reach into another document") {
    CHECK(yaml("- &a x\n---\n- *a\n").messages() ==
          "3:3: unknown alias '*a'; text that begins with '*' must be in quotes");
}

TEST_CASE("an arriving stream is split where the next document begins") {
    const auto cuts = [](std::string_view text) {
        std::string out;
        arun::syntax::YamlDocumentSplitter splitter;
        std::size_t begin = 0;
        for (std::size_t end = 0; end <= text.size(); ++end) {
            while (const auto size = splitter.split(text.substr(begin, end - begin))) {
                out += std::to_string(begin) + "+" + std::to_string(*size) + "@" + std::to_string(end) + " ";
                begin += *size;
            }
        }
        return out;
    };
    CHECK(cuts("- a\n") == "");
    CHECK(cuts("- a\n---\n- b\n") == "0+4@8 ");
    CHECK(cuts("---\n- a\n---\n- b\n---\n") == "0+8@12 8+8@20 ");
    CHECK(cuts("# c\n%YAML 1.2\n---\n- a\n...\n- b\n") == "0+26@26 ");
    CHECK(cuts("- |\n  ---\n  ...\n") == "");
    CHECK(cuts("- a\n--- # c\n- b\n---\n") == "0+4@12 4+12@20 ");
}

TEST_CASE("a NUL byte ends an arriving document") {
    using namespace std::string_view_literals;
    arun::syntax::YamlDocumentSplitter splitter;
    CHECK_FALSE(splitter.split("- a\n- "sv));
    CHECK(splitter.unfinished_line() == 2);
    CHECK(splitter.split("- a\n- b\0c"sv) == 9);
    CHECK(splitter.split("- a\n---\n\0"sv) == 4);
    CHECK(splitter.split("---\n\0"sv) == 5);
}
