#include "script/functions.hpp"

#include "base/ascii.hpp"

namespace arun::script {
namespace {

std::string count_of_arguments(int n) {
    if (n == 0) return "no argument";
    return std::to_string(n) + (n == 1 ? " argument" : " arguments");
}

struct FunctionSynonym {
    std::string_view name;
    std::string_view function;
};
constexpr std::array function_synonyms{
    FunctionSynonym{"len", "length"},         FunctionSynonym{"size", "length"},
    FunctionSynonym{"count", "length"},       FunctionSynonym{"strlen", "length"},
    FunctionSynonym{"json", "toJSON"},        FunctionSynonym{"to_json", "toJSON"},
    FunctionSynonym{"stringify", "toJSON"},   FunctionSynonym{"dumps", "toJSON"},
    FunctionSynonym{"parse", "fromJSON"},     FunctionSynonym{"parseJSON", "fromJSON"},
    FunctionSynonym{"from_json", "fromJSON"}, FunctionSynonym{"loads", "fromJSON"},
    FunctionSynonym{"concat", "format"},      FunctionSynonym{"printf", "format"},
    FunctionSynonym{"sprintf", "format"},     FunctionSynonym{"starts_with", "startsWith"},
    FunctionSynonym{"ends_with", "endsWith"}, FunctionSynonym{"includes", "contains"},
    FunctionSynonym{"has", "contains"},       FunctionSynonym{"failed", "failure"},
    FunctionSynonym{"succeeded", "success"},  FunctionSynonym{"canceled", "cancelled"},
    FunctionSynonym{"coalesce", "default"},   FunctionSynonym{"defined", "default"},
    FunctionSynonym{"shellquote", "quote"},   FunctionSynonym{"escape", "quote"},
    FunctionSynonym{"time", "now"},           FunctionSynonym{"timestamp", "now"},
};

}  // namespace

std::string_view function_for(std::string_view name) noexcept {
    for (const auto& synonym : function_synonyms) {
        if (equal_ignoring_case(synonym.name, name)) return synonym.function;
    }
    return {};
}

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
