/// The functions of the expression language.
#pragma once

#include "base/duration.hpp"
#include "script/result_type.hpp"
#include "script/value.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace arun::script {

class EvalContext;
class Regex;
struct Expression;

/// The call of a function, whose arguments have been evaluated.
class Call {
public:
    Call(const Expression& expression, std::span<const Value> arguments, const EvalContext& context) noexcept
        : expression_(expression), arguments_(arguments), context_(context) {}

    std::size_t size() const noexcept { return arguments_.size(); }
    const Value& operator[](std::size_t i) const noexcept { return arguments_[i]; }
    std::span<const Value> arguments() const noexcept { return arguments_; }
    const EvalContext& context() const noexcept { return context_; }
    /// That of a literal pattern, or null.
    const Regex* regex() const noexcept;

    /// The number that the argument is or spells; fails otherwise. May refer to the argument.
    Number number(std::size_t i) const { return number(arguments_[i]); }
    Number number(const Value& value) const;
    std::int64_t integer(std::size_t i) const;
    std::span<const Value> list(std::size_t i) const;

    /// Throws EvalError for the whole call, whose message begins with the function's name.
    [[noreturn]] void fail(const std::string& message) const;
    [[noreturn]] void fail(const Error& error) const { fail(error.message); }
    template <class T>
    T value_of(Result<T> result) const {
        if (!result) fail(result.error());
        return *std::move(result);
    }

private:
    const Expression& expression_;
    std::span<const Value> arguments_;
    const EvalContext& context_;
};

struct FunctionSpec {
    enum class Role : std::uint8_t {
        other,
        status,    ///< success() and its like: such an `if` has no implied success()
        default_,  ///< default(), whose second argument is evaluated only when it is needed
        quote,     ///< the result is safe in the text of a shell
        matches,   ///< the second argument is a pattern
        date       ///< the first argument is a format of times
    };

    std::string_view name;   ///< as documented; case-insensitive, as on GitHub
    std::string_view usage;  ///< "join(list, separator)"
    std::string_view help;   ///< a sentence without its full stop
    int min_arguments = 0;
    int max_arguments = 0;  ///< -1: no limit
    const ResultType& type;
    Value (*call)(const Call&) = nullptr;  ///< null for default()
    Role role = Role::other;
};

/// In the order in which they are documented.
std::span<const FunctionSpec> functions() noexcept;

/// A number of seconds: an integer if it is whole.
Value seconds_of(Duration duration);

/// The function of that name in any case, or null.
const FunctionSpec* find_function(std::string_view name);
/// The function for which other languages have this name, or empty.
std::string_view function_for(std::string_view name) noexcept;
/// "2 arguments", "1 to 2 arguments", "at least 1 argument".
std::string accepted_arguments(const FunctionSpec& function);

}  // namespace arun::script
