#include "base/duration.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace arun {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t max_duration = 36525 * day;  // 100 years
constexpr int max_exponent = 100'000'000;           // larger ones do not change the result

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};
constexpr std::array<Unit, 6> units{
    {{"us", 1000}, {"ms", 1'000'000}, {"s", second}, {"m", minute}, {"h", hour}, {"d", day}}};

/// Letters of any script: "5µs" has the unknown unit 'µs'.
constexpr bool may_be_unit(char c) {
    return is_letter(c) || static_cast<unsigned char>(c) >= 0x80;
}

Error too_long() {
    return {"a duration cannot be more than 100 years"};
}
Error negative() {
    return {"a duration cannot be negative"};
}
Error not_finite() {
    return {"a duration must be finite"};
}

/// A decimal number as written: its digits, of which those after the point are a fraction, times ten to the
/// exponent. With doubles, 0.1s0.2s would not be 300ms.
struct DecimalText {
    std::string_view whole;
    std::string_view fraction;
    int exponent = 0;

    std::int64_t size() const { return static_cast<std::int64_t>(whole.size() + fraction.size()); }
    /// 0 where there is no digit.
    int digit(std::int64_t i) const {
        if (i < 0 || i >= size()) return 0;
        const auto at = static_cast<std::size_t>(i);
        return (at < whole.size() ? whole[at] : fraction[at - whole.size()]) - '0';
    }
};

std::string_view take_digits(std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_digit) - text.begin();
    const auto digits = text.substr(0, static_cast<std::size_t>(end));
    text.remove_prefix(digits.size());
    return digits;
}

/// Takes digits with at most one point, and an exponent, from the front of `text`. Returns nothing if there
/// is no digit.
std::optional<DecimalText> take_decimal(std::string_view& text) {
    DecimalText d;
    auto rest = text;
    d.whole = take_digits(rest);
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        d.fraction = take_digits(rest);
    }
    if (d.size() == 0) return std::nullopt;
    text = rest;
    if (rest.size() < 2 || (rest[0] != 'e' && rest[0] != 'E')) return d;
    const bool minus = rest[1] == '-';
    rest.remove_prefix(minus || rest[1] == '+' ? 2 : 1);
    const auto digits = take_digits(rest);
    if (digits.empty()) return d;
    for (const char c : digits) d.exponent = std::min(d.exponent * 10 + (c - '0'), max_exponent);
    if (minus) d.exponent = -d.exponent;
    text = rest;
    return d;
}

/// Rounds to the nearest nanosecond. Returns nothing if that is too long.
std::optional<std::int64_t> scale(const DecimalText& d, std::int64_t unit) {
    std::int64_t first = 0;  // that is not 0
    while (first < d.size() && d.digit(first) == 0) ++first;
    if (first == d.size()) return 0;
    const auto point = static_cast<std::int64_t>(d.whole.size()) + d.exponent;
    std::int64_t whole = 0;
    for (auto i = first; i < point; ++i) {
        whole = whole * 10 + d.digit(i);
        if (whole > max_duration / unit) return std::nullopt;
    }
    // From the last digit on: what is below a nanosecond carries nothing until the end, which rounds.
    std::int64_t fraction = 0;
    for (auto i = d.size(); i > point && (i > first || fraction != 0); --i)
        fraction = (d.digit(i - 1) * unit + fraction + (i - 1 == point ? 5 : 0)) / 10;
    const auto value = whole * unit + fraction;
    if (value > max_duration) return std::nullopt;
    return value;
}

/// As YAML (.inf) and C (inf) write them.
bool is_infinity_or_nan(std::string_view text) {
    if (text.starts_with('.')) text.remove_prefix(1);
    return equal_ignoring_case(text, "inf") || equal_ignoring_case(text, "infinity") ||
           equal_ignoring_case(text, "nan");
}

/// Takes a number with its unit. A number that is the whole text needs none: it is in seconds.
Result<std::int64_t> take_part(std::string_view& text, std::string_view whole, bool first) {
    const auto part = text;
    const auto number = take_decimal(text);
    if (!number && first) return Error{quote(whole) + " is not a duration; write 1.5, 250ms or 1m30s"};
    if (!number) return Error{quote(text) + " does not belong in the duration " + quote(whole)};
    const auto digits = part.substr(0, part.size() - text.size());
    const auto letters = std::find_if_not(text.begin(), text.end(), may_be_unit) - text.begin();
    const auto name = text.substr(0, static_cast<std::size_t>(letters));
    text.remove_prefix(name.size());
    if (!text.empty() && is_space(text[0])) return Error{"a duration has no blanks inside: " + quote(whole)};
    if (name.empty() && !text.empty() && text[0] != '.')
        return Error{quote(text.substr(0, 1)) + " does not belong in the duration " + quote(whole)};
    if (name.empty() && !(first && text.empty()))
        return Error{"a unit is missing after " + quote(digits) + " in the duration " + quote(whole)};
    const auto* unit =
        name.empty() ? &units[2]
                     : std::find_if(units.begin(), units.end(), [&](auto& u) { return u.name == name; });
    if (unit == units.end())
        return Error{"unknown unit " + quote(name) + "; the units are us, ms, s, m, h and d"};
    const auto value = scale(*number, unit->nanoseconds);
    if (!value) return too_long();
    return *value;
}

