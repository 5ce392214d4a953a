#include "syntax/yaml_error_explanation.hpp"

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "syntax/yaml_text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace arun::syntax {
namespace {

constexpr bool is_quote(char c) {
    return c == '"' || c == '\'';
}

/// A hint to quote `words`, if they are short and simple enough for the result to be right; otherwise empty.
std::string write_quoted(std::string_view words) {
    if (words.empty() || words.size() > 60) return {};
    if (words.find_first_of("\"\\") == words.npos) return "write \"" + std::string(words) + "\"";
    if (words.find('\'') == words.npos) return "write '" + std::string(words) + "'";
    return {};
}

std::string must_be_quoted(std::string_view start) {
    return "text that begins with '" + std::string(start) + "' must be in quotes";
}

/// Explains one error. There is a method for each kind of libfyaml's messages.
class YamlErrorExplanation {
public:
    YamlErrorExplanation(const YamlSyntaxError& error, const YamlErrorContext& context, const Source& source)
        : context_(context),
          text_(context.text),
          source_(source),
          message_(error.message),
          at_(std::min(error.at, static_cast<std::uint32_t>(text_.size()))),
          line_(yaml_line_at(text_, at_)) {}

    ExplainedYamlError run() {
        using Self = YamlErrorExplanation;
        struct Case {
            std::string_view words;  // a part of libfyaml's message
            void (Self::*explain)();
        };
        // The first match counts.
        static constexpr Case cases[] = {
            {"plain scalar cannot start with", &Self::cannot_start},
            {"wrongly indented double-quoted", &Self::open_quote},
            {"wrongly indented single-quoted", &Self::open_quote},
            {"without closing quote", &Self::open_quote},
            {"marker in double-quoted", &Self::open_quote},
            {"marker in single-quoted", &Self::open_quote},
            {"invalid trailing content after", &Self::after_quote},
            {"escape", &Self::escape},
            {"surrogate", &Self::escape},
            {"comment", &Self::comment},
            {"without a closing", &Self::open_bracket},
            {"missing comma in flow", &Self::missing_comma},
            {"mismatched flow", &Self::mismatched_bracket},
            {"invalid extra closing", &Self::extra_bracket},
            {"extra comma", &Self::missing_value},
            {"comma in the beginning", &Self::missing_value},
            {"expected node content", &Self::missing_value},
            {"in flow mode", &Self::bracket_indentation},
            {"wrongly indented flow", &Self::bracket_indentation},
            {"on the same line as anchor", &Self::list_on_line},
            {"on the same line as the tag", &Self::list_on_line},
            {"on the same line as a", &Self::list_on_line},
            {"block sequence entries not allowed", &Self::list_on_line},
            {"tab", &Self::tab},
            {"nested block mapping on the same line", &Self::second_colon},
            {"on same line as previous key", &Self::second_colon},
            {"mapping in plain multiline", &Self::second_colon},
            {"mapping starting at ---", &Self::second_colon},
            {"invalid multiline", &Self::key_below_text},
            {"could not find expected ':'", &Self::missing_colon},
            {"missing ':'", &Self::missing_colon},
            {"value after mapping", &Self::missing_colon},
            {"scalar at the end of block sequence", &Self::missing_item},
            {"expected '-' indicator", &Self::missing_item},
            {"expected key", &Self::missing_key},
            {"not allowed in this context", &Self::question_mark},
            {"anchor detected", &Self::bad_anchor},
            {"alias detected", &Self::bad_anchor},
            {"alias", &Self::alias_with_anchor},
            {"tag", &Self::bad_tag},
            {"linebreak", &Self::block_header},
            {"block scalar", &Self::block_indentation},
            {"inden", &Self::indentation},
            {"missing document start", &Self::indentation},
        };
        const auto* known = std::find_if(std::begin(cases), std::end(cases),
                                         [&](const Case& c) { return mentions(c.words); });
        if (message_.empty()) {
            without_message();
        } else if (text_.substr(line_.begin).starts_with('%') && (in_header() || mentions("directive"))) {
            directive();
        } else if (at_ == line_.content && line_.has_tab(text_)) {
            tab();
        } else if (is_unclosed_above()) {
            never_closed(brackets().back());
        } else if (const auto sign = text_.substr(line_.content, 2); sign == "//" || sign == "/*") {
            explain({line_.content, line_.content + 2}, quote(sign) + " does not begin a comment",
                    "a comment begins with '#'");
        } else if (known != std::end(cases)) {
            (this->*known->explain)();
        } else if (!explain_indicator()) {
            explain(one(at_), message_);
        }
        if (result_.resume == 0) result_.resume = yaml_next_line(text_, result_.at.begin);
        return std::move(result_);
    }

private:
    char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    char before() const { return at_ > 0 ? text_[at_ - 1] : '\0'; }
    const std::vector<std::uint32_t>& brackets() const { return context_.brackets; }
    /// Of the open brackets only the innermost may be a quote.
    bool in_brackets() const { return !brackets().empty() && !is_quote(text_[brackets().front()]); }
    bool mentions(std::string_view words) const { return message_.find(words) != message_.npos; }
    std::string_view slice(Range at) const { return text_.substr(at.begin, at.end - at.begin); }
    Range words_here() const { return yaml_words(text_, at_, in_brackets()); }
    /// The range of the character at `at`, empty at the end of a line.
    Range one(std::uint32_t at) const {
        const auto rest = text_.substr(std::min<std::size_t>(at, text_.size()));
        return {at, rest.empty() || is_yaml_break(rest[0]) ? at : at + first_code_point(rest).length};
    }
    std::string line_of(std::uint32_t at) const {
        return "line " + std::to_string(source_.position(at).line);
    }
    void explain(Range at, std::string message, std::string hint = {}) {
        result_ = {at, std::move(message), std::move(hint), 0};
    }

