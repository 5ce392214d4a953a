#include "tape/reader.hpp"

#include "base/error.hpp"
#include "rt/file.hpp"
#include "rt/http/client.hpp"
#include "rt/process/spawn.hpp"
#include "tape/writer.hpp"

#include <doctest/doctest.h>

#include <unistd.h>
#include <exception>
#include <string>
#include <system_error>

using namespace arun;
using namespace arun::tape;

namespace {

constexpr auto header = "{\"arun-tape\":1}\n";

Reader reader_of(const std::string& events) {
    return {"run.tape", header + events};
}

/// What is wrong with the tape, found while all of it is read; empty if nothing is.
template <class F>
std::string problem(F f) {
    try {
        f();
    } catch (const TapeError& e) {
        return e.what();
    }
    return {};
}

std::string problem_of(const std::string& text) {
    return problem([&] {
        Reader reader("run.tape", text);
        while (reader.peek() != nullptr) reader.next();
    });
}

/// What `write` writes to a tape, with secrets that begin with "pass".
template <class F>
std::string written(F write) {
    const auto file = temporary_disk_file();
    const int fd = file.get();
    Mask mask{[](std::string_view text) {
                  std::string hidden(text);
                  for (auto at = hidden.find("password"); at != std::string::npos;
                       at = hidden.find("password"))
                      hidden.replace(at, 8, secret_mark);
                  return hidden;
              },
              {}};
    {
        Writer writer(UniqueFd(::dup(fd)), {}, mask);
        write(writer);
        writer.flush();
        CHECK(writer.error() == 0);
    }
    rewind_file(fd);
    std::string text(1000, '\0');
    text.resize(read_file(fd, text));
    return text;
}

}  // namespace

TEST_CASE("a tape begins with the version of its format") {
    CHECK(problem_of("") == "run.tape: this is no tape; 'arun --record FILE' writes one");
    CHECK(problem_of("jobs: []\n") == "run.tape: this is no tape; 'arun --record FILE' writes one");
    CHECK(problem_of("{\"at\":1,\"clock\":2}\n") ==
          "run.tape: this is no tape; 'arun --record FILE' writes one");
    CHECK(problem_of("{\"arun-tape\":1") == "run.tape: this is no tape: its first line is not whole");
    CHECK(problem_of("{\"arun-tape\":2}\n") ==
          "run.tape: a tape of version 2, but this arun reads version 1; a newer arun can replay it");
    CHECK(problem_of("{\"arun-tape\":\"x\"}\n") == "run.tape:1: 'arun-tape' is no whole number");
    CHECK(problem_of(header) == "");
}

TEST_CASE("a line that is no event is an error with its number, unless it is the last and not whole") {
    const std::string event = "{\"at\":1,\"clock\":2}\n";
    CHECK(problem_of(header + event + "[]\n") == "run.tape:3: expected a JSON object");
    CHECK(problem_of(header + event + "{}\n") == "run.tape:3: the event is empty");
    CHECK(problem_of(header + ("{\"at\":\n" + event)).starts_with("run.tape:2: not JSON: "));
    auto reader = reader_of(event + "{\"at\":1,\"clo");
    REQUIRE(reader.peek() != nullptr);
    reader.next();
    CHECK(reader.peek() == nullptr);
    CHECK(reader.is_torn());
}

