#include "reading.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace arun::syntax::testing;

namespace {

std::string yaml_messages(std::string_view text) {
    return yaml(text).messages();
}

}  // namespace

TEST_CASE("text that begins with an indicator needs quotes") {
    CHECK(yaml_messages("- timestamp: %X\n") ==
          "1:14: text that begins with '%' must be in quotes; write \"%X\"");
    CHECK(yaml_messages("- print: @a # c\n") ==
          "1:10: text that begins with '@' must be in quotes; write \"@a\"");
    CHECK(yaml_messages("- run: `date` + \"x\"\n") ==
          "1:8: text that begins with '`' must be in quotes; write '`date` + \"x\"'");
    CHECK(yaml_messages("- {a: %X, b: 1}\n") ==
          "1:7: text that begins with '%' must be in quotes; write \"%X\"");
    CHECK(yaml_messages("a: ,b\n") == "1:4: text that begins with ',' must be in quotes; write \",b\"");
    CHECK(yaml_messages("a: ]\n") == "1:4: text that begins with ']' must be in quotes; write \"]\"");
    CHECK(yaml_messages("a: * b\n") == "1:4: text that begins with '*' must be in quotes; write \"* b\"");
    CHECK(yaml_messages("a: & b\n") == "1:4: text that begins with '&' must be in quotes; write \"& b\"");
    CHECK(yaml_messages("a: ? b\n") ==
          "1:4: a '? ' is not allowed here; text that begins with '? ' must be in quotes");
    CHECK(yaml_messages("a: {b: |\n  c}\n") ==
          "1:8: text that begins with '|' is not allowed in brackets; put it in quotes");
}

TEST_CASE("an exclamation mark is a tag, and only YAML's own tags are known") {
    CHECK(yaml_messages("- if: !x\n") ==
          "1:7: unknown tag '!x'; text that begins with '!' must be in quotes");
    CHECK(yaml_messages("- if: ! x == 1\n") ==
          "1:7: unknown tag '!'; text that begins with '!' must be in quotes");
    CHECK(yaml_messages("- if: !failure()\n") ==
          "1:7: unknown tag '!failure()'; text that begins with '!' must be in quotes");
    CHECK(yaml_messages("- if: !contains(a, b)\n").starts_with("1:7: unknown tag '!contains(a"));
    CHECK(yaml_messages("- if: !contains(a, b)\n").find('\n') == std::string::npos);
    CHECK(yaml_messages("- !e!x y\n") ==
          "1:3: unknown tag '!e!x'; text that begins with '!' must be in quotes");
    CHECK(yaml_messages("- !!binary aGk=\n") ==
          "1:3: unknown tag '!!binary'; text that begins with '!' must be in quotes");
    CHECK(yaml_messages("- !!int abc\n") == "1:9: 'abc' is not an integer");
    CHECK(yaml_messages("- !!bool yes\n") == "1:10: 'yes' is not true or false");
    CHECK(yaml_messages("- !!seq a\n") == "1:3: '!!seq' does not match the value that follows");
    CHECK(yaml_messages("- !!str [a]\n") == "1:3: '!!str' does not match the value that follows");
}

TEST_CASE("numbers that would lose their value are errors") {
    CHECK(yaml_messages("- 99999999999999999999\n") ==
          "1:3: integer too large; an integer has 64 bits; put it in quotes if it is text");
    CHECK(yaml_messages("- 1e999\n") == "1:3: number too large; put it in quotes if it is text");
    CHECK(yaml_messages("- '99999999999999999999'\n- .inf\n") == "");
}

TEST_CASE("expressions in brackets need quotes") {
    CHECK(yaml_messages("- print: {text: ${{ x }}}\n") ==
          "1:17: '${{ }}' in brackets must be in quotes; write \"${{ x }}\"");
    CHECK(yaml_messages("- exec: [echo, ${{ x }}]\n") ==
          "1:16: '${{ }}' in brackets must be in quotes; write \"${{ x }}\"");
    CHECK(yaml_messages("- print: {{ x }}\n") ==
          "1:11: a key must be text, not a mapping; write \"${{ x }}\" for a value; text that begins with "
          "'{{' must be in quotes");
}