    /// Whether a line between `bracket` and the error looks like a list item or key outside of it.
    bool has_entry_outside(std::uint32_t bracket) const {
        const auto home = yaml_line_at(text_, bracket);
        if (!home.is_entry()) return false;
        for (auto at = yaml_next_line(text_, bracket); at <= at_ && at < text_.size();
             at = yaml_next_line(text_, at)) {
            const auto line = yaml_line_at(text_, at);
            if (!line.empty && line.indent() <= home.entry_column() && line.is_entry()) return true;
        }
        return false;
    }

    /// Whether the mistake is a bracket further up that lacks its closing one.
    bool is_unclosed_above() const {
        if (!in_brackets() || is_quote(text_[brackets().back()])) return false;
        if (!has_entry_outside(brackets().back())) return false;
        // If the closing bracket is alone on a line below, the lines between are only badly indented.
        const auto closed = yaml_brackets(text_, brackets().front()).closed;
        return closed == 0 || yaml_line_at(text_, closed - 1).content + 1 != closed;
    }

    /// Whether the error is in a directive before the `---`.
    bool in_header() const {
        if (!text_.substr(context_.begin).starts_with('%')) return false;
        auto at = context_.begin;
        while (at < line_.begin && !is_yaml_marker(text_, at, "---")) at = yaml_next_line(text_, at);
        return at == line_.begin;
    }

    /// The closest line above that is not indented more than this one; an empty one if there is none.
    YamlLine line_above() const {
        for (auto at = line_.begin; at > context_.begin;) {
            at = yaml_line_begin(text_, at - 1);
            const auto line = yaml_line_at(text_, at);
            if (!line.empty && line.indent() <= line_.indent()) return line;
        }
        return {};
    }

    /// The `|` or `>` above to whose text this line would belong if it were indented more.
    std::optional<std::uint32_t> block_scalar_above() const {
        const auto line = line_above();
        if (line.begin == line.end) return std::nullopt;
        const auto words = slice(yaml_words(text_, line.value, false));
        if (words.empty() || words.size() > 3 || (words[0] != '|' && words[0] != '>')) return std::nullopt;
        return line.value;
    }

