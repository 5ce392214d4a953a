#include "script/expression.hpp"

#include "base/arithmetic.hpp"
#include "script/arguments.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace arun::script {

namespace {

/// Null if the list has no such item, or the value is no list.
const Value* item_at(const Value& list, const Value& index) {
    // Null is no index: a misspelt property must not give the first item.
    const auto n = index.is(Type::boolean) ? index.coerce_number() : number_of(index);
    if (!n) return nullptr;
    // As on GitHub, a fraction is cut off.
    const auto i = n->is_whole() ? n->to_uint64() : Number(std::trunc(n->to_double())).to_uint64();
    const auto items = list.items();
    return i && *i < items.size() ? &items[static_cast<std::size_t>(*i)] : nullptr;
}

Value index_into(const Value& object, const Value& index) {
    const auto* found = object.is(Type::map) ? object.find(index.to_text()) : item_at(object, index);
    return found != nullptr ? *found : Value();
}

/// Whether the operand depends on a variable that is not set, which default() tolerates.
bool is_unset(const Expression& e, const EvalContext& context) {
    switch (e.op) {
        case Op::variable:
            return context.variable(*e.symbol) == nullptr;
        case Op::property:
        case Op::index:
        case Op::filter:
            return is_unset(*e.operands[0], context);
        default:
            return false;
    }
}

Result<Number> compute(Op op, const Number& a, const Number& b) {
    switch (op) {
        case Op::multiply:
            return multiply(a, b);
        case Op::divide:
            return divide(a, b);
        case Op::remainder:
            return remainder(a, b);
        case Op::add:
            return add(a, b);
        default:
            return subtract(a, b);
    }
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
            case Op::run_property:
                return context_.run_property(e.literal->as_string());
            case Op::loop:
            case Op::loop_index:
                return context_.loop_index();
            case Op::property:
                return property(e);
            case Op::index: {
                auto object = (*this)(*e.operands[0]);
                auto index = (*this)(*e.operands[1]);
                return e.each ? index_into_each(object, index) : index_into(object, index);
            }
            case Op::filter:
                return filter(e);
            case Op::negate: {
                const auto operand = (*this)(*e.operands[0]);
                return number(e, negate(number_in(*e.operands[0], operand)));
            }
            case Op::multiply:
            case Op::divide:
            case Op::remainder:
            case Op::add:
            case Op::subtract:
                return arithmetic(e);
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
        const auto object = (*this)(*e.operands[0]);
        const auto& name = e.literal->as_string();
        if (!e.each) {
            const auto* found = object.find(name);
            return found != nullptr ? *found : Value();
        }
        std::vector<Value> found;
        for (const auto& item : object.items())
            if (const auto* value = item.find(name)) found.push_back(*value);
        return Value::list(std::move(found));
    }

    /// As on GitHub: a text is a key of mappings, a number an index into lists; what has neither is left out.
    static Value index_into_each(const Value& object, const Value& index) {
        std::vector<Value> found;
        for (const auto& item : object.items()) {
            const auto* member = index.is(Type::string) ? item.find(index.as_string()) : nullptr;
            if (!index.is(Type::string)) member = item_at(item, index);
            if (member != nullptr) found.push_back(*member);
        }
        return Value::list(std::move(found));
    }

    Value filter(const Expression& e) const {
        const auto object = (*this)(*e.operands[0]);
        std::vector<Value> found;
        const auto add_members = [&](const Value& value) {
            for (const auto& item : value.items()) found.push_back(item);
            for (const auto& [key, item] : value.entries()) found.push_back(item);
        };
        if (e.each) {
            for (const auto& item : object.items()) add_members(item);
        } else {
            add_members(object);
        }
        return Value::list(std::move(found));
    }

    static Number number_in(const Expression& operand, const Value& value) {
        const auto n = number_of(value);
        if (!n) throw EvalError(operand.span, expected("a number", value).message);
        return *n;
    }

    static Value number(const Expression& e, const Result<Number>& result) {
        if (!result) throw EvalError(e.span, result.error().message);
        return Value::number(*result);
    }

    Value arithmetic(const Expression& e) const {
        const auto left = (*this)(*e.operands[0]);
        const auto right = (*this)(*e.operands[1]);
        return number(e, compute(e.op, number_in(*e.operands[0], left), number_in(*e.operands[1], right)));
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
        if (e.function->role == FunctionSpec::Role::default_) {
            if (is_unset(*e.operands[0], context_)) return (*this)(*e.operands[1]);
            auto value = (*this)(*e.operands[0]);
            return value.is_null() ? (*this)(*e.operands[1]) : value;
        }
        constexpr std::size_t usual = 3;
        if (e.operands.size() > usual) {
            std::vector<Value> arguments;
            for (const auto* operand : e.operands) arguments.push_back((*this)(*operand));
            return e.function->call(Call(e, arguments, context_));
        }
        std::array<Value, usual> arguments;
        for (std::size_t i = 0; i < e.operands.size(); ++i) arguments[i] = (*this)(*e.operands[i]);
        return e.function->call(Call(e, {arguments.data(), e.operands.size()}, context_));
    }

    const EvalContext& context_;
};

}  // namespace

Value evaluate(const Expression& expression, const EvalContext& context) {
    return Evaluator(context)(expression);
}

bool asks_status(const Expression& e) {
    if (e.op == Op::call && e.function->role == FunctionSpec::Role::status) return true;
    return std::ranges::any_of(e.operands, [](const Expression* operand) { return asks_status(*operand); });
}

}  // namespace arun::script
