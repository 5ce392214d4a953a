#include "script/expression.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <cmath>

namespace arun::script {

namespace {

Value index_into(const Value& object, const Value& index) {
    if (object.is(Type::map)) {
        auto* found = object.find(index.to_text());
        return found != nullptr ? *found : Value();
    }
    if (object.is(Type::list)) {
        // Null is no index: a misspelt property must not give the first item.
        const auto n = index.is(Type::boolean) ? index.coerce_number() : number_of(index);
        if (!n) return {};
        // As on GitHub, a fraction is cut off.
        const auto i = n->is_whole() ? n->to_uint64() : Number(std::trunc(n->to_double())).to_uint64();
        const auto items = object.items();
        return i && *i < items.size() ? items[static_cast<std::size_t>(*i)] : Value();
    }
    return {};
}

bool contains(const Value& search, const Value& item) {
    if (search.is(Type::list)) {
        return std::ranges::any_of(search.items(), [&](const Value& v) { return loosely_equal(v, item); });
    }
    if (search.is(Type::map) || item.is_null()) return false;
    return search.to_text().find(item.to_text()) != std::string::npos;
}

std::string join_items(const Value& list, const std::string& separator) {
    if (!list.is(Type::list)) return list.to_text();
    std::string out;
    bool first = true;
    for (auto& item : list.items()) {
        if (!first) out += separator;
        first = false;
        item.append_text(out);
    }
    return out;
}

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_utf8_tail(c); }));
}

/// Whether the operand depends on a variable that is not set, which default() tolerates.
bool is_unset(const Expression& e, const EvalContext& context) {
    switch (e.op) {
        case Op::variable:
            return context.variable(*e.symbol) == nullptr;
        case Op::property:
        case Op::index:
            return is_unset(*e.operands[0], context);
        default:
            return false;
    }
}

/// One word of a POSIX shell, which is exactly that text.
void append_word(std::string& out, std::string_view text) {
    constexpr std::string_view safe = "%+,-./:=@_";
    const auto is_safe = [&](char c) { return is_letter(c) || is_digit(c) || safe.find(c) != safe.npos; };
    if (!text.empty() && std::ranges::all_of(text, is_safe)) {
        out += text;
        return;
    }
    out += in_single_quotes(text);
}

/// The value as a word, or the items of a list as words.
std::string quoted_for_shell(const Value& value) {
    std::string out;
    if (!value.is(Type::list)) {
        append_word(out, value.to_text());
        return out;
    }
    for (const auto& item : value.items()) {
        if (!out.empty()) out += ' ';
        append_word(out, item.to_text());
    }
    return out;
}

class Evaluator {
public:
    explicit Evaluator(const EvalContext& context) : context_(context) {}

    Value operator()(const Expression& e) const {
        auto value = value_of(e);
        if (value.is_unknown()) [[unlikely]]
            throw UnknownValue(e.span);
        return value;
    }

private:
    Value value_of(const Expression& e) const {
        switch (e.op) {
            case Op::literal:
                return *e.literal;
            case Op::variable: {
                auto* value = context_.variable(*e.symbol);
                if (value == nullptr) throw EvalError(e.span, "'" + e.symbol->name + "' is not set");
                return *value;
            }
            case Op::environment:
                return context_.environment();
            case Op::environment_value:
                return context_.environment(e.literal->as_string());
            case Op::job_property:
                return job(e);
            case Op::loop:
            case Op::loop_index:
                return context_.loop_index();
            case Op::property:
                return property(e);
            case Op::index: {
                auto object = (*this)(*e.operands[0]);
                auto index = (*this)(*e.operands[1]);
                return index_into(object, index);
            }
            case Op::not_:
                return Value::boolean(!(*this)(*e.operands[0]).truthy());
            case Op::and_: {
                auto left = (*this)(*e.operands[0]);
                return left.truthy() ? (*this)(*e.operands[1]) : left;
            }
            case Op::or_: {
                auto left = (*this)(*e.operands[0]);
                return left.truthy() ? left : (*this)(*e.operands[1]);
            }
            case Op::call:
                return call(e);
            default:
                return comparison(e);
        }
    }

    Value job(const Expression& e) const {
        if (e.job_property != JobProperty::all) return context_.job(*e.id, e.job_property);
        std::vector<Value::Entry> entries;
        entries.emplace_back("result", context_.job(*e.id, JobProperty::result));
        entries.emplace_back("outcome", context_.job(*e.id, JobProperty::outcome));
        entries.emplace_back("error", context_.job(*e.id, JobProperty::error));
        return Value::map(std::move(entries));
    }

    Value property(const Expression& e) const {
        auto object = (*this)(*e.operands[0]);
        auto* found = object.find(e.literal->as_string());
        return found != nullptr ? *found : Value();
    }

