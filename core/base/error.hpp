/// What can fail: a value or an Error, and the errors of system calls.
#pragma once

#include "base/text.hpp"

#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace arun {

/// Why there is no value, as a clause for a person: lower case, no full stop, no position.
struct Error {
    std::string message;
};

/// Holds a T or an Error; `if (result)` tells which. Precondition of each accessor: it holds that one.
/// C++20 has no std::expected.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : value_(std::move(value)) {}
    Result(Error error) : error_(std::move(error.message)) {}

    explicit operator bool() const noexcept { return value_.has_value(); }
    T& operator*() & noexcept { return *value_; }
    const T& operator*() const& noexcept { return *value_; }
    T&& operator*() && noexcept { return *std::move(value_); }
    T* operator->() noexcept { return &*value_; }
    const T* operator->() const noexcept { return &*value_; }
    const std::string& error() const noexcept { return error_; }

private:
    std::optional<T> value_;
    std::string error_;
};

/// What the system says about an errno value, to follow a colon: "no such file or directory".
inline std::string reason_of(int error) {
    return uncapitalized(std::generic_category().message(error));
}

/// Throws std::system_error for an errno value; `what` says what could not be done.
[[noreturn]] inline void throw_system_error(int error, const char* what) {
    throw std::system_error(error, std::generic_category(), what);
}

}  // namespace arun
