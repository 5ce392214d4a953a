#include "script/expectation.hpp"

#include "base/diagnostic.hpp"
#include "base/quote.hpp"
#include "script/compiler.hpp"
#include "script/expectation_operand.hpp"
#include "script/regex.hpp"

#include <algorithm>
#include <cmath>

namespace arun::script {

namespace {

std::string not_this(std::string_view wanted, const Value& value) {
    const bool scalar = !value.is_null() && !value.is(Type::list) && !value.is(Type::map);
    return "expected " + std::string(wanted) + ", not " +
           (scalar ? quote(value.to_text()) : std::string(type_name(value.type())));
}

bool is_text(const Value& value) {
    return value.is(Type::string) || value.is(Type::number) || value.is(Type::boolean);
}

bool is_code_or_codes(const Value& value) {
    if (!value.is(Type::list)) return code_of(value).has_value();
    return !value.items().empty() &&
           std::ranges::all_of(value.items(), [](const Value& v) { return code_of(v).has_value(); });
}

}  // namespace

std::optional<double> code_of(const Value& value) {
    double n = 0;
    if (value.is(Type::number)) {
        n = value.as_number();
    } else if (value.is(Type::string) && !value.as_string().empty()) {
        n = value.coerce_number();
    } else {
        return std::nullopt;
    }
    if (std::isnan(n) || n != std::trunc(n)) return std::nullopt;
    return n;
}

std::optional<std::string> operand_fault(Sort sort, Matcher matcher, const Value& operand) {
    const auto unless = [&](bool good, std::string_view wanted) -> std::optional<std::string> {
        if (good) return std::nullopt;
        return not_this(wanted, operand);
    };
    if (matcher == Matcher::matches) return unless(is_text(operand), "a regular expression");
    if (matcher == Matcher::contains) {
        if (sort == Sort::value) return std::nullopt;
        const bool texts = operand.is(Type::list) && std::ranges::all_of(operand.items(), is_text);
        return unless(texts || is_text(operand), "a text or a list of texts");
    }
    const bool equals = matcher == Matcher::equals;
    switch (sort) {
        case Sort::text:
            return unless(is_text(operand), "a text");
        case Sort::code:
            if (equals) return unless(is_code_or_codes(operand), "a whole number or a list of them");
            return unless(code_of(operand).has_value(), "a whole number");
        case Sort::duration: {
            auto duration = Codec<Duration>::from(operand);
            if (duration) return std::nullopt;
            return duration.error();
        }
        case Sort::value:
            return equals
                       ? std::nullopt
                       : unless(operand.is(Type::number) || operand.is(Type::string), "a number or a text");
    }
    return std::nullopt;
}

namespace {

/// Reads one expectation, at whatever depth of `not`.
class Reader {
public:
    Reader(Compiler& compiler, Sort sort, std::string_view what)
        : compiler_(compiler), sort_(sort), what_(what) {}

    const Expectation* read(syntax::Node node) {
        std::vector<Requirement> requirements;
        bool good = true;
        if (node.is(Type::map)) {
            good = read_matchers(node, requirements);
        } else {
            good = read_operand(node, Matcher::equals, requirements.emplace_back());
            if (good && sort_ == Sort::duration && !negated_) warn_of_exactness(node);
        }
        if (!good) return nullptr;
        auto& arena = compiler_.arena();
        return arena.make<Expectation>(Expectation{sort_, arena.copy(requirements)});
    }

private:
    bool read_matchers(syntax::Node node, std::vector<Requirement>& requirements) {
        bool good = true;
        node.for_each_entry([&](syntax::Node key, syntax::Node value) {
            const auto found = std::ranges::find(matcher_names, key.text());
            if (found == matcher_names.end()) {
                good = false;
                return report_unknown(key);
            }
            const auto matcher = static_cast<Matcher>(found - matcher_names.begin());
            const bool null_is_meant = sort_ == Sort::value && matcher == Matcher::equals;
            if (value.is(Type::null) && !null_is_meant) return;
            if (!is_possible(key, matcher)) {
                good = false;
            } else if (matcher == Matcher::not_) {
                auto& requirement = requirements.emplace_back();
                requirement.matcher = matcher;
                requirement.span = value.span();
                const bool outer = std::exchange(negated_, true);
                requirement.negated = read(value);
                negated_ = outer;
                good = good && requirement.negated != nullptr;
            } else {
                good = read_operand(value, matcher, requirements.emplace_back()) && good;
            }
        });
        if (good && requirements.empty()) {
            compiler_.error(node.span(), what_ + ": nothing is expected", matchers_hint());
            return false;
        }
        return good;
    }

