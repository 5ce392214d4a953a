#include "syntax/json_error_recovery.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "syntax/scalar.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::syntax {
namespace {

/// After this many errors the text is not JSON at all.
constexpr std::size_t max_errors = 20;

constexpr bool is_name_letter(char c) {
    return is_letter(c) || c == '_' || c == '$';
}
constexpr bool begins_word(char c) {
    return is_name_letter(c) || static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool begins_number(char c) {
    return is_digit(c) || c == '-' || c == '+' || c == '.';
}
/// Spaces that JSON does not know, and a byte order mark.
constexpr bool is_foreign_space(char32_t c) {
    return c == 0xA0 || c == 0x3000 || c == 0xFEFF || (c >= 0x2000 && c <= 0x200B);
}
constexpr bool is_typographic_quote(char32_t c) {
    return (c >= 0x2018 && c <= 0x201F) || c == 0xAB || c == 0xBB;
}

std::string in_double_quotes(std::string_view text) {
    return '"' + std::string(text.substr(0, 60)) + '"';
}

/// The value of the `\uXXXX` at `at`, or -1.
int unicode_escape(std::string_view text, std::uint32_t at) {
    if (text.size() < at + 6 || text[at] != '\\' || text[at + 1] != 'u') return -1;
    int value = 0;
    for (char c : text.substr(at + 2, 4)) {
        if (hex_value(c) < 0) return -1;
        value = value * 16 + hex_value(c);
    }
    return value;
}

bool is_json_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.empty() || !is_digit(text[0]) || text.back() == '.') return false;
    if (text[0] == '0' && text.size() > 1 && is_digit(text[1])) return false;
    const auto point = text.find('.');
    if (point != text.npos && !is_digit(text[point + 1])) return false;
    return is_float(text) && text.substr(0, 2) != "0x" && text.substr(0, 2) != "0o";
}

std::string malformed_number_hint(std::string_view text) {
    const bool minus = text.starts_with('-');
    const auto bare = text.substr(minus || text.starts_with('+') ? 1 : 0);
    const auto word = lower(bare);
    if (word == "infinity" || word == "inf" || word == "nan") return "JSON numbers are finite";
    if (word.starts_with("0x") || bare.starts_with("0o")) return "JSON numbers are decimal";
    if (bare.find('_') != bare.npos) return "JSON numbers have no '_'";
    const bool has_digit = std::any_of(bare.begin(), bare.end(), is_digit);
    if (std::any_of(bare.begin(), bare.end(),
                    [&](char c) { return is_name_letter(c) && (!has_digit || (c | 0x20) != 'e'); }))
        return "text must be in double quotes: " + in_double_quotes(text);
    if (text.starts_with('+')) return is_json_number(bare) ? "write it without '+'" : "";
    const auto last = bare.find_last_not_of("+-");
    if (last != bare.npos && (bare[last] | 0x20) == 'e') return "the exponent has no digits";
    if (bare.size() > 1 && bare[0] == '0' && is_digit(bare[1])) return "remove the leading zeros";
    std::string corrected(bare);
    if (const auto point = corrected.find('.'); point == 0) {
        corrected.insert(0, "0");
    } else if (corrected.ends_with('.')) {
        corrected.pop_back();
    } else if (point != corrected.npos && !is_digit(corrected[point + 1])) {
        corrected.insert(point + 1, "0");
    }
    if (minus) corrected.insert(0, "-");
    return is_json_number(corrected) ? "write " + corrected : "";
}

struct Literal {
    std::string_view word, meant;
};
constexpr std::array<Literal, 6> literals{{{"true", "true"},
                                           {"false", "false"},
                                           {"null", "null"},
                                           {"none", "null"},
                                           {"nil", "null"},
                                           {"undefined", "null"}}};

