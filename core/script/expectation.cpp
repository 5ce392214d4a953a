#include "script/expectation.hpp"

#include "base/ascii.hpp"
#include "base/diagnostic.hpp"
#include "base/difference.hpp"
#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "script/advice.hpp"
#include "script/compiler.hpp"
#include "script/regex.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <memory>
#include <optional>
#include <utility>

namespace arun::script {

namespace {

constexpr std::array<std::string_view, 8> matcher_names{"equals", "contains", "matches", "not",
                                                        "lt",     "le",       "gt",      "ge"};

/// What other tools call the matchers.
constexpr std::array matcher_synonyms{
    Synonym{"regex", "matches"},
    Synonym{"regexp", "matches"},
    Synonym{"pattern", "matches"},
    Synonym{"match", "matches"},
    Synonym{"eq", "equals"},
    Synonym{"equal", "equals"},
    Synonym{"is", "equals"},
    Synonym{"ne", "not"},
    Synonym{"neq", "not"},
    Synonym{"not_equals", "not"},
    Synonym{"includes", "contains"},
    Synonym{"include", "contains"},
    Synonym{"has", "contains"},
    Synonym{"gte", "ge"},
    Synonym{"min", "ge"},
    Synonym{"at_least", "ge"},
    Synonym{"lte", "le"},
    Synonym{"max", "le"},
    Synonym{"at_most", "le"},
    Synonym{"greater_than", "gt"},
    Synonym{"above", "gt"},
    Synonym{"less_than", "lt"},
    Synonym{"below", "lt"},
    Synonym{"under", "lt"},
};

std::string_view name_of(Matcher matcher) noexcept {
    return matcher_names[static_cast<std::size_t>(matcher)];
}

/// A whole number, or a text that spells one.
std::optional<Number> code_of(const Value& value) {
    const auto n = number_of(value);
    return n && n->is_whole() ? n : std::nullopt;
}

bool is_text(const Value& value) {
    return value.is(Type::string) || value.is(Type::number) || value.is(Type::boolean);
}

bool is_code_or_codes(const Value& value) {
    if (!value.is(Type::list)) return code_of(value).has_value();
    return !value.items().empty() &&
           std::ranges::all_of(value.items(), [](const Value& v) { return code_of(v).has_value(); });
}

/// What is wrong with the operand of a matcher: "expected ..., not ...". Empty if nothing is.
std::optional<std::string> operand_error(Comparison comparison, Matcher matcher, const Value& operand) {
    const auto unless = [&](bool ok, std::string_view wanted) -> std::optional<std::string> {
        if (ok) return std::nullopt;
        return expected(wanted, operand).message;
    };
    if (matcher == Matcher::matches) return unless(is_text(operand), "a regular expression");
    if (matcher == Matcher::contains) {
        // A list that has null contains [null].
        if (comparison == Comparison::value) return unless(!operand.is_null(), "a value");
        const bool texts = operand.is(Type::list) && std::ranges::all_of(operand.items(), is_text);
        return unless(texts || is_text(operand), "text or a list of texts");
    }
    const bool equals = matcher == Matcher::equals;
    switch (comparison) {
        case Comparison::text:
            return unless(is_text(operand), "text");
        case Comparison::code:
            if (equals) return unless(is_code_or_codes(operand), "a whole number or a list of them");
            return unless(code_of(operand).has_value(), "a whole number");
        case Comparison::duration: {
            auto duration = Codec<Duration>::from(operand);
            if (duration) return std::nullopt;
            return duration.error().message;
        }
        case Comparison::value:
            return equals ? std::nullopt
                          : unless(operand.is(Type::number) || operand.is(Type::string), "a number or text");
    }
    return std::nullopt;
}

/// Reads one expectation; those in its `not` by recursion.
class ExpectationReader {
public:
    ExpectationReader(Compiler& compiler, Comparison comparison, std::string_view what)
        : compiler_(compiler), comparison_(comparison), what_(what) {}

