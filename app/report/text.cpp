#include "base/utf8.hpp"
#include "report/formats.hpp"

namespace arun::app {

std::string clean_text(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto c = first_code_point(text);
        const bool control = is_control(c.value) && c.value != '\n' && c.value != '\t';
        // XML 1.0 has no place for the last two of a plane either.
        const bool none = (c.value & 0xFFFEU) == 0xFFFE;
        if (c.valid && c.value == '\r' && text.starts_with("\r\n")) {
            // The newline says it all.
        } else if (!c.valid || control || none) {
            out += replacement_character;
        } else {
            out += text.substr(0, c.length);
        }
        text.remove_prefix(c.length);
    }
    return out;
}

std::string summary_of(const Totals& totals) {
    std::string text;
    const auto add = [&](std::size_t n, std::string_view what) {
        if (n == 0) return;
        text.append(text.empty() ? "" : ", ").append(std::to_string(n)).append(" ").append(what);
    };
    add(totals.passed, "passed");
    add(totals.failed, "failed");
    add(totals.allowed, "failed but allowed");
    add(totals.cancelled, "cancelled");
    add(totals.skipped, "skipped");
    return text.empty() ? "nothing ran" : text;
}

}  // namespace arun::app
