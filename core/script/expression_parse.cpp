#include "base/suggestion.hpp"
#include "script/expression.hpp"
#include "script/expression_tokens.hpp"
#include "script/function_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace arun::script {

namespace {

/// Stops the parser; the sink already has the message.
struct Stop {};

class Parser {
public:
    Parser(std::string_view text, Span where, bool exact, Arena& arena, NameSink& sink)
        : text_(text), where_(where), exact_(exact), arena_(arena), sink_(sink) {}

    const Expression* parse() {
        try {
            advance();
            if (token_.kind == TokenKind::end)
                fail(token_, "the expression is empty", "write a name or a value between '${{' and '}}'");
            auto* result = parse_or();
            if (token_.kind != TokenKind::end) unexpected("an operator or the end");
            return result;
        } catch (Stop) {
            return nullptr;
        }
    }

private:
    static constexpr int max_depth = 64;
    static constexpr int max_height = 500;

    Span span(std::uint32_t begin, std::uint32_t end) const {
        if (!exact_) return where_;
        return {where_.source, where_.begin + begin, where_.begin + std::max(end, begin + 1)};
    }
    Span span(const Token& token) const { return span(token.at, token.end()); }
    std::uint32_t begin_of(const Expression* e) const {
        return static_cast<std::uint32_t>(e->text.data() - text_.data());
    }
    std::uint32_t end_of(const Expression* e) const {
        return begin_of(e) + static_cast<std::uint32_t>(e->text.size());
    }

    [[noreturn]] void fail(const Token& token, std::string message, std::string hint = {}) {
        sink_.error(span(token), std::move(message), std::move(hint));
        throw Stop{};
    }

    [[noreturn]] void unexpected(std::string_view wanted) {
        if (token_.kind == TokenKind::end) {
            fail(token_, "the expression ends where " + std::string(wanted) + " should stand");
        }
        fail(token_, "unexpected '" + std::string(token_.text) + "', expected " + std::string(wanted),
             hint_for(token_));
    }

    void advance() {
        token_ = next_token(text_, token_.end(), after_value_);
        if (token_.kind == TokenKind::unclosed_string)
            fail(token_, "the text has no closing " + std::string(1, token_.text.front()));
    }

    bool take_op(std::string_view op) {
        if (token_.kind != TokenKind::op || token_.text != op) return false;
        advance();
        return true;
    }

    Expression* make(Op op, std::uint32_t begin, std::uint32_t end) {
        auto* e = arena_.make<Expression>();
        e->op = op;
        e->text = text_.substr(begin, end - begin);
        e->span = span(begin, end);
        return e;
    }
    /// Chains such as a == b == c are read in a loop, but evaluated one inside the other.
    void set_operands(Expression& e, const std::vector<const Expression*>& operands) {
        for (auto* operand : operands) e.height = std::max(e.height, operand->height + 1);
        if (e.height > max_height) {
            sink_.error(e.span, "the expression is nested too deeply", {});
            throw Stop{};
        }
        e.operands = arena_.copy(operands);
    }
    Expression* make(Op op, const Token& token) { return make(op, token.at, token.end()); }

    const Expression* binary(Op op, const Expression* left, const Expression* right) {
        auto* e = make(op, begin_of(left), end_of(right));
        set_operands(*e, std::vector<const Expression*>{left, right});
        return e;
    }

    struct Depth {
        explicit Depth(Parser& p) : parser(p) {
            if (++parser.depth_ > max_depth)
                parser.fail(parser.token_, "the expression is nested too deeply");
        }
        ~Depth() { --parser.depth_; }
        Depth(const Depth&) = delete;
        Parser& parser;
    };

    const Expression* parse_or() {
        Depth depth(*this);
        auto* left = parse_and();
        while (take_op("||")) left = binary(Op::or_, left, parse_and());
        return left;
    }

    const Expression* parse_and() {
        auto* left = parse_equality();
        while (take_op("&&")) left = binary(Op::and_, left, parse_equality());
        return left;
    }

    const Expression* parse_equality() {
        auto* left = parse_relation();
        for (;;) {
            if (take_op("==")) {
                left = binary(Op::equal, left, parse_relation());
            } else if (take_op("!=")) {
                left = binary(Op::not_equal, left, parse_relation());
            } else {
                return left;
            }
        }
    }

