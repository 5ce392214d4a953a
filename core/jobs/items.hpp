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
    /// Errors complete "expected ...".
    static Result<Items> of_list(script::Value list);
    /// N, [start, stop] or [start, stop, step], as Python's range(); integers of 64 bits, with or without
    /// sign.
    static Result<Items> of_range(const script::Value& range);

    std::uint64_t size() const noexcept { return size_; }
    script::Value at(std::uint64_t i) const;

private:
    /// An integer of 64 bits, with or without sign: its value modulo 2^64, and whether it is negative.
    struct Integer {
        std::uint64_t bits = 0;
        bool negative = false;

        std::uint64_t magnitude() const noexcept { return negative ? -bits : bits; }
        bool operator<(const Integer& other) const noexcept {
            return negative != other.negative ? negative : bits < other.bits;
        }
    };

    Items() = default;

    static std::optional<Integer> to_integer(const script::Value& value);
    /// How often `step` fits between them, rounded up, but at most the largest result. Precondition: low <
    /// high.
    static std::uint64_t count_steps(Integer low, Integer high, std::uint64_t step) noexcept;

    script::Value list_;
    Integer start_;
    Integer step_;  ///< 0: a list
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
