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
    explicit Fed(ChildOutput::Options options) : child(loop, world, output, std::move(options)) {}
    Fed& take(std::string_view piece) {
        child.add(Stream::out, piece);
        return *this;
    }
    Loop loop;
    RealWorld world;
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
    shown.child.end();
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
    auto service = discarded(true, 8);
    service.may_lose = true;
    Fed lost(service);
    lost.take("123456789");
    CHECK_FALSE(lost.child.overflowed());
    CHECK(lost.child.lost(Stream::out));
    CHECK_FALSE(lost.child.text(Stream::out));
    CHECK(lost.child.text(Stream::err) == "");
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
    Loop loop;
    RealWorld world;
    ChildOutput::Options options;
    MemoryOutput output;
    CHECK_FALSE(ChildOutput(loop, world, output, options).piped());
    options.keep = true;
    CHECK(ChildOutput(loop, world, output, options).piped());
    CHECK(ChildOutput(loop, world, output, prefixed("a")).piped());
    CHECK(ChildOutput(loop, world, output, discarded()).piped());
    options = {};
    options.shown = Shown::group;
    CHECK(ChildOutput(loop, world, output, options).piped());
}

TEST_CASE("on a terminal, what overwrites a line is shown as it comes") {
    Fed shown(prefixed("a"));
    shown.output.is_terminal = true;
    shown.take("1%\r").take("2%\r3").take("%\r\ndone\r").take("\nend\r");
    CHECK(shown.output.out == "a | 1%\ra | 2%\ra | 3%\r\na | done\r\n");
    shown.child.end();
    CHECK(shown.output.out == "a | 1%\ra | 2%\ra | 3%\r\na | done\r\na | end\r\n");
    Fed logged(prefixed("a"));
    logged.take("1%\r2%\r").take("3%\n");
    CHECK(logged.output.out == "a | 1%\r2%\r3%\n");
}

TEST_CASE("a group is shown at its end, in the order of its arrival, however large") {
    ChildOutput::Options options;
    options.shown = Shown::group;
    Fed shown(options);
    const std::string large(3 << 20, 'x');
    shown.take("a\n");
    shown.child.add(Stream::err, "b\n");
    shown.take("c\n").take(large).take("\nd\n");
    CHECK(shown.output.writes == 0);
    shown.child.end();
    CHECK(shown.output.out == "a\nc\n" + large + "\nd\n");
    CHECK(shown.output.err == "b\n");
    CHECK(shown.child.tail().empty());
}