class JsonErrorRecovery {
public:
    JsonErrorRecovery(const Source& source, Range rest, const DocumentBuilder& builder,
                      Diagnostics& diagnostics, bool line)
        : source_(source),
          line_(line),
          text_(source.text().substr(0, rest.end)),
          at_(rest.begin),
          token_end_(rest.begin),
          diagnostics_(diagnostics) {
        for (const auto& open : builder.open()) {
            const auto keys = builder.keys_of(stack_.size());
            stack_.push_back({open.map ? '{' : '[', open.begin, {}});
            if (open.map)
                for (auto at : keys) check_duplicate(at);
        }
        if (stack_.empty()) {
            state_ = builder.has_root() ? State::finished : State::start;
        } else if (const auto& inner = builder.open().back(); inner.after_key) {
            state_ = State::after_key;
        } else if (inner.size == 0) {
            state_ = State::after_open;
        } else {
            state_ = State::after_value;
        }
    }

    void run() {
        if (state_ == State::after_value || state_ == State::finished) rescan_number();
        while (!stopped_ && errors_ < max_errors && skip_space() && at_ < text_.size()) step();
        if (!stopped_ && errors_ < max_errors) end_of_text();
    }

private:
    enum class State {
        start,        // nothing yet
        after_open,   // a key or a value, or the closing bracket
        after_comma,  // a key or a value
        after_key,    // a colon
        after_colon,  // a value
        after_value,  // a comma or the closing bracket
        finished,     // the whole value has been read
    };
    struct Bracket {
        char kind;
        std::uint32_t at;
        std::map<std::string_view, std::uint32_t> keys;  // by spelling
    };
    struct Token {
        std::uint32_t end = 0;
        bool unterminated = false;  // its end is a guess: what follows cannot be judged
    };
    static constexpr std::uint32_t none = UINT32_MAX;

    bool in_map() const { return !stack_.empty() && stack_.back().kind == '{'; }
    char here() const { return text_[at_]; }
    CodePoint code_point_here() const { return first_code_point(text_.substr(at_)); }
    bool at_typographic_quote() const { return is_typographic_quote(code_point_here().value); }

    void error(Range at, std::string message, std::string hint = {}) {
        ++errors_;
        diagnostics_.error({&source_, at.begin, at.end}, std::move(message), std::move(hint));
    }
    void error_here(std::string message, std::string hint = {}) {
        error({at_, at_ + code_point_here().length}, std::move(message), std::move(hint));
    }
    void stop() { stopped_ = true; }
    std::string line_of(std::uint32_t offset) const {
        return "line " + std::to_string(source_.position(offset).line);
    }

    void step() {
        switch (state_) {
            case State::start:
                return start();
            case State::after_open:
            case State::after_comma:
                if (here() == '}' || here() == ']') return close();
                return in_map() ? key() : value();
            case State::after_colon:
                if (here() == '}' || here() == ']') return close();
                return value();
            case State::after_key:
                return colon();
            case State::after_value:
                return separator();
            case State::finished:
                return extra_text();
        }
    }

    /// Skips white space and comments. Returns false if there is nothing more to say.
    bool skip_space() {
        while (at_ < text_.size()) {
            const auto rest = text_.substr(at_);
            const auto c = first_code_point(rest);
            if (is_space(here())) {
                ++at_;
            } else if (rest.starts_with("//") || rest.starts_with("/*") ||
                       (rest[0] == '#' && state_ != State::start)) {
                skip_comment(rest);
            } else if (is_foreign_space(c.value)) {
                error_here("this looks like a space but is not one",
                           "it may have been pasted: replace it with a space");
                at_ += c.length;
            } else {
                break;
            }
        }
        return !stopped_;
    }

    void skip_comment(std::string_view rest) {
        const bool block = rest.starts_with("/*");
        const auto stop = block ? rest.find("*/", 2) : rest.find_first_of("\r\n");
        const auto size = stop == rest.npos ? rest.size() : stop + (block ? 2 : 0);
        const auto line = std::min(rest.find_first_of("\r\n"), size);
        if (!std::exchange(commented_, true))
            error({at_, at_ + static_cast<std::uint32_t>(line)}, "JSON has no comments",
                  "remove it, or write the script in YAML, where a comment begins with '#'");
        at_ += static_cast<std::uint32_t>(size);
    }

