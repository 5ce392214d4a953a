#include "script/function_table.hpp"

#include "base/ascii.hpp"

namespace arun::script {
namespace {

std::string count_of_arguments(int n) {
    if (n == 0) return "no argument";
    return std::to_string(n) + (n == 1 ? " argument" : " arguments");
}

}  // namespace

const FunctionRow* find_function(std::string_view name) {
    for (auto& row : functions) {
        if (equal_ignoring_case(row.name, name)) return &row;
    }
    return nullptr;
}

std::string arguments_wanted(const FunctionRow& row) {
    if (row.most < 0) return "at least " + count_of_arguments(row.least);
    if (row.least == row.most) return count_of_arguments(row.least);
    return std::to_string(row.least) + " to " + count_of_arguments(row.most);
}

}  // namespace arun::script
