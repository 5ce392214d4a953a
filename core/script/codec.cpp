#include "script/codec.hpp"

#include "base/diagnostic.hpp"
#include "base/quote.hpp"
#include "script/compiler.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace arun::script {

namespace {

std::string shown(const Value& value) {
    if (value.is(Type::list) || value.is(Type::map) || value.is_null())
        return std::string(type_name(value.type()));
    auto text = value.to_text();
    if (text.size() > 40) text = text.substr(0, 37) + "...";
    return "'" + text + "'";
}

Error expected(std::string_view what, const Value& value) {
    return {"expected " + std::string(what) + ", not " + shown(value)};
}

/// A number, or text that spells one.
std::optional<double> number_of(const Value& value) {
    if (value.is(Type::number)) return value.as_number();
    if (!value.is(Type::string) || value.as_string().empty()) return std::nullopt;
    auto n = value.coerce_number();
    if (std::isnan(n)) return std::nullopt;
    return n;
}

Result<std::int64_t> whole_number(const Value& value, std::int64_t least) {
    constexpr double most = 9007199254740992.0;
    auto n = number_of(value);
    auto wanted = least == 0 ? "a whole number from 0 up" : "a whole number from 1 up";
    if (!n || *n != std::trunc(*n) || *n < static_cast<double>(least) || *n > most)
        return Error{expected(wanted, value)};
    return static_cast<std::int64_t>(*n);
}

bool wrong_type(Compiler& compiler, syntax::Node node, std::string_view what, std::string_view wanted) {
    report_mismatch(compiler, node, what, expected(wanted, literal_value(node)).message);
    return false;
}

}  // namespace

Result<bool> Codec<bool>::from(const Value& value) {
    if (value.is(Type::boolean)) return value.as_boolean();
    if (value.is(Type::string)) {
        if (value.as_string() == "true") return true;
        if (value.as_string() == "false") return false;
    }
    return expected("true or false", value);
}

Result<Duration> Codec<Duration>::from(const Value& value) {
    if (value.is(Type::number)) return duration_from_seconds(value.as_number());
    if (value.is(Type::string)) return parse_duration(value.as_string());
    return expected("a duration such as 1.5, 250ms or 1m30s", value);
}

Result<PositiveDuration> Codec<PositiveDuration>::from(const Value& value) {
    auto duration = Codec<Duration>::from(value);
    if (!duration) return Error{duration.error()};
    if (*duration <= Duration::zero()) return expected("a duration above 0", value);
    return PositiveDuration{*duration};
}

Result<Count> Codec<Count>::from(const Value& value) {
    auto n = whole_number(value, 0);
    if (!n) return Error{n.error()};
    return Count{*n};
}

Result<PositiveCount> Codec<PositiveCount>::from(const Value& value) {
    auto n = whole_number(value, 1);
    if (!n) return Error{n.error()};
    return PositiveCount{*n};
}

Result<Factor> Codec<Factor>::from(const Value& value) {
    auto n = number_of(value);
    if (!n || !(*n >= 1) || !std::isfinite(*n)) return expected("a number from 1 up", value);
    return Factor{*n};
}

Result<Fraction> Codec<Fraction>::from(const Value& value) {
    auto n = number_of(value);
    if (!n || !(*n >= 0 && *n <= 1)) return expected("a number from 0 to 1", value);
    return Fraction{*n};
}

Result<std::size_t> index_of_name(const Value& value, std::span<const std::string_view> names) {
    if (value.is(Type::string)) {
        auto found = std::ranges::find(names, value.as_string());
        if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    }
    std::string wanted;
    for (std::size_t i = 0; i < names.size(); ++i) {
        wanted += i == 0 ? "" : i + 1 == names.size() ? " or " : ", ";
        wanted += names[i];
    }
    return expected(wanted, value);
}

void report_mismatch(Compiler& compiler, syntax::Node node, std::string_view what, const std::string& error) {
    std::string hint;
    if (node.is(Type::map) && error.find("not a mapping") != std::string::npos &&
        node.style() == syntax::Style::plain) {
        bool expression = false;
        node.for_each_entry([&](syntax::Node key, syntax::Node) {
            expression = expression || key.text().starts_with("{") || key.text().empty();
        });
        if (expression) hint = "quote '${{ }}' in YAML";
    }
    compiler.error(node.span(), std::string(what) + ": " + error, hint);
}