    void start() {
        const auto line = text_.substr(at_, text_.find_first_of("\r\n", at_) - at_);
        const auto colon = line.find(':');
        const bool yaml = line.starts_with("- ") || line.starts_with("---") || line[0] == '#' ||
                          line[0] == '%' ||
                          (begins_word(line[0]) && colon != line.npos &&
                           (colon + 1 == line.size() || line[colon + 1] == ' '));
        if (yaml) {
            error_here("this is YAML, not JSON", "name the file .yaml or pass --format yaml");
            return stop();
        }
        value();
    }

    void accept(Token token) {
        at_ = token_end_ = token.end;
        if (token.unterminated) stop();
        state_ = stack_.empty() ? State::finished : State::after_value;
    }

    void value() {
        const char c = here();
        if (c == '{' || c == '[') {
            stack_.push_back({c, at_++, {}});
            state_ = State::after_open;
        } else if (c == '"') {
            accept(scan_string());
        } else if (c == '\'') {
            accept(scan_single_quoted());
        } else if (begins_number(c)) {
            accept(scan_number(at_));
        } else if (c == ',') {
            error_here("a value is missing before ','");
            comma();
        } else if (begins_word(c) && !at_typographic_quote()) {
            accept(scan_word());
        } else {
            unexpected();
        }
    }

    void key() {
        const char c = here();
        if (c == '"') {
            const auto begin = at_;
            accept(scan_string());
            if (!stopped_) check_duplicate({begin, at_});
        } else if (c == '\'') {
            accept(scan_single_quoted());
        } else if (c == ',') {
            error_here("a key is missing before ','");
            return comma();
        } else if ((begins_word(c) || begins_number(c)) && !at_typographic_quote()) {
            const auto end = std::max(end_of_words(true), at_ + 1);
            error({at_, end}, "a key must be in double quotes",
                  "write " + in_double_quotes(text_.substr(at_, end - at_)) + ", or pass --format yaml");
            accept({end, false});
        } else {
            return unexpected();
        }
        state_ = State::after_key;
    }

    /// Reports a key that the innermost object already has in the same spelling.
    void check_duplicate(Range at) {
        const auto spelling = text_.substr(at.begin, at.end - at.begin);
        const auto [known, added] = stack_.back().keys.try_emplace(spelling, at.begin);
        if (added) return;
        error(at, "duplicate key " + quote(spelling.substr(1, spelling.size() - 2)),
              duplicate_key_hint(source_, known->second, at.begin));
    }

    void colon() {
        const char c = here();
        state_ = State::after_colon;
        if (c == ':') {
            ++at_;
        } else if (c == '=') {
            error_here("a ':' belongs between a key and its value, not '='");
            at_ += text_.substr(at_).starts_with("=>") ? 2 : 1;
        } else if (c == ',' || c == '}' || c == ']') {
            error_here("a ':' and a value are missing after the key");
            state_ = State::after_value;
        } else {
            error_here("a ':' is missing after the key");
        }
    }

    void comma() {
        comma_ = at_++;
        state_ = State::after_comma;
    }

    void separator() {
        const char c = here();
        if (c == ',') return comma();
        if (c == '}' || c == ']') return close();
        if (c == ';') {
            error_here("values are separated by ',', not ';'");
            return comma();
        }
        if (c == ':' && !in_map()) {
            error_here("a ':' inside a list", "keys belong inside { }");
            return stop();
        }
        const bool quoted = token_end_ > 0 && text_[token_end_ - 1] == '"';
        if (quoted && at_ == token_end_ && (begins_word(c) || begins_number(c))) {
            error_here("words after the closing quote", "a '\"' inside quotes is written \\\"");
            return stop();
        }
        if (c != '"' && c != '\'' && c != '{' && c != '[' && !begins_word(c) && !begins_number(c))
            return unexpected();
        error({token_end_, token_end_}, "a comma is missing here");
        state_ = State::after_comma;
        comma_ = none;
    }