    const Expression* parse_relation() {
        auto* left = parse_unary();
        for (;;) {
            std::optional<Op> op;
            if (take_op("<="))
                op = Op::less_equal;
            else if (take_op(">="))
                op = Op::greater_equal;
            else if (take_op("<"))
                op = Op::less;
            else if (take_op(">"))
                op = Op::greater;
            if (!op) return left;
            left = binary(*op, left, parse_unary());
        }
    }

    const Expression* parse_unary() {
        auto at = token_;
        if (!take_op("!")) return parse_postfix();
        Depth depth(*this);
        auto* operand = parse_unary();
        auto* e = make(Op::not_, at.at, end_of(operand));
        set_operands(*e, std::vector<const Expression*>{operand});
        return e;
    }

    const Expression* parse_postfix() {
        auto* value = parse_primary();
        for (;;) {
            after_value_ = true;
            if (token_.kind == TokenKind::op && token_.text == ".") {
                advance();
                after_value_ = false;
                if (token_.kind == TokenKind::op && token_.text == "*")
                    fail(token_, "the filter '.*' is not supported", "use for_each");
                if (token_.kind != TokenKind::name) unexpected("the name of a property");
                value = member(value, token_);
                advance_after_value();
            } else if (token_.kind == TokenKind::op && token_.text == "[") {
                advance();
                after_value_ = false;
                if (token_.kind == TokenKind::op && token_.text == "*")
                    fail(token_, "the filter '[*]' is not supported", "use for_each");
                auto* index = parse_or();
                auto end = token_;
                if (token_.kind != TokenKind::op || token_.text != "]") unexpected("']'");
                advance_after_value();
                value = subscript(value, index, end);
            } else {
                after_value_ = false;
                return value;
            }
        }
    }

    const Expression* member(const Expression* object, const Token& name) {
        return named_member(object, name.text, name.end(), span(name));
    }

    const Expression* subscript(const Expression* object, const Expression* index, const Token& end) {
        if (index->op == Op::literal && index->literal->is(Type::string) && special(object)) {
            return named_member(object, index->literal->as_string(), end.end(), index->span);
        }
        if (object->op == Op::loop || (object->op == Op::job_property && object->id == nullptr)) {
            sink_.error(index->span, "this name must be written out", "jobs.ID.result, loop.index");
            throw Stop{};
        }
        auto* e = make(Op::index, begin_of(object), end.end());
        set_operands(*e, std::vector<const Expression*>{object, index});
        return e;
    }

    static bool special(const Expression* object) {
        return object->op == Op::environment || object->op == Op::loop || object->op == Op::job_property;
    }

    /// `end`: where what has been read so far ends.
    const Expression* named_member(const Expression* object, std::string_view name, std::uint32_t end,
                                   Span name_span) {
        const auto begin = begin_of(object);
        if (object->op == Op::environment) {
            auto* e = make(Op::environment_value, begin, end);
            e->literal = sink_.keep(Value::string(name));
            return e;
        }
        if (object->op == Op::loop) {
            if (name != "index") {
                sink_.error(name_span, "loop has no property '" + std::string(name) + "'",
                            "loop.index is the number of the round, from 1");
                throw Stop{};
            }
            return make(Op::loop_index, begin, end);
        }
        if (object->op == Op::job_property && object->id == nullptr) {
            auto* e = make(Op::job_property, begin, end);
            e->id = &sink_.job(name, name_span);
            e->job_property = JobProperty::all;
            return e;
        }
        if (object->op == Op::job_property && object->job_property == JobProperty::all) {
            auto* e = make(Op::job_property, begin, end);
            e->id = object->id;
            e->job_property = job_property(name, name_span);
            return e;
        }
        auto* e = make(Op::property, begin, end);
        e->literal = sink_.keep(Value::string(name));
        set_operands(*e, std::vector<const Expression*>{object});
        return e;
    }

    JobProperty job_property(std::string_view name, Span where) {
        if (name == "result") return JobProperty::result;
        if (name == "outcome") return JobProperty::outcome;
        if (name == "error") return JobProperty::error;
        sink_.error(where, "a job has no property '" + std::string(name) + "'",
                    did_you_mean(name, {"result", "outcome", "error"}, "it has result, outcome and error"));
        throw Stop{};
    }