    bool is_possible(syntax::Node key, Matcher matcher) {
        const bool in_number = sort_ == Sort::code || sort_ == Sort::duration;
        const bool impossible = (matcher == Matcher::contains && in_number) ||
                                (matcher == Matcher::matches && sort_ == Sort::duration);
        if (!impossible) return true;
        compiler_.error(key.span(), what_ + ": '" + std::string(name_of(matcher)) + "' is for texts",
                        sort_ == Sort::code ? "a list expects one of its items: [0, 2]"
                                            : "write {lt: 500ms}, for example");
        return false;
    }

    bool read_operand(syntax::Node node, Matcher matcher, Requirement& requirement) {
        requirement.matcher = matcher;
        requirement.span = node.span();
        requirement.operand = parse_value(node, compiler_.arena(), compiler_);
        const auto* literal = requirement.operand->literal;
        if (literal == nullptr) return true;
        if (auto fault = operand_fault(sort_, matcher, *literal)) {
            std::string hint;
            if (node.is(Type::list) && sort_ == Sort::text)
                hint = "write {contains: [...]} for several parts of one text";
            compiler_.error(node.span(), what_ + ": " + *fault, hint);
            return false;
        }
        return matcher != Matcher::matches || read_regex(node, literal->to_text(), requirement);
    }

    bool read_regex(syntax::Node node, const std::string& pattern, Requirement& requirement) {
        Regex::Fault fault;
        auto regex = Regex::compile(pattern, fault);
        if (regex == nullptr) {
            compiler_.error(place_in(node, pattern, fault.offset),
                            what_ + ": not a regular expression: " + fault.message);
            return false;
        }
        requirement.regex = compiler_.keep(std::move(regex));
        return true;
    }

    /// Where a byte of the node's text stands in the source, if it stands there as it is.
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
        const auto guess = closest(key.text(), {matcher_names.begin(), matcher_names.end()});
        auto hint = guess.empty() ? matchers_hint() : "did you mean '" + std::string(guess) + "'?";
        if (guess.empty() && sort_ == Sort::value) hint += "; {equals: {...}} expects a whole mapping";
        compiler_.error(key.span(), "unknown matcher " + quote(key.text()) + " of " + what_, std::move(hint));
    }

    static std::string matchers_hint() {
        return "the matchers are equals, contains, matches, not, lt, le, gt and ge";
    }

    void warn_of_exactness(syntax::Node node) {
        compiler_.diagnostics().warning(node.span(), what_ + ": nothing takes exactly this long",
                                        "write {lt: " + std::string(node.text()) + "}");
    }

    Compiler& compiler_;
    Sort sort_;
    std::string what_;
    bool negated_ = false;
};

/// Reads entries of names; `prepare` judges a name and may refuse it.
template <class F>
bool read_entries(Compiler& compiler, syntax::Node node, std::string_view what, Sort sort,
                  std::span<const NamedExpectation>& out, F&& prepare) {
    std::vector<NamedExpectation> entries;
    bool good = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        auto& entry = entries.emplace_back();
        entry.name = key.text();
        const bool absent = sort == Sort::text && value.is(Type::null);
        good = prepare(key, entry) && good;
        if (absent) return;
        entry.expectation =
            read_expectation(compiler, value, quote(key.text()) + " of " + std::string(what), sort);
        good = good && entry.expectation != nullptr;
    });
    out = compiler.arena().copy(entries);
    return good;
}

}  // namespace

const Expectation* read_expectation(Compiler& compiler, syntax::Node node, std::string_view what, Sort sort) {
    return Reader(compiler, sort, what).read(node);
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, ExpectHeaders& out) {
    if (!node.is(Type::map)) {
        report_mismatch(compiler, node, what, not_this("a mapping of names", literal_value(node)));
        return false;
    }
    return read_entries(compiler, node, what, Sort::text, out.entries,
                        [](syntax::Node, auto&) { return true; });
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, ExpectJson& out) {
    // Of a value that is no mapping there are no entries to be paths.
    bool whole = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node) {
        whole = whole && std::ranges::find(matcher_names, key.text()) != matcher_names.end();
    });
    if (whole) {
        out.whole = read_expectation(compiler, node, what, Sort::value);
        return out.whole != nullptr;
    }
    return read_entries(compiler, node, what, Sort::value, out.entries,
                        [&](syntax::Node key, NamedExpectation& entry) {
                            auto path = parse_json_path(key.text(), compiler.arena());
                            if (path) {
                                entry.path = *path;
                            } else {
                                compiler.error(key.span(), std::string(what) + ": " + path.error(),
                                               "write items[0].name, for example");
                            }
                            return static_cast<bool>(path);
                        });
}

}  // namespace arun::script
