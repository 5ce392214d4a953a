#include "base/ascii.hpp"
#include "base/difference.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "script/expectation.hpp"
#include "script/expectation_operand.hpp"
#include "script/regex.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

namespace arun::script {

namespace {

constexpr std::size_t max_inline = 60;     // bytes of a value inside of a sentence
constexpr std::size_t max_notation = 400;  // on a line of its own
constexpr std::size_t max_head = 6;        // lines of a text that is shown as it is
constexpr std::size_t max_tail = 6;

std::string_view without_newlines(std::string_view text) {
    while (text.ends_with('\n')) text.remove_suffix(text.ends_with("\r\n") ? 2 : 1);
    return text;
}

/// `==` of JSON: unlike in expressions, values of two types are never equal.
bool same(const Value& a, const Value& b) {
    if (a.type() != b.type()) return false;
    if (a.is(Type::list)) return std::ranges::equal(a.items(), b.items(), same);
    if (!a.is(Type::map)) return loosely_equal(a, b);
    return a.entries().size() == b.entries().size() &&
           std::ranges::all_of(a.entries(), [&](const Value::Entry& entry) {
               const auto* other = b.find(entry.first);
               return other != nullptr && same(entry.second, *other);
           });
}

/// -1, 0 or 1; nothing when the two have no order.
std::optional<int> order(Sort sort, const Value& got, const Value& operand) {
    double a = 0;
    double b = 0;
    if (sort == Sort::duration) {
        const auto limit = Codec<Duration>::from(operand);
        if (!got.is(Type::number) || !limit) return std::nullopt;
        a = got.as_number();
        b = to_seconds(*limit);
    } else if (sort == Sort::code) {
        const auto x = code_of(got);
        const auto y = code_of(operand);
        if (!x || !y) return std::nullopt;
        a = *x;
        b = *y;
    } else if (operand.is(Type::number)) {
        // A text is compared with a number by the number that it spells.
        const bool spelled = sort == Sort::text && got.is(Type::string) && !got.as_string().empty();
        if (!got.is(Type::number) && !spelled) return std::nullopt;
        a = got.coerce_number();
        b = operand.as_number();
    } else {
        if (!got.is(Type::string) || !operand.is(Type::string)) return std::nullopt;
        return compare(got, operand);
    }
    if (a != a || b != b) return std::nullopt;
    return a < b ? -1 : a > b ? 1 : 0;
}

bool contains(const Value& got, const Value& operand, bool whole = false) {
    // A list asks for each of its items.
    if (operand.is(Type::list) && !whole) {
        return std::ranges::all_of(operand.items(), [&](const Value& v) { return contains(got, v, true); });
    }
    if (got.is(Type::list)) {
        return std::ranges::any_of(got.items(), [&](const Value& v) { return same(v, operand); });
    }
    if (got.is(Type::map)) {
        if (!operand.is(Type::map))
            return operand.is(Type::string) && got.find(operand.as_string()) != nullptr;
        return std::ranges::all_of(operand.entries(), [&](const Value::Entry& entry) {
            const auto* value = got.find(entry.first);
            return value != nullptr && same(*value, entry.second);
        });
    }
    return got.is(Type::string) && got.as_string().find(operand.to_text()) != std::string::npos;
}

bool equals(Sort sort, const Value& got, const Value& operand) {
    switch (sort) {
        case Sort::text:
            return !got.is_null() && without_newlines(got.to_text()) == without_newlines(operand.to_text());
        case Sort::code:
            if (operand.is(Type::list)) {
                return std::ranges::any_of(operand.items(),
                                           [&](const Value& v) { return order(sort, got, v) == 0; });
            }
            return order(sort, got, operand) == 0;
        case Sort::duration:
            return order(sort, got, operand) == 0;
        case Sort::value:
            return same(got, operand);
    }
    return false;
}

bool matches(const Requirement& requirement, const Value& got, const Value& operand) {
    if (got.is_null()) return false;
    std::unique_ptr<const Regex> made;
    const auto* regex = requirement.regex;
    if (regex == nullptr) {
        auto compiled = Regex::compile(operand.to_text());
        if (!compiled)
            throw EvalError(requirement.span, "not a regular expression: " + compiled.error().message);
        made = *std::move(compiled);
        regex = made.get();
    }
    const auto found = regex->search(got.to_text());
    if (!found) throw EvalError(requirement.span, found.error().message);
    return *found;
}

Value operand_of(Sort sort, const Requirement& requirement, const EvalContext& context) {
    if (requirement.operand == nullptr) return {};
    if (requirement.operand->literal != nullptr) return *requirement.operand->literal;
    auto value = evaluate(*requirement.operand, context);
    if (auto fault = operand_fault(sort, requirement.matcher, value))
        throw EvalError(requirement.span, *fault);
    return value;
}

bool holds(Sort sort, const Requirement& requirement, const Value& got, const Value& operand,
           const EvalContext& context) {
    const auto compared = [&](auto&& in_order) {
        const auto o = order(sort, got, operand);
        return o && in_order(*o);
    };
    switch (requirement.matcher) {
        case Matcher::equals:
            return equals(sort, got, operand);
        case Matcher::contains:
            return contains(got, operand);
        case Matcher::matches:
            return matches(requirement, got, operand);
        case Matcher::not_:
            return !std::ranges::all_of(requirement.negated->requirements, [&](const Requirement& inner) {
                return holds(sort, inner, got, operand_of(sort, inner, context), context);
            });
        case Matcher::lt:
            return compared([](int o) { return o < 0; });
        case Matcher::le:
            return compared([](int o) { return o <= 0; });
        case Matcher::gt:
            return compared([](int o) { return o > 0; });
        case Matcher::ge:
            return compared([](int o) { return o >= 0; });
    }
    return false;
}

/// A value on one line: texts in quotes, and cut when it is long.
std::string notation(Sort sort, const Value& value, std::size_t most) {
    if (sort == Sort::duration) {
        const auto duration = Codec<Duration>::from(value);
        if (duration) return format_duration(*duration);
    }
    if (sort == Sort::code && code_of(value)) return value.to_text();
    if (value.is(Type::string) || (sort == Sort::text && !value.is_null())) {
        auto text = value.to_text();
        const bool cut = text.size() > most;
        if (cut) {
            auto end = most;
            while (end > 0 && is_utf8_tail(text[end])) --end;
            text.resize(end);
        }
        std::string out;
        append_json_string(out, text);
        return printable(out) + (cut ? "\u2026" : "");
    }
    std::string out;
    append_json(out, value);
    return excerpt(out, most);
}

std::string alternatives(Sort sort, const Value& operand) {
    std::vector<std::string> words;
    for (const auto& item : operand.items()) words.push_back(notation(sort, item, max_inline));
    return join_with_or(words);
}

/// What is expected, after "expected NAME".
std::string phrase(Sort sort, const Requirement& requirement, const EvalContext& context) {
    static constexpr std::array<std::string_view, 8> words{"",       "containing ", "matching ", "not ",
                                                           "below ", "at most ",    "above ",    "at least "};
    std::string out(words[static_cast<std::size_t>(requirement.matcher)]);
    if (requirement.matcher == Matcher::not_) {
        bool first = true;
        for (const auto& inner : requirement.negated->requirements) {
            if (!first) out += " and ";
            first = false;
            out += phrase(sort, inner, context);
        }
        return out;
    }
    const auto operand = operand_of(sort, requirement, context);
    if (sort == Sort::code && operand.is(Type::list)) return out + alternatives(sort, operand);
    // What is written without quotes is compared without them.
    const bool number = sort == Sort::text && operand.is(Type::number) && requirement.matcher >= Matcher::lt;
    return out + notation(number ? Sort::value : sort, operand, max_inline);
}

std::string got_in_words(Sort sort, const Value& got, std::size_t most) {
    return got.is_null() && sort != Sort::value ? "nothing" : notation(sort, got, most);
}

/// "got: ..." on a line of its own, or a text of several lines as it is, without its middle.
std::string got_lines(Sort sort, const Value& got) {
    if (!got.is(Type::string) || without_newlines(got.as_string()).find('\n') == std::string_view::npos)
        return "\ngot: " + got_in_words(sort, got, max_notation);
    const auto lines = lines_of(without_newlines(got.as_string()));
    std::string out = "\ngot:";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines.size() > max_head + max_tail && i == max_head) {
            i = lines.size() - max_tail;
            out += "\n  ... (" + std::to_string(lines.size() - max_head - max_tail) + " lines more)";
        }
        out += "\n  " + excerpt(lines[i], max_notation / 2);
    }
    return out;
}

