#include "syntax/bytes.hpp"

#include "base/utf8.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace arun::syntax {
namespace {

/// UTF-16 begins with its byte order mark, or has a zero in one of its first two characters' halves.
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

/// True for what may stand in any script: most of most texts.
constexpr std::array<bool, 256> harmless = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0x20; c < 0x7F; ++c) table[c] = true;
    table['\t'] = table['\n'] = table['\r'] = true;
    return table;
}();

const char* skip_harmless(const char* p, const char* end) {
    // Eight at a time while all are 0x20 to 0x7E: the checks of this loop cost less than reading the file.
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t high = 0x8080808080808080;
    while (end - p >= 8) {
        std::uint64_t w = 0;
        std::memcpy(&w, p, 8);
        // A byte below 0x20 borrows, one above 0x7E carries, into its high bit. (And into the byte above it:
        // only the lowest one that is marked is one for sure.)
        const std::uint64_t marked = ((w - ones * 0x20) | (w + ones) | w) & high;
        if (marked == 0) {
            p += 8;
            continue;
        }
        if constexpr (std::endian::native == std::endian::little) p += std::countr_zero(marked) / 8;
        if (!harmless[static_cast<unsigned char>(*p)]) return p;
        ++p;
    }
    while (p != end && harmless[static_cast<unsigned char>(*p)]) ++p;
    return p;
}

class Checker {
public:
    Checker(const Source& source, Format format, Diagnostics& diagnostics)
        : source_(source), text_(source.text()), yaml_(format == Format::yaml), diagnostics_(diagnostics) {}

    bool run() {
        if (is_utf16(text_)) {
            say(0, 0, "the text is UTF-16, a script is UTF-8", "convert it: iconv -f UTF-16 -t UTF-8");
            return false;
        }
        const char* const begin = text_.data();
        const char* const end = begin + text_.size();
        const char* p = begin + (text_.starts_with(utf8_bom) ? utf8_bom.size() : 0);
        while ((p = skip_harmless(p, end)) != end) {
            const auto at = static_cast<std::uint32_t>(p - begin);
            const auto c = first_code_point(text_.substr(at));
            if (const unsigned fault = fault_of(c, at); fault != 0 && !(said_ & fault)) {
                said_ |= fault;
                tell(fault, c, at);
            }
            if (said_ & binary) break;  // nothing else that is wrong with it matters
            p += c.length;
        }
        return said_ == 0;
    }

private:
    enum Fault : unsigned { bad_utf8 = 1, binary = 2, control = 4, late_bom = 8 };

    unsigned fault_of(CodePoint c, std::uint32_t at) const {
        if (!c.valid) return bad_utf8;
        if (c.value == 0) return binary;
        if (c.value < 0x20) return control;
        if (!yaml_) return 0;
        if ((c.value >= 0x7F && c.value < 0xA0 && c.value != 0x85) || c.value == 0xFFFE || c.value == 0xFFFF)
            return control;
        // Elsewhere it is a character like others; at the start of a line the parser would not see `---`
        // after it.
        const bool line_start = at == 0 || text_[at - 1] == '\n' || text_[at - 1] == '\r';
        return c.value == 0xFEFF && line_start ? late_bom : 0U;
    }

    void tell(unsigned fault, CodePoint c, std::uint32_t at) {
        const auto end = at + c.length;
        if (fault == bad_utf8) {
            const auto byte = static_cast<unsigned char>(text_[at]);
            say(at, end, "the byte 0x" + hexadecimal(byte, 2) + " is not UTF-8", "save the file as UTF-8");
        } else if (fault == binary) {
            say(at, end, "a NUL byte: this is not a text file");
        } else if (fault == control) {
            say(at, end, "the control character U+" + hexadecimal(c.value, 4) + " cannot stand in a script",
                "inside double quotes write \\u" + hexadecimal(c.value, 4));
        } else {
            say(at, end, "a byte order mark in the middle of the text",
                "it was left where files were joined: remove it");
        }
    }

    void say(std::uint32_t begin, std::uint32_t end, std::string message, std::string hint = {}) {
        diagnostics_.error({&source_, begin, end}, std::move(message), std::move(hint));
    }

    const Source& source_;
    std::string_view text_;
    bool yaml_;
    Diagnostics& diagnostics_;
    unsigned said_ = 0;
};

}  // namespace

bool check_bytes(const Source& source, Format format, Diagnostics& diagnostics) {
    return Checker(source, format, diagnostics).run();
}

}  // namespace arun::syntax
