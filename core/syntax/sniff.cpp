#include "syntax/sniff.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace arun::syntax {
namespace {

constexpr std::string_view word = "jobs";

}  // namespace

/// Before the first character that tells something.
std::optional<Sniffed> Sniffer::begin(char c) noexcept {
    if (bom_ < utf8_bom.size()) {
        if (c == utf8_bom[bom_]) {
            ++bom_;
            return std::nullopt;
        }
        bom_ = utf8_bom.size();
    }
    if (is_space(c)) return std::nullopt;
    if (c == '[') return Sniffed::json;
    if (c != '{') return Sniffed::yaml;
    in_brace_ = at_key_ = true;
    depth_ = 1;
    return std::nullopt;
}

/// A key of the brace itself, in quotes or not. Steps: a letter of `jobs` each, its closing quote, blanks and
/// the colon.
void Sniffer::look_for_jobs(char c) noexcept {
    constexpr std::size_t letters = word.size() + 1;  // the quote or the place before the first letter
    if (key_ == 0) {
        if (!at_key_ || depth_ != 1 || is_space(c)) return;
        key_quoted_ = c == '"' || c == '\'';
        if (key_quoted_) {
            key_ = 1;
        } else if (c == word[0]) {
            key_ = 2;
        }
    } else if (key_ < letters) {
        key_ = c == word[key_ - 1] ? key_ + 1 : 0;
    } else if (key_ == letters && key_quoted_) {
        key_ = c == '"' || c == '\'' ? letters + 1 : 0;
    } else if (!is_space(c)) {
        found_ = c == ':';
        key_ = 0;
    }
}

std::optional<Sniffed> Sniffer::go_on(char c) noexcept {
    look_for_jobs(c);
    if (found_) return Sniffed::json;
    if (in_text_) {
        if (escaped_) {
            escaped_ = false;
        } else if (c == '\\') {
            escaped_ = true;
        } else if (c == '"') {
            in_text_ = false;
        }
        return std::nullopt;
    }
    if (!is_space(c)) at_key_ = c == ',' && depth_ == 1;
    if (c == '"') in_text_ = true;
    if (c == '{' || c == '[') ++depth_;
    if ((c == '}' || c == ']') && --depth_ == 0) return Sniffed::json_lines;
    return std::nullopt;
}

std::optional<Sniffed> Sniffer::feed(std::string_view piece) noexcept {
    for (const char c : piece) {
        if (const auto decided = in_brace_ ? go_on(c) : begin(c)) return decided;
    }
    return std::nullopt;
}

Sniffed sniff(std::string_view text) noexcept {
    Sniffer sniffer;
    const auto decided = sniffer.feed(text);
    return decided ? *decided : sniffer.finish();
}

}  // namespace arun::syntax
