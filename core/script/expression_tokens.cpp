#include "script/expression_tokens.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"

#include <algorithm>

namespace arun::script {
namespace {

constexpr bool begins_name(char c) {
    return is_letter(c) || c == '_';
}

std::size_t name_size(std::string_view rest) {
    const auto inside = [](char c) { return begins_name(c) || is_digit(c) || c == '-'; };
    return static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), inside) - rest.begin());
}

bool begins_number(std::string_view rest, bool after_value) {
    if (is_digit(rest[0])) return true;
    if (rest.size() < 2) return false;
    if (rest[0] == '-' || rest[0] == '+') return is_digit(rest[1]) || rest[1] == '.';
    return rest[0] == '.' && is_digit(rest[1]) && !after_value;
}

/// Letters too, so that `10s` is one wrong number and not two right words.
std::size_t number_size(std::string_view rest) {
    std::size_t size = 1;
    const auto inside = [&](char c) {
        const bool exponent = (rest[size - 1] | 0x20) == 'e';
        return is_digit(c) || begins_name(c) || c == '.' || ((c == '-' || c == '+') && exponent);
    };
    while (size < rest.size() && inside(rest[size])) ++size;
    return size;
}

/// 0 if it is never closed. A doubled quote stands for one.
std::size_t string_size(std::string_view rest) {
    const char quote = rest[0];
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] != quote) continue;
        if (i + 1 == rest.size() || rest[i + 1] != quote) return i + 1;
        ++i;
    }
    return 0;
}

}  // namespace

Token next_token(std::string_view text, std::size_t at, bool after_value) noexcept {
    while (at < text.size() && is_space(text[at])) ++at;
    const auto rest = text.substr(at);
    const auto take = [&](TokenKind kind, std::size_t size) {
        return Token{kind, rest.substr(0, size), static_cast<std::uint32_t>(at)};
    };
    if (rest.empty()) return take(TokenKind::end, 0);
    if (begins_name(rest[0])) return take(TokenKind::name, name_size(rest));
    if (begins_number(rest, after_value)) return take(TokenKind::number, number_size(rest));
    if (rest[0] == '\'' || rest[0] == '"') {
        const auto size = string_size(rest);
        return size != 0 ? take(TokenKind::string, size) : take(TokenKind::unclosed_string, rest.size());
    }
    for (const std::string_view op : {"==", "!=", "<=", ">=", "&&", "||"})
        if (rest.starts_with(op)) return take(TokenKind::op, 2);
    // A whole code point, so that a message never shows half of one.
    return take(TokenKind::op, first_code_point(rest).length);
}

std::string unquote_token(std::string_view text) {
    std::string out;
    const char quote = text.front();
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        out += text[i];
        if (text[i] == quote) ++i;
    }
    return out;
}

std::string hint_for(const Token& token) {
    const auto text = std::string(token.text);
    if (text == "=") return "compare with '=='";
    if (text == "&" || text == "|") return "write '" + text + text + "'";
    if (text == "and") return "write '&&'";
    if (text == "or") return "write '||'";
    if (text == "not") return "write '!'";
    if (text == "+" || text == "-" || text == "*" || text == "/" || text == "%")
        return "the language has no arithmetic";
    return {};
}

}  // namespace arun::script
