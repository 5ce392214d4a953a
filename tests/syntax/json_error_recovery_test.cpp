#include "reading.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace arun::syntax::testing;

namespace {

std::string json_messages(std::string_view text) {
    return json(text).messages();
}

}  // namespace

TEST_CASE("comments and trailing commas are errors that hide no others") {
    CHECK(
        json_messages("[1, // one\n 2, /* two */\n 3,\n]") ==
        "1:5: JSON has no comments; remove it, or write the script in YAML, where a comment begins with '#'\n"
        "3:3: a comma before the closing ']'; remove it");
    CHECK(json_messages("[,1]") == "1:2: a value is missing before ','");
    CHECK(json_messages("{\"a\": 1,, \"b\": 2}") == "1:9: a key is missing before ','");
}

TEST_CASE("a comment anywhere is one error") {
    for (auto text : {"// c\n[1]", "[ // c\n1]", "{\"a\" /* c */ : 1}", "{\"a\": // c\n1}",
                      "{\"a\": 1 // c\n}", "[1, /* c\n */ 2]", "[1] // c", "// c", "[1, # c\n2]"}) {
        const auto reading = json(text);
        CHECK(reading.diagnostics().errors() == 1);
        CHECK(
            reading.messages().ends_with(": JSON has no comments; remove it, or write the script in YAML, "
                                         "where a comment begins with '#'"));
    }
}

TEST_CASE("missing quotes are reported") {
    CHECK(json_messages("{jobs: []}") ==
          "1:2: a key must be in double quotes; write \"jobs\", or pass --format yaml");
    CHECK(json_messages("['a']") == "1:2: text must be in double quotes; write \"a\"");
    CHECK(json_messages("[hello there]") == "1:2: text must be in double quotes; write \"hello there\"");
    CHECK(json_messages("[\u201chello\u201d]") ==
          "1:2: text must be in double quotes; this is a typographic quote: write \"");
    CHECK(json_messages("[\"a]\n") ==
          "1:2: this quote is never closed; a line break inside quotes is written \\n");
    CHECK(json_messages("[\"a") == "1:2: this quote is never closed; a '\"' is missing");
    CHECK(json_messages("[\"say \"hi\"\"]") ==
          "1:8: words after the closing quote; a '\"' inside quotes is written \\\"");
}

TEST_CASE("words of other languages are recognized") {
    CHECK(json_messages("[True]") == "1:2: unknown word 'True'; did you mean 'true'?");
    CHECK(json_messages("[None, undefined]") ==
          "1:2: unknown word 'None'; did you mean 'null'?\n"
          "1:8: unknown word 'undefined'; did you mean 'null'?");
    CHECK(json_messages("[NaN]") == "1:2: JSON has no NaN; its numbers are finite");
}

TEST_CASE("malformed numbers get a hint") {
    CHECK(json_messages("[.5, +1, 01, 1., 0x1f, 1_000]") ==
          "1:2: malformed number '.5'; write 0.5\n"
          "1:6: malformed number '+1'; write it without '+'\n"
          "1:10: malformed number '01'; remove the leading zeros\n"
          "1:14: malformed number '1.'; write 1\n"
          "1:18: malformed number '0x1f'; JSON numbers are decimal\n"
          "1:24: malformed number '1_000'; JSON numbers have no '_'");
    CHECK(json_messages("[01]") == "1:2: malformed number '01'; remove the leading zeros");
    for (auto number : {"0e", "0.3e+", "1E-", "-1.5e", "10e+"}) {
        CHECK(json_messages("[" + std::string(number) + "]") ==
              "1:2: malformed number '" + std::string(number) + "'; the exponent has no digits");
    }
    CHECK(json_messages("[0.e1, -2.e+3, -.5e1, -3., -00]") ==
          "1:2: malformed number '0.e1'; write 0.0e1\n"
          "1:8: malformed number '-2.e+3'; write -2.0e+3\n"
          "1:16: malformed number '-.5e1'; write -0.5e1\n"
          "1:23: malformed number '-3.'; write -3\n"
          "1:28: malformed number '-00'; remove the leading zeros");
    CHECK(json_messages("[0.1.2, -, .]") ==
          "1:2: malformed number '0.1.2'\n1:9: malformed number '-'\n1:12: malformed number '.'");
    CHECK(json_messages("[-e]") == "1:2: malformed number '-e'; text must be in double quotes: \"-e\"");
    CHECK(json_messages("{\"sleep\": 10s}") ==
          "1:11: malformed number '10s'; text must be in double quotes: \"10s\"");
    CHECK(json_messages("10s") == "1:1: malformed number '10s'; text must be in double quotes: \"10s\"");
    CHECK(json_messages("[10s]") == "1:2: malformed number '10s'; text must be in double quotes: \"10s\"");
}

