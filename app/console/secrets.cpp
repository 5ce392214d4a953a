#include "console/secrets.hpp"

#include "script/value.hpp"

#include <algorithm>
#include <array>

namespace arun::app {
namespace {

/// What marks a cut: in labels, in excerpts, in excerpts in quotes.
constexpr std::array<std::string_view, 3> cut_marks{"...", "\u2026", "\"\u2026"};
/// Hiding shorter lines, such as "{" and "---", would hide too much.
constexpr std::size_t min_line = 4;
/// A shorter rest of a secret that was cut gives nothing away.
constexpr std::size_t min_rest = 3;

std::string doubled_quotes(std::string_view text) {
    std::string out;
    for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
    return out;
}

}  // namespace

void Secrets::add_form(std::string_view form) {
    if (form.empty() || std::find(values_.begin(), values_.end(), form) != values_.end()) return;
    values_.emplace_back(form);
}

void Secrets::add(std::string_view value) {
    // A loop may set the same value many times: its lines and forms are known.
    if (value.empty() || std::find(values_.begin(), values_.end(), value) != values_.end()) return;
    std::vector<std::string_view> parts{value};
    if (value.find_first_of("\r\n") != value.npos) {
        for (auto rest = value; !rest.empty();) {
            const auto end = std::min(rest.find_first_of("\r\n"), rest.size());
            if (end >= min_line) parts.push_back(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    for (const auto part : parts) {
        add_form(part);
        std::string json;
        script::append_json_string(json, part);
        add_form(std::string_view(json).substr(1, json.size() - 2));
        add_form(doubled_quotes(part));
    }
}

/// Which bytes belong to a secret; empty if none do.
std::vector<bool> Secrets::secret_bytes(std::string_view text) const {
    std::vector<bool> secret;
    const auto hide = [&](std::size_t begin, std::size_t size) {
        secret.resize(text.size());
        std::fill_n(secret.begin() + static_cast<std::ptrdiff_t>(begin), size, true);
    };
    for (const std::string_view value : values_) {
        for (auto at = text.find(value); at != text.npos; at = text.find(value, at + 1))
            hide(at, value.size());
    }
    for (const auto mark : cut_marks) {
        for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) {
            const auto before = text.substr(0, at);
            const auto after = text.substr(at + mark.size());
            for (const std::string_view value : values_) {
                for (auto size = value.size() - 1; size >= min_rest && size < value.size(); --size) {
                    if (before.ends_with(value.substr(0, size))) hide(at - size, size);
                    if (after.starts_with(value.substr(value.size() - size))) hide(at + mark.size(), size);
                }
            }
        }
    }
    return secret;
}

std::string Secrets::mask(std::string_view text) const {
    const auto hidden = secret_bytes(text);
    if (hidden.empty()) return std::string(text);
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!hidden[i]) {
            out += text[i];
        } else if (i == 0 || !hidden[i - 1]) {
            out += "***";
        }
    }
    return out;
}

}  // namespace arun::app
