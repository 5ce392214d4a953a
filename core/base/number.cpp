#include "base/number.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <system_error>

namespace arun {
namespace {

constexpr double two_to_53 = 0x1p53;
constexpr double two_to_63 = 0x1p63;
constexpr double two_to_64 = 0x1p64;
/// The digits of 2^64 - 1.
constexpr std::int64_t max_digits = 20;

/// A decimal number by its significant digits, without copying the text.
class Decimal {
public:
    /// Empty if the text is not [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
    static std::optional<Decimal> parse(std::string_view text) noexcept {
        Decimal d;
        if (text.starts_with('-') || text.starts_with('+')) {
            d.negative_ = text.front() == '-';
            text.remove_prefix(1);
        }
        d.whole_ = take_digits(text);
        if (text.starts_with('.')) {
            text.remove_prefix(1);
            d.fraction_ = take_digits(text);
        }
        if (d.whole_.empty() && d.fraction_.empty()) return std::nullopt;
        std::int64_t exponent = 0;
        if (text.starts_with('e') || text.starts_with('E')) {
            text.remove_prefix(1);
            const bool minus = text.starts_with('-');
            if (minus || text.starts_with('+')) text.remove_prefix(1);
            const auto digits = take_digits(text);
            if (digits.empty()) return std::nullopt;
            for (const char c : digits) exponent = std::min(exponent * 10 + (c - '0'), max_exponent);
            if (minus) exponent = -exponent;
        }
        if (!text.empty()) return std::nullopt;
        const auto size = d.whole_.size() + d.fraction_.size();
        while (d.first_ < size && d.at(d.first_) == '0') ++d.first_;
        d.last_ = size;
        while (d.last_ > d.first_ && d.at(d.last_ - 1) == '0') --d.last_;
        d.point_ =
            static_cast<std::int64_t>(d.whole_.size()) - static_cast<std::int64_t>(d.first_) + exponent;
        return d;
    }

    bool negative() const noexcept { return negative_ && !is_zero(); }
    bool is_zero() const noexcept { return first_ == last_; }
    /// The number of significant digits.
    std::int64_t size() const noexcept { return static_cast<std::int64_t>(last_ - first_); }
    /// The i-th significant digit; '0' past them.
    char digit(std::int64_t i) const noexcept {
        return i < size() ? at(first_ + static_cast<std::size_t>(i)) : '0';
    }
    /// How many digits are before the decimal point. Negative: zeros after it.
    std::int64_t point() const noexcept { return point_; }
    bool is_whole() const noexcept { return is_zero() || point_ >= size(); }

    std::strong_ordering operator<=>(const Decimal& other) const noexcept {
        if (negative() != other.negative())
            return negative() ? std::strong_ordering::less : std::strong_ordering::greater;
        const auto order = compare_magnitude(other);
        return negative() ? 0 <=> order : order;
    }
    bool operator==(const Decimal& other) const noexcept { return (*this <=> other) == 0; }

private:
    static constexpr std::int64_t max_exponent = 1'000'000'000'000;

    static std::string_view take_digits(std::string_view& text) noexcept {
        const auto end = std::ranges::find_if_not(text, is_digit);
        const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
        text.remove_prefix(digits.size());
        return digits;
    }
    char at(std::size_t i) const noexcept {
        return i < whole_.size() ? whole_[i] : fraction_[i - whole_.size()];
    }
    std::strong_ordering compare_magnitude(const Decimal& other) const noexcept {
        if (is_zero() || other.is_zero()) return other.is_zero() <=> is_zero();
        if (point_ != other.point_) return point_ <=> other.point_;
        for (std::int64_t i = 0; i < std::max(size(), other.size()); ++i)
            if (digit(i) != other.digit(i)) return digit(i) <=> other.digit(i);
        return std::strong_ordering::equal;
    }

