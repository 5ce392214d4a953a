#include "script/arguments.hpp"

#include "base/diagnostic.hpp"
#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "script/advice.hpp"
#include "script/compiler.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace arun::script {

namespace {

constexpr std::array<char, 4> byte_prefixes{'\0', 'K', 'M', 'G'};

bool is_scalar(syntax::Node node) {
    return !node.is(Type::list) && !node.is(Type::map);
}

template <class T>
Result<T> whole_number(const Value& value, std::int64_t min) {
    const auto n = number_of(value);
    const auto whole = n ? n->to_int64() : std::nullopt;
    if (whole && *whole >= min) return T{*whole};
    return expected(min == 0 ? "a whole number from 0 up" : "a whole number from 1 up", value);
}

/// Reports that the node is not `wanted`. Returns false.
bool wrong_type(Compiler& compiler, syntax::Node node, std::string_view what, std::string_view wanted,
                std::string hint = {}) {
    const auto message = expected(wanted, literal_value(node)).message;
    if (!hint.empty()) {
        compiler.error(node.span(), std::string(what) + ": " + message, std::move(hint));
        return false;
    }
    report_mismatch(compiler, node, what, message);
    return false;
}

/// The type of the variable, or null if it is computed or has parts.
const ResultType* type_of_literal(const ValueTemplate& value) {
    if (value.literal == nullptr) return nullptr;
    switch (value.literal->type()) {
        case Type::null:
            return &result_types::null;
        case Type::boolean:
            return &result_types::written_boolean;
        case Type::number:
            return &result_types::written_number;
        case Type::string:
            return &result_types::written_text;
        default:
            return nullptr;
    }
}

}  // namespace

Error expected(std::string_view wanted, const Value& value) {
    const bool is_scalar = !value.is_null() && !value.is(Type::list) && !value.is(Type::map);
    return {"expected " + std::string(wanted) + ", not " +
            (is_scalar ? quote(value.to_text()) : std::string(type_name(value.type())))};
}

Result<bool> Codec<bool>::from(const Value& value) {
    if (value.is(Type::boolean)) return value.as_boolean();
    if (value.is(Type::string)) {
        if (value.as_string() == "true") return true;
        if (value.as_string() == "false") return false;
    }
    return expected("true or false", value);
}

Result<Duration> Codec<Duration>::from(const Value& value) {
    if (value.is(Type::number)) return duration_from_seconds(value.as_number().to_double());
    if (value.is(Type::string)) return parse_duration(value.as_string());
    return expected("a duration such as 1.5, 250ms or 1m30s", value);
}

Result<PositiveDuration> Codec<PositiveDuration>::from(const Value& value) {
    auto duration = Codec<Duration>::from(value);
    if (!duration) return duration.error();
    if (*duration <= Duration::zero()) return expected("a duration above 0", value);
    return PositiveDuration{*duration};
}

Result<Count> Codec<Count>::from(const Value& value) {
    return whole_number<Count>(value, 0);
}

Result<PositiveCount> Codec<PositiveCount>::from(const Value& value) {
    return whole_number<PositiveCount>(value, 1);
}

Result<ExitStatus> Codec<ExitStatus>::from(const Value& value) {
    const auto n = number_of(value);
    const auto status = n ? n->to_int64() : std::nullopt;
    if (!status || *status < 1 || *status > 255) return expected("an exit status from 1 to 255", value);
    return ExitStatus{static_cast<int>(*status)};
}

Result<Factor> Codec<Factor>::from(const Value& value) {
    auto n = number_of(value);
    if (!n || *n < 1 || !std::isfinite(n->to_double())) return expected("a number from 1 up", value);
    return Factor{n->to_double()};
}

Result<Fraction> Codec<Fraction>::from(const Value& value) {
    auto n = number_of(value);
    if (!n || *n < 0 || *n > 1) return expected("a number from 0 to 1", value);
    return Fraction{n->to_double()};
}

Result<ByteCount> Codec<ByteCount>::from(const Value& value) {
    const Error mismatch{"expected a number of bytes above 0 such as 65536, 64KiB or 1MiB"};
    if (value.is(Type::number)) {
        const auto n = value.as_number().to_uint64();
        if (!n || *n == 0) return mismatch;
        return ByteCount{*n};
    }
    if (!value.is(Type::string)) return mismatch;
    std::string_view text = value.as_string();
    std::uint64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc() || n == 0) return mismatch;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    while (text.starts_with(' ')) text.remove_prefix(1);
    if (text.empty()) return ByteCount{n};
    for (unsigned power = 1; power < byte_prefixes.size(); ++power) {
        if (text.front() != byte_prefixes[power]) continue;
        if (text.size() > 1 && text.substr(1) != "iB") break;
        if (n > (std::numeric_limits<std::uint64_t>::max() >> (10 * power))) break;
        return ByteCount{n << (10 * power)};
    }
    return mismatch;
}