    const Expectation* read(syntax::Node node) {
        std::vector<Requirement> requirements;
        bool ok = true;
        if (node.is(Type::map)) {
            ok = read_matchers(node, requirements);
        } else {
            ok = read_operand(node, Matcher::equals, requirements.emplace_back());
            if (ok && comparison_ == Comparison::duration && !negated_) warn_about_exact_duration(node);
        }
        if (!ok) return nullptr;
        auto& arena = compiler_.arena();
        return arena.make<Expectation>(Expectation{comparison_, arena.copy(requirements)});
    }

private:
    bool read_matchers(syntax::Node node, std::vector<Requirement>& requirements) {
        bool ok = true;
        node.for_each_entry([&](syntax::Node key, syntax::Node value) {
            const auto found = std::ranges::find(matcher_names, key.text());
            if (found == matcher_names.end()) {
                ok = false;
                return report_unknown(key);
            }
            const auto matcher = static_cast<Matcher>(found - matcher_names.begin());
            const bool null_is_value = comparison_ == Comparison::value && matcher == Matcher::equals;
            if (value.is(Type::null) && !null_is_value) return;
            if (!is_applicable(key, matcher)) {
                ok = false;
            } else if (matcher == Matcher::not_) {
                auto& requirement = requirements.emplace_back();
                requirement.matcher = matcher;
                requirement.span = value.span();
                const bool outer = std::exchange(negated_, true);
                requirement.negated = read(value);
                negated_ = outer;
                ok = ok && requirement.negated != nullptr;
            } else {
                ok = read_operand(value, matcher, requirements.emplace_back()) && ok;
            }
        });
        if (ok && requirements.empty()) {
            compiler_.error(node.span(), what_ + ": nothing is expected", matchers_hint());
            return false;
        }
        return ok;
    }

    bool is_applicable(syntax::Node key, Matcher matcher) {
        const bool is_number = comparison_ == Comparison::code || comparison_ == Comparison::duration;
        const bool for_text = (matcher == Matcher::contains && is_number) ||
                              (matcher == Matcher::matches && comparison_ == Comparison::duration);
        if (!for_text) return true;
        compiler_.error(key.span(), what_ + ": '" + std::string(name_of(matcher)) + "' is for texts",
                        comparison_ == Comparison::code ? "a list expects one of its items: [0, 2]"
                                                        : "write {lt: 500ms}, for example");
        return false;
    }

    bool read_operand(syntax::Node node, Matcher matcher, Requirement& requirement) {
        requirement.matcher = matcher;
        requirement.span = node.span();
        requirement.operand = parse_value(node, compiler_.arena(), compiler_);
        const auto* literal = requirement.operand->literal;
        if (literal == nullptr) return true;
        if (auto error = operand_error(comparison_, matcher, *literal)) {
            std::string hint;
            if (node.is(Type::list) && comparison_ == Comparison::text)
                hint = "write {contains: [...]} for several parts of one text";
            if (node.is(Type::string) && comparison_ != Comparison::text && comparison_ != Comparison::value)
                hint = advice_for_matcher(node.text());
            if (!hint.empty()) error->resize(std::min(error->find("; write"), error->size()));
            compiler_.error(node.span(), what_ + ": " + *error, hint);
            return false;
        }
        return matcher != Matcher::matches || read_regex(node, literal->to_text(), requirement);
    }

    bool read_regex(syntax::Node node, const std::string& pattern, Requirement& requirement) {
        auto regex = Regex::compile(pattern);
        if (!regex) {
            compiler_.error(place_in(node, pattern, regex.error().offset),
                            what_ + ": not a regular expression: " + regex.error().message);
            return false;
        }
        requirement.regex = compiler_.keep(*std::move(regex));
        return true;
    }

    /// The place of a byte of the node's text, if the source has that text unescaped; else of the whole node.
    static Span place_in(syntax::Node node, std::string_view text, std::size_t offset) {
        auto span = node.span();
        if (span.source == nullptr || text.empty()) return span;
        const auto written = span.source->text().substr(span.begin, span.end - span.begin);
        const auto found = written.find(text);
        if (found == written.npos) return span;
        span.begin += static_cast<std::uint32_t>(found + std::min(offset, text.size() - 1));
        span.end = span.begin + 1;
        return span;
    }

    void report_unknown(syntax::Node key) {
        auto hint =
            did_you_mean(key.text(), {matcher_names.begin(), matcher_names.end()}, {}, matcher_synonyms);
        if (key.text() == "in" || key.text() == "one_of" || key.text() == "any_of")
            hint = comparison_ == Comparison::code ? "write a list: [0, 2]" : "write {matches: ^(a|b)$}";
        if (key.text() == "starts_with") hint = "write {matches: ^TEXT}";
        if (key.text() == "ends_with") hint = "write {matches: TEXT$}";
        if (key.text() == "exists") hint = "write {not: {equals: null}}";
        if (hint.empty()) {
            hint = matchers_hint();
            if (comparison_ == Comparison::value) hint += "; {equals: {...}} expects a whole mapping";
        }
        compiler_.error(key.span(), "unknown matcher " + quote(key.text()) + " of " + what_, std::move(hint));
    }

