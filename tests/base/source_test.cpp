#include "base/source.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace arun;

namespace {

std::string at(const Source& source, std::uint32_t offset) {
    auto p = source.position(offset);
    return std::to_string(p.line) + ":" + std::to_string(p.column);
}

}  // namespace

TEST_CASE("a position counts lines and code points from 1") {
    Source source("x", "ab\n\u00e4\U0001F600c\n");
    CHECK(at(source, 0) == "1:1");
    CHECK(at(source, 2) == "1:3");
    CHECK(at(source, 3) == "2:1");
    CHECK(at(source, 4) == "2:1");  // inside the first code point
    CHECK(at(source, 5) == "2:2");
    CHECK(at(source, 8) == "2:2");
    CHECK(at(source, 9) == "2:3");
    CHECK(at(source, 11) == "3:1");
    CHECK(at(source, 1000) == "3:1");
}

TEST_CASE("CRLF, LF and CR each end a line") {
    Source source("x", "a\r\nb\rc\nd");
    CHECK(at(source, 3) == "2:1");
    CHECK(at(source, 5) == "3:1");
    CHECK(at(source, 7) == "4:1");
    CHECK(source.line(1) == "a");
    CHECK(source.line(2) == "b");
    CHECK(source.line(3) == "c");
    CHECK(source.line(4) == "d");
    CHECK(source.line(0) == "");
    CHECK(source.line(5) == "");
}

TEST_CASE("a BOM is not counted") {
    Source source("x", "\xEF\xBB\xBF{}\n");
    CHECK(at(source, 0) == "1:1");
    CHECK(at(source, 3) == "1:1");
    CHECK(at(source, 4) == "1:2");
    CHECK(source.line(1) == "{}");
}

TEST_CASE("an empty text has one position") {
    Source source("x", "");
    CHECK(at(source, 0) == "1:1");
    CHECK(at(source, 7) == "1:1");
    CHECK(source.line(1) == "");
}

TEST_CASE("a part of a stream knows the number of its first line") {
    const Source source("s", "one\ntwo\n", 41);
    CHECK(source.position(0).line == 41);
    CHECK(source.position(5).line == 42);
    CHECK(source.position(5).column == 2);
    CHECK(source.line(42) == "two");
    CHECK(source.line(40).empty());
    CHECK(source.line(1).empty());
    CHECK(source.line(44).empty());
}

TEST_CASE("a position names its file; without a source there is none") {
    const Source source("dir/x.yaml", "ab\ncd");
    const Span span{&source, 4, 5};
    CHECK(span.position() == Position{"dir/x.yaml", 2, 2});
    CHECK(to_text(span.position()) == "dir/x.yaml:2:2");
    CHECK_FALSE(Span().position());
    CHECK(to_text(Position()) == "");
}

TEST_CASE("columns of a long line are right everywhere") {
    std::string text = "first\n";
    std::uint32_t characters = 0;
    std::vector<std::uint32_t> starts;
    for (; characters < 3000; ++characters) {
        starts.push_back(static_cast<std::uint32_t>(text.size()));
        text += characters % 7 == 0 ? "\u00e4" : characters % 11 == 0 ? "\U0001F600" : "x";
    }
    const Source source("x", text + "\nlast");
    for (std::uint32_t i = 0; i < characters; ++i) {
        const auto end = i + 1 < characters ? starts[i + 1] : static_cast<std::uint32_t>(text.size());
        CHECK(source.position(starts[i]) == Position{"x", 2, i + 1});
        CHECK(source.position(end - 1).column == i + 1);  // inside the character
    }
    CHECK(source.position(static_cast<std::uint32_t>(text.size() + 1)) == Position{"x", 3, 1});
}
