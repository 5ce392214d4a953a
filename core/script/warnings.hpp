/// Warnings about scripts that are valid and probably not meant so. Each has a name by which
/// `ignore_warnings` silences it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace arun::script {

enum class Warning : std::uint8_t {
    unquoted,    ///< a value becomes part of a shell's text
    unexpanded,  ///< `$x`, `${x}` or `{{ x }}` where arun expands only `${{ x }}`
    unread,      ///< a variable is set in a context that ends before anything reads it
};

inline constexpr std::array<std::string_view, 3> warning_names{"unquoted", "unexpanded", "unread"};

/// A set of warnings.
class WarningSet {
public:
    bool contains(Warning warning) const noexcept { return (bits_ & bit(warning)) != 0; }
    void add(Warning warning) noexcept { bits_ = static_cast<std::uint8_t>(bits_ | bit(warning)); }
    void add(WarningSet other) noexcept { bits_ = static_cast<std::uint8_t>(bits_ | other.bits_); }
    void add_all() noexcept { bits_ = 0xff; }

private:
    static std::uint8_t bit(Warning warning) noexcept {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(warning));
    }
    std::uint8_t bits_ = 0;
};

/// "MESSAGE [NAME]"
inline std::string with_name(std::string message, Warning warning) {
    return message.append(" [").append(warning_names[static_cast<std::size_t>(warning)]).append("]");
}

}  // namespace arun::script