std::string as_lines(Sort sort, const Value& value) {
    if (sort == Sort::text || value.is(Type::string)) return std::string(without_newlines(value.to_text()));
    std::string out;
    append_json(out, value, true);
    return out;
}

std::string unequal(Sort sort, const Value& got, const Value& operand, std::string_view what) {
    auto name = std::string(what);
    const bool list = sort == Sort::code && operand.is(Type::list);
    const auto wanted = list ? alternatives(sort, operand) : notation(sort, operand, max_notation);
    const auto found = got_in_words(sort, got, max_notation);
    const auto old_lines = as_lines(sort, operand);
    const auto new_lines = as_lines(sort, got);
    const auto has_newline = [](const std::string& text) { return text.find('\n') != std::string::npos; };
    const bool texts = sort == Sort::text || (operand.is(Type::string) && got.is(Type::string));
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

std::string mismatch(Sort sort, const Requirement& requirement, const Value& got, const Value& operand,
                     std::string_view what, const EvalContext& context) {
    const auto name = std::string(what);
    const auto inner = [&] { return notation(Sort::value, operand, max_inline); };
    if (!got.is_null()) {
        switch (requirement.matcher) {
            case Matcher::equals:
                return unequal(sort, got, operand, what);
            case Matcher::contains:
                return name + " does not contain " + inner() + got_lines(sort, got);
            case Matcher::matches:
                return name + " does not match " + inner() + got_lines(sort, got);
            default:
                break;
        }
    }
    return "expected " + name + ' ' + phrase(sort, requirement, context) + ", got " +
           got_in_words(sort, got, max_inline);
}

}  // namespace