TEST_CASE("a second colon needs quotes") {
    CHECK(yaml_messages("- print: hello: world\n") ==
          "1:15: a second ': ' on this line; write \"hello: world\"");
    CHECK(yaml_messages("- print: ${{ a ? b : c }}\n") ==
          "1:20: a second ': ' on this line; write \"${{ a ? b : c }}\"");
    CHECK(yaml_messages("- print: \"a\": b\n") == "1:13: a second ': ' on this line; write '\"a\": b'");
    CHECK(yaml_messages("--- a: b\n") ==
          "1:6: a mapping cannot begin on the line '---'; begin it on the next line");
}

TEST_CASE("a comment that swallows an expression is a warning") {
    const auto reading = yaml("- name: job #${{ n }}\n- name: job # ${{ n }} is the number\n");
    CHECK(reading.messages() == "1:13: warning: ' #' begins a comment here; put the whole text in quotes");
    CHECK(reading.documents() == 1);
}

TEST_CASE("tabs cannot indent") {
    for (auto text : {"a:\n\tb: c\n", "- a:\n\t- b\n", "- a: b\n\tc: d\n", "- |\n\ta\n"})
        CHECK(yaml_messages(text) == "2:1: a tab in the indentation; YAML is indented with spaces only");
    CHECK(yaml_messages("- a:\tb\n-\tc: d\n") == "");
}

TEST_CASE("unclosed quotes and brackets are reported where they begin") {
    CHECK(yaml_messages("- print: \"a\n- print: b\n") ==
          "1:10: this quote is never closed; a '\"' is missing");
    CHECK(yaml_messages("- print: 'a\n- print: 'b'\n") == "1:10: this quote is never closed; a ' is missing");
    CHECK(yaml_messages("- print: 'a\n") == "1:10: this quote is never closed; a ' is missing");
    CHECK(yaml_messages("- a: [b, c\n- d: e\n") == "1:6: this '[' is never closed");
    CHECK(yaml_messages("- a: {b: c\n- d: e\n") == "1:6: this '{' is never closed");
    CHECK(yaml_messages("{a: [b") == "1:5: this '[' is never closed");
    CHECK(yaml_messages("- a: \"x\\") == "1:8: the text ends here, without a closing '\"'");
}

TEST_CASE("missing and superfluous brackets and commas are reported") {
    CHECK(yaml_messages("- a: [b, c}\n") == "1:11: '}' cannot close a '['; the '[' is on line 1");
    CHECK(yaml_messages("- a: [b]]\n") == "1:9: a ']' that closes nothing");
    CHECK(yaml_messages("[a, , b]") == "1:5: a value is missing before ','");
    CHECK(yaml_messages("- {a: 1,\n   b: 2\n   c: 3}\n") == "2:8: a comma is missing here");
    CHECK(yaml_messages("[\"a\" \"b\"]") == "1:5: a comma is missing here");
    CHECK(yaml_messages("- {a: - b}\n") ==
          "1:7: a '- ' is not allowed in brackets; a list in brackets is written [a, b]");
    CHECK(yaml_messages("a: [b] c\n") == "1:8: words after the closing ']'");
    CHECK(yaml_messages("[a] b\n") == "1:5: more text after the end of the value");
    CHECK(yaml_messages("jobs: [\n  a\n]\n") ==
          "3:1: this line is not indented enough for the '[' on line 1; the contents of brackets are "
          "indented more than the key or '-' before them");
}

TEST_CASE("quotes inside quotes and unknown escapes are reported") {
    CHECK(yaml_messages("a: \"say \"hi\"\"\n") ==
          "1:10: words after the closing quote; a '\"' inside quotes is written \\\"");
    CHECK(yaml_messages("a: 'it's'\n") ==
          "1:8: words after the closing quote; a ' inside single quotes is written ''");
    CHECK(yaml_messages("a: \"\\d+\"\n") ==
          "1:5: unknown escape '\\d'; write a backslash as \\\\, or use single quotes");
    CHECK(yaml_messages("a: \"\\u12\"\n") == "1:5: '\\u' needs four hexadecimal digits");
    CHECK(yaml_messages("a: \"\\uD800\"\n") == "1:5: not a valid code point; write the character itself");
    CHECK(yaml_messages("a: \"b\"#c\n") == "1:7: a space is missing before '#'; a comment begins with ' #'");
    CHECK(yaml_messages("a: \"b\nc\"\n") == "1:4: the lines of this text must be indented more than its key");
}

