/// The functions of the expression language: their names and numbers of arguments.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace arun::script {

enum class Function : std::uint8_t {
    contains,
    starts_with,
    ends_with,
    format,
    join,
    to_json,
    from_json,
    success,
    failure,
    always,
    cancelled,
    length,
    default_,
    now,
    quote
};

struct FunctionSpec {
    std::string_view name;  ///< as documented; case-insensitive, as on GitHub
    Function function;
    int min_arguments;
    int max_arguments;  ///< -1: no limit
    std::string_view usage;
};

inline constexpr std::array functions{
    FunctionSpec{"contains", Function::contains, 2, 2, "contains(search, item)"},
    FunctionSpec{"startsWith", Function::starts_with, 2, 2, "startsWith(text, start)"},
    FunctionSpec{"endsWith", Function::ends_with, 2, 2, "endsWith(text, end)"},
    FunctionSpec{"format", Function::format, 1, -1, "format('{0} and {1}', a, b)"},
    FunctionSpec{"join", Function::join, 1, 2, "join(list, separator)"},
    FunctionSpec{"toJSON", Function::to_json, 1, 1, "toJSON(value)"},
    FunctionSpec{"fromJSON", Function::from_json, 1, 1, "fromJSON(text)"},
    FunctionSpec{"success", Function::success, 0, 0, "success()"},
    FunctionSpec{"failure", Function::failure, 0, 0, "failure()"},
    FunctionSpec{"always", Function::always, 0, 0, "always()"},
    FunctionSpec{"cancelled", Function::cancelled, 0, 0, "cancelled()"},
    FunctionSpec{"length", Function::length, 1, 1, "length(value)"},
    FunctionSpec{"default", Function::default_, 2, 2, "default(value, otherwise)"},
    FunctionSpec{"now", Function::now, 0, 0, "now()"},
    FunctionSpec{"quote", Function::quote, 1, 1, "quote(value)"},
};

/// The function of that name in any case, or null.
const FunctionSpec* find_function(std::string_view name);
/// The function for which other languages have this name, or empty.
std::string_view function_for(std::string_view name) noexcept;
/// "2 arguments", "1 to 2 arguments", "at least 1 argument".
std::string accepted_arguments(const FunctionSpec& function);

}  // namespace arun::script