    /// Explains an indicator at the start of this line's value that makes it something other than text.
    /// Returns false if there is none.
    bool explain_indicator() {
        if (line_.value >= line_.end || line_.value > at_) return false;
        const char c = text_[line_.value];
        auto word = line_.value;
        while (!is_yaml_space_at(text_, word)) ++word;
        const Range at{line_.value, word};
        if (c == '!') {
            explain(at, "unknown tag " + quote(slice(at)), must_be_quoted("!"));
        } else if (c == '*' && slice(at).ends_with(':')) {
            explain(at, "a space is missing before ':'", "the name of an alias may end with ':'");
        } else if (c == '*' || c == '&') {
            explain(at, must_be_quoted(std::string_view(&c, 1)));
        } else {
            return false;
        }
        return true;
    }

    // Plain text and structure

    /// libfyaml has no message for `|0`.
    void without_message() {
        while (std::string_view(":-?,").find(here()) != std::string_view::npos &&
               is_yaml_space_at(text_, at_ + 1))
            at_ = skip_yaml_space(text_, at_ + 1);
        if (here() == '|' || here() == '>') {
            const auto words = words_here();
            explain(words, "unknown block header " + quote(slice(words)),
                    "its digit is the indentation, 1 to 9");
        } else {
            explain(one(at_), "this cannot be read as YAML");
        }
    }

    void directive() {
        const Range whole{line_.begin, line_.end};
        if (in_header()) return explain(whole, "malformed directive", "as in: %TAG !e! tag:yaml.org,2002:");
        explain(whole, "a line that begins with '%' inside a document", must_be_quoted("%"));
    }

    void cannot_start() {
        const char c = here();
        const auto words = words_here();
        if (c == '|' || c == '>') {
            return explain(one(at_),
                           "text that begins with '" + std::string(1, c) + "' is not allowed in brackets",
                           "put it in quotes");
        }
        const bool indicator = c == '-' || c == '?' || c == ':';
        const bool blank = indicator && is_yaml_space_at(text_, at_ + 1);
        explain(words, must_be_quoted(std::string(1, c) + (blank ? " " : "")), write_quoted(slice(words)));
    }

    void second_colon() {
        if (is_yaml_marker(text_, line_.begin, "---"))
            return explain(one(at_), "a mapping cannot begin on the line '---'", "begin it on the next line");
        if (line_.key.empty() || line_.value > at_) return indentation();
        const auto words = yaml_words(text_, line_.value, false);
        auto hint = write_quoted(slice(words));
        if (hint.empty()) hint = "text with ': ' in it must be in quotes";
        explain(one(at_), "a second ': ' on this line", std::move(hint));
    }

    void key_below_text() {
        if (block_scalar_above()) return block_indentation();
        auto colon = yaml_line_end(text_, at_);
        while (colon < text_.size() && !(text_[colon] == ':' && is_yaml_space_at(text_, colon + 1))) ++colon;
        const auto line = yaml_line_at(text_, colon);
        const auto key = slice({line.entry, std::max(colon, line.entry)});
        if (is_quote(here()) || colon == text_.size() || in_brackets())
            return explain({at_, line_.end}, "a key must be on one line");
        auto first = at_;
        while (!is_yaml_space_at(text_, first)) ++first;
        const bool is_value = !line_.key.empty() && line_.value == at_;
        explain({line.entry, colon}, "the key " + quote(key) + " follows plain text",
                is_value ? "indent it like " + quote(line_.key)
                         : "is a ':' missing after " + quote(slice({at_, first})) + "?");
    }