    static std::string matchers_hint() {
        return "the matchers are equals, contains, matches, not, lt, le, gt and ge";
    }

    void warn_about_exact_duration(syntax::Node node) {
        compiler_.diagnostics().warning(node.span(), what_ + ": nothing takes exactly this long",
                                        "write {lt: " + std::string(node.text()) + "}");
    }

    Compiler& compiler_;
    Comparison comparison_;
    std::string what_;
    bool negated_ = false;
};

/// Reads a mapping of expectations; `prepare` may complete an entry by its key, or report an error.
template <class F>
bool read_entries(Compiler& compiler, syntax::Node node, std::string_view what, Comparison comparison,
                  std::span<const NamedExpectation>& out, F&& prepare) {
    std::vector<NamedExpectation> entries;
    bool ok = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        auto& entry = entries.emplace_back();
        entry.name = key.text();
        const bool absent = comparison == Comparison::text && value.is(Type::null);
        ok = prepare(key, entry) && ok;
        if (absent) return;
        entry.expectation =
            read_expectation(compiler, value, quote(key.text()) + " of " + std::string(what), comparison);
        ok = ok && entry.expectation != nullptr;
    });
    out = compiler.arena().copy(entries);
    return ok;
}

}  // namespace

const Expectation* read_expectation(Compiler& compiler, syntax::Node node, std::string_view what,
                                    Comparison comparison) {
    return ExpectationReader(compiler, comparison, what).read(node);
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, ExpectHeaders& out) {
    if (!node.is(Type::map)) {
        report_mismatch(compiler, node, what, expected("a mapping of names", literal_value(node)).message);
        return false;
    }
    return read_entries(compiler, node, what, Comparison::text, out.entries,
                        [](syntax::Node, auto&) { return true; });
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, ExpectJson& out) {
    // A mapping with any key that is not a matcher is one of paths; a value of another type has no keys.
    bool whole = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node) {
        whole = whole && std::ranges::find(matcher_names, key.text()) != matcher_names.end();
    });
    if (whole) {
        out.whole = read_expectation(compiler, node, what, Comparison::value);
        return out.whole != nullptr;
    }
    return read_entries(compiler, node, what, Comparison::value, out.entries,
                        [&](syntax::Node key, NamedExpectation& entry) {
                            auto path = parse_json_path(key.text(), compiler.arena());
                            if (path) {
                                entry.path = *path;
                            } else {
                                compiler.error(key.span(), std::string(what) + ": " + path.error().message,
                                               path.error().hint);
                            }
                            return static_cast<bool>(path);
                        });
}

