/// What can fail: a value or an Error, and the errors of system calls.
#pragma once

#include "base/text.hpp"

#include <cstddef>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

namespace arun {

/// Why there is no value.
struct Error {
    std::string message;     ///< a clause for a person: lower case, no full stop, no position
    std::string hint{};      ///< how to fix it, or empty
    std::size_t offset = 0;  ///< of the byte where a text is wrong
};

/// Holds a T or an Error; `if (result)` tells which. Precondition of each accessor: it holds that one.
/// C++20 has no std::expected.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : either_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : either_(std::in_place_index<1>, std::move(error)) {}

    explicit operator bool() const noexcept { return either_.index() == 0; }
    T& operator*() & noexcept { return *std::get_if<0>(&either_); }
    const T& operator*() const& noexcept { return *std::get_if<0>(&either_); }
    T&& operator*() && noexcept { return std::move(*std::get_if<0>(&either_)); }
    T* operator->() noexcept { return std::get_if<0>(&either_); }
    const T* operator->() const noexcept { return std::get_if<0>(&either_); }
    const Error& error() const noexcept { return *std::get_if<1>(&either_); }

private:
    std::variant<T, Error> either_;
};

/// What the system says about an errno value, to follow a colon: "no such file or directory".
inline std::string reason_of(int error) {
    return uncapitalized(std::generic_category().message(error));
}

/// std::generic_category() with reason_of() for messages.
inline const std::error_category& errno_category() noexcept {
    class Category final : public std::error_category {
        const char* name() const noexcept override { return "errno"; }
        std::string message(int error) const override { return reason_of(error); }
        std::error_condition default_error_condition(int error) const noexcept override {
            return {error, std::generic_category()};
        }
    };
    static const Category category;
    return category;
}

/// Throws std::system_error for an errno value; `what` says what could not be done.
[[noreturn]] inline void throw_system_error(int error, const char* what) {
    throw std::system_error(error, errno_category(), what);
}

}  // namespace arun
