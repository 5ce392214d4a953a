#include "doc/sniff.hpp"

#include <cstddef>

namespace arun::doc {
namespace {

constexpr bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Past the text in quotes that begins at `i`.
std::size_t end_of_quoted(std::string_view text, std::size_t i) noexcept {
    const char quote = text[i++];
    while (i < text.size() && text[i] != quote) i += text[i] == '\\' ? 2 : 1;
    return i + 1;
}

/// Whether the brace at the front has `jobs` among its own keys, in quotes or not.
bool has_jobs(std::string_view text) noexcept {
    std::size_t depth = 0;
    bool at_key = false;
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        if (at_key && depth == 1 && text.substr(i + (c == '"' || c == '\'')).starts_with("jobs")) {
            auto end = i + 4;
            if (c == '"' || c == '\'') end += 2;
            while (end < text.size() && is_space(text[end])) ++end;
            if (end < text.size() && text[end] == ':') return true;
        }
        if (!is_space(c)) at_key = (c == '{' && depth == 0) || (c == ',' && depth == 1);
        if (c == '"') {
            i = end_of_quoted(text, i);
            continue;
        }
        if (c == '{' || c == '[') ++depth;
        if ((c == '}' || c == ']') && --depth == 0) return false;
        ++i;
    }
    return false;
}

}  // namespace

Sniffed sniff(std::string_view text) noexcept {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty() && is_space(text[0])) text.remove_prefix(1);
    if (text.starts_with('[')) return Sniffed::json;
    if (!text.starts_with('{')) return Sniffed::yaml;
    return has_jobs(text) ? Sniffed::json : Sniffed::json_lines;
}

}  // namespace arun::doc
