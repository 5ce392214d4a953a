#include "syntax/format.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "syntax/characters.hpp"

#include <string>

namespace arun::syntax {
namespace {

constexpr std::string_view jobs_key = "jobs";

}  // namespace

Result<Format> format_named(std::string_view name) {
    if (name == "json") return Format::json;
    if (name == "yaml" || name == "yml") return Format::yaml;
    if (name == "jsonl" || name == "ndjson") return Format::json_lines;
    return Error{"unknown format " + quote(name) + "; the formats are json, yaml and jsonl"};
}

std::optional<Format> format_by_extension(std::string_view path) {
    const auto name = path.substr(path.rfind('/') + 1);
    const auto dot = name.rfind('.');
    if (dot == name.npos || dot == 0) return std::nullopt;
    const auto format = format_named(lower(name.substr(dot + 1)));
    return format ? std::optional(*format) : std::nullopt;
}

Format sniff_format(std::string_view text) noexcept {
    FormatSniffer sniffer;
    return sniffer.feed(text).value_or(sniffer.finish());
}

Format format_for(std::string_view path, std::string_view text) {
    const auto format = format_by_extension(path);
    return format ? *format : sniff_format(text);
}

std::optional<Format> FormatSniffer::feed(std::string_view piece) noexcept {
    for (const char c : piece) {
        if (const auto decided = in_brace_ ? inside_brace(c) : before_brace(c)) return decided;
    }
    return std::nullopt;
}

std::optional<Format> FormatSniffer::before_brace(char c) noexcept {
    if (bom_ < utf8_bom.size()) {
        if (c == utf8_bom[bom_]) {
            ++bom_;
            return std::nullopt;
        }
        bom_ = utf8_bom.size();
    }
    if (is_space(c)) return std::nullopt;
    if (c == '[') return Format::json;
    if (c != '{') return Format::yaml;
    in_brace_ = at_key_ = true;
    depth_ = 1;
    return std::nullopt;
}

std::optional<Format> FormatSniffer::inside_brace(char c) noexcept {
    match_jobs_key(c);
    if (has_jobs_) return Format::json;
    if (in_string_) {
        if (escaped_) {
            escaped_ = false;
        } else if (c == '\\') {
            escaped_ = true;
        } else if (c == '"') {
            in_string_ = false;
        }
        return std::nullopt;
    }
    if (!is_space(c)) at_key_ = c == ',' && depth_ == 1;
    if (c == '"') in_string_ = true;
    if (c == '{' || c == '[') ++depth_;
    if ((c == '}' || c == ']') && --depth_ == 0) return Format::json_lines;
    return std::nullopt;
}

/// Matches a key of the outermost brace, quoted or not, in steps: its opening quote, each letter, its closing
/// quote, spaces and the colon.
void FormatSniffer::match_jobs_key(char c) noexcept {
    constexpr std::size_t letters = jobs_key.size() + 1;  // preceded by the quote or the position of one
    if (matched_ == 0) {
        if (!at_key_ || depth_ != 1 || is_space(c)) return;
        key_quoted_ = c == '"' || c == '\'';
        if (key_quoted_) {
            matched_ = 1;
        } else if (c == jobs_key[0]) {
            matched_ = 2;
        }
    } else if (matched_ < letters) {
        matched_ = c == jobs_key[matched_ - 1] ? matched_ + 1 : 0;
    } else if (matched_ == letters && key_quoted_) {
        matched_ = c == '"' || c == '\'' ? letters + 1 : 0;
    } else if (!is_space(c)) {
        has_jobs_ = c == ':';
        matched_ = 0;
    }
}

}  // namespace arun::syntax
