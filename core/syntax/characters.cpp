#include "syntax/characters.hpp"

#include "base/utf8.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace arun::syntax {
namespace {

/// UTF-16 starts with its byte order mark, or has a zero in one half of each of its first two characters.
bool is_utf16(std::string_view text) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return true;
    return text.size() >= 4 && ((text[0] != 0 && text[1] == 0 && text[2] != 0 && text[3] == 0) ||
                                (text[0] == 0 && text[1] != 0 && text[2] == 0 && text[3] != 0));
}

std::string hexadecimal(char32_t value, std::size_t digits) {
    std::string out;
    for (; digits > 0 || value != 0; value >>= 4) {
        out.insert(out.begin(), "0123456789ABCDEF"[value & 15]);
        if (digits > 0) --digits;
    }
    return out;
}

/// Bytes that are allowed everywhere: nearly all of nearly every script.
constexpr std::array<bool, 256> allowed = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0x20; c < 0x7F; ++c) table[c] = true;
    table['\t'] = table['\n'] = table['\r'] = true;
    return table;
}();

const char* skip_allowed(const char* p, const char* end) {
    // Eight bytes at a time while all are 0x20 to 0x7E: the check costs less than reading the file.
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t high = 0x8080808080808080;
    while (end - p >= 8) {
        std::uint64_t w = 0;
        std::memcpy(&w, p, 8);
        // A byte below 0x20 borrows into its high bit, one above 0x7E carries into it. Both also spill into
        // the byte above, so only the lowest marked byte is certain.
        const std::uint64_t marked = ((w - ones * 0x20) | (w + ones) | w) & high;
        if (marked == 0) {
            p += 8;
            continue;
        }
        if constexpr (std::endian::native == std::endian::little) p += std::countr_zero(marked) / 8;
        if (!allowed[static_cast<unsigned char>(*p)]) return p;
        ++p;
    }
    while (p != end && allowed[static_cast<unsigned char>(*p)]) ++p;
    return p;
}

class CharacterChecker {
public:
    CharacterChecker(const Source& source, Format format, Diagnostics& diagnostics)
        : source_(source), text_(source.text()), yaml_(format == Format::yaml), diagnostics_(diagnostics) {}

    bool run() {
        if (is_utf16(text_)) {
            error(0, 0, "the text is UTF-16, but a script must be UTF-8",
                  "convert it: iconv -f UTF-16 -t UTF-8");
            return false;
        }
        const char* const begin = text_.data();
        const char* const end = begin + text_.size();
        const char* p = begin + (text_.starts_with(utf8_bom) ? utf8_bom.size() : 0);
        while ((p = skip_allowed(p, end)) != end) {
            const auto at = static_cast<std::uint32_t>(p - begin);
            const auto c = first_code_point(text_.substr(at));
            if (const unsigned problem = problem_of(c, at); problem != 0 && !(reported_ & problem)) {
                reported_ |= problem;
                report(problem, c, at);
            }
            if (reported_ & nul) break;  // not a text at all: nothing else matters
            p += c.length;
        }
        return reported_ == 0;
    }

private:
    enum Problem : unsigned { invalid_utf8 = 1, nul = 2, control = 4, late_byte_order_mark = 8 };

    unsigned problem_of(CodePoint c, std::uint32_t at) const {
        if (!c.valid) return invalid_utf8;
        if (c.value == 0) return nul;
        if (c.value < 0x20) return control;
        if (!yaml_) return 0;
        if ((c.value >= 0x7F && c.value < 0xA0 && c.value != 0x85) || c.value == 0xFFFE || c.value == 0xFFFF)
            return control;
        // Within a line it is an ordinary character, but at its start it would hide `---` from the parser.
        const bool line_start = at == 0 || text_[at - 1] == '\n' || text_[at - 1] == '\r';
        return c.value == 0xFEFF && line_start ? late_byte_order_mark : 0U;
    }

    void report(unsigned problem, CodePoint c, std::uint32_t at) {
        const auto end = at + c.length;
        if (problem == invalid_utf8) {
            const auto byte = static_cast<unsigned char>(text_[at]);
            error(at, end, "the byte 0x" + hexadecimal(byte, 2) + " is not UTF-8", "save the file as UTF-8");
        } else if (problem == nul) {
            error(at, end, "a NUL byte: this is not a text file");
        } else if (problem == control) {
            error(at, end,
                  "the control character U+" + hexadecimal(c.value, 4) + " is not allowed in a script",
                  "inside double quotes write \\u" + hexadecimal(c.value, 4));
        } else {
            error(at, end, "a byte order mark in the middle of the text",
                  "it is left over from joining files: remove it");
        }
    }

    void error(std::uint32_t begin, std::uint32_t end, std::string message, std::string hint = {}) {
        diagnostics_.error({&source_, begin, end}, std::move(message), std::move(hint));
    }

    const Source& source_;
    std::string_view text_;
    bool yaml_;
    Diagnostics& diagnostics_;
    unsigned reported_ = 0;
};

}  // namespace

bool check_characters(const Source& source, Format format, Diagnostics& diagnostics) {
    return CharacterChecker(source, format, diagnostics).run();
}

}  // namespace arun::syntax
