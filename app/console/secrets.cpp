#include "console/secrets.hpp"

#include "base/ascii.hpp"
#include "base/diagnostic.hpp"
#include "base/text.hpp"
#include "reports/record.hpp"
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

/// Of base64, shorter pieces would hide too much.
constexpr std::size_t min_base64 = 8;

std::string percent_encoded(std::string_view text, std::string_view digits) {
    std::string out;
    for (const char c : text) {
        if (is_letter(c) || is_digit(c) || std::string_view("-._~").find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.append("%").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
        }
    }
    return out;
}

/// The characters of base64 that depend on nothing but `text`, if `before` other bytes stand before it in a
/// group of three.
std::string base64_core(std::string_view text, std::size_t before) {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0;
    unsigned count = 0;
    std::string bytes(before, '\0');
    bytes += text;
    for (const char c : bytes) {
        bits = (bits << 8U | static_cast<unsigned char>(c)) & 0xFFFFU;
        for (count += 8; count >= 6; count -= 6) out += alphabet[bits >> (count - 6) & 63U];
    }
    // The first characters have bits of the bytes before.
    out.erase(0, before == 0 ? 0 : before + 1);
    return out;
}

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

bool Secrets::add(std::string_view value) {
    // A loop may set the same value many times: its lines and forms are known.
    if (value.empty() || std::find(values_.begin(), values_.end(), value) != values_.end()) return false;
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
        const auto word = in_single_quotes(part);
        add_form(std::string_view(word).substr(1, word.size() - 2));
        add_form(xml_escaped(part));
        add_form(printable(part));
        add_form(one_line(part));
        add_form(clean_text(part));
        add_form(displayed(part));
        auto encoded = percent_encoded(part, "0123456789ABCDEF");
        add_form(percent_encoded(part, "0123456789abcdef"));
        add_form(encoded);
        for (auto at = encoded.find("%20"); at != encoded.npos; at = encoded.find("%20", at))
            encoded.replace(at, 3, "+");
        add_form(encoded);
        for (std::size_t before = 0; before < 3; ++before) {
            auto base64 = base64_core(part, before);
            if (base64.size() < min_base64) continue;
            add_form(base64);
            std::ranges::replace(base64, '+', '-');
            std::ranges::replace(base64, '/', '_');
            add_form(base64);
        }
    }
    return true;
}

std::size_t Secrets::begun(std::string_view text) const noexcept {
    std::size_t longest = 0;
    for (const std::string_view value : values_)
        for (auto size = std::min(value.size() - 1, text.size()); size > longest; --size)
            if (text.substr(text.size() - size) == value.substr(0, size)) longest = size;
    return longest;
}

std::size_t Secrets::leading(std::string_view text) const noexcept {
    std::size_t longest = 0;
    for (const std::string_view value : values_)
        if (value.size() > longest && text.starts_with(value)) longest = value.size();
    return longest;
}

std::string Secrets::redact(std::string_view text, std::string_view mark) const {
    auto out = values_.empty() ? std::string(text) : mask(text, mark);
    for (auto at = out.find("://"); at != out.npos; at = out.find("://", at + 3)) {
        const auto begin = at + 3;
        const auto end = std::min(out.find_first_of(" \t\r\n/?#\"'<>|,;)]}", begin), out.size());
        const auto sign = std::string_view(out).substr(begin, end - begin).rfind('@');
        if (sign != std::string_view::npos && sign > 0) out.replace(begin, sign, mark);
    }
    return out;
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
        for (auto at = text.find(mark); at != text.npos;) {
            const auto before = text.substr(0, at);
            // A row of dots is one mark: each would take the time of all secrets.
            at += mark.size();
            while (mark.ends_with('.') && at < text.size() && text[at] == '.') ++at;
            const auto end = at;
            const auto after = text.substr(end);
            at = text.find(mark, end);
            for (const std::string_view value : values_) {
                for (auto size = value.size() - 1; size >= min_rest && size < value.size(); --size) {
                    if (before.ends_with(value.substr(0, size))) hide(before.size() - size, size);
                    if (after.starts_with(value.substr(value.size() - size))) hide(end, size);
                }
            }
        }
    }
    return secret;
}

void Secrets::add(const Secrets& other) {
    for (const auto& value : other.values_) add_form(value);
}

std::string Secrets::mask(std::string_view text, std::string_view mark) const {
    const auto hidden = secret_bytes(text);
    if (hidden.empty()) return std::string(text);
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!hidden[i]) {
            out += text[i];
        } else if (i == 0 || !hidden[i - 1]) {
            out += mark;
        }
    }
    return out;
}

}  // namespace arun::app