std::string format_bytes(std::uint64_t bytes) {
    unsigned power = 0;
    while (power + 1 < byte_prefixes.size() && bytes != 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        ++power;
    }
    auto text = std::to_string(bytes);
    if (power == 0) return text + (bytes == 1 ? " byte" : " bytes");
    return text + ' ' + byte_prefixes[power] + "iB";
}

Result<std::size_t> index_of_name(const Value& value, std::span<const std::string_view> names) {
    if (value.is(Type::string)) {
        auto found = std::ranges::find(names, value.as_string());
        if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    }
    return expected(join_with_or(names), value);
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

Arena& arena_of(Compiler& compiler) noexcept {
    return compiler.arena();
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
    if (!is_scalar(node)) return wrong_type(compiler, node, what, "text");
    out = node.text();
    if (!node.is(Type::string)) return true;
    const auto text = node.text();
    // There may be millions of texts, and few have either.
    if (text.find('$') == text.npos && text.find('{') == text.npos) return true;
    if (!has_expression(text)) {
        compiler.plain_text(text, node.span());
        return true;
    }
    const auto* computed = parse_template(node, compiler.arena(), compiler);
    if (computed != nullptr) out = Text(*computed);
    return computed != nullptr;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, std::string_view& out) {
    if (!is_scalar(node)) return wrong_type(compiler, node, what, "text");
    out = node.text();
    if (!node.is(Type::string) || !has_expression(out)) return true;
    compiler.error(node.span(), std::string(what) + " cannot be computed", "write it out, without '${{ }}'");
    return false;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, bool& out) {
    if (node.is(Type::boolean)) {
        out = node.boolean();
        return true;
    }
    report_mismatch(compiler, node, what, "expected true or false, written out");
    return false;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, TextList& out) {
    if (!node.is(Type::list)) return wrong_type(compiler, node, what, "a list of texts");
    std::vector<Text> texts;
    bool ok = true;
    node.for_each_item([&](syntax::Node item) {
        if (item.is(Type::null))
            ok = wrong_type(compiler, item, what, "text");
        else
            ok = read(compiler, item, what, texts.emplace_back()) && ok;
    });
    out = compiler.arena().copy(texts);
    return ok;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, TextMap& out) {
    if (!node.is(Type::map))
        return wrong_type(compiler, node, what, "a mapping of names and texts", advice_for_mapping(node));
    std::vector<TextEntry> entries;
    bool ok = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        auto& entry = entries.emplace_back();
        entry.key = key.text();
        entry.unset = value.is(Type::null);
        if (!entry.unset) ok = read(compiler, value, what, entry.value) && ok;
    });
    out = compiler.arena().copy(entries);
    return ok;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, EnvMap& out) {
    TextMap& entries = out;
    bool ok = read(compiler, node, what, entries);
    node.for_each_entry([&](syntax::Node key, syntax::Node) {
        if (!key.text().empty() && key.text().find('=') == std::string_view::npos) return;
        compiler.error(key.span(), quote(key.text()) + " is not the name of an environment variable");
        ok = false;
    });
    compiler.compilation().environments.push_back(out);
    return ok;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, Variables& out) {
    if (!node.is(Type::map))
        return wrong_type(compiler, node, what, "a mapping of names and values", advice_for_mapping(node));
    std::vector<Variable> variables;
    bool ok = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        // Before define(): a value sees only the entries before it.
        auto* parsed = parse_value(value, compiler.arena(), compiler);
        auto* symbol = compiler.define(key, type_of_literal(*parsed));
        ok = ok && symbol != nullptr;
        variables.push_back({symbol, parsed, key.span()});
    });
    out = compiler.arena().copy(variables);
    compiler.compilation().assigned.push_back(out);
    return ok;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, DeclaredVariables& out) {
    return compiler.declaring([&] { return read(compiler, node, what, static_cast<Variables&>(out)); });
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, ShellText& out) {
    Text& text = out;
    if (node.is(Type::list))
        return wrong_type(compiler, node, what, "text", "'exec' takes a program and its arguments as a list");
    if (!compiler.for_shell([&] { return read(compiler, node, what, text); })) return false;
    if (const auto* computed = text.computed()) compiler.shell_text(*computed);
    return true;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, IgnoredWarnings&) {
    bool ok = true;
    const auto check = [&](syntax::Node item) {
        std::string_view name;
        if (!read(compiler, item, what, name)) {
            ok = false;
        } else if (name != "all" && std::ranges::find(warning_names, name) == warning_names.end()) {
            std::vector<std::string_view> names(warning_names.begin(), warning_names.end());
            names.emplace_back("all");
            const auto hint = did_you_mean(name, names, "the warnings are " + join(names, ", "));
            compiler.error(item.span(), "there is no warning " + quote_whole(name), hint);
            ok = false;
        }
    };
    if (node.is(Type::list))
        node.for_each_item(check);
    else
        check(node);
    return ok;
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
    compiler.with_scope({}, [&](LexicalScope& scope) {
        scope.loop = true;
        scope.repeats = true;
        static_cast<JobList&>(out) = compiler.read_jobs(node, what);
    });
    return true;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, ItemBody& out) {
    // Taken before the body is read, which may have a for_each too.
    auto* symbol = std::exchange(compiler.loop_variable, nullptr);
    const auto* type = std::exchange(compiler.item_type, nullptr);
    compiler.with_scope("a round of for_each", [&](LexicalScope& scope) {
        scope.loop = true;
        scope.isolates = true;
        scope.is_item = true;
        compiler.bind(scope, symbol != nullptr ? std::string_view(symbol->name) : "item", type);
        static_cast<JobList&>(out) = compiler.read_jobs(node, what);
    });
    return true;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, LoopName& out) {
    std::string_view name;
    if (!read(compiler, node, what, name)) return false;
    if (!is_name(name) || is_reserved(name)) {
        compiler.error(node.span(), "'" + std::string(name) + "' cannot be the name of a variable",
                       is_name(name) ? "the expression language reserves it"
                                     : "a name consists of letters, digits, '_' and '-'");
        return false;
    }
    out.symbol = &compiler.compilation().symbols.symbol(name);
    compiler.loop_variable = out.symbol;
    return true;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, Included& out) {
    if (node.is(Type::list))
        return wrong_type(compiler, node, what, "text", "write an 'include' for each file");
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
    if (!is_scalar(node))
        return wrong_type(compiler, node, what, "an expression",
                          node.is(Type::list) ? "join them with '&&' or '||'" : "");
    out.expression = parse_condition(node, compiler.arena(), compiler);
    return out.expression != nullptr;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, LoopCondition& out) {
    bool ok = false;
    compiler.with_scope({}, [&](LexicalScope& scope) {
        scope.loop = true;
        scope.repeats = true;
        ok = read(compiler, node, what, static_cast<Condition&>(out));
    });
    return ok;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, ConditionList& out) {
    std::vector<const Expression*> conditions;
    bool ok = true;
    auto add = [&](syntax::Node item) {
        Condition condition;
        ok = read(compiler, item, what, condition) && ok;
        conditions.push_back(condition.expression);
    };
    if (node.is(Type::list)) {
        node.for_each_item(add);
        if (conditions.empty()) return wrong_type(compiler, node, what, "at least one expression");
    } else {
        add(node);
    }
    out.conditions = compiler.arena().copy(conditions);
    return ok;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, IdList& out) {
    std::vector<const JobId*> ids;
    bool ok = true;
    auto add = [&](syntax::Node item) {
        std::string_view name;
        if (!read(compiler, item, what, name)) {
            ok = false;
        } else if (name == "all") {
            out.all = true;
        } else if (!is_name(name)) {
            const auto text = std::string(name);
            const bool is_time = static_cast<bool>(parse_duration(name));
            compiler.error(item.span(), std::string(what) + ": expected the id of a job, not " + quote(name),
                           is_time ? "write 'sleep: " + text + "' for a pause" : "");
            ok = false;
        } else {
            ids.push_back(&compiler.background_id(name, item.span()));
        }
    };
    if (node.is(Type::list)) {
        node.for_each_item(add);
    } else {
        add(node);
        out.single = !out.all;
    }
    out.ids = compiler.arena().copy(ids);
    return ok;
}

}  // namespace arun::script
