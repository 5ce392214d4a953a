/// The arithmetic of Numbers.
///
/// Integers give exact integers: a result of more than 64 bits is an error, and so is an operand of more. As
/// soon as a double takes part, the result is a double, and one that is not finite is an error.
#pragma once

#include "base/error.hpp"
#include "base/number.hpp"

namespace arun {

Result<Number> add(const Number& a, const Number& b);
Result<Number> subtract(const Number& a, const Number& b);
Result<Number> multiply(const Number& a, const Number& b);
/// An integer if both are integers and nothing remains, else a double. Division by zero is an error.
Result<Number> divide(const Number& a, const Number& b);
/// What remains after a division that is cut to an integer: it has the sign of `a`, as in C.
Result<Number> remainder(const Number& a, const Number& b);

Result<Number> negate(const Number& n);
Result<Number> absolute(const Number& n);

/// To an integer of 64 bits, or to a whole double beyond their range.
Number floor_of(const Number& n) noexcept;
Number ceil_of(const Number& n) noexcept;
/// To `digits` decimals, 0 to 15; halves away from zero.
Number rounded(const Number& n, int digits) noexcept;

}  // namespace arun
