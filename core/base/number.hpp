/// Numbers that keep their value: integers of 64 bits, doubles, and larger integers as decimal text.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace arun {

/// The number that a script, a JSON text or a computation gives. Comparisons are exact: an integer is never
/// rounded to a double.
class Number {
public:
    constexpr Number() noexcept = default;
    template <std::integral T>
    constexpr Number(T n) noexcept
        : kind_(n > T{} && static_cast<std::uint64_t>(n) > max_integer ? Kind::natural : Kind::integer),
          bits_(static_cast<std::uint64_t>(n)) {}
    constexpr Number(double n) noexcept : kind_(Kind::real), real_(n) {}

    /// Reads a decimal number with an optional sign, fraction and exponent, or an integer of 64 bits such as
    /// 0x1f or 0o17. Whole numbers are integers however they are written: 2e3 is 2000. The result may refer
    /// to the text.
    static std::optional<Number> parse(std::string_view text) noexcept;

    /// False for NaN and infinities.
    bool is_finite() const noexcept;
    bool is_nan() const noexcept { return kind_ == Kind::real && real_ != real_; }
    bool is_zero() const noexcept { return is_double() ? real_ == 0 : !is_text() && bits_ == 0; }
    /// An integer of any size.
    bool is_whole() const noexcept;
    /// An integer of more than 64 bits: the Number refers to the text it was read from.
    bool is_text() const noexcept { return kind_ == Kind::text; }
    /// A double, which may be the nearest one to the number that was read.
    bool is_double() const noexcept { return kind_ == Kind::real; }

    /// The nearest double; infinite if the number exceeds its range.
    double to_double() const noexcept;
    /// Empty if the number is not whole or out of range.
    std::optional<std::int64_t> to_int64() const noexcept;
    std::optional<std::uint64_t> to_uint64() const noexcept;

    /// Appends integers as such, doubles as integers up to 2^53, else as the shortest text that reads back
    /// the same.
    void append_to(std::string& out) const;

    friend std::partial_ordering operator<=>(const Number& a, const Number& b) noexcept;
    friend bool operator==(const Number& a, const Number& b) noexcept { return (a <=> b) == 0; }

private:
    enum class Kind : std::uint8_t {
        integer,  ///< fits std::int64_t
        natural,  ///< fits std::uint64_t, but not std::int64_t
        real,
        text,
    };
    static constexpr std::uint64_t max_integer = std::numeric_limits<std::int64_t>::max();

    std::int64_t integer() const noexcept { return static_cast<std::int64_t>(bits_); }

    Kind kind_ = Kind::integer;
    union {
        std::uint64_t bits_ = 0;  ///< two's complement
        double real_;
    };
    std::string_view text_;
};

/// Whether the text, which spells a double, spells exactly the shortest decimal number that reads back as it.
/// `0.10` does; `0.1000000000000000055` does not.
bool is_lossless(std::string_view text, double n) noexcept;

}  // namespace arun
