#include "rt/fd_watch.hpp"

#include "rt/gather.hpp"
#include "rt/runner.hpp"
#include "rt/sleep.hpp"
#include "rt/timeout.hpp"
#include "support/pipe.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include <fcntl.h>
#include <unistd.h>

using namespace arun;
using namespace arun::test;
using namespace std::chrono_literals;

namespace {

struct TestPipe {
    TestPipe() = default;
    TestPipe(const TestPipe&) = delete;
    ~TestPipe() {
        close_write();
        ::close(ends[0]);
    }
    int read_end() const { return ends[0]; }
    int write_end() const { return ends[1]; }
    void write(std::string_view text) const {
        REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    void close_write() {
        if (ends[1] >= 0) ::close(ends[1]);
        ends[1] = -1;
    }
    std::array<int, 2> ends = open_pipe();
};

std::string read_some(int fd) {
    std::array<char, 64> bytes{};
    const auto got = ::read(fd, bytes.data(), bytes.size());
    REQUIRE(got >= 0);
    return {bytes.data(), static_cast<std::size_t>(got)};
}

Coro<std::string> read_line(int fd, FdWatch::Sharing sharing) {
    FdWatch watch(Loop::get_running(), fd, sharing);
    co_await watch.readable();
    co_return read_some(fd);
}

Coro<> write_later(const TestPipe& pipe) {
    co_await sleep(10ms);
    pipe.write("late");
}

}  // namespace

TEST_CASE("readable() waits until there is something to read") {
    for (const auto sharing : {FdWatch::Sharing::own, FdWatch::Sharing::shared}) {
        TestPipe pipe;
        const auto main = [&]() -> Coro<std::string> {
            auto writer = create_task(write_later(pipe));
            auto text = co_await read_line(pipe.read_end(), sharing);
            co_await writer;
            co_return text;
        };
        CHECK(arun::run(main()) == "late");
    }
}

TEST_CASE("readable() returns at the end of a pipe") {
    TestPipe pipe;
    pipe.close_write();
    CHECK(arun::run(read_line(pipe.read_end(), FdWatch::Sharing::own)).empty());
}

TEST_CASE("a shared descriptor keeps its flags, an own one becomes non-blocking") {
    TestPipe pipe;
    pipe.write("x");
    arun::run(read_line(pipe.read_end(), FdWatch::Sharing::shared));
    CHECK((::fcntl(pipe.read_end(), F_GETFL) & O_NONBLOCK) == 0);
    pipe.write("x");
    arun::run(read_line(pipe.read_end(), FdWatch::Sharing::own));
    CHECK((::fcntl(pipe.read_end(), F_GETFL) & O_NONBLOCK) != 0);
}

TEST_CASE("writable() waits for room") {
    TestPipe pipe;
    REQUIRE(::fcntl(pipe.write_end(), F_SETFL, O_NONBLOCK) == 0);
    const std::string block(4096, 'x');
    while (::write(pipe.write_end(), block.data(), block.size()) > 0) {
    }
    const auto fill = [&]() -> Coro<> {
        FdWatch watch(Loop::get_running(), pipe.write_end());
        co_await watch.writable();
        pipe.write("y");
    };
    const auto drain = [&]() -> Coro<> {
        co_await sleep(5ms);
        std::string all(std::size_t{1} << 16, ' ');
        REQUIRE(::read(pipe.read_end(), all.data(), all.size()) > 0);
    };
    const auto main = [&]() -> Coro<> {
        auto writer = create_task(fill());
        co_await drain();
        co_await writer;
    };
    arun::run(main());
}

TEST_CASE("after a cancelled wait the descriptor can be awaited again") {
    TestPipe pipe;
    const auto main = [&]() -> Coro<std::string> {
        FdWatch watch(Loop::get_running(), pipe.read_end());
        bool late = false;
        try {
            const auto wait = [](FdWatch& w) -> Coro<> { co_await w.readable(); };
            co_await timeout(5ms, wait(watch));
        } catch (const TimeoutError&) {
            late = true;
        }
        REQUIRE(late);
        pipe.write("now");
        co_await watch.readable();
        co_return read_some(pipe.read_end());
    };
    CHECK(arun::run(main()) == "now");
}

TEST_CASE("a file is always ready") {
    const int fd = ::open("/bin/sh", O_RDONLY | O_CLOEXEC);
    REQUIRE(fd >= 0);
    const auto main = [&]() -> Coro<> {
        for (const auto sharing : {FdWatch::Sharing::own, FdWatch::Sharing::shared}) {
            FdWatch watch(Loop::get_running(), fd, sharing);
            CHECK(!watch.waits());
            co_await watch.readable();
        }
    };
    arun::run(main());
    ::close(fd);
}

TEST_CASE("waiting for a descriptor is no deadlock; the virtual clock moves at real speed") {
    TestPipe pipe;
    RunnerOptions options;
    options.clock = ClockMode::virtual_;
    Runner runner(options);
    const auto writer = [&]() -> Coro<> {
        co_await sleep(20ms);
        pipe.write("x");
    };
    const auto main = [&]() -> Coro<> {
        auto task = create_task(writer());
        const auto began = std::chrono::steady_clock::now();
        co_await read_line(pipe.read_end(), FdWatch::Sharing::own);
        CHECK(std::chrono::steady_clock::now() - began >= 20ms);
        co_await task;
    };
    runner.run(main());
    runner.close();
}

TEST_CASE("closing a Runner cancels the wait for a descriptor") {
    TestPipe pipe;
    Runner runner;
    bool cancelled = false;
    const auto wait = [&]() -> Coro<> {
        try {
            co_await read_line(pipe.read_end(), FdWatch::Sharing::shared);
        } catch (const CancelledError&) {
            cancelled = true;
            throw;
        }
    };
    const auto main = [&]() -> Coro<> {
        const auto task = create_task(wait());
        co_await yield();
    };
    runner.run(main());
    runner.close();
    CHECK(cancelled);
}

TEST_CASE("watching a closed descriptor throws") {
    const auto main = []() -> Coro<> {
        CHECK_THROWS_AS(FdWatch(Loop::get_running(), 9999), std::system_error);
        CHECK_THROWS_AS(FdWatch(Loop::get_running(), 9999, FdWatch::Sharing::shared), std::system_error);
        co_return;
    };
    arun::run(main());
}

TEST_CASE("a watch may outlive its Runner") {
    Pipe pipe;
    pipe.open();
    std::optional<FdWatch> watch;
    {
        Runner runner;
        const auto main = [&]() -> Coro<> {
            watch.emplace(Loop::get_running(), pipe.read_end());
            REQUIRE(::write(pipe.write_end(), "x", 1) == 1);
            co_await watch->readable();
        };
        runner.run(main());
    }
    CHECK(watch->waits());
    watch.reset();
}
