/// Reading a tape, line by line. A tape is input like any other: it may be cut, edited by hand, or not be a
/// tape at all.
#pragma once

#include "base/error.hpp"
#include "rt/http/client.hpp"
#include "script/value.hpp"
#include "tape/compression.hpp"
#include "tape/writer.hpp"
#include "world/world.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace arun::tape {

/// What is wrong with a tape, with its name and the number of the line: "run.tape:12: ...".
class TapeError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// One event. The accessors throw TapeError if there is no such value of that type.
class Event {
public:
    Event(std::string where, script::Value value) : where_(std::move(where)), value_(std::move(value)) {}

    /// What it is about: the key after "at".
    const std::string& kind() const;
    bool is(std::string_view name) const { return kind() == name; }
    bool is(std::string_view name, std::int64_t id) const { return is(name) && number(name) == id; }
    /// The number of the signal that it is about. Precondition: is("signal").
    int signal_number() const;
    std::uint64_t position() const;

    bool has(std::string_view key) const { return value_.find(key) != nullptr; }
    std::int64_t number(std::string_view key) const;
    std::string text(std::string_view key) const;
    bool boolean(std::string_view key) const;
    /// Empty if there is none.
    std::string text_if_any(std::string_view key) const;
    std::vector<std::string> texts(std::string_view key) const;
    Pairs pairs(std::string_view key) const;
    std::vector<std::int64_t> numbers(std::string_view key) const;
    /// What a response, or the status of a file, was.
    void read_response(HttpResponse& response, HttpTimings& timings, std::string& redirected) const;
    FileStatus file_status() const;
    /// 64 bits as a number in a text.
    std::uint64_t bits(std::string_view key) const;
    const script::Value& value() const noexcept { return value_; }
    /// Throws what was thrown then, if anything was.
    void rethrow_error() const;
    [[noreturn]] void fail(const std::string& message) const;
    const std::string& where() const noexcept { return where_; }

private:
    const script::Value& at(std::string_view key) const;

    std::string where_;
    script::Value value_;
};

class Reader {
public:
    /// Whether it begins like a tape, or is compressed. False for what is no regular file.
    static bool is_tape(const std::string& path) noexcept;
    /// Reads the whole file, compressed or not. Throws TapeError.
    static Reader open(const std::string& path);
    Reader(std::string name, std::string text);

    /// The first line: what ran, and how.
    const Event& header() const { return *header_; }
    /// The next event, or null at the end. Throws TapeError.
    const Event* peek();
    void next() noexcept { event_.reset(); }
    /// The event of the last peek(), which is then the one before the next. Precondition: it was not null.
    Event take() {
        Event event = *std::move(event_);
        event_.reset();
        return event;
    }
    /// The first event of that kind, wherever it is; with `name`, the first that has it for its value.
    std::optional<Event> find(std::string_view kind, std::string_view name) const;
    /// The last line is not whole: it was being written when the run was killed, or the disk was full.
    bool is_torn() const noexcept { return torn_; }
    /// "run.tape:12", of the last event.
    std::string where() const { return name_ + ':' + std::to_string(line_); }
    /// The text occurs anywhere on the tape.
    bool contains(std::string_view text) const noexcept { return text_->find(text) != std::string::npos; }

private:
    std::optional<Event> read_line();

    std::string name_;
    std::unique_ptr<const std::string> text_;
    std::size_t offset_ = 0;
    std::size_t line_ = 0;
    bool torn_ = false;
    std::optional<Event> header_;
    std::optional<Event> event_;
};

}  // namespace arun::tape
