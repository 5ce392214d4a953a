/// The functions of the expression language: names and numbers of arguments.
#pragma once

#include "script/expression.hpp"

#include <array>
#include <string>
#include <string_view>

namespace arun::script {

struct FunctionRow {
    std::string_view name;  ///< as documented; recognised in any case, as on GitHub
    Function function;
    int least;
    int most;  ///< -1: any number
    std::string_view usage;
};

inline constexpr std::array functions{
    FunctionRow{"contains", Function::contains, 2, 2, "contains(search, item)"},
    FunctionRow{"startsWith", Function::starts_with, 2, 2, "startsWith(text, start)"},
    FunctionRow{"endsWith", Function::ends_with, 2, 2, "endsWith(text, end)"},
    FunctionRow{"format", Function::format, 1, -1, "format('{0} and {1}', a, b)"},
    FunctionRow{"join", Function::join, 1, 2, "join(list, separator)"},
    FunctionRow{"toJSON", Function::to_json, 1, 1, "toJSON(value)"},
    FunctionRow{"fromJSON", Function::from_json, 1, 1, "fromJSON(text)"},
    FunctionRow{"success", Function::success, 0, 0, "success()"},
    FunctionRow{"failure", Function::failure, 0, 0, "failure()"},
    FunctionRow{"always", Function::always, 0, 0, "always()"},
    FunctionRow{"cancelled", Function::cancelled, 0, 0, "cancelled()"},
    FunctionRow{"length", Function::length, 1, 1, "length(value)"},
    FunctionRow{"default", Function::default_, 2, 2, "default(value, otherwise)"},
    FunctionRow{"now", Function::now, 0, 0, "now()"},
};

/// The row of a function's name in any case, or null.
const FunctionRow* find_function(std::string_view name);
/// "2 arguments", "1 to 2 arguments", "at least 1 argument".
std::string arguments_wanted(const FunctionRow& row);

}  // namespace arun::script
