/// What a for_each goes through with `lines`.
#pragma once

#include "jobs/scope.hpp"
#include "rt/coro.hpp"
#include "rt/line_reader.hpp"
#include "script/value.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace arun::jobs {

/// A longer line fails the job: 1 MiB.
inline constexpr std::size_t longest_line = std::size_t{1} << 20;
inline constexpr std::string_view stdin_taken =
    "standard input holds the script: there are no lines to read from it";

/// Lines of standard input, which all of a run share, or of a file of its own.
class LineItems {
public:
    /// `path`: "stdin", or a file's. Throws JobFailure where it cannot be opened.
    LineItems(const Scope& scope, std::string_view path);
    LineItems(const LineItems&) = delete;
    LineItems& operator=(const LineItems&) = delete;
    ~LineItems();

    /// The next line as a text, or nothing at the end. Throws JobFailure.
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