    void missing_colon() {
        if (here() == '-' && !is_yaml_space_at(text_, at_ + 1))
            return explain(one(at_), "a space is missing after '-'");
        if (block_scalar_above()) return block_indentation();
        if (explain_indicator()) return;
        const auto words = words_here();
        const auto text = slice(words);
        auto end = at_;
        while (end > line_.begin && is_yaml_blank(text_[end - 1])) --end;
        if (end > line_.begin && (text_[end - 1] == ']' || text_[end - 1] == '}'))
            return explain(words, "words after the closing " + quote(text_.substr(end - 1, 1)));
        const bool several = text.find(' ') != text.npos;
        explain(words, std::string("a ':' is missing ") + (several ? "in " : "after ") + quote(text));
    }

    /// A key in the first column, below a list that is the whole document:
    ///
    ///     - print: hello
    ///     finally:
    bool key_after_list() {
        if (at_ != line_.begin) return false;
        const auto words = words_here();
        const auto text = slice(words);
        const auto size = text.find_first_of(": ");
        if (size == 0 || size == text.npos || text[size] != ':') return false;
        if (size + 1 < text.size() && text[size + 1] != ' ') return false;
        explain({words.begin, words.begin + static_cast<std::uint32_t>(size)},
                "a list cannot have the key " + quote(text.substr(0, size)),
                "a script with more than jobs is a mapping: put the list under 'jobs:'");
        return true;
    }

    void missing_item() {
        if (here() == '-' && !is_yaml_space_at(text_, at_ + 1))
            return explain(one(at_), "a space is missing after '-'");
        if (block_scalar_above()) return block_indentation();
        if (explain_indicator()) return;
        if (key_after_list()) return;
        if (line_above().indent() != line_.indent()) return indentation();
        explain(words_here(), "a list item must begin with '- '", "or the indentation of this line is wrong");
    }

    void missing_key() {
        if (here() == '-' && is_yaml_space_at(text_, at_ + 1))
            return explain(one(at_), "a list item among the keys of a mapping", "check the indentation");
        if (!explain_indicator()) missing_colon();
    }

    void list_on_line() {
        if (is_yaml_marker(text_, line_.begin, "---"))
            return explain(one(at_), "a list cannot begin on the line '---'", "begin it on the next line");
        explain(one(at_), "a list cannot begin on the line of its key",
                "begin it on the next line; " + must_be_quoted("- "));
    }

    void question_mark() {
        if (here() == '?') {
            explain(one(at_), "a '? ' is not allowed here", must_be_quoted("? "));
        } else if (!explain_indicator()) {
            explain(one(at_), "a key is not allowed here");
        }
    }

    void bad_anchor() {
        const auto sign = at_ > 0 ? text_.substr(at_ - 1, 1) : std::string_view("&");
        auto words = words_here();
        words.begin = at_ > 0 ? at_ - 1 : 0;
        explain(words, must_be_quoted(sign), write_quoted(slice(words)));
    }

    void alias_with_anchor() {
        explain({before() == '*' ? at_ - 1 : at_, at_}, "an alias cannot have an anchor or a tag of its own");
    }

    void bad_tag() {
        if (here() != '!' && explain_indicator()) return;
        auto end = at_;
        while (!is_yaml_space_at(text_, end)) ++end;
        explain({at_, end}, "unknown tag " + quote(slice({at_, end})), must_be_quoted("!"));
    }

    // Indentation

    void tab() {
        const auto tab = text_.substr(0, line_.end).find('\t', line_.begin);
        const auto at = tab == text_.npos ? at_ : static_cast<std::uint32_t>(tab);
        if (at < line_.content) {
            explain(one(at), "a tab in the indentation", "YAML is indented with spaces only");
        } else {
            explain(one(at), "a tab is not allowed here", "use spaces");
        }
    }

    void indentation() {
        if (block_scalar_above()) return block_indentation();
        if (mentions("document start") && at_ > line_.content)
            return explain(words_here(), "more text after the end of the value");
        const auto at = line_.empty ? one(at_) : yaml_words(text_, line_.content, false);
        explain(at, "the indentation of this line matches no line above",
                "entries of one list or mapping begin in the same column");
    }