/// `value` in `unit`, with at most three decimals.
std::string decimals(std::int64_t value, std::int64_t unit, std::string_view name) {
    auto text = std::to_string(value / unit);
    auto thousandths = value % unit * 1000 / unit;
    if (thousandths != 0) {
        auto fraction = std::to_string(1000 + thousandths).substr(1);
        fraction.erase(fraction.find_last_not_of('0') + 1);
        text += "." + fraction;
    }
    return text.append(name);
}

constexpr std::int64_t round_to(std::int64_t value, std::int64_t step) {
    return (value + step / 2) / step * step;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
    text = trim(text);
    if (text.empty()) return Error{"an empty text is not a duration; write 1.5, 250ms or 1m30s"};
    const auto whole = text;
    const bool minus = text.starts_with('-');
    if (minus || text.starts_with('+')) text.remove_prefix(1);
    if (is_infinity_or_nan(text)) return not_finite();
    std::int64_t total = 0;
    bool first = true;
    do {
        const auto part = take_part(text, whole, first);
        if (!part) return part.error();
        total += *part;
        if (total > max_duration) return too_long();
        first = false;
    } while (!text.empty());
    if (minus && total != 0) return negative();
    return Duration(total);
}

Result<Duration> duration_from_seconds(double seconds) {
    if (!std::isfinite(seconds)) return not_finite();
    if (seconds < 0) return negative();
    // Seconds and their fraction apart: the product with 10^9 would not fit a double's 53 bits.
    if (seconds > static_cast<double>(max_duration / second)) return too_long();
    const auto whole = static_cast<std::int64_t>(seconds);
    // Rounds without libm: loading another library would slow down every start.
    const auto fraction = static_cast<std::int64_t>((seconds - static_cast<double>(whole)) * 1e9 + 0.5);
    const auto count = whole * second + fraction;
    if (count > max_duration) return too_long();
    return Duration(count);
}

std::string format_duration(Duration d) {
    auto count = d.count();
    if (count == 0) return "0s";
    if (count < 0) {
        // Not in scripts, but in messages about how late something was.
        return "-" + format_duration(Duration(count == INT64_MIN ? INT64_MAX : -count));
    }
    if (count < 1'000'000) return decimals(count, 1000, "us");
    if (count < second) count = round_to(count, 1000);
    if (count < second) return decimals(count, 1'000'000, "ms");
    if (count < hour) count = round_to(count, 1'000'000);
    if (count < minute) return decimals(count, second, "s");
    if (count >= hour && count < INT64_MAX - second) count = round_to(count, second);
    std::string text;
    for (auto unit = units.rbegin(); unit->nanoseconds > second; ++unit) {
        if (count >= unit->nanoseconds) text += decimals(count / unit->nanoseconds, 1, unit->name);
        count %= unit->nanoseconds;
    }
    return count == 0 ? text : text + decimals(count, second, "s");
}

std::string rounded_duration(Duration d) {
    const auto count = d.count();
    if (count == 0) return "0 s";
    if (count < 10'000) return "<0.01 ms";
    for (const auto& [name, unit] : {Unit{" ms", 1'000'000}, Unit{" s", second}}) {
        for (const std::int64_t digits : {100, 10, 1}) {
            const auto rounded = round_to(count, unit / digits);
            if (rounded < 1000 / digits * unit && rounded < (unit == second ? minute : second))
                return decimals(rounded, unit, name);
        }
    }
    const auto two = [](std::int64_t value, std::int64_t large, std::string_view large_name,
                        std::int64_t small, std::string_view small_name) {
        auto text = std::to_string(value / large).append(large_name);
        if (value % large < small) return text;
        return text + ' ' + std::to_string(value % large / small).append(small_name);
    };
    if (const auto time = round_to(count, second); time < hour)
        return two(time, minute, " min", second, " s");
    if (const auto time = round_to(count, minute); time < day) return two(time, hour, " h", minute, " min");
    return two(count, day, " d", hour, " h");
}

}  // namespace arun
