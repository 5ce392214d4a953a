#include "syntax/scalar.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <system_error>

namespace arun::syntax {
namespace {

std::string_view without_sign(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return text;
}

std::size_t count_digits(std::string_view text) {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

/// 8 for 0o17, 16 for 0x1f, which take no sign; otherwise 10.
int base_of(std::string_view text) {
    return text.starts_with("0o") ? 8 : text.starts_with("0x") ? 16 : 10;
}

bool is_based_integer(std::string_view text) {
    const int base = base_of(text);
    if (base == 10 || text.size() == 2) return false;
    const auto fits = [&](char c) {
        const int value = hex_value(c);
        return value >= 0 && value < base;
    };
    return std::all_of(text.begin() + 2, text.end(), fits);
}

bool is_infinity(std::string_view text) {
    text = without_sign(text);
    return text == ".inf" || text == ".Inf" || text == ".INF";
}

bool is_nan(std::string_view text) {
    return text == ".nan" || text == ".NaN" || text == ".NAN";
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_decimal(std::string_view text) {
    text = without_sign(text);
    const auto whole = count_digits(text);
    text.remove_prefix(whole);
    std::size_t fraction = 0;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        fraction = count_digits(text);
        text.remove_prefix(fraction);
    }
    if (whole + fraction == 0) return false;
    if (text.empty()) return true;
    if (text[0] != 'e' && text[0] != 'E') return false;
    text = without_sign(text.substr(1));
    return !text.empty() && count_digits(text) == text.size();
}

}  // namespace

bool is_integer(std::string_view text) noexcept {
    if (is_based_integer(text)) return true;
    text = without_sign(text);
    return !text.empty() && count_digits(text) == text.size();
}

bool is_float(std::string_view text) noexcept {
    return is_decimal(text) || is_based_integer(text) || is_infinity(text) || is_nan(text);
}

Type plain_type(std::string_view text) noexcept {
    if (text.empty()) return Type::null;
    // Most scalars are words; the first letter decides.
    switch (text[0]) {
        case '~':
            return text.size() == 1 ? Type::null : Type::string;
        case 'n':
        case 'N':
            return text == "null" || text == "Null" || text == "NULL" ? Type::null : Type::string;
        case 't':
        case 'T':
            return text == "true" || text == "True" || text == "TRUE" ? Type::boolean : Type::string;
        case 'f':
        case 'F':
            return text == "false" || text == "False" || text == "FALSE" ? Type::boolean : Type::string;
        case '-':
        case '+':
        case '.':
            return is_float(text) ? Type::number : Type::string;
        default:
            return is_digit(text[0]) && is_float(text) ? Type::number : Type::string;
    }
}

Number number_value(std::string_view number) {
    if (is_nan(number)) return std::numeric_limits<double>::quiet_NaN();
    if (is_infinity(number)) return number.starts_with('-') ? -HUGE_VAL : HUGE_VAL;
    return Number::parse(number).value_or(Number(std::numeric_limits<double>::infinity()));
}

NumberError number_error(std::string_view number) {
    if (number.size() <= 18) {
        // An integer of 18 characters always fits; an exponent may not.
        if (number.find_first_of("eE") == number.npos || number.starts_with("0x")) return NumberError::none;
    } else if (is_integer(number)) {
        const bool minus = number.starts_with('-');
        const int base = base_of(number);
        auto digits = base == 10 ? without_sign(number) : number.substr(2);
        digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
        if (digits.empty()) return NumberError::none;
        unsigned long long value = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
        const bool fits = error == std::errc() && (!minus || value <= 1ULL << 63);
        return fits ? NumberError::none : NumberError::integer_too_large;
    }
    const bool too_large = !is_infinity(number) && std::isinf(number_value(number).to_double());
    return too_large ? NumberError::too_large : NumberError::none;
}

std::string_view message_of(NumberError error) noexcept {
    return error == NumberError::integer_too_large ? "integer too large" : "number too large";
}

std::string_view hint_of(NumberError error) noexcept {
    return error == NumberError::integer_too_large ? "an integer has 64 bits; put it in quotes if it is text"
                                                   : "put it in quotes if it is text";
}

}  // namespace arun::syntax