namespace {

constexpr std::size_t max_inline = 60;     // bytes of a value inside a sentence
constexpr std::size_t max_notation = 400;  // bytes of a value on its own line
constexpr std::size_t max_head = 6;        // lines shown of a multi-line text, from its start
constexpr std::size_t max_tail = 6;        // and from its end

std::string_view without_newlines(std::string_view text) {
    while (text.ends_with('\n')) text.remove_suffix(text.ends_with("\r\n") ? 2 : 1);
    return text;
}

/// How two values compare; unordered if they have no order.
std::partial_ordering order(Comparison comparison, const Value& got, const Value& operand) {
    constexpr auto unordered = std::partial_ordering::unordered;
    const auto numbers = [](std::optional<Number> a, std::optional<Number> b) {
        return a && b ? *a <=> *b : std::partial_ordering::unordered;
    };
    if (comparison == Comparison::duration) {
        const auto limit = Codec<Duration>::from(operand);
        if (!got.is(Type::number) || !limit) return unordered;
        return got.as_number().to_double() <=> to_seconds(*limit);
    }
    if (comparison == Comparison::code) return numbers(code_of(got), code_of(operand));
    const bool text = got.is(Type::string);
    if (operand.is(Type::number)) {
        // A text is compared with a number as the number it spells.
        if (text && comparison != Comparison::text) return unordered;
        return numbers(number_of(got), number_of(operand));
    }
    if (!text || !operand.is(Type::string)) return unordered;
    return got.as_string() <=> operand.as_string();
}

bool contains_part(const Value& got, const Value& operand, bool as_item = false) {
    // A list requires each of its items.
    if (operand.is(Type::list) && !as_item) {
        return std::ranges::all_of(operand.items(),
                                   [&](const Value& v) { return contains_part(got, v, true); });
    }
    if (got.is(Type::list)) {
        return std::ranges::any_of(got.items(), [&](const Value& v) { return strictly_equal(v, operand); });
    }
    if (got.is(Type::map)) {
        if (!operand.is(Type::map))
            return operand.is(Type::string) && got.find(operand.as_string()) != nullptr;
        return std::ranges::all_of(operand.entries(), [&](const Value::Entry& entry) {
            const auto* value = got.find(entry.first);
            return value != nullptr && strictly_equal(*value, entry.second);
        });
    }
    return got.is(Type::string) && got.as_string().find(operand.to_text()) != std::string::npos;
}

bool equals(Comparison comparison, const Value& got, const Value& operand) {
    switch (comparison) {
        case Comparison::text:
            return !got.is_null() && without_newlines(got.to_text()) == without_newlines(operand.to_text());
        case Comparison::code:
            if (operand.is(Type::list)) {
                return std::ranges::any_of(operand.items(),
                                           [&](const Value& v) { return order(comparison, got, v) == 0; });
            }
            return order(comparison, got, operand) == 0;
        case Comparison::duration:
            return order(comparison, got, operand) == 0;
        case Comparison::value:
            return strictly_equal(got, operand);
    }
    return false;
}

bool matches(const Requirement& requirement, const Value& got, const Value& operand) {
    if (got.is_null()) return false;
    std::unique_ptr<const Regex> compiled;
    const auto* regex = requirement.regex;
    if (regex == nullptr) {
        auto made = Regex::compile(operand.to_text());
        if (!made) throw EvalError(requirement.span, "not a regular expression: " + made.error().message);
        compiled = *std::move(made);
        regex = compiled.get();
    }
    const auto found = regex->search(got.to_text());
    if (!found) throw EvalError(requirement.span, found.error().message);
    return *found;
}

Value operand_of(Comparison comparison, const Requirement& requirement, const EvalContext& context) {
    if (requirement.operand == nullptr) return {};
    if (requirement.operand->literal != nullptr) return *requirement.operand->literal;
    auto value = evaluate(*requirement.operand, context);
    if (auto error = operand_error(comparison, requirement.matcher, value))
        throw EvalError(requirement.span, *error);
    return value;
}

bool holds(Comparison comparison, const Requirement& requirement, const Value& got, const Value& operand,
           const EvalContext& context) {
    const auto compared = [&](auto&& in_order) { return in_order(order(comparison, got, operand)); };
    switch (requirement.matcher) {
        case Matcher::equals:
            return equals(comparison, got, operand);
        case Matcher::contains:
            return contains_part(got, operand);
        case Matcher::matches:
            return matches(requirement, got, operand);
        case Matcher::not_:
            return !std::ranges::all_of(requirement.negated->requirements, [&](const Requirement& inner) {
                return holds(comparison, inner, got, operand_of(comparison, inner, context), context);
            });
        case Matcher::lt:
            return compared([](auto o) { return o < 0; });
        case Matcher::le:
            return compared([](auto o) { return o <= 0; });
        case Matcher::gt:
            return compared([](auto o) { return o > 0; });
        case Matcher::ge:
            return compared([](auto o) { return o >= 0; });
    }
    return false;
}

/// A value on one line: texts are quoted, and long ones cut off.
std::string notation(Comparison comparison, const Value& value, std::size_t max_size) {
    if (comparison == Comparison::duration) {
        const auto duration = Codec<Duration>::from(value);
        if (duration) return format_duration(*duration);
    }
    if (comparison == Comparison::code && code_of(value)) return value.to_text();
    if (value.is(Type::string) || (comparison == Comparison::text && !value.is_null())) {
        auto text = value.to_text();
        const bool cut = text.size() > max_size;
        if (cut) {
            auto end = max_size;
            while (end > 0 && is_utf8_tail(text[end])) --end;
            text.resize(end);
        }
        std::string out;
        append_json_string(out, text);
        return printable(out) + (cut ? "\u2026" : "");
    }
    std::string out;
    append_json(out, value);
    return excerpt(out, max_size);
}

std::string alternatives(Comparison comparison, const Value& operand) {
    std::string out;
    const auto items = operand.items();
    for (std::size_t i = 0; i < items.size(); ++i) {
        out += i == 0 ? "" : i + 1 == items.size() ? " or " : ", ";
        out += notation(comparison, items[i], max_inline);
    }
    return out;
}

/// A requirement as it follows "expected NAME".
std::string phrase(Comparison comparison, const Requirement& requirement, const EvalContext& context) {
    static constexpr std::array<std::string_view, 8> words{"",       "containing ", "matching ", "not ",
                                                           "below ", "at most ",    "above ",    "at least "};
    std::string out(words[static_cast<std::size_t>(requirement.matcher)]);
    if (requirement.matcher == Matcher::not_) {
        bool first = true;
        for (const auto& inner : requirement.negated->requirements) {
            if (!first) out += " and ";
            first = false;
            out += phrase(comparison, inner, context);
        }
        return out;
    }
    const auto operand = operand_of(comparison, requirement, context);
    if (comparison == Comparison::code && operand.is(Type::list))
        return out + alternatives(comparison, operand);
    // A text is compared with a number as a number, so that is shown without quotes.
    const bool number =
        comparison == Comparison::text && operand.is(Type::number) && requirement.matcher >= Matcher::lt;
    return out + notation(number ? Comparison::value : comparison, operand, max_inline);
}

std::string describe_got(Comparison comparison, const Value& got, std::size_t max_size) {
    return got.is_null() && comparison != Comparison::value ? "nothing" : notation(comparison, got, max_size);
}

/// The value on a line that starts with "got:", or, for a text of several lines, those lines without the
/// middle.
std::string got_lines(Comparison comparison, const Value& got) {
    if (!got.is(Type::string) || without_newlines(got.as_string()).find('\n') == std::string_view::npos)
        return "\ngot: " + describe_got(comparison, got, max_notation);
    std::vector<std::string_view> lines;
    std::string_view text = without_newlines(got.as_string());
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    std::string out = "\ngot:";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines.size() > max_head + max_tail && i == max_head) {
            i = lines.size() - max_tail;
            out += "\n  ... (" + std::to_string(lines.size() - max_head - max_tail) + " more lines)";
        }
        out += "\n  " + excerpt(lines[i], max_notation / 2);
    }
    return out;
}

