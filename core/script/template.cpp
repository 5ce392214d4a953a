#include "script/template.hpp"

#include "base/text.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace arun::script {

namespace {

/// The offset of the `}}` that closes an expression whose text starts at `begin`, or npos. Skips quoted
/// strings, which may contain `}}`.
std::size_t expression_end(std::string_view text, std::size_t begin) {
    char quote = 0;
    for (auto i = begin; i + 1 < text.size(); ++i) {
        if (quote != 0) {
            if (text[i] == quote) quote = 0;
        } else if (text[i] == '\'' || text[i] == '"') {
            quote = text[i];
        } else if (text[i] == '}' && text[i + 1] == '}') {
            return i;
        }
    }
    return std::string_view::npos;
}

/// Locates the expressions of a string in the source, where escapes and folding may change the text around
/// them.
class Locator {
public:
    explicit Locator(syntax::Node node) : span_(node.span()), at_(span_.begin) {}

    /// The span of the next expression. Sets `exact` if the source has the bytes of `inner` there.
    Span next(std::string_view inner, bool& exact) {
        exact = false;
        if (span_.source == nullptr) return span_;
        auto text = span_.source->text().substr(0, span_.end);
        auto found = text.find("${{", at_);
        if (found == std::string_view::npos) {
            at_ = span_.end;  // nor is there another one
            return span_;
        }
        at_ = static_cast<std::uint32_t>(found + 3);
        exact = text.substr(at_).starts_with(inner);
        if (exact) return {span_.source, at_, at_ + static_cast<std::uint32_t>(inner.size())};
        return {span_.source, at_ - 3, span_.end};
    }

private:
    Span span_;
    std::uint32_t at_;
};

/// Parses a condition without `${{ }}`. The source has the same bytes unless they were escaped or folded.
const Expression* parse_bare(syntax::Node node, Arena& arena, NameResolver& names) {
    auto span = node.span();
    bool exact = false;
    if (span.source != nullptr) {
        auto written = span.source->text().substr(span.begin, span.end - span.begin);
        auto found = written.find(node.text());
        exact = found != std::string_view::npos;
        if (exact) span.begin += static_cast<std::uint32_t>(found);
    }
    return parse_expression(node.text(), span, exact, arena, names);
}

}  // namespace

const Template* parse_template(syntax::Node node, Arena& arena, NameResolver& names) {
    auto text = node.text();
    Locator locator(node);
    std::vector<TemplatePart> parts;
    bool ok = true;
    for (std::size_t at = 0; at < text.size();) {
        auto begin = text.find("${{", at);
        if (begin != at) {
            const auto plain = text.substr(at, begin == std::string_view::npos ? begin : begin - at);
            names.plain_text(plain, node.span());
            parts.push_back({plain, nullptr});
        }
        if (begin == std::string_view::npos) break;
        auto end = expression_end(text, begin + 3);
        if (end == std::string_view::npos) {
            bool exact = false;
            auto where = locator.next(text.substr(begin + 3), exact);
            if (exact) where.begin -= 3;
            std::string hint = "close it with '}}'";
            if (node.style() == syntax::Style::plain)
                hint += "; in YAML, quote the text when it contains ' #' or ': '";
            names.error(where, "'${{' has no '}}'", std::move(hint));
            return nullptr;
        }
        auto inner = text.substr(begin + 3, end - begin - 3);
        bool exact = false;
        auto where = locator.next(inner, exact);
        auto* expression = parse_expression(inner, where, exact, arena, names);
        ok = ok && expression != nullptr;
        parts.push_back({{}, expression});
        at = end + 2;
    }
    return ok ? arena.make<Template>(Template{node.span(), arena.copy(parts)}) : nullptr;
}

const Expression* parse_condition(syntax::Node node, Arena& arena, NameResolver& names) {
    auto text = trim(node.text());
    if (!has_expression(text)) return parse_bare(node, arena, names);
    auto end = expression_end(text, 3);
    if (!text.starts_with("${{") || (end != std::string_view::npos && end + 2 != text.size())) {
        names.error(node.span(), "a condition is one expression, bare or wholly in '${{ }}'",
                    "write '${{ x == 1 }}' or 'x == 1', not '${{ x }} == 1'");
        return nullptr;
    }
    auto* parsed = parse_template(node, arena, names);
    if (parsed == nullptr) return nullptr;
    for (auto& part : parsed->parts) {
        if (part.expression != nullptr) return part.expression;
    }
    return nullptr;
}