    void block_header() {
        const bool known =
            line_.value < line_.end && (text_[line_.value] == '|' || text_[line_.value] == '>');
        const auto begin = known ? line_.value : at_;
        const auto words = yaml_words(text_, begin, false);
        const auto sign = text_.substr(begin, 1);
        explain(words, "only a comment may follow " + quote(sign) + " on its line",
                "its text begins on the next line; " + must_be_quoted(sign));
    }

    void block_indentation() {
        if (in_brackets())
            return explain(one(at_), "'|' and '>' text is not allowed in brackets", "put it in quotes");
        const auto header = block_scalar_above();
        if (mentions("spaces only") && skip_yaml_blanks(text_, line_.begin) == line_.end)
            return explain(one(at_), "this blank line is indented more than the text", "remove its spaces");
        if (!header) return explain(one(at_), "the lines of this text are not indented enough");
        explain(yaml_words(text_, line_.content, false),
                "this line is not indented enough for the text of the " + quote(text_.substr(*header, 1)) +
                    " on " + line_of(*header));
    }

    // Quotes and comments

    void open_quote() {
        auto quote_at = at_;
        if (!is_quote(here()) && !brackets().empty() && is_quote(text_[brackets().back()]))
            quote_at = brackets().back();
        // `['` at the very end: libfyaml points past it.
        if (quote_at >= text_.size() && quote_at > 0) --quote_at;
        const char sign = quote_at < text_.size() ? text_[quote_at] : '"';
        const auto end = is_quote(sign) ? yaml_quoted_end(text_, quote_at) : std::nullopt;
        // A quote that is followed by a word begins another text.
        if (end && (is_yaml_space_at(text_, *end) ||
                    std::string_view(",]}:").find(text_[*end]) != std::string_view::npos)) {
            explain({quote_at, yaml_line_end(text_, quote_at)},
                    "the lines of this text must be indented more than its key");
            result_.resume = *end;
            return;
        }
        explain({quote_at, yaml_line_end(text_, quote_at)}, "this quote is never closed",
                sign == '"' ? "a '\"' is missing" : "a ' is missing");
    }

    void after_quote() {
        auto quote_at = at_;
        while (quote_at > 0 && is_yaml_blank(text_[quote_at - 1])) --quote_at;
        at_ = skip_yaml_blanks(text_, at_);  // libfyaml 0.9 points at the end of the quotes
        const bool double_quoted = quote_at > 0 && text_[quote_at - 1] == '"';
        explain(words_here(), "words after the closing quote",
                double_quoted ? "a '\"' inside quotes is written \\\""
                              : "a ' inside single quotes is written ''");
    }

    void escape() {
        auto slash = at_;
        const auto is_slash = [&] { return slash < text_.size() && text_[slash] == '\\'; };
        while (slash > line_.begin && !is_slash()) --slash;
        if (!is_slash())  // `!%`: in a tag
            return explain({slash, yaml_line_end(text_, slash)},
                           "a '%' in a tag needs two hexadecimal digits", must_be_quoted("!"));
        const char kind = slash + 1 < text_.size() ? text_[slash + 1] : '\0';
        const Range at{slash, std::max(one(slash + 1).end, slash + 1)};
        if (kind == '\0') return explain(at, "the text ends here, without a closing '\"'");
        if (mentions("surrogate") || (mentions("UTF8") && (kind == 'u' || kind == 'U'))) {
            explain(at, "not a valid code point", "write the character itself");
        } else if (kind == 'x' || kind == 'u' || kind == 'U') {
            const auto* digits = kind == 'x' ? "two" : kind == 'u' ? "four" : "eight";
            explain(at, quote(slice(at)) + " needs " + digits + " hexadecimal digits");
        } else {
            explain(at, "unknown escape " + quote(slice(at)),
                    "write a backslash as \\\\, or use single quotes");
        }
    }

