#include "base/arithmetic.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace arun {
namespace {

struct Integer {
    bool negative = false;
    std::uint64_t magnitude = 0;
};

/// Empty for doubles and for integers of more than 64 bits.
std::optional<Integer> integer_of(const Number& n) noexcept {
    if (n.is_double() || n.is_text()) return std::nullopt;
    if (const auto natural = n.to_uint64()) return Integer{false, *natural};
    return Integer{true, ~static_cast<std::uint64_t>(*n.to_int64()) + 1};
}

Error too_large() {
    return {"the result has more than 64 bits"};
}

Result<Number> number_of(Integer n) {
    if (!n.negative) return Number(n.magnitude);
    if (n.magnitude > std::uint64_t{1} << 63) return too_large();
    return Number(static_cast<std::int64_t>(~n.magnitude + 1));
}

Result<Number> number_of(double n) {
    if (std::isnan(n)) return Error{"the result is not a number"};
    if (std::isinf(n)) return Error{"the result is too large"};
    return Number(n);
}

Result<Number> sum_of(Integer a, Integer b) {
    if (a.negative != b.negative) {
        const bool a_larger = a.magnitude >= b.magnitude;
        return number_of(a_larger ? Integer{a.negative, a.magnitude - b.magnitude}
                                  : Integer{b.negative, b.magnitude - a.magnitude});
    }
    if (a.magnitude > std::numeric_limits<std::uint64_t>::max() - b.magnitude) return too_large();
    return number_of(Integer{a.negative, a.magnitude + b.magnitude});
}

Result<Number> product_of(Integer a, Integer b) {
    if (a.magnitude != 0 && b.magnitude > std::numeric_limits<std::uint64_t>::max() / a.magnitude)
        return too_large();
    return number_of(Integer{a.negative != b.negative, a.magnitude * b.magnitude});
}

/// Of an integer of more than 64 bits: whether a double spells it, as it does 1e20.
bool is_exact_double(const Number& n) {
    std::string text;
    n.append_to(text);
    return n.is_finite() && is_lossless(text, n.to_double());
}

/// The result for integers, else that for doubles.
template <class Integers, class Doubles>
Result<Number> compute(const Number& a, const Number& b, Integers integers, Doubles doubles) {
    for (const auto* n : {&a, &b})
        if (n->is_text() && !is_exact_double(*n))
            return Error{"an integer of more than 64 bits cannot be computed with"};
    const auto left = integer_of(a);
    const auto right = integer_of(b);
    if (left && right) return integers(*left, *right);
    return number_of(doubles(a.to_double(), b.to_double()));
}

/// A whole double as an integer, if it is one of 64 bits.
Number whole(double n) noexcept {
    const Number number(n);
    if (const auto integer = number.to_int64()) return *integer;
    if (const auto natural = number.to_uint64()) return *natural;
    return number;
}

}  // namespace

Result<Number> add(const Number& a, const Number& b) {
    return compute(a, b, sum_of, [](double x, double y) { return x + y; });
}

Result<Number> subtract(const Number& a, const Number& b) {
    return compute(
        a, b, [](Integer x, Integer y) { return sum_of(x, {!y.negative, y.magnitude}); },
        [](double x, double y) { return x - y; });
}

Result<Number> multiply(const Number& a, const Number& b) {
    return compute(a, b, product_of, [](double x, double y) { return x * y; });
}

Result<Number> divide(const Number& a, const Number& b) {
    if (b.is_zero()) return Error{"division by zero"};
    return compute(
        a, b,
        [&](Integer x, Integer y) {
            if (x.magnitude % y.magnitude != 0) return number_of(a.to_double() / b.to_double());
            return number_of(Integer{x.negative != y.negative, x.magnitude / y.magnitude});
        },
        [](double x, double y) { return x / y; });
}

Result<Number> remainder(const Number& a, const Number& b) {
    if (b.is_zero()) return Error{"division by zero"};
    return compute(
        a, b, [](Integer x, Integer y) { return number_of(Integer{x.negative, x.magnitude % y.magnitude}); },
        [](double x, double y) { return std::fmod(x, y); });
}

Result<Number> negate(const Number& n) {
    return n.is_double() ? number_of(-n.to_double()) : subtract(0, n);
}

Result<Number> absolute(const Number& n) {
    return n < Number(0) ? negate(n) : add(n, 0);
}

Number floor_of(const Number& n) noexcept {
    return n.is_double() ? whole(std::floor(n.to_double())) : n;
}

Number ceil_of(const Number& n) noexcept {
    return n.is_double() ? whole(std::ceil(n.to_double())) : n;
}

Number rounded(const Number& n, int digits) noexcept {
    if (!n.is_double()) return n;
    const double value = n.to_double();
    if (digits == 0) return whole(std::round(value));
    const double scale = std::pow(10.0, digits);
    const double scaled = value * scale;
    constexpr double two_to_52 = 0x1p52;  // from here on, doubles have no fraction
    if (!(std::abs(scaled) < two_to_52)) return n;
    return std::round(scaled) / scale;
}

}  // namespace arun