    bool negative_ = false;
    std::string_view whole_;
    std::string_view fraction_;
    std::size_t first_ = 0;  // of the significant digits, among those of both parts
    std::size_t last_ = 0;   // past them
    std::int64_t point_ = 0;
};

/// The integer with that magnitude; empty if it has more than 64 bits.
std::optional<Number> integer_of(bool negative, std::uint64_t magnitude) noexcept {
    if (!negative) return Number(magnitude);
    if (magnitude > std::uint64_t{1} << 63) return std::nullopt;
    return Number(static_cast<std::int64_t>(~magnitude + 1));
}

std::optional<Number> parse_based(bool negative, std::string_view digits, int base) noexcept {
    std::uint64_t magnitude = 0;
    const auto* last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, magnitude, base);
    if (error != std::errc() || end != last) return std::nullopt;
    return integer_of(negative, magnitude);
}

std::optional<Number> integer_of(const Decimal& decimal) noexcept {
    if (decimal.is_zero()) return Number(0);
    if (decimal.point() > max_digits) return std::nullopt;
    std::uint64_t magnitude = 0;
    for (std::int64_t i = 0; i < decimal.point(); ++i) {
        const auto digit = static_cast<std::uint64_t>(decimal.digit(i) - '0');
        if (magnitude > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) return std::nullopt;
        magnitude = magnitude * 10 + digit;
    }
    return integer_of(decimal.negative(), magnitude);
}

#ifdef _LIBCPP_VERSION
/// Precondition: the text is a decimal number. libc++ has std::from_chars() for double only since version 20,
/// and on macOS only where the system is new enough.
double nearest_double(std::string_view text) noexcept {
    // No double needs more digits to be rounded correctly, if the last one tells whether others follow.
    constexpr std::int64_t max_significant = 800;
    const auto decimal = *Decimal::parse(text);
    char buffer[max_significant + 32];
    char* end = buffer;
    if (text.starts_with('-')) *end++ = '-';
    const auto digits = std::min(decimal.size(), max_significant);
    for (std::int64_t i = 0; i < digits; ++i) *end++ = decimal.digit(i);
    if (digits < decimal.size()) end[-1] = '1';
    if (decimal.is_zero()) *end++ = '0';
    // Without a decimal point, strtod() does the same in every locale.
    *end++ = 'e';
    end =
        std::to_chars(end, buffer + sizeof buffer - 1, decimal.is_zero() ? 0 : decimal.point() - digits).ptr;
    *end = '\0';
    return std::strtod(buffer, nullptr);
}
#else
/// Precondition: the text is a decimal number.
double nearest_double(std::string_view text) noexcept {
    if (text.starts_with('+')) text.remove_prefix(1);
    double n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc::result_out_of_range) return n;
    // from_chars does not tell too large from too small.
    const bool large = Decimal::parse(text)->point() > 0;
    const bool minus = text.starts_with('-');
    return large ? (minus ? -HUGE_VAL : HUGE_VAL) : (minus ? -0.0 : 0.0);
}
#endif

constexpr std::size_t buffer_size = 40;

std::string_view shortest(double n, char (&buffer)[buffer_size]) noexcept {
    char* end = n == std::trunc(n) && std::abs(n) <= two_to_53
                    ? std::to_chars(buffer, buffer + buffer_size, static_cast<std::int64_t>(n)).ptr
                    : std::to_chars(buffer, buffer + buffer_size, n).ptr;
    return {buffer, static_cast<std::size_t>(end - buffer)};
}

std::partial_ordering compare(std::int64_t a, double b) noexcept {
    if (b != b) return std::partial_ordering::unordered;
    if (b >= two_to_63) return std::partial_ordering::less;
    if (b < -two_to_63) return std::partial_ordering::greater;
    const auto whole = static_cast<std::int64_t>(b);
    if (a != whole) return a <=> whole;
    return 0.0 <=> b - static_cast<double>(whole);
}

std::partial_ordering compare(std::uint64_t a, double b) noexcept {
    if (b != b) return std::partial_ordering::unordered;
    if (b >= two_to_64) return std::partial_ordering::less;
    if (b < 0) return std::partial_ordering::greater;
    const auto whole = static_cast<std::uint64_t>(b);
    if (a != whole) return a <=> whole;
    return 0.0 <=> b - static_cast<double>(whole);
}

constexpr std::partial_ordering reversed(std::partial_ordering order) noexcept {
    return 0 <=> order;
}

}  // namespace

std::optional<Number> Number::parse(std::string_view text) noexcept {
    auto digits = text;
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) digits.remove_prefix(1);
    if (digits.starts_with("0x")) return parse_based(negative, digits.substr(2), 16);
    if (digits.starts_with("0o")) return parse_based(negative, digits.substr(2), 8);
    constexpr std::size_t always_fits = 18;
    if (digits.size() <= always_fits && is_digits(digits)) {
        std::int64_t n = 0;
        for (const char c : digits) n = n * 10 + (c - '0');
        return Number(negative ? -n : n);
    }
    const auto decimal = Decimal::parse(text);
    if (!decimal) return std::nullopt;
    if (!decimal->is_whole()) return Number(nearest_double(text));
    if (const auto integer = integer_of(*decimal)) return integer;
    Number number(nearest_double(text));
    number.kind_ = Kind::text;
    number.text_ = text;
    return number;
}

