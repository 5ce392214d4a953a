#include "script/functions.hpp"

#include "base/ascii.hpp"

namespace arun::script {
namespace {

std::string count_of_arguments(int n) {
    if (n == 0) return "no argument";
    return std::to_string(n) + (n == 1 ? " argument" : " arguments");
}

struct Synonym {
    std::string_view name;
    std::string_view function;
};
constexpr std::array synonyms{
    Synonym{"len", "length"},         Synonym{"size", "length"},
    Synonym{"count", "length"},       Synonym{"strlen", "length"},
    Synonym{"json", "toJSON"},        Synonym{"to_json", "toJSON"},
    Synonym{"stringify", "toJSON"},   Synonym{"dumps", "toJSON"},
    Synonym{"parse", "fromJSON"},     Synonym{"parseJSON", "fromJSON"},
    Synonym{"from_json", "fromJSON"}, Synonym{"loads", "fromJSON"},
    Synonym{"concat", "format"},      Synonym{"printf", "format"},
    Synonym{"sprintf", "format"},     Synonym{"starts_with", "startsWith"},
    Synonym{"ends_with", "endsWith"}, Synonym{"includes", "contains"},
    Synonym{"has", "contains"},       Synonym{"failed", "failure"},
    Synonym{"succeeded", "success"},  Synonym{"canceled", "cancelled"},
    Synonym{"coalesce", "default"},   Synonym{"defined", "default"},
    Synonym{"shellquote", "quote"},   Synonym{"escape", "quote"},
    Synonym{"time", "now"},           Synonym{"timestamp", "now"},
};

}  // namespace

std::string_view function_for(std::string_view name) noexcept {
    for (const auto& synonym : synonyms) {
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
