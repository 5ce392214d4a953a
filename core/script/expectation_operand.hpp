/// What the reader of expectations and their judge agree on.
#pragma once

#include "base/duration.hpp"
#include "script/expectation.hpp"
#include "script/value.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace arun::script {

inline constexpr std::array<std::string_view, 8> matcher_names{"equals", "contains", "matches", "not",
                                                               "lt",     "le",       "gt",      "ge"};
inline std::string_view name_of(Matcher matcher) noexcept {
    return matcher_names[static_cast<std::size_t>(matcher)];
}

/// What is wrong with the operand of a matcher, as "expected ..., not ..."; or nothing.
std::optional<std::string> operand_fault(Sort sort, Matcher matcher, const Value& operand);

/// A whole number, or a text that spells one.
std::optional<double> code_of(const Value& value);

}  // namespace arun::script