bool Number::is_finite() const noexcept {
    return kind_ != Kind::real || std::isfinite(real_);
}

bool Number::is_whole() const noexcept {
    return kind_ != Kind::real || (std::isfinite(real_) && real_ == std::trunc(real_));
}

double Number::to_double() const noexcept {
    switch (kind_) {
        case Kind::integer:
            return static_cast<double>(integer());
        case Kind::natural:
            return static_cast<double>(bits_);
        case Kind::real:
        case Kind::text:
            break;
    }
    return real_;
}

std::optional<std::int64_t> Number::to_int64() const noexcept {
    if (kind_ == Kind::integer) return integer();
    if (kind_ != Kind::real || !is_whole() || real_ < -two_to_63 || real_ >= two_to_63) return std::nullopt;
    return static_cast<std::int64_t>(real_);
}

std::optional<std::uint64_t> Number::to_uint64() const noexcept {
    if (kind_ == Kind::natural || (kind_ == Kind::integer && integer() >= 0)) return bits_;
    if (kind_ != Kind::real || !is_whole() || real_ < 0 || real_ >= two_to_64) return std::nullopt;
    return static_cast<std::uint64_t>(real_);
}

void Number::append_to(std::string& out) const {
    char buffer[buffer_size];
    switch (kind_) {
        case Kind::integer:
            out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, integer()).ptr);
            return;
        case Kind::natural:
            out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, bits_).ptr);
            return;
        case Kind::real:
            if (std::isnan(real_))
                out += "NaN";
            else if (std::isinf(real_))
                out += real_ < 0 ? "-Infinity" : "Infinity";
            else
                out += shortest(real_, buffer);
            return;
        case Kind::text:
            break;
    }
    // Its digits, and an exponent where there would be many zeros: valid JSON, whatever its text is.
    constexpr std::int64_t max_zeros = 40;
    const auto decimal = *Decimal::parse(text_);
    const auto zeros = decimal.point() - decimal.size();
    if (decimal.negative()) out += '-';
    for (std::int64_t i = 0; i < decimal.size(); ++i) out += decimal.digit(i);
    if (zeros <= max_zeros)
        out.append(static_cast<std::size_t>(zeros), '0');
    else
        out.append("e+").append(std::to_string(zeros));
}

std::partial_ordering operator<=>(const Number& a, const Number& b) noexcept {
    using Kind = Number::Kind;
    if (a.kind_ == Kind::integer && b.kind_ == Kind::integer) return a.integer() <=> b.integer();
    if (a.kind_ == Kind::real && b.kind_ == Kind::real) return a.real_ <=> b.real_;
    if (a.kind_ == Kind::text || b.kind_ == Kind::text) {
        if (!a.is_finite() || !b.is_finite()) {
            // The doubles of large integers are infinite too.
            if (a.is_nan() || b.is_nan()) return std::partial_ordering::unordered;
            return a.kind_ == Kind::text ? 0.0 <=> b.real_ : a.real_ <=> 0.0;
        }
        char buffers[2][buffer_size];
        const auto decimal_of = [](const Number& n, char(&buffer)[buffer_size]) {
            if (n.kind_ == Kind::text) return *Decimal::parse(n.text_);
            const auto end =
                n.kind_ == Kind::integer   ? std::to_chars(buffer, buffer + buffer_size, n.integer())
                : n.kind_ == Kind::natural ? std::to_chars(buffer, buffer + buffer_size, n.bits_)
                                           : std::to_chars(buffer, buffer + buffer_size, n.real_);
            return *Decimal::parse({buffer, static_cast<std::size_t>(end.ptr - buffer)});
        };
        return decimal_of(a, buffers[0]) <=> decimal_of(b, buffers[1]);
    }
    if (b.kind_ == Kind::real)
        return a.kind_ == Kind::integer ? compare(a.integer(), b.real_) : compare(a.bits_, b.real_);
    if (a.kind_ == Kind::real)
        return reversed(b.kind_ == Kind::integer ? compare(b.integer(), a.real_) : compare(b.bits_, a.real_));
    // At least one is a natural.
    if (a.kind_ == Kind::integer) return std::partial_ordering::less;
    if (b.kind_ == Kind::integer) return std::partial_ordering::greater;
    return a.bits_ <=> b.bits_;
}

bool is_lossless(std::string_view text, double n) noexcept {
    char buffer[buffer_size];
    const auto plain = shortest(n, buffer);
    if (text == plain) return true;
    const auto written = Decimal::parse(text);
    const auto nearest = Decimal::parse(plain);  // empty for infinities and NaN
    return written && nearest && *written == *nearest;
}

}  // namespace arun
