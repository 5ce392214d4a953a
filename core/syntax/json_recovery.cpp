#include "syntax/json_recovery.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "syntax/json_tokens.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::syntax {
namespace {

constexpr std::size_t enough = 20;  // errors; by then the text is something else

constexpr bool begins_word(char c) {
    return is_letter(c) || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool begins_number(char c) {
    return is_digit(c) || c == '-' || c == '+' || c == '.';
}

class Doctor {
public:
    Doctor(const Source& source, Range rest, const Builder& builder, Diagnostics& diagnostics, bool line)
        : source_(source),
          line_(line),
          text_(source.text().substr(0, rest.end)),
          at_(rest.begin),
          last_end_(rest.begin),
          diagnostics_(diagnostics),
          report_([this](Range at, std::string m, std::string h) { say(at, std::move(m), std::move(h)); }) {
        for (const auto& open : builder.open()) {
            const auto keys = builder.keys_of(stack_.size());
            stack_.push_back({open.map ? '{' : '[', open.begin, {}});
            if (open.map)
                for (auto at : keys) remember_key(at);
        }
        if (stack_.empty()) {
            state_ = builder.has_root() ? State::finished : State::start;
        } else if (const auto& inner = builder.open().back(); inner.after_key) {
            state_ = State::colon;
        } else if (inner.size == 0) {
            state_ = State::first;
        } else {
            state_ = State::separator;
        }
    }

    void run() {
        if (state_ == State::separator || state_ == State::finished) rescan_number();
        while (!stopped_ && said_ < enough && skip() && at_ < text_.size()) step();
        if (!stopped_ && said_ < enough) end_of_text();
    }

private:
    enum class State {
        start,      // nothing yet
        first,      // after an opening bracket: a key or a value, or the closing one
        next,       // after a comma: a key or a value
        colon,      // after a key
        value,      // after a colon
        separator,  // after a value: a comma or the closing bracket
        finished,   // after the whole value
    };
    struct Bracket {
        char kind;
        std::uint32_t at;
        std::map<std::string_view, std::uint32_t> keys;  // as they are written
    };

    /// The parser takes the 10 of 10s for a number, and the 0 of 01.
    void rescan_number() {
        auto begin = at_;
        while (begin > 0 && (begins_number(text_[begin - 1]) || begins_word(text_[begin - 1]))) --begin;
        if (begin < at_ && begins_number(text_[begin]))
            at_ = last_end_ = scan_json_number(text_, begin, report_).end;
    }

    bool in_map() const { return !stack_.empty() && stack_.back().kind == '{'; }
    char here() const { return text_[at_]; }

    void say(Range at, std::string message, std::string hint = {}) {
        ++said_;
        diagnostics_.error({&source_, at.begin, at.end}, std::move(message), std::move(hint));
    }
    void say_here(std::string message, std::string hint = {}) {
        say({at_, at_ + first_code_point(text_.substr(at_)).length}, std::move(message), std::move(hint));
    }
    void stop() { stopped_ = true; }
    std::string line_of(std::uint32_t offset) const {
        return "line " + std::to_string(source_.position(offset).line);
    }

    void step() {
        switch (state_) {
            case State::start:
                return start();
            case State::first:
            case State::next:
                if (here() == '}' || here() == ']') return close();
                return in_map() ? key() : value();
            case State::value:
                if (here() == '}' || here() == ']') return close();
                return value();
            case State::colon:
                return colon();
            case State::separator:
                return separator();
            case State::finished:
                return extra();
        }
    }

    /// Past white space and comments; false when that is all that can be said.
    bool skip() {
        while (at_ < text_.size()) {
            const auto rest = text_.substr(at_);
            const auto c = first_code_point(rest);
            if (is_space(here())) {
                ++at_;
            } else if (rest.starts_with("//") || rest.starts_with("/*") ||
                       (rest[0] == '#' && state_ != State::start)) {
                skip_comment(rest);
            } else if (c.value == 0xA0 || c.value == 0x3000 || c.value == 0xFEFF ||
                       (c.value >= 0x2000 && c.value <= 0x200B)) {
                say_here("this looks like a blank, but is none",
                         "it was pasted from somewhere: write a blank");
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
        if (!commented_)
            say({at_, at_ + static_cast<std::uint32_t>(line)}, "JSON has no comments",
                "remove it, or write the script in YAML");
        commented_ = true;
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
            say_here("this is YAML, not JSON", "name the file .yaml or pass --format yaml");
            return stop();
        }
        value();
    }

    void took(Token token) {
        at_ = last_end_ = token.end;
        if (token.lost) stop();
        state_ = stack_.empty() ? State::finished : State::separator;
    }

    void value() {
        const char c = here();
        if (c == '{' || c == '[') {
            stack_.push_back({c, at_++, {}});
            state_ = State::first;
        } else if (c == '"') {
            took(scan_json_string(text_, at_, report_));
        } else if (c == '\'') {
            took(scan_single_quoted(text_, at_, report_));
        } else if (begins_number(c)) {
            took(scan_json_number(text_, at_, report_));
        } else if (c == ',') {
            say_here("a value is missing before ','");
            comma();
        } else if (begins_word(c) && !unknown_quote()) {
            took(scan_json_word(text_, at_, report_));
        } else {
            unexpected();
        }
    }

    /// An error when the object has the key already, written in the same way.
    void remember_key(Range at) {
        const auto written = text_.substr(at.begin, at.end - at.begin);
        const auto [known, added] = stack_.back().keys.try_emplace(written, at.begin);
        if (added || known->second == at.begin) return;
        say(at, "duplicate key " + quote(written.substr(1, written.size() - 2)),
            hint_of_duplicate(source_, known->second, at.begin));
    }

    void key() {
        const char c = here();
        if (c == '"') {
            const auto begin = at_;
            took(scan_json_string(text_, at_, report_));
            if (!stopped_) remember_key({begin, at_});
        } else if (c == '\'') {
            took(scan_single_quoted(text_, at_, report_));
        } else if (c == ',') {
            say_here("a key is missing before ','");
            return comma();
        } else if ((begins_word(c) || begins_number(c)) && !unknown_quote()) {
            const auto end = std::max(end_of_words(text_, at_, true), at_ + 1);
            const auto name = text_.substr(at_, end - at_);
            say({at_, end}, "a key must stand in double quotes",
                "write \"" + std::string(name.substr(0, 60)) + "\", or pass --format yaml");
            took({end, false});
        } else {
            return unexpected();
        }
        state_ = State::colon;
    }

    void colon() {
        const char c = here();
        state_ = State::value;
        if (c == ':') {
            ++at_;
        } else if (c == '=') {
            say_here("a ':' belongs between a key and its value, not '='");
            at_ += text_.substr(at_).starts_with("=>") ? 2 : 1;
        } else if (c == ',' || c == '}' || c == ']') {
            say_here("a ':' and a value are missing after the key");
            state_ = State::separator;
        } else {
            say_here("a ':' is missing after the key");
        }
    }

    void comma() {
        comma_ = at_++;
        state_ = State::next;
    }

    void separator() {
        const char c = here();
        if (c == ',') return comma();
        if (c == '}' || c == ']') return close();
        if (c == ';') {
            say_here("values are separated by ',', not ';'");
            return comma();
        }
        if (c == ':' && !in_map()) {
            say_here("a ':' inside a list", "keys stand inside { }");
            return stop();
        }
        const bool quoted = last_end_ > 0 && text_[last_end_ - 1] == '"';
        if (quoted && at_ == last_end_ && (begins_word(c) || begins_number(c))) {
            say_here("words after the closing quote", "a '\"' inside a text is written \\\"");
            return stop();
        }
        if (c != '"' && c != '\'' && c != '{' && c != '[' && !begins_word(c) && !begins_number(c))
            return unexpected();
        say({last_end_, last_end_}, "a comma is missing here");
        state_ = State::next;
        comma_ = none;
    }

    void close() {
        const char c = here();
        if (stack_.empty()) return unexpected();
        const auto& open = stack_.back();
        if (state_ == State::next && comma_ != none)
            say({comma_, comma_ + 1}, std::string("a comma before the closing '") + c + "'", "remove it");
        if (state_ == State::value) say_here("a value is missing after ':'");
        if ((open.kind == '{') != (c == '}')) {
            say_here(std::string("'") + c + "' cannot close a '" + open.kind + "'",
                     std::string("the '") + open.kind + "' is on " + line_of(open.at));
            return stop();
        }
        stack_.pop_back();
        took({at_ + 1, false});
    }

    void extra() {
        const char c = here();
        if (c == '}' || c == ']') {
            say_here(std::string("a '") + c + "' that closes nothing");
        } else if (line_) {
            say_here("more text after the end of the job", "");
        } else if (c == ',' || is_in_first_line(at_)) {
            say_here("more text after the end of the script",
                     c == ',' || c == '{' || c == '[' ? "several jobs stand inside [ ]" : "");
        } else {
            say_here("more text after the end of the script",
                     c == '{' || c == '[' ? "jobs one a line are JSON Lines: pass --format jsonl" : "");
        }
        stop();
    }

    bool unknown_quote() const {
        const auto c = first_code_point(text_.substr(at_)).value;
        return (c >= 0x2018 && c <= 0x201F) || c == 0xAB || c == 0xBB;
    }

    void unexpected() {
        const auto size = first_code_point(text_.substr(at_)).length;
        if (unknown_quote()) {
            say_here("a text must stand in double quotes", "this quote is a typographic one: write \"");
        } else {
            say_here("unexpected " + quote(text_.substr(at_, size)),
                     here() == '`' ? "a text must stand in double quotes" : "");
        }
        stop();
    }

    void end_of_text() {
        if (!stack_.empty()) {
            const auto& open = stack_.back();
            say({open.at, open.at + 1}, std::string("this '") + open.kind + "' is never closed");
        } else if (state_ == State::start) {
            say({last_end_, last_end_}, "the script is empty");
        }
    }

    static constexpr std::uint32_t none = UINT32_MAX;

    bool is_in_first_line(std::uint32_t at) const { return text_.find('\n') >= at; }

    const Source& source_;
    bool line_;
    std::string_view text_;
    std::uint32_t at_;
    std::uint32_t last_end_;  // of the last token that was a value, a key or a bracket
    std::uint32_t comma_ = none;
    Diagnostics& diagnostics_;
    Report report_;
    std::vector<Bracket> stack_;
    State state_ = State::start;
    std::size_t said_ = 0;
    bool commented_ = false;
    bool stopped_ = false;
};

}  // namespace

void diagnose_json(const Source& source, Range rest, const Builder& builder, Diagnostics& diagnostics,
                   bool line) {
    Doctor(source, rest, builder, diagnostics, line).run();
}

}  // namespace arun::syntax
