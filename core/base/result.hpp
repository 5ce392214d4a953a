/// A value or the reason why there is none. C++20 has no std::expected.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace arun {

/// The reason, as one sentence for a person: lower case, no full stop, no position.
struct Error {
    std::string message;
};

/// Holds a T or an Error; `if (result)` tells which. Reading the wrong one is undefined.
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

}  // namespace arun