std::string as_lines(Comparison comparison, const Value& value) {
    if (comparison == Comparison::text || value.is(Type::string))
        return std::string(without_newlines(value.to_text()));
    std::string out;
    append_json(out, value, true);
    return out;
}

std::string unequal(Comparison comparison, const Value& got, const Value& operand, std::string_view what) {
    auto name = std::string(what);
    const bool list = comparison == Comparison::code && operand.is(Type::list);
    const auto wanted =
        list ? alternatives(comparison, operand) : notation(comparison, operand, max_notation);
    const auto found = describe_got(comparison, got, max_notation);
    const auto old_lines = as_lines(comparison, operand);
    const auto new_lines = as_lines(comparison, got);
    const auto has_newline = [](const std::string& text) { return text.find('\n') != std::string::npos; };
    const bool texts = comparison == Comparison::text || (operand.is(Type::string) && got.is(Type::string));
    const bool broken = texts && (has_newline(old_lines) || has_newline(new_lines));
    const bool one_line = wanted.size() <= max_inline && found.size() <= max_inline && !broken;
    if (one_line || list) return "expected " + name + ' ' + wanted + ", got " + found;
    auto changes =
        broken || (!texts && operand.type() == got.type()) ? difference(old_lines, new_lines) : std::string();
    name += " is not as expected";
    if (changes.empty()) return name + "\nexpected: " + wanted + "\ngot:      " + found;
    changes.pop_back();
    return name + "; expected -, got +\n" + changes;
}

std::string mismatch(Comparison comparison, const Requirement& requirement, const Value& got,
                     const Value& operand, std::string_view what, const EvalContext& context) {
    const auto name = std::string(what);
    const auto inner = [&] { return notation(Comparison::value, operand, max_inline); };
    if (!got.is_null()) {
        switch (requirement.matcher) {
            case Matcher::equals:
                return unequal(comparison, got, operand, what);
            case Matcher::contains:
                return name + " does not contain " + inner() + got_lines(comparison, got);
            case Matcher::matches:
                return name + " does not match " + inner() + got_lines(comparison, got);
            default:
                break;
        }
    }
    return "expected " + name + ' ' + phrase(comparison, requirement, context) + ", got " +
           describe_got(comparison, got, max_inline);
}

}  // namespace