TEST_CASE("wrong indentation is explained") {
    CHECK(yaml_messages("- print: a\n    end: b\n") ==
          "2:5: the key 'end' follows plain text; indent it like 'print'");
    CHECK(yaml_messages("- print hello\n  end: x\n") ==
          "2:3: the key 'end' follows plain text; is a ':' missing after 'print'?");
    CHECK(yaml_messages("a:\n  b: c\n d: e\n") ==
          "3:2: the indentation of this line matches no line above; entries of one list or mapping begin in "
          "the same column");
    CHECK(yaml_messages("  - a\n- b\n") ==
          "2:1: the indentation of this line matches no line above; entries of one list or mapping begin in "
          "the same column");
    CHECK(yaml_messages("- a: b\n  - c\n") ==
          "2:3: a list item among the keys of a mapping; check the indentation");
    CHECK(yaml_messages("- a: |\n    b\n  c\n") ==
          "3:3: this line is not indented enough for the text of the '|' on line 1");
    CHECK(yaml_messages("- |\n      \n   b\n") ==
          "2:1: this blank line is indented more than the text; remove its spaces");
}

TEST_CASE("missing colons and dashes are reported") {
    CHECK(yaml_messages("a: b\nc\nd: e\n") == "2:1: a ':' is missing after 'c'");
    CHECK(yaml_messages("- a: b\n  sleep 5\n") == "2:3: a ':' is missing in 'sleep 5'");
    CHECK(yaml_messages("- a\n-b\n- c\n") == "2:1: a space is missing after '-'");
    CHECK(
        yaml_messages("- a\nb: c\n") ==
        "2:1: a list cannot have the key 'b'; a script with more than jobs is a mapping: put the list under "
        "'jobs:'");
    CHECK(yaml_messages("- a:\n    b: c\nfinally:\n- d\n")
              .starts_with("3:1: a list cannot have the key 'finally'; "));
    CHECK(yaml_messages("- a\nb c\n") ==
          "2:1: a list item must begin with '- '; or the indentation of this line is wrong");
    CHECK(yaml_messages("a: - b\n") ==
          "1:4: a list cannot begin on the line of its key; begin it on the next line; text that begins with "
          "'- ' must be in quotes");
    CHECK(yaml_messages("- *a: b\n").starts_with("1:3: unknown alias '*a:'"));
}

TEST_CASE("a comparison is not a block scalar") {
    CHECK(yaml_messages("- if: > 5\n") ==
          "1:7: only a comment may follow '>' on its line; its text begins on the next "
          "line; text that begins with '>' must be in quotes");
    CHECK(yaml_messages("- a: |0\n  x\n") ==
          "1:6: unknown block header '|0'; its digit is the indentation, 1 to 9");
    CHECK(yaml_messages("- a:\n    - >0\n      x\n").starts_with("2:7: unknown block header '>0'"));
}

TEST_CASE("comments of other languages are recognized where they are errors") {
    CHECK(yaml_messages("// c\n{\"a\": 1}\n") ==
          "1:1: '//' does not begin a comment; a comment begins with '#'");
    CHECK(yaml_messages("- a: b\n/* c */\n- d: e\n") ==
          "2:1: '/*' does not begin a comment; a comment begins with '#'");
    CHECK(yaml("- //a\n- /*\n").trees() == "['//a', '/*']");
}

TEST_CASE("a key is text on one line") {
    CHECK(yaml_messages("[a]: b\n") == "1:1: a key must be text, not a list");
    CHECK(yaml_messages("? {a: b}\n: c\n") == "1:3: a key must be text, not a mapping");
    CHECK(yaml_messages("- \"a\n  b\": c\n") == "1:3: a key must be on one line");
}

TEST_CASE("a quote may be the last character") {
    CHECK(yaml_messages("&)['") == "1:4: this quote is never closed; a ' is missing");
    CHECK(yaml_messages("- ['").starts_with("1:4: this quote is never closed"));
    CHECK(yaml_messages("- '").starts_with("1:3: this quote is never closed"));
}

TEST_CASE("columns count code points") {
    CHECK(yaml_messages("- \u00e4\U0001F600: @\n") ==
          "1:7: text that begins with '@' must be in quotes; write \"@\"");
}
