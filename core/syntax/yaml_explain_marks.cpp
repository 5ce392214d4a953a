/// Quotes and brackets that are missing, superfluous or in the wrong place.
#include "base/text.hpp"
#include "syntax/yaml_explainer.hpp"

namespace arun::syntax {

void YamlExplainer::open_quote() {
    auto quote_at = at_;
    if (!is_quote(here()) && !brackets().empty() && is_quote(text_[brackets().back()]))
        quote_at = brackets().back();
    // `['` at the very end: libfyaml points behind it.
    if (quote_at >= text_.size() && quote_at > 0) --quote_at;
    const char sign = quote_at < text_.size() ? text_[quote_at] : '"';
    const auto end = is_quote(sign) ? yaml_quoted_end(text_, quote_at) : std::nullopt;
    // A quote that more words follow is the beginning of another text.
    if (end && (is_yaml_space_at(text_, *end) ||
                std::string_view(",]}:").find(text_[*end]) != std::string_view::npos)) {
        say({quote_at, yaml_line_end(text_, quote_at)},
            "the lines of this text must be indented more than its key");
        fault_.resume = *end;
        return;
    }
    say({quote_at, yaml_line_end(text_, quote_at)}, "the text that begins here is not closed",
        sign == '"' ? "a '\"' is missing" : "a ' is missing");
}

void YamlExplainer::after_quote() {
    auto quote_at = at_;
    while (quote_at > 0 && is_yaml_blank(text_[quote_at - 1])) --quote_at;
    const bool twice = quote_at > 0 && text_[quote_at - 1] == '"';
    say(words_here(), "words after the closing quote",
        twice ? "a '\"' inside a text is written \\\"" : "a ' inside a text in single quotes is written ''");
}

void YamlExplainer::escape() {
    auto slash = at_;
    const auto is_slash = [&] { return slash < text_.size() && text_[slash] == '\\'; };
    while (slash > line_.begin && !is_slash()) --slash;
    if (!is_slash())  // `!%`: in a tag
        return say({slash, yaml_line_end(text_, slash)}, "a '%' in a tag needs two hexadecimal digits",
                   "a text that begins with '!' must stand in quotes");
    const char kind = slash + 1 < text_.size() ? text_[slash + 1] : '\0';
    const Range at{slash, std::max(one(slash + 1).end, slash + 1)};
    if (kind == '\0') return say(at, "the text ends here, without a closing '\"'");
    if (said("surrogate") || (said("UTF8") && (kind == 'u' || kind == 'U'))) {
        say(at, "half a character, or none at all", "write the character itself");
    } else if (kind == 'x' || kind == 'u' || kind == 'U') {
        say(at, quote(slice(at)) + " needs " +
                    (kind == 'x'   ? "two"
                     : kind == 'u' ? "four"
                                   : "eight") +
                    " hexadecimal digits");
    } else {
        say(at, "unknown escape " + quote(slice(at)),
            "a backslash is written \\\\, or the text in single quotes");
    }
}

void YamlExplainer::comment() {
    const auto sign = text_.substr(0, line_.end).find('#', at_);
    const auto at = sign == text_.npos ? at_ : static_cast<std::uint32_t>(sign);
    say(one(at), "a blank is missing before '#'", "a text with '#' after its quotes is no comment");
}

void YamlExplainer::never_closed(std::uint32_t bracket) {
    say({bracket, bracket + 1}, "this " + quote(text_.substr(bracket, 1)) + " is never closed");
}

void YamlExplainer::open_bracket() {
    if (!in_brackets()) return say(one(at_), "a closing bracket is missing");
    never_closed(brackets().back());
}

void YamlExplainer::comma_missing() {
    if (before() == '$' && text_.substr(at_).starts_with("{{")) {
        const auto close = text_.substr(0, line_.end).find("}}", at_);
        const auto end = close == text_.npos ? line_.end : static_cast<std::uint32_t>(close + 2);
        say({at_ - 1, end}, "'${{ }}' in brackets must stand in quotes", write_quoted(slice({at_ - 1, end})));
        fault_.resume = 0;
        return;
    }
    if (in_brackets() && skip_yaml_space(text_, at_) == text_.size()) return never_closed(brackets().back());
    const bool is_key = here() == ':' && !line_.key.empty() && line_.entry + line_.key.size() == at_;
    auto end = is_key ? line_.entry : at_;
    // The token's place is past its quote or sign.
    if (!is_key && std::string_view("\"'*&").find(before()) != std::string_view::npos) --end;
    while (end > 0 && is_yaml_space(text_[end - 1])) --end;
    say({end, end}, "a comma is missing here",
        here() == ':' && !is_key ? "or quotes, for a text with ': ' in it" : "");
}

void YamlExplainer::mismatched() {
    const auto close = quote(text_.substr(at_, 1));
    if (!in_brackets()) return say(one(at_), close + " closes nothing");
    const auto open = brackets().back();
    const auto sign = quote(text_.substr(open, 1));
    say(one(at_), close + " cannot close a " + sign, "the " + sign + " is on " + line_of(open));
}

void YamlExplainer::extra_bracket() {
    const auto sign = text_.substr(at_, 1);
    if (at_ == line_.value)
        return say(one(at_), begins_with(sign), write_quoted(slice(yaml_words(text_, at_, false))));
    say(one(at_), "a " + quote(sign) + " that closes nothing");
}

void YamlExplainer::value_missing() {
    if (here() == ',' && !in_brackets())
        return say(one(at_), begins_with(","), write_quoted(slice(yaml_words(text_, at_, false))));
    if (here() == ',' || here() == ']' || here() == '}')
        return say(one(at_), "a value is missing before " + quote(text_.substr(at_, 1)));
    if (here() == '-' && is_yaml_space_at(text_, at_ + 1) && in_brackets())
        return say(one(at_), "a '- ' cannot stand in brackets", "a list in brackets is written [a, b]");
    if (!trap()) say(one(at_), "a value is missing here");
}

void YamlExplainer::bracket_indentation() {
    if (!in_brackets()) return indentation();
    const auto outer = brackets().front();
    const auto closed = yaml_brackets(text_, outer).closed;
    const auto sign = quote(text_.substr(outer, 1));
    say(one(line_.content), "this line is not indented enough for the " + sign + " on " + line_of(outer),
        "what stands in brackets is indented more than the key or '-' before them");
    fault_.resume = closed;
}

}  // namespace arun::syntax
