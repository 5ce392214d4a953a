/// Exceptions that are passed around rather than thrown: many at once, and what one of them is.
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

namespace arun {

/// True if `error` holds an E itself, not something derived from it. Nothing is thrown to find out, where
/// the library has a way: a throw costs a microsecond, and groups look at many.
template <class E>
bool holds(const std::exception_ptr& error) noexcept {
    if (!error) return false;
#if defined(__GLIBCXX__)
    const std::type_info* type = error.__cxa_exception_type();
    return type != nullptr && *type == typeid(E);
#else
    try {
        std::rethrow_exception(error);
    } catch (const E& e) {
        return typeid(e) == typeid(E);
    } catch (...) {
        return false;
    }
#endif
}

/// Several errors at once, as Python's ExceptionGroup. Copies share what they hold.
class ExceptionGroup : public std::exception {
public:
    /// `exceptions` must not be empty, nor hold null.
    ExceptionGroup(std::string message, std::vector<std::exception_ptr> exceptions);

    /// "unhandled errors in a TaskGroup (2 sub-exceptions)".
    const char* what() const noexcept override { return data_->what.c_str(); }
    const std::string& message() const noexcept { return data_->message; }
    /// In the order in which they happened.
    const std::vector<std::exception_ptr>& exceptions() const noexcept { return data_->exceptions; }

private:
    struct Data {
        std::string message;
        std::string what;
        std::vector<std::exception_ptr> exceptions;
    };
    std::shared_ptr<const Data> data_;
};

}  // namespace arun