void ExpectationChecker::check(const Expectation& expected, const Value& got, std::string_view what) {
    for (const auto& requirement : expected.requirements) {
        const auto operand = operand_of(expected.comparison, requirement, context_);
        if (holds(expected.comparison, requirement, got, operand, context_)) continue;
        add(mismatch(expected.comparison, requirement, got, operand, what, context_));
    }
}

/// For a header whose values cannot be joined: one of them has to be what is expected, and none what is not.
void ExpectationChecker::check_each(const Expectation& expected, const Value& values, std::string_view what) {
    std::string joined;
    for (const auto& value : values.items()) joined += (joined.empty() ? "" : ", ") + value.to_text();
    auto texts = values.items();
    std::vector<Value> candidates(texts.begin(), texts.end());
    candidates.push_back(Value::string(joined));
    for (const auto& requirement : expected.requirements) {
        const auto operand = operand_of(expected.comparison, requirement, context_);
        const auto is_met = [&](const Value& got) {
            return holds(expected.comparison, requirement, got, operand, context_);
        };
        const bool all = requirement.matcher == Matcher::not_;
        if (all ? std::ranges::all_of(candidates, is_met) : std::ranges::any_of(candidates, is_met)) continue;
        add(mismatch(expected.comparison, requirement, candidates.back(), operand, what, context_));
    }
}

void ExpectationChecker::check(const ExpectHeaders& expected, const Value& got, std::string_view what) {
    for (const auto& entry : expected.entries) {
        const auto name = lower(entry.name);
        const auto* value = got.find(name);
        const auto label = std::string(what) + ' ' + name;
        if (entry.expectation != nullptr && value != nullptr && value->is(Type::list)) {
            check_each(*entry.expectation, *value, label);
        } else if (entry.expectation != nullptr) {
            check(*entry.expectation, value != nullptr ? *value : Value(), label);
        } else if (value != nullptr) {
            add("expected no " + label + ", got " + notation(Comparison::text, *value, max_inline));
        }
    }
}

namespace {

/// What is at the last step of the path that exists: "json.user has the keys id, name".
std::string where_path_ends(const Value& root, JsonPath path, std::string_view what) {
    std::string name(what);
    const auto* at = &root;
    for (const auto& step : path) {
        const auto* next = find(*at, {&step, 1});
        if (next == nullptr) break;
        at = next;
        name += step.is_index ? '[' + std::to_string(step.index) + ']' : '.' + std::string(step.key);
    }
    if (at->is(Type::list)) {
        const auto count = at->items().size();
        return name + " has " + std::to_string(count) + (count == 1 ? " item" : " items");
    }
    if (!at->is(Type::map)) return name + " is " + notation(Comparison::value, *at, max_inline);
    if (at->entries().empty()) return name + " is empty";
    std::string keys;
    for (const auto& [key, value] : at->entries()) {
        if (keys.size() > max_inline) {
            keys += ", ...";
            break;
        }
        keys += (keys.empty() ? "" : ", ") + excerpt(key, max_inline);
    }
    return name + " has " + (at->entries().size() == 1 ? "the key " : "the keys ") + keys;
}

}  // namespace

void ExpectationChecker::check(const ExpectJson& expected, const Value& got, std::string_view what) {
    if (expected.whole != nullptr) check(*expected.whole, got, what);
    for (const auto& entry : expected.entries) {
        const auto* value = find(got, entry.path);
        const auto label =
            std::string(what) + (entry.name.starts_with('[') ? "" : ".") + std::string(entry.name);
        const auto before = mismatches_.size();
        check(*entry.expectation, value != nullptr ? *value : Value(), label);
        if (value != nullptr || mismatches_.size() == before) continue;
        auto& last = mismatches_.back();
        last += (last.find('\n') == last.npos ? "; " : "\n") + where_path_ends(got, entry.path, what);
    }
}

std::string ExpectationChecker::message() const {
    std::string out;
    for (const auto& mismatch : mismatches_) {
        if (!out.empty()) out += '\n';
        out += mismatch;
    }
    return out;
}

}  // namespace arun::script
