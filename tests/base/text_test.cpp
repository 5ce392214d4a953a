#include "base/text.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

using namespace arun;
using Pieces = std::vector<std::string_view>;

TEST_CASE("trim() removes white space at both ends only") {
    CHECK(trim(" \t\r\na b\n ") == "a b");
    CHECK(trim("ab") == "ab");
    CHECK(trim(" \n") == "");
    CHECK(trim("") == "");
    CHECK(trim("\vx") == "\vx");
}

TEST_CASE("trim_newlines() removes line feeds at the end only") {
    CHECK(trim_newlines("a\nb\n\n") == "a\nb");
    CHECK(trim_newlines("\na \n") == "\na ");
    CHECK(trim_newlines("a\r\n") == "a\r");
    CHECK(trim_newlines("\n") == "");
}

TEST_CASE("first_line() ends before the first line feed") {
    CHECK(first_line("a\nb\n") == "a");
    CHECK(first_line("a") == "a");
    CHECK(first_line("\na") == "");
}

TEST_CASE("split() gives every piece, empty ones too") {
    CHECK(split("a|b||c", "|") == Pieces{"a", "b", "", "c"});
    CHECK(split("|", "|") == Pieces{"", ""});
    CHECK(split("", "|") == Pieces{""});
    CHECK(split("a. b. c.", ". ") == Pieces{"a", "b", "c."});
}

TEST_CASE("lines_of() needs no line feed at the end") {
    CHECK(lines_of("a\n\nb") == Pieces{"a", "", "b"});
    CHECK(lines_of("a\nb\n") == Pieces{"a", "b"});
    CHECK(lines_of("\n") == Pieces{""});
    CHECK(lines_of("") == Pieces{});
    CHECK(lines_of("a\r\n") == Pieces{"a\r"});
}

TEST_CASE("words are joined") {
    CHECK(join(Pieces{"a", "b", "c"}, ", ") == "a, b, c");
    CHECK(join(Pieces{"a"}, ", ") == "a");
    CHECK(join(Pieces{}, ", ") == "");
    CHECK(join_with_or(Pieces{"a", "b", "c"}) == "a, b or c");
    CHECK(join_with_or(std::array<std::string_view, 2>{"a", "b"}) == "a or b");
    CHECK(join_with_or(std::vector<std::string>{"a"}) == "a");
    CHECK(join_with_or(Pieces{}) == "");
}

TEST_CASE("quotes surround a text, and cut a long one between code points") {
    CHECK(quote("a b") == "'a b'");
    CHECK(quote(std::string(40, 'x')) == "'" + std::string(40, 'x') + "'");
    CHECK(quote(std::string(41, 'x')) == "'" + std::string(37, 'x') + "...'");
    CHECK(quote(std::string(36, 'x') + "\u00e4\u00e4\u00e4") == "'" + std::string(36, 'x') + "...'");
    CHECK(quote_whole(std::string(41, 'x')) == "'" + std::string(41, 'x') + "'");
}

TEST_CASE("uncapitalized() leaves abbreviations alone") {
    CHECK(uncapitalized("No such file") == "no such file");
    CHECK(uncapitalized("SSL error") == "SSL error");
    CHECK(uncapitalized("A") == "a");
    CHECK(uncapitalized("") == "");
}

TEST_CASE("XML's special characters become entities") {
    CHECK(xml_escaped("a < b && c > \"d\"") == "a &lt; b &amp;&amp; c &gt; &quot;d&quot;");
    CHECK(xml_escaped("it's \u00e4\n") == "it's \u00e4\n");
}

TEST_CASE("printable() makes any bytes safe to show") {
    CHECK(printable("plain\ttext\n") == "plain\ttext\n");
    CHECK(printable("a\x1b[31mb\r\x07\x7f") == "a\\x1b[31mb\\r\\x07\\x7f");
    CHECK(printable("\xff\xc3\xa4\xc3") == "\uFFFD\u00e4\uFFFD");
    CHECK(printable("\u009b") == "\\x9b");
    CHECK(printable(std::string("a\0b", 3)) == "a\\x00b");
}

TEST_CASE("an excerpt is cut between code points") {
    CHECK(excerpt("short", 5) == "short");
    CHECK(excerpt("longer", 5) == "longe\u2026");
    CHECK(excerpt("a\u00e4b", 2) == "a\u2026");
}

TEST_CASE("one line has no line feed") {
    CHECK(one_line("a\nb\x07") == "a b\\x07");
}