TEST_CASE("the values of an event have their types") {
    auto reader = reader_of(
        R"({"at":7,"start":3,"ns":5,"argv":["a","b"],"set":[["A","1"]],"text":"x","data":{"64":"/wE="},"ended":true,"times":[1,-1]})"
        "\n");
    const auto& event = *reader.peek();
    CHECK(event.kind() == "start");
    CHECK(event.is("start", 3));
    CHECK_FALSE(event.is("start", 4));
    CHECK(event.position() == 7);
    CHECK(event.texts("argv") == std::vector<std::string>{"a", "b"});
    CHECK(event.texts("none").empty());
    CHECK(event.pairs("set") == Pairs{{"A", "1"}});
    CHECK(event.text("text") == "x");
    CHECK(event.text_if_any("none") == "");
    CHECK(event.boolean("ended"));
    CHECK(event.numbers("times") == std::vector<std::int64_t>{1, -1});
    const std::string where = "run.tape:2: ";
    CHECK(problem([&] { event.number("none"); }) == where + "it lacks 'none'");
    CHECK(problem([&] { event.number("text"); }) == where + "'text' is no whole number");
    CHECK(problem([&] { event.text("start"); }) == where + "'start' is no text");
    CHECK(problem([&] { event.boolean("text"); }) == where + "'text' is neither true nor false");
    CHECK(problem([&] { event.texts("text"); }) == where + "'text' is no list");
    CHECK(problem([&] { event.texts("set"); }) == where + "'set' is no list of texts");
    CHECK(problem([&] { event.pairs("argv"); }) == where + "'argv' is no list of pairs of texts");
    CHECK(problem([&] { event.numbers("argv"); }) == where + "'argv' is no list of whole numbers");
    CHECK(problem_of(header + std::string("{\"at\":1,\"out\":1,\"text\":{\"64\":\"?\"}}\n")) ==
          where + "'text' is no text");
    CHECK(problem_of(header + std::string("{\"at\":1,\"out\":1}\n")) == where + "it lacks 'text'");
    CHECK(problem_of(header + std::string("{\"at\":1,\"oot\":1}\n")) ==
          where + "an event of the unknown kind 'oot'");
    CHECK(problem_of(header + std::string("{\"at\":-1,\"clock\":1}\n")) == where + "'at' is negative");
    CHECK(problem_of(header + std::string("{\"at\":1,\"clock\":-1}\n")) ==
          where + "'clock' is no time of a run");
    CHECK(problem([] { static_cast<void>(reader_of("{\"at\":1}\n").peek()); }) ==
          where + "the event is empty");
}

TEST_CASE("what was thrown is thrown again") {
    const auto text = written([](Writer& writer) {
        const auto write = [&](auto error) {
            Writer::Line(writer, 1).text("named", "").error(std::make_exception_ptr(std::move(error)));
        };
        write(std::system_error(2, errno_category(), "cannot open"));
        write(HttpBodyTooLarge());
        write(HttpError("refused"));
        write(HttpUnavailable("no libcurl"));
        write(SpawnError("no such program: 'x'"));
        write(std::runtime_error("other"));
    });
    auto reader = reader_of(text);
    const auto next = [&] {
        const tape::Event event = *reader.peek();
        reader.next();
        event.rethrow_error();
    };
    CHECK_THROWS_WITH_AS(next(), "cannot open: no such file or directory", std::system_error);
    CHECK_THROWS_AS(next(), HttpBodyTooLarge);
    CHECK_THROWS_WITH_AS(next(), "refused", HttpError);
    CHECK_THROWS_WITH_AS(next(), "no libcurl", HttpUnavailable);
    CHECK_THROWS_WITH_AS(next(), "no such program: 'x'", SpawnError);
    CHECK_THROWS_WITH_AS(next(), "other", std::runtime_error);
    CHECK(reader.peek() == nullptr);
}

TEST_CASE("a writer hides secrets in texts, not in keys, also in what it has not handed over yet") {
    CHECK(
        written([](Writer& writer) {
            Writer::Line(writer, 3).text("env", "A").text("value", "a password").texts("argv", {"password"});
        }) == "{\"at\":3,\"env\":\"A\",\"value\":\"a <secret>\",\"argv\":[\"<secret>\"]}\n");
    CHECK(written([](Writer& writer) {
              Writer::Line(writer).number("password", 12).json("raw", "[\"a \\\" password\", 1]");
              writer.secrets_changed();
          }) == "{\"password\":12,\"raw\":[\"a \\\" <secret>\", 1]}\n");
    CHECK(written([](Writer& writer) { Writer::Line(writer, 1, Duration(5)).text("text", "\xff\x01"); }) ==
          "{\"at\":1,\"text\":{\"64\":\"/wE=\"},\"ns\":5}\n");
}

TEST_CASE("facts are found wherever they are") {
    auto reader = reader_of(
        "{\"at\":1,\"clock\":2}\n{\"at\":9,\"env\":\"B\",\"value\":\"b\"}\n{\"at\":9,\"env\":\"A\"}\n");
    REQUIRE(reader.find("env", "A"));
    CHECK_FALSE(reader.find("env", "A")->has("value"));
    CHECK(reader.find("env", "B")->text("value") == "b");
    CHECK_FALSE(reader.find("env", "C"));
    CHECK_FALSE(reader.find("host", ""));
    CHECK(reader.peek()->is("clock"));
}