TEST_CASE("escapes are checked one by one") {
    CHECK(json_messages("[\"\\d\", \"\\x41\", \"\\u12\", \"\\'\", \"\\ud800\"]") ==
          "1:3: unknown escape '\\d'; a backslash is written \\\\\n"
          "1:9: unknown escape '\\x'; write \\u00 and two digits\n"
          "1:17: '\\u' needs four hexadecimal digits; as in \\u00e9\n"
          "1:25: unknown escape '\\''; ' needs no backslash\n"
          "1:31: unpaired surrogate '\\ud800'; write both halves of the pair, or the character itself");
    CHECK(json_messages("[\"a\tb\"]") == "1:4: a tab inside quotes; write it as \\t");
}

TEST_CASE("missing commas and colons are reported where they belong") {
    CHECK(json_messages("[1\n 2]") == "1:3: a comma is missing here");
    CHECK(json_messages("{\"a\" 1}") == "1:6: a ':' is missing after the key");
    CHECK(json_messages("{\"a\" = 1}") == "1:6: a ':' belongs between a key and its value, not '='");
    CHECK(json_messages("{\"a\"}") == "1:5: a ':' and a value are missing after the key");
    CHECK(json_messages("{\"a\": }") == "1:7: a value is missing after ':'");
    CHECK(json_messages("[1; 2]") == "1:3: values are separated by ',', not ';'");
    CHECK(json_messages("[\"a\": 1]") == "1:5: a ':' inside a list; keys belong inside { }");
}

TEST_CASE("brackets must match and be closed") {
    CHECK(json_messages("[\n{\"a\": 1]\n") == "2:8: ']' cannot close a '{'; the '{' is on line 2");
    CHECK(json_messages("[\n{\"a\": [1, 2}") == "2:12: '}' cannot close a '['; the '[' is on line 2");
    CHECK(json_messages("{\"a\": [1, 2") == "1:7: this '[' is never closed");
    CHECK(json_messages("[1]]") == "1:4: a ']' that closes nothing");
}

TEST_CASE("a script is exactly one value") {
    CHECK(json_messages("") == "1:1: the script is empty");
    CHECK(json_messages(" \n ").ends_with(": the script is empty"));
    CHECK(json_messages("{\"a\": 1}\n{\"b\": 2}\n") ==
          "2:1: more text after the end of the script; one job per line is JSON Lines: pass --format jsonl");
    CHECK(json_messages("{\"a\": 1} {\"b\": 2}") ==
          "1:10: more text after the end of the script; several jobs belong inside [ ]");
    CHECK(json_messages("[1], [2]") ==
          "1:4: more text after the end of the script; several jobs belong inside [ ]");
}

TEST_CASE("YAML in a JSON file is recognized") {
    for (auto text : {"- print: a\n", "jobs:\n- a\n", "# c\n- a\n", "---\na: b\n", "%YAML 1.2\n---\n"})
        CHECK(json_messages(text) ==
              "1:1: this is YAML, not JSON; name the file .yaml or pass --format yaml");
}

TEST_CASE("foreign spaces are recognized") {
    CHECK(json_messages("[1,\u00a02]") ==
          "1:4: this looks like a space but is not one; it may have been pasted: replace it with a space");
}

TEST_CASE("duplicate keys are found after an error too") {
    CHECK(json_messages("[1,, {\"a\": 1, \"a\": 2}]") ==
          "1:4: a value is missing before ','\n1:15: duplicate key 'a'; the first is in column 7");
    CHECK(json_messages("{\"a\": 1, \"b\": 01, \"a\": 2}") ==
          "1:15: malformed number '01'; remove the leading zeros\n"
          "1:19: duplicate key 'a'; the first is in column 2");
}

TEST_CASE("recovery gives up after too many errors") {
    std::string text = "[";
    for (int i = 0; i < 100; ++i) text += "01, ";
    CHECK(json(text + "1]").diagnostics().errors() == 20);
}

TEST_CASE("recovery inside deep nesting does not recurse") {
    CHECK(
        json_messages("[1,, " + std::string(200'000, '[')).starts_with("1:4: a value is missing before ','"));
}
