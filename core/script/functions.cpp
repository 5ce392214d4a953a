#include "script/functions.hpp"

#include "base/ascii.hpp"

namespace arun::script {
namespace {

std::string count_of_arguments(int n) {
    if (n == 0) return "no argument";
    return std::to_string(n) + (n == 1 ? " argument" : " arguments");
}

}  // namespace

const FunctionSpec* find_function(std::string_view name) {
    for (auto& function : functions) {
        if (equal_ignoring_case(function.name, name)) return &function;
    }
    return nullptr;
}

std::string accepted_arguments(const FunctionSpec& function) {
    if (function.max_arguments < 0) return "at least " + count_of_arguments(function.min_arguments);
    if (function.min_arguments == function.max_arguments) return count_of_arguments(function.min_arguments);
    return std::to_string(function.min_arguments) + " to " + count_of_arguments(function.max_arguments);
}

}  // namespace arun::script
