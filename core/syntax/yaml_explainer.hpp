/// How explain_yaml() works; nobody else needs this.
#pragma once

#include "base/utf8.hpp"
#include "syntax/yaml_explain.hpp"
#include "syntax/yaml_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::syntax {

/// "write "..."", when that is short and simple enough to be right; else empty.
std::string write_quoted(std::string_view words);
/// "a text that begins with '...' must stand in quotes".
std::string begins_with(std::string_view what);

/// One failure. Each kind of libfyaml's messages has a method that says it better.
class YamlExplainer {
public:
    YamlExplainer(const YamlScene& scene, const YamlFailure& failure, const Source& source)
        : scene_(scene),
          text_(scene.text),
          source_(source),
          words_(failure.message),
          at_(std::min(failure.at, static_cast<std::uint32_t>(text_.size()))),
          line_(yaml_line_at(text_, at_)) {}

    YamlFault run();

private:
    struct Case {
        std::string_view words;  // a part of libfyaml's message
        void (YamlExplainer::*explain)();
    };
    static const std::array<Case, 44> cases;

    char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    char before() const { return at_ > 0 ? text_[at_ - 1] : '\0'; }
    static bool is_quote(char c) { return c == '"' || c == '\''; }
    /// Of the open ones only the innermost may be a quote.
    bool in_brackets() const { return !brackets().empty() && !is_quote(text_[brackets().front()]); }
    bool said(std::string_view words) const { return words_.find(words) != words_.npos; }
    std::string_view slice(Range at) const { return text_.substr(at.begin, at.end - at.begin); }
    Range words_here() const { return yaml_words(text_, at_, in_brackets()); }
    Range one(std::uint32_t at) const {
        const auto rest = text_.substr(std::min<std::size_t>(at, text_.size()));
        return {at, rest.empty() || is_yaml_break(rest[0]) ? at : at + first_code_point(rest).length};
    }
    std::string line_of(std::uint32_t at) const {
        return "line " + std::to_string(source_.position(at).line);
    }

    void say(Range at, std::string message, std::string hint = {}) {
        fault_ = {at, std::move(message), std::move(hint), 0};
    }

    const std::vector<std::uint32_t>& brackets() const { return scene_.brackets; }
    /// Whether a line below that of `bracket`, down to `to`, looks like a list item or key outside of it.
    bool entry_below(std::uint32_t bracket, std::uint32_t to) const;
    /// Whether a bracket that should have been closed swallows what stands below it.
    bool swallows() const;
    /// The `|` or `>` above to whose text this line would belong if it were indented more.
    std::optional<std::uint32_t> block_above() const;
    /// The line above that is not indented more than this one; an empty one when there is none.
    YamlLine sibling_above() const;

    void without_words();
    // plain texts
    void cannot_start();
    void second_colon();
    void key_below_text();
    void colon_missing();
    void item_missing();
    void key_missing();
    void list_on_line();
    void question_mark();
    void bad_anchor();
    void alias_with_anchor();
    void bad_tag();
    bool trap();
    // indentation
    void tab();
    void indentation();
    void block_header();
    void block_indentation();
    // quotes (yaml_explain_marks.cpp)
    void open_quote();
    void after_quote();
    void escape();
    void comment();
    // brackets (yaml_explain_marks.cpp)
    void open_bracket();
    void comma_missing();
    void mismatched();
    void extra_bracket();
    void value_missing();
    void bracket_indentation();
    void never_closed(std::uint32_t bracket);

    const YamlScene& scene_;
    std::string_view text_;
    const Source& source_;
    const std::string& words_;
    std::uint32_t at_;
    YamlLine line_;
    YamlFault fault_;
};

}  // namespace arun::syntax