    void comment() {
        const auto sign = text_.substr(0, line_.end).find('#', at_);
        const auto at = sign == text_.npos ? at_ : static_cast<std::uint32_t>(sign);
        explain(one(at), "a space is missing before '#'", "a comment begins with ' #'");
    }

    // Brackets

    void never_closed(std::uint32_t bracket) {
        explain({bracket, bracket + 1}, "this " + quote(text_.substr(bracket, 1)) + " is never closed");
    }

    void open_bracket() {
        if (!in_brackets()) return explain(one(at_), "a closing bracket is missing");
        never_closed(brackets().back());
    }

    void missing_comma() {
        if (before() == '$' && text_.substr(at_).starts_with("{{")) {
            const auto close = text_.substr(0, line_.end).find("}}", at_);
            const auto end = close == text_.npos ? line_.end : static_cast<std::uint32_t>(close + 2);
            return explain({at_ - 1, end}, "'${{ }}' in brackets must be in quotes",
                           write_quoted(slice({at_ - 1, end})));
        }
        if (in_brackets() && skip_yaml_space(text_, at_) == text_.size())
            return never_closed(brackets().back());
        const bool is_key = here() == ':' && !line_.key.empty() && line_.entry + line_.key.size() == at_;
        auto end = is_key ? line_.entry : at_;
        // The position of a token is past its quote or sign.
        if (!is_key && std::string_view("\"'*&").find(before()) != std::string_view::npos) --end;
        while (end > 0 && is_yaml_space(text_[end - 1])) --end;
        explain({end, end}, "a comma is missing here",
                here() == ':' && !is_key ? "or quotes, for text with ': ' in it" : "");
    }

    void mismatched_bracket() {
        const auto close = quote(text_.substr(at_, 1));
        if (!in_brackets()) return explain(one(at_), close + " closes nothing");
        const auto open = brackets().back();
        const auto sign = quote(text_.substr(open, 1));
        explain(one(at_), close + " cannot close a " + sign, "the " + sign + " is on " + line_of(open));
    }

    void extra_bracket() {
        const auto sign = text_.substr(at_, 1);
        if (at_ == line_.value)
            return explain(one(at_), must_be_quoted(sign),
                           write_quoted(slice(yaml_words(text_, at_, false))));
        explain(one(at_), "a " + quote(sign) + " that closes nothing");
    }

    void missing_value() {
        if (here() == ',' && !in_brackets())
            return explain(one(at_), must_be_quoted(","), write_quoted(slice(yaml_words(text_, at_, false))));
        if (here() == ',' || here() == ']' || here() == '}')
            return explain(one(at_), "a value is missing before " + quote(text_.substr(at_, 1)));
        if (here() == '-' && is_yaml_space_at(text_, at_ + 1) && in_brackets())
            return explain(one(at_), "a '- ' is not allowed in brackets",
                           "a list in brackets is written [a, b]");
        if (!explain_indicator()) explain(one(at_), "a value is missing here");
    }

    void bracket_indentation() {
        if (!in_brackets()) return indentation();
        const auto outer = brackets().front();
        const auto closed = yaml_brackets(text_, outer).closed;
        const auto sign = quote(text_.substr(outer, 1));
        explain(one(line_.content),
                "this line is not indented enough for the " + sign + " on " + line_of(outer),
                "the contents of brackets are indented more than the key or '-' before them");
        result_.resume = closed;
    }

    const YamlErrorContext& context_;
    std::string_view text_;
    const Source& source_;
    const std::string& message_;
    std::uint32_t at_;
    YamlLine line_;  // that of at_
    ExplainedYamlError result_;
};

}  // namespace

ExplainedYamlError explain_yaml_error(const YamlSyntaxError& error, const YamlErrorContext& context,
                                      const Source& source) {
    return YamlErrorExplanation(error, context, source).run();
}

}  // namespace arun::syntax