Value evaluate(const Template& text, const EvalContext& context) {
    if (text.parts.size() == 1) return evaluate(*text.parts[0].expression, context);
    std::string out;
    append_text(text, context, out);
    return Value::string(std::move(out));
}

void append_text(const Template& text, const EvalContext& context, std::string& out) {
    for (auto& part : text.parts) {
        if (part.expression == nullptr) {
            out += part.text;
        } else {
            evaluate(*part.expression, context).append_text(out);
        }
    }
}

Value literal_value(syntax::Node node) {
    switch (node.type()) {
        case Type::null:
            return {};
        case Type::boolean:
            return Value::boolean(node.boolean(), node.text());
        case Type::number:
            return Value::number(node.number(), node.text());
        case Type::string:
            return Value::string(node.text());
        case Type::list: {
            std::vector<Value> items;
            items.reserve(node.size());
            node.for_each_item([&](syntax::Node item) { items.push_back(literal_value(item)); });
            return Value::list(std::move(items));
        }
        case Type::map: {
            std::vector<Value::Entry> entries;
            node.for_each_entry([&](syntax::Node key, syntax::Node value) {
                entries.emplace_back(key.text(), literal_value(value));
            });
            return Value::map(std::move(entries));
        }
    }
    return {};
}

namespace {

Value list_of_literals(const std::vector<ValueTemplate::Entry>& entries) {
    std::vector<Value> items;
    items.reserve(entries.size());
    for (const auto& entry : entries) items.push_back(*entry.value->literal);
    return Value::list(std::move(items));
}

Value map_of_literals(const std::vector<ValueTemplate::Entry>& entries) {
    std::vector<Value::Entry> items;
    items.reserve(entries.size());
    for (const auto& entry : entries) items.emplace_back(entry.key, *entry.value->literal);
    return Value::map(std::move(items));
}

}  // namespace

const ValueTemplate* parse_value(syntax::Node node, Arena& arena, NameResolver& names) {
    auto* result = arena.make<ValueTemplate>();
    result->span = node.span();
    if (node.is(Type::string) && has_expression(node.text())) {
        result->text = parse_template(node, arena, names);
        return result;
    }
    if (node.is(Type::string)) names.plain_text(node.text(), node.span());
    bool computed = false;
    std::vector<ValueTemplate::Entry> entries;
    auto add = [&](std::string_view key, syntax::Node child) {
        auto* value = parse_value(child, arena, names);
        computed = computed || value->literal == nullptr;
        entries.push_back({key, value});
    };
    if (node.is(Type::list)) node.for_each_item([&](syntax::Node item) { add({}, item); });
    if (node.is(Type::map))
        node.for_each_entry([&](syntax::Node key, syntax::Node value) { add(key.text(), value); });
    result->list = node.is(Type::list);
    if (computed) {
        result->entries = arena.copy(entries);
    } else if (entries.empty()) {
        result->literal = names.keep(literal_value(node));
    } else {
        // Shares the values inside.
        result->literal = names.keep(result->list ? list_of_literals(entries) : map_of_literals(entries));
    }
    return result;
}

Value evaluate(const ValueTemplate& value, const EvalContext& context) {
    if (value.literal != nullptr) return *value.literal;
    if (value.text != nullptr) return evaluate(*value.text, context);
    if (value.list) {
        std::vector<Value> items;
        items.reserve(value.entries.size());
        for (auto& entry : value.entries) items.push_back(evaluate(*entry.value, context));
        return Value::list(std::move(items));
    }
    std::vector<Value::Entry> entries;
    for (auto& entry : value.entries) entries.emplace_back(entry.key, evaluate(*entry.value, context));
    return Value::map(std::move(entries));
}

}  // namespace arun::script
