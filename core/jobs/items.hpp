/// What a for_each iterates over: a list, a range, or lines as they arrive.
#pragma once

#include "base/error.hpp"
#include "jobs/scope.hpp"
#include "rt/coro.hpp"
#include "rt/line_reader.hpp"
#include "script/value.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace arun::jobs {

/// A list, or a range that is never materialised.
class Items {
public:
    /// Holds every integer of 64 bits, with or without sign.
    __extension__ typedef __int128 Wide;

    /// Errors complete "expected ...".
    static Result<Items> of_list(script::Value list);
    /// N, [start, stop] or [start, stop, step], as Python's range(); integers of 64 bits, with or without
    /// sign.
    static Result<Items> of_range(const script::Value& range);

    std::uint64_t size() const noexcept { return size_; }
    script::Value at(std::uint64_t i) const;

private:
    Items() = default;

    script::Value list_;
    Wide start_ = 0;
    Wide step_ = 0;  ///< 0: a list
    std::uint64_t size_ = 0;
};

/// Units: bytes. A longer line fails the job.
inline constexpr std::size_t max_line_size = std::size_t{1} << 20;
inline constexpr std::string_view stdin_taken =
    "standard input holds the script: there are no lines to read from it";

/// Lines of standard input, which all jobs of a run share, or of a file.
class LineItems {
public:
    /// `path`: "stdin", or that of a file. Throws JobFailure if it cannot be opened.
    LineItems(const Scope& scope, std::string_view path);
    LineItems(const LineItems&) = delete;
    LineItems& operator=(const LineItems&) = delete;
    ~LineItems();

    /// The next line as a string, or nothing at the end. Throws JobFailure.
    Coro<std::optional<script::Value>> next();

private:
    [[noreturn]] void fail(int error) const;

    const Scope& scope_;
    std::string name_;  ///< for messages
    std::shared_ptr<LineReader> own_;
    LineReader* reader_ = nullptr;
    bool planned_ = false;  ///< in a plan, one round stands for all
};

}  // namespace arun::jobs
