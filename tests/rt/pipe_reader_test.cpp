#include "rt/pipe_reader.hpp"

#include "rt/file.hpp"
#include "rt/runner.hpp"
#include "rt/sleep.hpp"
#include "rt/timeout.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <unistd.h>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace arun;
using namespace arun::test;
using namespace std::chrono_literals;

namespace {

void write_to(const Pipe& pipe, std::string_view text) {
    REQUIRE(::write(pipe.write_end(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

/// Waits for what only polling can show.
template <class Condition>
Coro<> until(Condition condition) {
    while (!condition()) co_await sleep(1ms);
}

}  // namespace

TEST_CASE("a pipe is read in the background, as its text comes") {
    Pipe pipe;
    pipe.open();
    std::string got;
    const auto main = [&]() -> Coro<> {
        PipeReader reader(Loop::get_running(), pipe.release_read(),
                          [&](std::string_view text) { got += text; });
        const auto has_one = [&] { return !got.empty(); };
        const auto has_ended = [&] { return reader.ended(); };
        write_to(pipe, "one");
        co_await until(has_one);
        CHECK(got == "one");
        CHECK_FALSE(reader.ended());
        write_to(pipe, "two");
        pipe.close_write();
        co_await until(has_ended);
        CHECK(got == "onetwo");
        CHECK(reader.ended());
    };
    arun::run(main());
}

TEST_CASE("what is in the pipe can be read without waiting") {
    Pipe pipe;
    pipe.open();
    std::string got;
    const auto main = [&]() -> Coro<> {
        PipeReader reader(Loop::get_running(), pipe.release_read(),
                          [&](std::string_view text) { got += text; });
        write_to(pipe, "one");
        reader.read_rest();
        CHECK(got == "one");
        CHECK_FALSE(reader.ended());
        pipe.close_write();
        reader.read_rest();
        CHECK(reader.ended());
        co_return;
    };
    arun::run(main());
}

TEST_CASE("an exception of the sink ends the reading") {
    Pipe pipe;
    pipe.open();
    int calls = 0;
    const auto main = [&]() -> Coro<> {
        PipeReader reader(Loop::get_running(), pipe.release_read(), [&](std::string_view) {
            ++calls;
            throw std::runtime_error("full");
        });
        const auto has_ended = [&] { return reader.ended(); };
        write_to(pipe, "one");
        co_await until(has_ended);
        CHECK(reader.ended());
        CHECK_THROWS_WITH(reader.rethrow_error(), "full");
        write_to(pipe, "two");
        co_await sleep(20ms);
        CHECK(calls == 1);
    };
    arun::run(main());
}

TEST_CASE("a PipeReader that is torn down at any step frees what it has") {
    for (std::uint64_t steps = 1; steps < 12; ++steps) {
        Pipe pipe;
        pipe.open();
        const auto main = [&]() -> Coro<> {
            PipeReader reader(Loop::get_running(), pipe.release_read(), [](std::string_view) {});
            for (int i = 0; i < 10; ++i) {
                write_to(pipe, "text");
                co_await sleep(100us);
            }
        };
        Runner runner;
        runner.get_loop().stop_after(steps);
        try {
            runner.run(main());
        } catch (const LoopStopped&) {
            // At the step that was asked for.
        }
        runner.get_loop().stop_after(1'000'000);
        runner.close();
    }
}

TEST_CASE("a PipeReader may outlive its Runner") {
    Pipe pipe;
    pipe.open();
    std::string got;
    std::optional<PipeReader> reader;
    {
        Runner runner;
        const auto main = [&]() -> Coro<> {
            reader.emplace(Loop::get_running(), pipe.release_read(),
                           [&](std::string_view text) { got += text; });
            write_to(pipe, "early");
            co_await until([&] { return got == "early"; });
        };
        runner.run(main());
    }
    CHECK(reader->ended());
    write_to(pipe, "late");
    reader->read_rest();
    reader.reset();
    CHECK(got == "early");
}