bool read_dynamic(Compiler& compiler, syntax::Node node, const Template*& computed, Value& literal) {
    if (node.is(Type::string) && has_expression(node.text())) {
        computed = parse_template(node, compiler.arena(), compiler);
        return computed != nullptr;
    }
    literal = literal_value(node);
    return true;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, Text& out) {
    if (node.is(Type::list) || node.is(Type::map)) return wrong_type(compiler, node, what, "text");
    out = node.text();
    if (!node.is(Type::string) || !has_expression(node.text())) return true;
    const auto* computed = parse_template(node, compiler.arena(), compiler);
    if (computed != nullptr) out = Text(*computed);
    return computed != nullptr;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, std::string_view& out) {
    if (node.is(Type::list) || node.is(Type::map)) return wrong_type(compiler, node, what, "text");
    out = node.text();
    if (!node.is(Type::string) || !has_expression(out)) return true;
    compiler.error(node.span(), std::string(what) + " cannot be computed", "write it out, without '${{ }}'");
    return false;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, TextList& out) {
    if (!node.is(Type::list)) return wrong_type(compiler, node, what, "a list of texts");
    std::vector<Text> texts;
    bool good = true;
    node.for_each_item([&](syntax::Node item) {
        if (item.is(Type::null))
            good = wrong_type(compiler, item, what, "text");
        else
            good = read(compiler, item, what, texts.emplace_back()) && good;
    });
    out = compiler.arena().copy(texts);
    return good;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, TextMap& out) {
    if (!node.is(Type::map)) return wrong_type(compiler, node, what, "a mapping of names and texts");
    std::vector<TextEntry> entries;
    bool good = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        auto& entry = entries.emplace_back();
        entry.key = key.text();
        entry.unset = value.is(Type::null);
        if (!entry.unset) good = read(compiler, value, what, entry.value) && good;
    });
    out = compiler.arena().copy(entries);
    return good;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, EnvMap& out) {
    TextMap& entries = out;
    bool good = read(compiler, node, what, entries);
    node.for_each_entry([&](syntax::Node key, syntax::Node) {
        if (!key.text().empty() && key.text().find('=') == std::string_view::npos) return;
        compiler.error(key.span(), quote(key.text()) + " is not the name of an environment variable");
        good = false;
    });
    compiler.compilation().environments.push_back(out);
    return good;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, Variables& out) {
    if (!node.is(Type::map)) return wrong_type(compiler, node, what, "a mapping of names and values");
    std::vector<Variable> variables;
    bool good = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        // The value first: an entry sees only the earlier ones.
        auto* parsed = parse_value(value, compiler.arena(), compiler);
        auto* symbol = compiler.define(key);
        good = good && symbol != nullptr;
        variables.push_back({symbol, parsed, key.span()});
    });
    out = compiler.arena().copy(variables);
    compiler.compilation().assigned.push_back(out);
    return good;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, JobList& out) {
    out = compiler.read_jobs(node, what);
    return true;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, ChildList& out) {
    out = compiler.read_children(node, what);
    return true;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, LoopBody& out) {
    compiler.within({}, [&](LexicalScope& inner) {
        inner.loop = true;
        static_cast<JobList&>(out) = compiler.read_jobs(node, what);
    });
    return true;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, ItemBody& out) {
    // Taken before the body is read: a for_each in there has its own.
    auto* symbol = std::exchange(compiler.loop_variable, nullptr);
    compiler.within("a round of for_each", [&](LexicalScope& inner) {
        inner.loop = true;
        inner.isolates = true;
        if (symbol == nullptr) symbol = &compiler.compilation().symbols.symbol("item");
        compiler.compilation().symbols.symbol(symbol->name).lexical = true;
        inner.lexical.push_back(symbol);
        static_cast<JobList&>(out) = compiler.read_jobs(node, what);
    });
    return true;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, LoopName& out) {
    std::string_view name;
    if (!read(compiler, node, what, name)) return false;
    if (!is_name(name) || is_reserved(name)) {
        compiler.error(node.span(), "'" + std::string(name) + "' cannot be the name of a variable",
                       is_name(name) ? "it is a word of the expression language"
                                     : "a name has letters, digits, '_' and '-'");
        return false;
    }
    out.symbol = &compiler.compilation().symbols.symbol(name);
    compiler.loop_variable = out.symbol;
    return true;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, Included& out) {
    std::string_view path;
    if (!read(compiler, node, what, path)) return false;
    out.body = compiler.include(node);
    return out.body != nullptr;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view, AnyValue& out) {
    out.value = parse_value(node, compiler.arena(), compiler);
    return true;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, Condition& out) {
    if (node.is(Type::list) || node.is(Type::map)) return wrong_type(compiler, node, what, "an expression");
    out.expression = parse_condition(node, compiler.arena(), compiler);
    return out.expression != nullptr;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, LoopCondition& out) {
    bool good = false;
    compiler.within({}, [&](LexicalScope& inner) {
        inner.loop = true;
        good = read(compiler, node, what, static_cast<Condition&>(out));
    });
    return good;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, ConditionList& out) {
    std::vector<const Expression*> conditions;
    bool good = true;
    auto add = [&](syntax::Node item) {
        Condition condition;
        good = read(compiler, item, what, condition) && good;
        conditions.push_back(condition.expression);
    };
    if (node.is(Type::list)) {
        node.for_each_item(add);
        if (conditions.empty()) return wrong_type(compiler, node, what, "at least one expression");
    } else {
        add(node);
    }
    out.conditions = compiler.arena().copy(conditions);
    return good;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, IdList& out) {
    std::vector<const JobId*> ids;
    bool good = true;
    auto add = [&](syntax::Node item) {
        std::string_view name;
        if (!read(compiler, item, what, name)) {
            good = false;
        } else if (name == "all") {
            out.all = true;
        } else if (!is_name(name)) {
            good = wrong_type(compiler, item, what, "the id of a job");
        } else {
            ids.push_back(&compiler.joined(name, item.span()));
        }
    };
    if (node.is(Type::list)) {
        node.for_each_item(add);
    } else {
        add(node);
        out.single = !out.all;
    }
    out.ids = compiler.arena().copy(ids);
    return good;
}

}  // namespace arun::script
