/// The words of the expression language.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace arun::script {

enum class TokenKind : std::uint8_t { end, name, number, string, unclosed_string, op };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view text;  ///< as written
    std::uint32_t at = 0;   ///< where it begins

    std::uint32_t end() const noexcept { return at + static_cast<std::uint32_t>(text.size()); }
};

/// The token at or after `at`, past blanks. After a value, ".5" is no number: `a.5` is a mistake about a
/// property.
Token next_token(std::string_view text, std::size_t at, bool after_value) noexcept;

/// What stands between the quotes of a string, doubled ones undone.
std::string unquote_token(std::string_view text);

/// What the author of an unexpected token may have meant, or empty.
std::string hint_for(const Token& token);

}  // namespace arun::script