void ExpectationChecker::check(const Expectation& expected, const Value& got, std::string_view what) {
    for (const auto& requirement : expected.requirements) {
        const auto operand = operand_of(expected.sort, requirement, context_);
        if (holds(expected.sort, requirement, got, operand, context_)) continue;
        add(mismatch(expected.sort, requirement, got, operand, what, context_));
    }
}

void ExpectationChecker::check(const ExpectHeaders& expected, const Value& got, std::string_view what) {
    for (const auto& entry : expected.entries) {
        const auto name = lower(entry.name);
        const auto* value = got.find(name);
        const auto label = std::string(what) + ' ' + name;
        if (entry.expectation != nullptr) {
            check(*entry.expectation, value != nullptr ? *value : Value(), label);
        } else if (value != nullptr) {
            add("expected no " + label + ", got " + notation(Sort::text, *value, max_inline));
        }
    }
}

void ExpectationChecker::check(const ExpectJson& expected, const Value& got, std::string_view what) {
    if (expected.whole != nullptr) check(*expected.whole, got, what);
    for (const auto& entry : expected.entries) {
        const auto* value = find(got, entry.path);
        const auto label =
            std::string(what) + (entry.name.starts_with('[') ? "" : ".") + std::string(entry.name);
        check(*entry.expectation, value != nullptr ? *value : Value(), label);
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
