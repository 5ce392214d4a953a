#include "syntax/yaml_explain.hpp"

#include "base/text.hpp"
#include "syntax/yaml_explainer.hpp"

namespace arun::syntax {

std::string write_quoted(std::string_view words) {
    if (words.empty() || words.size() > 60) return {};
    if (words.find_first_of("\"\\") == words.npos) return "write \"" + std::string(words) + "\"";
    if (words.find('\'') == words.npos) return "write '" + std::string(words) + "'";
    return {};
}

std::string begins_with(std::string_view what) {
    return "a text that begins with '" + std::string(what) + "' must stand in quotes";
}

// The first that fits counts.
constexpr std::array<YamlExplainer::Case, 44> YamlExplainer::cases{{
    {"plain scalar cannot start with", &YamlExplainer::cannot_start},
    {"wrongly indented double-quoted", &YamlExplainer::open_quote},
    {"wrongly indented single-quoted", &YamlExplainer::open_quote},
    {"without closing quote", &YamlExplainer::open_quote},
    {"marker in double-quoted", &YamlExplainer::open_quote},
    {"marker in single-quoted", &YamlExplainer::open_quote},
    {"invalid trailing content after", &YamlExplainer::after_quote},
    {"escape", &YamlExplainer::escape},
    {"surrogate", &YamlExplainer::escape},
    {"comment", &YamlExplainer::comment},
    {"without a closing", &YamlExplainer::open_bracket},
    {"missing comma in flow", &YamlExplainer::comma_missing},
    {"mismatched flow", &YamlExplainer::mismatched},
    {"invalid extra closing", &YamlExplainer::extra_bracket},
    {"extra comma", &YamlExplainer::value_missing},
    {"comma in the beginning", &YamlExplainer::value_missing},
    {"expected node content", &YamlExplainer::value_missing},
    {"in flow mode", &YamlExplainer::bracket_indentation},
    {"wrongly indented flow", &YamlExplainer::bracket_indentation},
    {"on the same line as anchor", &YamlExplainer::list_on_line},
    {"on the same line as the tag", &YamlExplainer::list_on_line},
    {"on the same line as a", &YamlExplainer::list_on_line},
    {"block sequence entries not allowed", &YamlExplainer::list_on_line},
    {"tab", &YamlExplainer::tab},
    {"nested block mapping on the same line", &YamlExplainer::second_colon},
    {"on same line as previous key", &YamlExplainer::second_colon},
    {"mapping in plain multiline", &YamlExplainer::second_colon},
    {"mapping starting at ---", &YamlExplainer::second_colon},
    {"invalid multiline", &YamlExplainer::key_below_text},
    {"could not find expected ':'", &YamlExplainer::colon_missing},
    {"missing ':'", &YamlExplainer::colon_missing},
    {"value after mapping", &YamlExplainer::colon_missing},
    {"scalar at the end of block sequence", &YamlExplainer::item_missing},
    {"expected '-' indicator", &YamlExplainer::item_missing},
    {"expected key", &YamlExplainer::key_missing},
    {"not allowed in this context", &YamlExplainer::question_mark},
    {"anchor detected", &YamlExplainer::bad_anchor},
    {"alias detected", &YamlExplainer::bad_anchor},
    {"alias", &YamlExplainer::alias_with_anchor},
    {"tag", &YamlExplainer::bad_tag},
    {"linebreak", &YamlExplainer::block_header},
    {"block scalar", &YamlExplainer::block_indentation},
    {"inden", &YamlExplainer::indentation},
    {"missing document start", &YamlExplainer::indentation},
}};

YamlFault YamlExplainer::run() {
    const auto* known =
        std::find_if(cases.begin(), cases.end(), [&](const Case& c) { return said(c.words); });
    if (words_.empty()) {
        without_words();
    } else if (text_.substr(line_.begin).starts_with('%')) {
        say({line_.begin, line_.end}, "malformed directive", "as in: %TAG !e! tag:yaml.org,2002:");
    } else if (at_ == line_.content && line_.has_tab(text_)) {
        tab();
    } else if (swallows()) {
        never_closed(brackets().back());
    } else if (known != cases.end()) {
        (this->*known->explain)();
    } else if (!trap()) {
        say(one(at_), words_);
    }
    if (fault_.resume == 0) fault_.resume = yaml_next_line(text_, fault_.at.begin);
    return std::move(fault_);
}

/// libfyaml says nothing of a `|0`.
void YamlExplainer::without_words() {
    while (std::string_view(":-?,").find(here()) != std::string_view::npos &&
           is_yaml_space_at(text_, at_ + 1))
        at_ = skip_yaml_space(text_, at_ + 1);
    if (here() == '|' || here() == '>') {
        const auto words = words_here();
        say(words, "unknown " + quote(slice(words)) + " before a text",
            "a digit there is 1 to 9: its indentation");
    } else {
        say(one(at_), "this cannot be read as YAML");
    }
}

bool YamlExplainer::entry_below(std::uint32_t bracket, std::uint32_t to) const {
    const auto home = yaml_line_at(text_, bracket);
    if (!home.is_entry()) return false;
    for (auto at = yaml_next_line(text_, bracket); at <= to && at < text_.size();
         at = yaml_next_line(text_, at)) {
        const auto line = yaml_line_at(text_, at);
        if (!line.empty && line.indent() <= home.entry_column() && line.is_entry()) return true;
    }
    return false;
}

bool YamlExplainer::swallows() const {
    if (!in_brackets() || is_quote(text_[brackets().back()])) return false;
    if (!entry_below(brackets().back(), at_)) return false;
    // Unless the closing bracket stands alone below: then the lines between are only indented badly.
    const auto closed = yaml_brackets(text_, brackets().front()).closed;
    return closed == 0 || yaml_line_at(text_, closed - 1).content + 1 != closed;
}

YamlLine YamlExplainer::sibling_above() const {
    for (auto at = line_.begin; at > scene_.begin;) {
        at = yaml_line_begin(text_, at - 1);
        const auto line = yaml_line_at(text_, at);
        if (!line.empty && line.indent() <= line_.indent()) return line;
    }
    return {};
}

std::optional<std::uint32_t> YamlExplainer::block_above() const {
    const auto line = sibling_above();
    if (line.begin == line.end) return std::nullopt;
    const auto words = slice(yaml_words(text_, line.value, false));
    if (words.empty() || words.size() > 3 || (words[0] != '|' && words[0] != '>')) return std::nullopt;
    return line.value;
}

void YamlExplainer::cannot_start() {
    const char c = here();
    const auto words = words_here();
    if (c == '|' || c == '>') {
        return say(one(at_), "a text that begins with '" + std::string(1, c) + "' cannot stand in brackets",
                   "put it in quotes");
    }
    const bool indicator = c == '-' || c == '?' || c == ':';
    const bool blank = indicator && is_yaml_space_at(text_, at_ + 1);
    say(words, begins_with(std::string(1, c) + (blank ? " " : "")), write_quoted(slice(words)));
}

/// What stands first in the value on this line and makes it something else than a text.
bool YamlExplainer::trap() {
    if (line_.value >= line_.end || line_.value > at_) return false;
    const char c = text_[line_.value];
    auto word = line_.value;
    while (!is_yaml_space_at(text_, word)) ++word;
    const Range at{line_.value, word};
    if (c == '!') {
        say(at, "unknown tag " + quote(slice(at)), begins_with("!"));
    } else if (c == '*' && slice(at).ends_with(':')) {
        say(at, "a blank is missing before ':'", "the name of an alias may end with ':'");
    } else if (c == '*' || c == '&') {
        say(at, begins_with(std::string_view(&c, 1)));
    } else {
        return false;
    }
    return true;
}

void YamlExplainer::second_colon() {
    if (is_yaml_marker(text_, line_.begin, "---"))
        return say(one(at_), "a mapping cannot begin on the line '---'", "begin it on the next line");
    if (line_.key.empty() || line_.value > at_) return indentation();
    const auto words = yaml_words(text_, line_.value, false);
    auto hint = write_quoted(slice(words));
    if (hint.empty()) hint = "a text with ': ' in it must stand in quotes";
    say(one(at_), "a second ': ' on this line", std::move(hint));
}

void YamlExplainer::key_below_text() {
    if (block_above()) return block_indentation();
    auto colon = yaml_line_end(text_, at_);
    while (colon < text_.size() && !(text_[colon] == ':' && is_yaml_space_at(text_, colon + 1))) ++colon;
    const auto line = yaml_line_at(text_, colon);
    const auto key = slice({line.entry, std::max(colon, line.entry)});
    if (here() == '"' || here() == '\'' || colon == text_.size() || in_brackets())
        return say({at_, line_.end}, "a key must stand on one line");
    auto first = at_;
    while (!is_yaml_space_at(text_, first)) ++first;
    const bool is_value = !line_.key.empty() && line_.value == at_;
    say({line.entry, colon}, "the key " + quote(key) + " stands below a text",
        is_value ? "indent it like " + quote(line_.key)
                 : "is a ':' missing after " + quote(slice({at_, first})) + "?");
}

void YamlExplainer::colon_missing() {
    if (here() == '-' && !is_yaml_space_at(text_, at_ + 1))
        return say(one(at_), "a blank is missing after '-'");
    if (block_above()) return block_indentation();
    if (trap()) return;
    const auto words = words_here();
    const auto text = slice(words);
    auto end = at_;
    while (end > line_.begin && is_yaml_blank(text_[end - 1])) --end;
    if (end > line_.begin && (text_[end - 1] == ']' || text_[end - 1] == '}'))
        return say(words, "words after the closing " + quote(text_.substr(end - 1, 1)));
    const bool several = text.find(' ') != text.npos;
    say(words, std::string("a ':' is missing ") + (several ? "in " : "after ") + quote(text));
}

void YamlExplainer::item_missing() {
    if (here() == '-' && !is_yaml_space_at(text_, at_ + 1))
        return say(one(at_), "a blank is missing after '-'");
    if (block_above()) return block_indentation();
    if (trap()) return;
    if (sibling_above().indent() != line_.indent()) return indentation();
    say(words_here(), "a list item must begin with '- '", "or the indentation of this line is wrong");
}

void YamlExplainer::key_missing() {
    if (here() == '-' && is_yaml_space_at(text_, at_ + 1))
        return say(one(at_), "a list item among the keys of a mapping", "check the indentation");
    if (!trap()) colon_missing();
}

void YamlExplainer::list_on_line() {
    if (is_yaml_marker(text_, line_.begin, "---"))
        return say(one(at_), "a list cannot begin on the line '---'", "begin it on the next line");
    say(one(at_), "a list cannot begin on the line of its key",
        "begin it on the next line; " + begins_with("- "));
}

void YamlExplainer::question_mark() {
    if (here() == '?') {
        say(one(at_), "a '? ' cannot stand here", begins_with("? "));
    } else if (!trap()) {
        say(one(at_), "a key cannot stand here");
    }
}

void YamlExplainer::bad_anchor() {
    const auto sign = at_ > 0 ? text_.substr(at_ - 1, 1) : std::string_view("&");
    auto words = words_here();
    words.begin = at_ > 0 ? at_ - 1 : 0;
    say(words, begins_with(sign), write_quoted(slice(words)));
}

void YamlExplainer::alias_with_anchor() {
    say({before() == '*' ? at_ - 1 : at_, at_}, "an alias cannot have an anchor or a tag of its own");
}

void YamlExplainer::bad_tag() {
    if (here() != '!' && trap()) return;
    auto end = at_;
    while (!is_yaml_space_at(text_, end)) ++end;
    say({at_, end}, "unknown tag " + quote(slice({at_, end})), begins_with("!"));
}

void YamlExplainer::tab() {
    const auto tab = text_.substr(0, line_.end).find('\t', line_.begin);
    const auto at = tab == text_.npos ? at_ : static_cast<std::uint32_t>(tab);
    if (at < line_.content) {
        say(one(at), "a tab in the indentation", "YAML is indented with blanks only");
    } else {
        say(one(at), "a tab cannot stand here", "write blanks");
    }
}

void YamlExplainer::indentation() {
    if (block_above()) return block_indentation();
    if (said("document start") && at_ > line_.content)
        return say(words_here(), "more text after the end of the value");
    const auto at = line_.empty ? one(at_) : yaml_words(text_, line_.content, false);
    say(at, "the indentation of this line fits no line above",
        "what belongs together begins in the same column");
}

void YamlExplainer::block_header() {
    const bool known = line_.value < line_.end && (text_[line_.value] == '|' || text_[line_.value] == '>');
    const auto begin = known ? line_.value : at_;
    const auto words = yaml_words(text_, begin, false);
    const auto sign = text_.substr(begin, 1);
    say(words, "only a comment can stand on the line of " + quote(sign),
        "its text begins on the next line; " + begins_with(sign));
}

void YamlExplainer::block_indentation() {
    if (in_brackets()) return say(one(at_), "a '|' or '>' text cannot stand in brackets", "put it in quotes");
    const auto header = block_above();
    if (said("spaces only") && skip_yaml_blanks(text_, line_.begin) == line_.end)
        return say(one(at_), "this blank line is indented more than the text", "remove its blanks");
    if (!header) return say(one(at_), "the lines of this text are not indented enough");
    say(yaml_words(text_, line_.content, false), "this line is not indented enough for the text of the " +
                                                     quote(text_.substr(*header, 1)) + " on " +
                                                     line_of(*header));
}

YamlFault explain_yaml(const YamlScene& scene, const YamlFailure& failure, const Source& source) {
    return YamlExplainer(scene, failure, source).run();
}

}  // namespace arun::syntax
