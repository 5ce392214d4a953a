#include "rt/line_reader.hpp"

#include "rt/errors.hpp"
#include "rt/runner.hpp"
#include "rt/sleep.hpp"
#include "rt/timeout.hpp"
#include "support/files.hpp"
#include "support/pipe.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace arun;
using namespace arun::test;
using namespace std::chrono_literals;

namespace {

using Sharing = FdWatch::Sharing;

/// The reader owns the end that it reads from.
struct LinePipe {
    explicit LinePipe(std::size_t longest = 1000, std::size_t ahead = 0) {
        const auto ends = open_pipe();
        writer = ends[1];
        read_end = ends[0];
        reader = LineReader::make(ends[0], Sharing::own, longest, ahead);
    }
    LinePipe(const LinePipe&) = delete;
    ~LinePipe() { close(); }
    void write(std::string_view text) const {
        REQUIRE(::write(writer, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    void close() {
        if (writer >= 0) ::close(writer);
        writer = -1;
    }
    int writer = -1;
    int read_end = -1;
    std::shared_ptr<LineReader> reader;
};

/// The next line, "<end>" or "<long>".
Coro<std::string> line_of(LineReader& reader) {
    for (;;) {
        std::string_view line;
        switch (reader.next(line)) {
            case LineReader::Found::line:
                co_return std::string(line);
            case LineReader::Found::end:
                co_return "<end>";
            case LineReader::Found::too_long:
                co_return "<long>";
            case LineReader::Found::nothing:
                break;
        }
        co_await reader.wait_for_more();
    }
}

Coro<std::string> lines_of(LineReader& reader) {
    std::string all;
    for (;;) {
        const auto line = co_await line_of(reader);
        all += line + "|";
        if (line.starts_with('<')) co_return all;
    }
}

}  // namespace

TEST_CASE("lines: empty ones count, and the last one needs no line feed") {
    for (std::string_view text : {"a\n\nb\r\nlast", "a\n\nb\r\nlast\n"}) {
        LinePipe pipe;
        pipe.write(text);
        pipe.close();
        CHECK(arun::run(lines_of(*pipe.reader)) == "a||b\r|last|<end>|");
        CHECK(pipe.reader->number() == 5);
    }
}

TEST_CASE("lines: one is complete when its line feed arrives") {
    LinePipe pipe;
    const auto main = [&]() -> Coro<> {
        pipe.write("one\ntw");
        const auto first = co_await line_of(*pipe.reader);
        CHECK(first == "one");
        std::string_view line;
        CHECK(pipe.reader->next(line) == LineReader::Found::nothing);
        auto rest = create_task(line_of(*pipe.reader));
        co_await sleep(2ms);
        CHECK_FALSE(rest.done());
        pipe.write("o\n");
        co_await rest;
        CHECK(rest.result() == "two");
    };
    arun::run(main());
}

TEST_CASE("lines: the buffer grows for a long one and reuses its room") {
    LinePipe pipe(std::size_t{1} << 20);
    std::string all;
    for (int i = 0; i < 200; ++i) all += std::string(static_cast<std::size_t>(i * 37 % 1500), 'x') + "\n";
    all += std::string(300'000, 'y') + "\nend\n";
    const auto feed = [&]() -> Coro<> {
        for (std::size_t i = 0; i < all.size(); i += 4000) {
            pipe.write(std::string_view(all).substr(i, 4000));
            co_await sleep(0ms);
        }
        pipe.close();
    };
    const auto main = [&]() -> Coro<std::string> {
        auto feeder = create_task(feed());
        std::string got;
        for (;;) {
            const auto line = co_await line_of(*pipe.reader);
            if (line == "<end>") break;
            got += line + "\n";
        }
        co_await feeder;
        co_return got;
    };
    CHECK(arun::run(main()) == all);
}

TEST_CASE("lines: one that is too long is reported, with or without its line feed") {
    LinePipe pipe(4);
    pipe.write("four\nfive!\n");
    CHECK(arun::run(lines_of(*pipe.reader)) == "four|<long>|");
    LinePipe open(4);
    open.write("five!");
    CHECK(arun::run(lines_of(*open.reader)) == "<long>|");
}

TEST_CASE("lines: cancelling a wait loses nothing") {
    LinePipe pipe;
    const auto main = [&]() -> Coro<std::string> {
        bool late = false;
        try {
            co_await timeout(3ms, line_of(*pipe.reader));
        } catch (const TimeoutError&) {
            late = true;
        }
        REQUIRE(late);
        pipe.write("kept\n");
        co_return co_await line_of(*pipe.reader);
    };
    CHECK(arun::run(main()) == "kept");
}

TEST_CASE("lines: a reader outlives its loop and goes on in the next one") {
    LinePipe pipe;
    for (const auto* text : {"a\nb", "\nc\n"}) {
        const auto writer = [&]() -> Coro<std::string> {
            auto task = create_task(line_of(*pipe.reader));
            co_await sleep(1ms);
            pipe.write(text);
            co_await task;
            co_return task.result();
        };
        CHECK(arun::run(writer()) == (text[0] == 'a' ? "a" : "b"));
    }
    CHECK(arun::run(line_of(*pipe.reader)) == "c");
}

TEST_CASE("lines: several waiting tasks share them") {
    LinePipe pipe;
    const auto main = [&]() -> Coro<std::string> {
        auto a = create_task(line_of(*pipe.reader));
        auto b = create_task(line_of(*pipe.reader));
        co_await sleep(1ms);
        pipe.write("1\n");
        co_await sleep(1ms);
        pipe.write("2\n");
        co_await a;
        co_await b;
        co_return a.result() + b.result();
    };
    CHECK(arun::run(main()) == "12");
}

TEST_CASE("lines: reading ahead continues while the loop is busy, up to its bound") {
    constexpr std::size_t ahead = 100'000;
    LinePipe pipe(1000, ahead);
    REQUIRE(::fcntl(pipe.writer, F_SETFL, O_NONBLOCK) == 0);
    const std::string line = std::string(99, 'x') + "\n";
    std::size_t written = 0;
    const auto fill = [&]() -> Coro<> {
        for (int round = 0; round < 100; ++round) {
            while (::write(pipe.writer, line.data(), line.size()) > 0) written += line.size();
            co_await sleep(1ms);
        }
    };
    const auto main = [&]() -> Coro<> {
        pipe.write(line);
        co_await line_of(*pipe.reader);
        co_await fill();
    };
    arun::run(main());
    CHECK(written >= ahead);                            // more than the pipe alone holds
    CHECK(written <= ahead + 3 * 65536 + line.size());  // no more than the bound, a chunk and the pipe hold
}

TEST_CASE("lines: without read_ahead nothing is read before it is wanted") {
    LinePipe pipe;
    const auto main = [&]() -> Coro<> {
        pipe.write("a\n");
        co_await line_of(*pipe.reader);
        bool late = false;
        try {
            co_await timeout(1ms, line_of(*pipe.reader));
        } catch (const TimeoutError&) {
            late = true;
        }
        REQUIRE(late);
        pipe.write("b\n");
        co_await sleep(3ms);
        char byte = 0;
        CHECK(::read(pipe.read_end, &byte, 1) == 1);
        CHECK(byte == 'b');
    };
    arun::run(main());
}

TEST_CASE("lines: reading ahead does not prevent a deadlock error") {
    LinePipe pipe(1000, 1000);
    Runner runner;
    const auto stuck = [&]() -> Coro<> {
        pipe.write("a\n");
        co_await line_of(*pipe.reader);
        Event never;
        co_await never.wait();
    };
    CHECK_THROWS_AS(runner.run(stuck()), DeadlockError);
}

TEST_CASE("lines: a shared descriptor keeps its flags, O_NONBLOCK or not") {
    for (const int flags : {0, O_NONBLOCK}) {
        const auto ends = open_pipe(flags);
        auto reader = LineReader::make(ends[0], Sharing::shared, 1000);
        const auto main = [&]() -> Coro<std::string> {
            auto task = create_task(line_of(*reader));
            co_await sleep(1ms);
            CHECK((::fcntl(ends[0], F_GETFL) & O_NONBLOCK) == flags);
            REQUIRE(::write(ends[1], "x\n", 2) == 2);
            co_await task;
            co_return task.result();
        };
        CHECK(arun::run(main()) == "x");
        CHECK((::fcntl(ends[0], F_GETFL) & O_NONBLOCK) == flags);
        ::close(ends[0]);
        ::close(ends[1]);
    }
}

TEST_CASE("lines: a file, and a FIFO that has no writer yet") {
    const Files files;
    const auto file = files.write("f", "1\n2");
    auto reader = LineReader::make(::open(file.c_str(), O_RDONLY | O_CLOEXEC), Sharing::own, 1000);
    CHECK(arun::run(lines_of(*reader)) == "1|2|<end>|");

    const auto fifo = files.path("fifo");
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    reader = LineReader::make(::open(fifo.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK), Sharing::own, 1000);
    const auto main = [&]() -> Coro<std::string> {
        auto task = create_task(lines_of(*reader));
        co_await sleep(3ms);
        CHECK_FALSE(task.done());
        const int writer = ::open(fifo.c_str(), O_WRONLY | O_CLOEXEC);
        REQUIRE(::write(writer, "late", 4) == 4);
        ::close(writer);
        co_await task;
        co_return task.result();
    };
    CHECK(arun::run(main()) == "late|<end>|");
}

TEST_CASE("lines: a read error throws") {
    const auto directory = LineReader::make(::open("/", O_RDONLY | O_CLOEXEC), Sharing::own, 1000);
    CHECK_THROWS_AS(arun::run(line_of(*directory)), std::system_error);
    CHECK_THROWS_AS(directory->block_for_more(), std::system_error);
    const int fd = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    const auto write_only = LineReader::make(fd, Sharing::own, 1000);
    CHECK_THROWS_AS(arun::run(line_of(*write_only)), std::system_error);
}

TEST_CASE("lines: block_for_more() needs no loop") {
    LinePipe pipe;
    pipe.write("a\nb");
    pipe.reader->block_for_more();
    CHECK(pipe.reader->text() == "a\nb");
    pipe.reader->take(2, 1);
    CHECK(pipe.reader->number() == 2);
    pipe.close();
    pipe.reader->block_for_more();
    CHECK(pipe.reader->ended());
    std::string_view line;
    REQUIRE(pipe.reader->next(line) == LineReader::Found::line);
    CHECK(line == "b");
    CHECK(pipe.reader->next(line) == LineReader::Found::end);
}

TEST_CASE("lines: what one task reads wakes the others that wait, also without reading in the background") {
    struct Unpumped : LineReader {
        using LineReader::LineReader;
        explicit Unpumped(int fd) : LineReader(Key(), fd, Sharing::own, 1000, 0) {}
        void read_in_background() override {}
    };
    const auto ends = open_pipe();
    auto reader = std::make_shared<Unpumped>(ends[0]);
    const auto main = [&]() -> Coro<> {
        const auto first = [&]() -> Coro<std::string> { return line_of(*reader); };
        auto waiting = create_task(first());
        co_await yield();
        REQUIRE(::write(ends[1], "a\nb\n", 4) == 4);
        co_await timeout(10s, reader->wait_for_more());
        CHECK(co_await timeout(10s, waiting) == "a");
        CHECK(co_await line_of(*reader) == "b");
    };
    arun::run(main());
    ::close(ends[1]);
}

TEST_CASE("lines: stop() lets go of the descriptor") {
    auto pipe = std::make_unique<LinePipe>();
    const int fd = pipe->read_end;
    const auto main = [&]() -> Coro<> {
        bool late = false;
        try {
            co_await timeout(1ms, line_of(*pipe->reader));
        } catch (const TimeoutError&) {
            late = true;
        }
        REQUIRE(late);
        pipe->reader->stop();
        pipe.reset();
        CHECK(::fcntl(fd, F_GETFD) >= 0);  // as long as its watch exists
        co_await sleep(1ms);
        CHECK(::fcntl(fd, F_GETFD) == -1);
    };
    arun::run(main());
}