    void close() {
        const char c = here();
        if (stack_.empty()) return unexpected();
        const auto& open = stack_.back();
        if (state_ == State::after_comma && comma_ != none)
            error({comma_, comma_ + 1}, std::string("a comma before the closing '") + c + "'", "remove it");
        if (state_ == State::after_colon) error_here("a value is missing after ':'");
        if ((open.kind == '{') != (c == '}')) {
            error_here(std::string("'") + c + "' cannot close a '" + open.kind + "'",
                       std::string("the '") + open.kind + "' is on " + line_of(open.at));
            return stop();
        }
        stack_.pop_back();
        accept({at_ + 1, false});
    }

    void extra_text() {
        const char c = here();
        const bool on_first_line = text_.find('\n') >= at_;
        const bool more_jobs = c == '{' || c == '[';
        if (c == '}' || c == ']') {
            error_here(std::string("a '") + c + "' that closes nothing");
        } else if (line_) {
            error_here("more text after the end of the job");
        } else if (c == ',' || (on_first_line && more_jobs)) {
            error_here("more text after the end of the script", "several jobs belong inside [ ]");
        } else {
            error_here("more text after the end of the script",
                       more_jobs ? "one job per line is JSON Lines: pass --format jsonl" : "");
        }
        stop();
    }

    void unexpected() {
        if (at_typographic_quote()) {
            error_here("text must be in double quotes", "this is a typographic quote: write \"");
        } else {
            error_here("unexpected " + quote(text_.substr(at_, code_point_here().length)),
                       here() == '`' ? "text must be in double quotes" : "");
        }
        stop();
    }

    void end_of_text() {
        if (!stack_.empty()) {
            const auto& open = stack_.back();
            error({open.at, open.at + 1}, std::string("this '") + open.kind + "' is never closed");
        } else if (state_ == State::start && !commented_) {
            error({token_end_, token_end_}, "the script is empty");
        }
    }

    /// The parser takes the 10 of `10s` for a number, and the 0 of `01`.
    void rescan_number() {
        auto begin = at_;
        while (begin > 0 && (begins_number(text_[begin - 1]) || begins_word(text_[begin - 1]))) --begin;
        if (begin < at_ && begins_number(text_[begin])) at_ = token_end_ = scan_number(begin).end;
    }

    // The scanners report all that is wrong with one token.

    Token scan_string() {
        auto i = at_ + 1;
        while (i < text_.size() && text_[i] != '"') {
            const auto c = static_cast<unsigned char>(text_[i]);
            if (c == '\\') {
                i = scan_escape(i);
                continue;
            }
            if (c == '\n' || c == '\r') break;
            if (c == '\t') {
                error({i, i + 1}, "a tab inside quotes", "write it as \\t");
            } else if (c < 0x20) {
                error({i, i + 1}, "a control character inside quotes", "write it as \\u and four digits");
            }
            ++i;
        }
        if (i < text_.size() && text_[i] == '"') return {i + 1, false};
        error({at_, i}, "this quote is never closed",
              i < text_.size() ? "a line break inside quotes is written \\n" : "a '\"' is missing");
        return {i, true};
    }