    Value comparison(const Expression& e) const {
        auto left = (*this)(*e.operands[0]);
        auto right = (*this)(*e.operands[1]);
        if (e.op == Op::equal) return Value::boolean(loosely_equal(left, right));
        if (e.op == Op::not_equal) return Value::boolean(!loosely_equal(left, right));
        auto order = compare(left, right);
        if (order == 2) return Value::boolean(false);
        switch (e.op) {
            case Op::less:
                return Value::boolean(order < 0);
            case Op::less_equal:
                return Value::boolean(order <= 0);
            case Op::greater:
                return Value::boolean(order > 0);
            default:
                return Value::boolean(order >= 0);
        }
    }

    Value call(const Expression& e) const {
        auto argument = [&](std::size_t i) { return (*this)(*e.operands[i]); };
        switch (e.function) {
            case Function::contains: {
                auto search = argument(0);
                return Value::boolean(contains(search, argument(1)));
            }
            case Function::starts_with: {
                const auto text = argument(0).to_text();
                const auto start = argument(1);
                return Value::boolean(!start.is_null() && text.starts_with(start.to_text()));
            }
            case Function::ends_with: {
                const auto text = argument(0).to_text();
                const auto end = argument(1);
                return Value::boolean(!end.is_null() && text.ends_with(end.to_text()));
            }
            case Function::format:
                return format(e);
            case Function::join: {
                auto list = argument(0);
                return Value::string(join_items(list, e.operands.size() > 1 ? argument(1).to_text() : ","));
            }
            case Function::to_json: {
                std::string out;
                append_json(out, argument(0), true);
                return Value::string(std::move(out));
            }
            case Function::from_json: {
                auto value = parse_json(argument(0).to_text());
                if (!value) throw EvalError(e.span, "fromJSON: " + value.error().message);
                return *std::move(value);
            }
            case Function::success:
                return Value::boolean(context_.status(Status::success));
            case Function::failure:
                return Value::boolean(context_.status(Status::failure));
            case Function::cancelled:
                return Value::boolean(context_.status(Status::cancelled));
            case Function::always:
                return Value::boolean(true);
            case Function::length:
                return length(argument(0));
            case Function::default_: {
                if (is_unset(*e.operands[0], context_)) return argument(1);
                auto value = argument(0);
                return value.is_null() ? argument(1) : value;
            }
            case Function::now:
                return now();
            case Function::quote:
                return Value::string(quoted_for_shell(argument(0)));
        }
        return {};
    }

    static Value length(const Value& value) {
        switch (value.type()) {
            case Type::null:
                return Value::number(0);
            case Type::list:
                return Value::number(value.items().size());
            case Type::map:
                return Value::number(value.entries().size());
            default:
                return Value::number(code_points(value.to_text()));
        }
    }

    /// A number whose text form has six decimals, which its spelling sets.
    Value now() const {
        auto micros = context_.now().count() / 1000;
        auto fraction = std::to_string(micros % 1'000'000);
        auto text =
            std::to_string(micros / 1'000'000) + '.' + std::string(6 - fraction.size(), '0') + fraction;
        return Value::number(to_seconds(context_.now()), text);
    }

    Value format(const Expression& e) const {
        auto pattern = (*this)(*e.operands[0]).to_text();
        std::string out;
        for (std::size_t i = 0; i < pattern.size(); ++i) {
            char c = pattern[i];
            bool doubled = i + 1 < pattern.size() && pattern[i + 1] == c;
            if ((c == '{' || c == '}') && doubled) {
                out += c;
                ++i;
            } else if (c == '{') {
                auto end = pattern.find('}', i);
                auto digits = pattern.substr(i + 1, end == std::string::npos ? end : end - i - 1);
                bool number = is_digits(digits) && digits.size() < 4;
                if (end == std::string::npos || !number)
                    throw EvalError(e.span, "format: '{' without a number and '}'; write '{{' for a brace");
                auto which = static_cast<std::size_t>(std::stoi(digits)) + 1;
                if (which >= e.operands.size())
                    throw EvalError(e.span, "format: there is no argument {" + digits + "}");
                (*this)(*e.operands[which]).append_text(out);
                i = end;
            } else if (c == '}') {
                throw EvalError(e.span, "format: '}' without '{'; write '}}' for a brace");
            } else {
                out += c;
            }
        }
        return Value::string(std::move(out));
    }

    const EvalContext& context_;
};

}  // namespace

Value evaluate(const Expression& expression, const EvalContext& context) {
    return Evaluator(context)(expression);
}

bool asks_status(const Expression& e) {
    if (e.op == Op::call && (e.function == Function::success || e.function == Function::failure ||
                             e.function == Function::always || e.function == Function::cancelled)) {
        return true;
    }
    return std::ranges::any_of(e.operands, [](const Expression* operand) { return asks_status(*operand); });
}

}  // namespace arun::script
