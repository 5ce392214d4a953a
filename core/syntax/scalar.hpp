/// What a scalar's text means: the core schema of YAML 1.2.2 (10.3.2), which includes JSON's.
#pragma once

#include "base/number.hpp"
#include "syntax/document.hpp"

#include <cstdint>
#include <string_view>

namespace arun::syntax {

/// The type of an unquoted scalar: null, boolean, number or string. `no`, `on`, `1:30` and dates are strings.
Type plain_type(std::string_view text) noexcept;

/// Whether the text is valid for the tags !!int and !!float.
bool is_integer(std::string_view text) noexcept;
bool is_float(std::string_view text) noexcept;

/// The value of a number, which may refer to the text.
Number number_value(std::string_view number);

enum class NumberError : std::uint8_t { none, integer_too_large, too_large };
/// Whether arun can represent a number: integers from -2^63 to 2^64-1, finite doubles, and `.inf` where it is
/// spelled out. Anything else would silently become another number.
NumberError number_error(std::string_view number);

std::string_view message_of(NumberError error) noexcept;
std::string_view hint_of(NumberError error) noexcept;

}  // namespace arun::syntax