    const Expression* parse_primary() {
        auto at = token_;
        switch (token_.kind) {
            case TokenKind::number: {
                auto n = Value::string(token_.text).coerce_number();
                if (std::isnan(n)) fail(token_, "'" + std::string(token_.text) + "' is not a number");
                advance_after_value();
                return literal(Value::number(n, at.text), at);
            }
            case TokenKind::string: {
                advance_after_value();
                return literal(Value::string(unquote_token(at.text)), at);
            }
            case TokenKind::name:
                return parse_name();
            case TokenKind::op:
                if (take_op("(")) {
                    auto* e = parse_or();
                    if (token_.kind != TokenKind::op || token_.text != ")") unexpected("')'");
                    advance_after_value();
                    return e;
                }
                break;
            default:
                break;
        }
        unexpected("a value");
    }

    /// After a value, ".5" is not a number: `a.5` is an error about a property.
    void advance_after_value() {
        after_value_ = true;
        advance();
        after_value_ = false;
    }

    const Expression* literal(Value value, const Token& token) {
        auto* e = make(Op::literal, token);
        e->literal = sink_.keep(std::move(value));
        return e;
    }

    const Expression* parse_name() {
        auto at = token_;
        advance_after_value();
        if (token_.kind == TokenKind::op && token_.text == "(") return parse_call(at);
        if (at.text == "true") return literal(Value::boolean(true), at);
        if (at.text == "false") return literal(Value::boolean(false), at);
        if (at.text == "null") return literal(Value(), at);
        if (at.text == "env") return make(Op::environment, at);
        if (at.text == "jobs" || at.text == "loop") {
            if (token_.kind != TokenKind::op || (token_.text != "." && token_.text != "[")) {
                fail(at, "'" + std::string(at.text) + "' is not a value by itself",
                     at.text == "jobs" ? "write jobs.ID.result" : "write loop.index");
            }
            if (at.text == "loop") sink_.loop(span(at));
            return make(at.text == "loop" ? Op::loop : Op::job_property, at);
        }
        if (auto* row = find_function(at.text)) {
            fail(at, "'" + std::string(at.text) + "' is a function", "write " + std::string(row->usage));
        }
        auto* e = make(Op::variable, at);
        e->symbol = &sink_.variable(at.text, span(at));
        return e;
    }

    const Expression* parse_call(const Token& name) {
        auto* row = find_function(name.text);
        if (row == nullptr) {
            std::vector<std::string_view> names;
            for (auto& f : functions) names.push_back(f.name);
            fail(name, "unknown function '" + std::string(name.text) + "'", did_you_mean(name.text, names));
        }
        advance();
        std::vector<const Expression*> arguments;
        auto close = token_;
        if (!(token_.kind == TokenKind::op && token_.text == ")")) {
            for (;;) {
                arguments.push_back(parse_or());
                close = token_;
                if (!take_op(",")) break;
            }
        }
        if (token_.kind != TokenKind::op || token_.text != ")") unexpected("',' or ')'");
        advance_after_value();
        auto count = static_cast<int>(arguments.size());
        if (count < row->least || (row->most >= 0 && count > row->most)) {
            fail(name,
                 std::string(row->name) + "() takes " + arguments_wanted(*row) + ", not " +
                     std::to_string(count),
                 "write " + std::string(row->usage));
        }
        auto* e = make(Op::call, name.at, close.at + 1);
        e->function = row->function;
        set_operands(*e, arguments);
        return e;
    }

    std::string_view text_;
    Span where_;
    bool exact_;
    Arena& arena_;
    NameSink& sink_;
    Token token_;
    bool after_value_ = false;
    int depth_ = 0;
};

}  // namespace

const Expression* parse_expression(std::string_view text, Span where, bool exact, Arena& arena,
                                   NameSink& sink) {
    return Parser(text, where, exact, arena, sink).parse();
}

bool asks_status(const Expression& e) {
    if (e.op == Op::call && (e.function == Function::success || e.function == Function::failure ||
                             e.function == Function::always || e.function == Function::cancelled)) {
        return true;
    }
    return std::ranges::any_of(e.operands, [](const Expression* operand) { return asks_status(*operand); });
}

}  // namespace arun::script
