#include "jobs/child_output.hpp"

#include "support/sessions.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace arun;
using namespace arun::jobs;
using namespace arun::test;

namespace {

/// What comes of the pieces of a standard output.
struct Fed {
    explicit Fed(ChildOutput::Options options) : child(output, std::move(options)) {}
    Fed& take(std::string_view piece) {
        child.add(Stream::out, piece);
        return *this;
    }
    MemoryOutput output;
    ChildOutput child;
};

ChildOutput::Options prefixed(std::string label) {
    ChildOutput::Options options;
    options.shown = Shown::prefix;
    options.label = std::move(label);
    return options;
}

ChildOutput::Options discarded(bool keep = false, std::uint64_t limit = 0) {
    ChildOutput::Options options;
    options.shown = Shown::discard;
    options.keep = keep;
    options.limit = limit;
    return options;
}

}  // namespace

TEST_CASE("prefixed lines are whole, however they arrive") {
    Fed shown(prefixed("a"));
    shown.take("on").take("e\ntwo\nth").take("ree");
    CHECK(shown.output.out == "a | one\na | two\n");
    shown.child.end(Stream::out);
    CHECK(shown.output.out == "a | one\na | two\na | three\n");
}

TEST_CASE("a prefixed line without an end is shown in parts") {
    Fed shown(prefixed("a"));
    shown.take(std::string(70000, 'x'));
    CHECK(shown.output.out.size() > 70000);
}

TEST_CASE("the kept text has a limit, and no newlines at its end") {
    Fed shown(discarded(true, 8));
    shown.take("1234\n\n");
    CHECK(shown.child.text(Stream::out) == "1234");
    CHECK_FALSE(shown.child.overflowed());
    shown.take("123");
    CHECK(shown.child.overflowed() == Stream::out);
}

TEST_CASE("the tail has the last lines, whole ones") {
    Fed shown(discarded());
    CHECK(shown.child.tail().empty());
    for (int i = 1; i <= 100; ++i) shown.take(std::to_string(i) + "\n");
    const auto tail = shown.child.tail();
    CHECK(tail.starts_with("81\n"));
    CHECK(tail.ends_with("\n100"));
    Fed wide(discarded());
    wide.take(std::string(5000, 'x') + "\n" + std::string(3000, 'y') + "\n" + std::string(500, 'z'));
    CHECK(wide.child.tail() == std::string(3000, 'y') + "\n" + std::string(500, 'z'));
    Fed one(discarded());
    one.take(std::string(10000, 'x'));
    CHECK(one.child.tail() == std::string(4096, 'x'));
    CHECK(one.output.out.empty());
}

TEST_CASE("only inherited output that nobody keeps needs no pipe") {
    ChildOutput::Options options;
    MemoryOutput output;
    CHECK_FALSE(ChildOutput(output, options).piped());
    options.keep = true;
    CHECK(ChildOutput(output, options).piped());
    CHECK(ChildOutput(output, prefixed("a")).piped());
    CHECK(ChildOutput(output, discarded()).piped());
}