    /// Returns where the escape at `at` ends.
    std::uint32_t scan_escape(std::uint32_t at) {
        const char c = at + 1 < text_.size() ? text_[at + 1] : '\0';
        if (c == 'u') {
            const int value = unicode_escape(text_, at);
            if (value < 0) {
                error({at, at + 2}, "'\\u' needs four hexadecimal digits", "as in \\u00e9");
                return at + 2;
            }
            if (value < 0xD800 || value > 0xDFFF) return at + 6;
            const int second = value < 0xDC00 ? unicode_escape(text_, at + 6) : -1;
            if (second >= 0xDC00 && second <= 0xDFFF) return at + 12;
            error({at, at + 6}, "unpaired surrogate " + quote(text_.substr(at, 6)),
                  "write both halves of the pair, or the character itself");
            return at + 6;
        }
        if (std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos && c != '\0') return at + 2;
        if (c == '\n' || c == '\r' || c == '\0') return at + 1;
        std::uint32_t end = at + 2;
        while (end < text_.size() && is_utf8_tail(text_[end])) ++end;
        const auto* hint = c == '\''  ? "' needs no backslash"
                           : c == 'x' ? "write \\u00 and two digits"
                                      : "a backslash is written \\\\";
        error({at, end}, "unknown escape " + quote(text_.substr(at, end - at)), hint);
        return end;
    }

    Token scan_single_quoted() {
        const auto stop = std::min(text_.find_first_of("'\r\n", at_ + 1), text_.size());
        const auto end = static_cast<std::uint32_t>(stop);
        const bool closed = stop < text_.size() && text_[stop] == '\'';
        const Token token{closed ? end + 1 : end, !closed};
        error({at_, token.end}, "text must be in double quotes",
              "write " + in_double_quotes(text_.substr(at_ + 1, end - at_ - 1)));
        return token;
    }

    /// A number, or something that begins as one.
    Token scan_number(std::uint32_t at) {
        auto end = at;
        while (end < text_.size() &&
               (is_digit(text_[end]) || is_name_letter(text_[end]) || text_[end] == '.' ||
                ((text_[end] == '-' || text_[end] == '+') && (end == at || (text_[end - 1] | 0x20) == 'e'))))
            ++end;
        const auto number = text_.substr(at, end - at);
        if (!is_json_number(number)) {
            error({at, end}, "malformed number " + quote(number), malformed_number_hint(number));
        } else if (const auto wrong = number_error(number); wrong != NumberError::none) {
            error({at, end}, std::string(message_of(wrong)), std::string(hint_of(wrong)));
        }
        return {end, false};
    }

    /// true, false, null, or unquoted words.
    Token scan_word() {
        const auto end = end_of_words(false);
        const auto word = text_.substr(at_, end - at_);
        if (word == "true" || word == "false" || word == "null") return {end, false};
        const auto plain = lower(word);
        const auto* known =
            std::find_if(literals.begin(), literals.end(), [&](const auto& l) { return l.word == plain; });
        if (plain == "nan" || plain == "infinity" || plain == "inf") {
            error({at_, end}, "JSON has no " + std::string(word), "its numbers are finite");
        } else if (known != literals.end()) {
            error({at_, end}, "unknown word " + quote(word), "did you mean " + quote(known->meant) + "?");
        } else {
            error({at_, end}, "text must be in double quotes", "write " + in_double_quotes(word));
        }
        return {end, false};
    }

    /// The end of unquoted words: before a comma, bracket, quote or line break, or the ':' of a key.
    std::uint32_t end_of_words(bool key) const {
        auto end = static_cast<std::uint32_t>(
            std::min(text_.find_first_of(key ? ",]}[{\"\r\n:" : ",]}\"\r\n", at_), text_.size()));
        while (end > at_ && (text_[end - 1] == ' ' || text_[end - 1] == '\t')) --end;
        return end;
    }

    const Source& source_;
    bool line_;
    std::string_view text_;
    std::uint32_t at_;
    std::uint32_t token_end_;  // of the last value, key or bracket
    std::uint32_t comma_ = none;
    Diagnostics& diagnostics_;
    std::vector<Bracket> stack_;
    State state_ = State::start;
    std::size_t errors_ = 0;
    bool commented_ = false;
    bool stopped_ = false;
};

}  // namespace

void report_json_errors(const Source& source, Range rest, const DocumentBuilder& builder,
                        Diagnostics& diagnostics, bool line) {
    JsonErrorRecovery(source, rest, builder, diagnostics, line).run();
}

}  // namespace arun::syntax
