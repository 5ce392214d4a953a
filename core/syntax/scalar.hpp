/// What the text of a scalar means: the core schema of YAML 1.2.2 (10.3.2), of which JSON's is a part.
#pragma once

#include "syntax/document.hpp"

#include <cstdint>
#include <string_view>

namespace arun::syntax {

/// null, boolean, number or string, for a scalar without quotes. `no`, `on`, `1:30` and dates are strings.
Type plain_type(std::string_view text) noexcept;

/// Whether the text could have that type: for tags such as !!int.
bool is_integer(std::string_view text) noexcept;
bool is_float(std::string_view text) noexcept;

/// The value of a number; infinite when it is larger than a double can be.
double number_value(std::string_view number) noexcept;

enum class NumberFault : std::uint8_t { none, integer_too_large, too_large };
/// Whether arun can hold a number without changing it: integers from -2^63 to 2^64-1, and finite doubles
/// unless `.inf` was meant. Users expect an error of anything else, which would become another number.
NumberFault number_fault(std::string_view number) noexcept;

/// For messages: what to say about a fault, and what to do.
std::string_view message_of(NumberFault fault) noexcept;
std::string_view hint_of(NumberFault fault) noexcept;

}  // namespace arun::syntax
