#include "script/expression_parser.hpp"

#include "base/ascii.hpp"
#include "base/diagnostic.hpp"
#include "base/suggestion.hpp"
#include "base/utf8.hpp"
#include "script/advice.hpp"
#include "script/functions.hpp"
#include "script/regex.hpp"
#include "syntax/scalar.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace arun::script {

namespace {

enum class TokenKind : std::uint8_t { end, name, number, string, unclosed_string, op };

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view text;  ///< as written
    std::uint32_t begin = 0;

    std::uint32_t end() const noexcept { return begin + static_cast<std::uint32_t>(text.size()); }
    bool is_op(std::string_view op) const noexcept { return kind == TokenKind::op && text == op; }
};

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool starts_number(std::string_view rest, bool after_value) {
    if (is_digit(rest[0])) return true;
    if (rest.size() < 2) return false;
    if (after_value) return false;
    if (rest[0] == '-' || rest[0] == '+') return is_digit(rest[1]) || rest[1] == '.';
    return rest[0] == '.' && is_digit(rest[1]);
}

/// Takes letters too: `10s` is one malformed number, not two valid tokens.
std::size_t number_size(std::string_view rest) {
    std::size_t size = 1;
    const auto inside = [&](char c) {
        const bool exponent = (rest[size - 1] | 0x20) == 'e';
        return is_digit(c) || starts_name(c) || c == '.' || ((c == '-' || c == '+') && exponent);
    };
    while (size < rest.size() && inside(rest[size])) ++size;
    return size;
}

/// 0 if the closing quote is missing.
std::size_t string_size(std::string_view rest) {
    const char quote = rest[0];
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] != quote) continue;
        if (i + 1 == rest.size() || rest[i + 1] != quote) return i + 1;
        ++i;
    }
    return 0;
}

/// The token at or after `at`, past blanks. After a value, "-5" is a difference, and ".5" is not a number:
/// `a.5` lacks the name of a property.
Token next_token(std::string_view text, std::size_t at, bool after_value) noexcept {
    while (at < text.size() && is_blank(text[at])) ++at;
    const auto rest = text.substr(at);
    const auto take = [&](TokenKind kind, std::size_t size) {
        return Token{kind, rest.substr(0, size), static_cast<std::uint32_t>(at)};
    };
    if (rest.empty()) return take(TokenKind::end, 0);
    if (starts_name(rest[0])) {
        const auto end = std::ranges::find_if_not(rest, continues_name);
        return take(TokenKind::name, static_cast<std::size_t>(end - rest.begin()));
    }
    if (starts_number(rest, after_value)) return take(TokenKind::number, number_size(rest));
    if (rest[0] == '\'' || rest[0] == '"') {
        const auto size = string_size(rest);
        return size != 0 ? take(TokenKind::string, size) : take(TokenKind::unclosed_string, rest.size());
    }
    for (const std::string_view op : {"==", "!=", "<=", ">=", "&&", "||"})
        if (rest.starts_with(op)) return take(TokenKind::op, 2);
    // The whole code point, because messages quote the token.
    return take(TokenKind::op, first_code_point(rest).length);
}

/// The text of a string literal, without its quotes; a doubled quote stands for one.
std::string unquote(std::string_view text) {
    std::string out;
    const char quote = text.front();
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        out += text[i];
        if (text[i] == quote) ++i;
    }
    return out;
}

/// A name that has properties, but no value.
struct Object {
    std::string_view name;
    Op op;
    std::string_view example;
};

const Object* find_object(std::string_view name) {
    static constexpr std::array objects{
        Object{"jobs", Op::job_property, "jobs.ID.result"},
        Object{"loop", Op::loop, "loop.index"},
        Object{"script", Op::script, "script.dir"},
        Object{"run", Op::run, "run.id"},
    };
    const auto found = std::ranges::find(objects, name, &Object::name);
    return found == objects.end() ? nullptr : &*found;
}

/// Thrown to leave the parser after an error, which has been reported.
struct Stop {};

class Parser {
public:
    Parser(std::string_view text, Span where, bool exact, Arena& arena, NameResolver& names)
        : text_(text), where_(where), exact_(exact), arena_(arena), names_(names) {}

    const Expression* parse() {
        try {
            advance();
            if (token_.kind == TokenKind::end)
                fail(token_, "the expression is empty", "write a name or a value between '${{' and '}}'");
            auto* result = parse_or();
            if (token_.kind != TokenKind::end) unexpected("an operator or the end");
            if (computes_) names_.check_later(*result);
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
    Span span(const Token& token) const { return span(token.begin, token.end()); }
    /// With its parentheses, as is end_of().
    std::uint32_t begin_of(const Expression* e) const {
        if (const auto found = in_parentheses_.find(e); found != in_parentheses_.end())
            return found->second.first;
        return static_cast<std::uint32_t>(e->text.data() - text_.data());
    }
    std::uint32_t end_of(const Expression* e) const {
        if (const auto found = in_parentheses_.find(e); found != in_parentheses_.end())
            return found->second.second;
        return begin_of(e) + static_cast<std::uint32_t>(e->text.size());
    }

    [[noreturn]] void fail(Span where, std::string message, std::string hint = {}) {
        names_.error(where, std::move(message), std::move(hint));
        throw Stop{};
    }
    [[noreturn]] void fail(const Token& token, std::string message, std::string hint = {}) {
        fail(span(token), std::move(message), std::move(hint));
    }

    [[noreturn]] void unexpected(std::string_view wanted) {
        if (token_.kind == TokenKind::end) {
            fail(token_, "the expression ends where " + std::string(wanted) + " is expected");
        }
        fail(token_, "unexpected '" + std::string(token_.text) + "', expected " + std::string(wanted),
             advice_for_token(text_, token_.begin, token_.end()));
    }

    void advance(bool after_value = false) {
        token_ = next_token(text_, token_.end(), after_value);
        if (token_.kind == TokenKind::unclosed_string)
            fail(token_, "the text has no closing " + std::string(1, token_.text.front()));
    }

    bool take_op(std::string_view op) {
        if (!token_.is_op(op)) return false;
        advance();
        return true;
    }

    Expression* make(Op op, std::uint32_t begin, std::uint32_t end,
                     const std::vector<const Expression*>& operands = {}) {
        auto* e = arena_.make<Expression>();
        e->op = op;
        e->text = text_.substr(begin, end - begin);
        e->span = span(begin, end);
        for (auto* operand : operands) e->height = std::max(e->height, operand->height + 1);
        // The parser reads chains such as a == b == c in a loop, but evaluation recurses.
        if (e->height > max_height) fail(e->span, "the expression is nested too deeply");
        e->operands = arena_.copy(operands);
        return e;
    }
    Expression* make(Op op, const Token& token) { return make(op, token.begin, token.end()); }

    const Expression* binary(Op op, const Expression* left, const Expression* right) {
        return make(op, begin_of(left), end_of(right), {left, right});
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
                left = comparison(Op::equal, left, parse_relation());
            } else if (take_op("!=")) {
                left = comparison(Op::not_equal, left, parse_relation());
            } else {
                return left;
            }
        }
    }

    const Expression* parse_relation() {
        auto* left = parse_sum();
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
            left = comparison(*op, left, parse_sum());
        }
    }

    const Expression* parse_sum() {
        auto* left = parse_product();
        for (;;) {
            if (take_op("+")) {
                left = arithmetic(Op::add, left, parse_product());
            } else if (take_op("-")) {
                left = arithmetic(Op::subtract, left, parse_product());
            } else {
                return left;
            }
        }
    }

    const Expression* parse_product() {
        auto* left = parse_unary();
        for (;;) {
            if (take_op("*")) {
                left = arithmetic(Op::multiply, left, parse_unary());
            } else if (take_op("/")) {
                left = arithmetic(Op::divide, left, parse_unary());
            } else if (take_op("%")) {
                left = arithmetic(Op::remainder, left, parse_unary());
            } else {
                return left;
            }
        }
    }

    const Expression* comparison(Op op, const Expression* left, const Expression* right) {
        const auto has_type = [](const Expression* e) {
            return e->op == Op::variable || e->op == Op::job_property;
        };
        computes_ = computes_ || has_type(left) || has_type(right);
        return binary(op, left, right);
    }

    const Expression* arithmetic(Op op, const Expression* left, const Expression* right) {
        computes_ = true;
        return binary(op, left, right);
    }

    const Expression* parse_unary() {
        const auto first = token_;
        std::optional<Op> op;
        if (take_op("!"))
            op = Op::not_;
        else if (take_op("-"))
            op = Op::negate;
        if (!op) return parse_postfix();
        Depth depth(*this);
        auto* operand = parse_unary();
        computes_ = computes_ || op == Op::negate;
        return make(*op, first.begin, end_of(operand), {operand});
    }

    const Expression* parse_postfix() {
        auto* value = parse_primary();
        bool filtered = false;
        for (;;) {
            if (token_.is_op(".")) {
                advance(true);
                if (token_.is_op("*")) {
                    value = filter(value, filtered);
                    filtered = true;
                    continue;
                }
                if (token_.kind != TokenKind::name) unexpected("the name of a property");
                value = named_member(value, token_.text, token_.end(), span(token_), filtered);
                advance(true);
            } else if (token_.is_op("[")) {
                advance();
                if (token_.is_op("*")) {
                    value = filter(value, filtered);
                    filtered = true;
                    if (!token_.is_op("]")) unexpected("']'");
                    advance(true);
                    continue;
                }
                auto* index = parse_or();
                auto end = token_;
                if (!token_.is_op("]")) unexpected("']'");
                advance(true);
                value = subscript(value, index, end, filtered);
            } else {
                return value;
            }
        }
    }

    /// At its `*`.
    const Expression* filter(const Expression* object, bool filtered) {
        if (has_no_value(object)) fail(token_, "a filter needs a list or a mapping", "jobs.ID.result.*.name");
        auto* e = make(Op::filter, begin_of(object), token_.end(), {object});
        e->each = filtered;
        computes_ = true;
        advance(true);
        return e;
    }

    const Expression* subscript(const Expression* object, const Expression* index, const Token& end,
                                bool filtered) {
        if (index->op == Op::literal && index->literal->is(Type::string) && is_builtin(object)) {
            return named_member(object, index->literal->as_string(), end.end(), index->span, filtered);
        }
        if (has_no_value(object)) {
            fail(index->span, "this name must be literal", "jobs.ID.result, loop.index");
        }
        computes_ = true;
        auto* e = make(Op::index, begin_of(object), end.end(), {object, index});
        e->each = filtered;
        return e;
    }

    /// `env`, `loop` and `jobs` have properties of their own kind.
    static bool is_builtin(const Expression* object) {
        return object->op == Op::environment || object->op == Op::job_property || has_no_value(object);
    }

    /// Only its properties have one.
    static bool has_no_value(const Expression* e) {
        return e->op == Op::loop || e->op == Op::run || e->op == Op::script ||
               (e->op == Op::job_property && e->id == nullptr);
    }

    /// `end`: the offset after what has been read so far.
    const Expression* named_member(const Expression* object, std::string_view name, std::uint32_t end,
                                   Span name_span, bool filtered) {
        const auto begin = begin_of(object);
        if (object->op == Op::environment) {
            auto* e = make(Op::environment_value, begin, end);
            e->literal = names_.keep(Value::string(name));
            return e;
        }
        if (object->op == Op::loop) {
            if (name != "index") {
                auto hint =
                    difference_hint("loop.", name, [](std::string_view part) { return part == "index"; });
                if (hint.empty()) hint = "loop.index is the number of the round, from 1";
                fail(name_span, "loop has no property '" + std::string(name) + "'", std::move(hint));
            }
            return make(Op::loop_index, begin, end);
        }
        if (object->op == Op::run || object->op == Op::script) {
            const bool is_run = object->op == Op::run;
            const std::vector<std::string_view> known = is_run ? std::vector<std::string_view>{"id", "host"}
                                                               : std::vector<std::string_view>{"dir", "name"};
            if (std::ranges::find(known, name) == known.end()) {
                fail(name_span, std::string(object->text) + " has no property '" + std::string(name) + "'",
                     did_you_mean(name, known, is_run ? "it has id and host" : "it has dir and name"));
            }
            auto* e = make(is_run ? Op::run_property : Op::literal, begin, end);
            e->literal = names_.keep(is_run ? Value::string(name) : names_.script_property(name));
            return e;
        }
        if (object->op == Op::job_property && object->id == nullptr) {
            auto* e = make(Op::job_property, begin, end);
            e->id = &names_.job(name, name_span);
            e->job_property = JobProperty::all;
            return e;
        }
        if (object->op == Op::job_property && object->job_property == JobProperty::all) {
            auto* e = make(Op::job_property, begin, end);
            e->id = object->id;
            e->job_property = job_property(std::string(object->text) + ".", name, name_span);
            if (e->job_property == JobProperty::result) names_.result_read(*e->id);
            computes_ = true;
            return e;
        }
        auto* e = make(Op::property, begin, end, {object});
        e->literal = names_.keep(Value::string(name));
        e->each = filtered;
        computes_ = true;
        return e;
    }

    JobProperty job_property(std::string_view object, std::string_view name, Span where) {
        if (name == "result") return JobProperty::result;
        if (name == "outcome") return JobProperty::outcome;
        if (name == "error") return JobProperty::error;
        const std::vector<std::string_view> names{"result", "outcome", "error"};
        auto hint = difference_hint(object, name, [&](std::string_view part) {
            return std::ranges::find(names, part) != names.end();
        });
        if (hint.empty()) hint = did_you_mean(name, names, "it has result, outcome and error");
        fail(where, "a job has no property '" + std::string(name) + "'", std::move(hint));
    }

    const Expression* parse_primary() {
        const auto first = token_;
        switch (token_.kind) {
            case TokenKind::number: {
                const auto n = Number::parse(first.text);
                if (!n) fail(token_, "'" + std::string(first.text) + "' is not a number");
                if (const auto error = syntax::number_error(first.text); error != syntax::NumberError::none)
                    fail(token_, std::string(syntax::message_of(error)), std::string(syntax::hint_of(error)));
                advance(true);
                return literal(Value::number(*n, first.text), first);
            }
            case TokenKind::string: {
                advance(true);
                return literal(Value::string(unquote(first.text)), first);
            }
            case TokenKind::name:
                return parse_name();
            case TokenKind::op:
                if (const auto begin = token_.begin; take_op("(")) {
                    auto* e = parse_or();
                    if (!token_.is_op(")")) unexpected("')'");
                    in_parentheses_[e] = {begin, token_.end()};
                    advance(true);
                    return e;
                }
                break;
            default:
                break;
        }
        unexpected("a value");
    }

    const Expression* literal(Value value, const Token& token) {
        auto* e = make(Op::literal, token);
        e->literal = names_.keep(std::move(value));
        return e;
    }

    const Expression* parse_name() {
        const auto first = token_;
        advance(true);
        if (token_.is_op("(")) return parse_call(first);
        const bool value_follows = token_.kind == TokenKind::name || token_.kind == TokenKind::number ||
                                   token_.kind == TokenKind::string;
        if (value_follows && (first.text == "not" || first.text == "if"))
            fail(first, "unexpected '" + std::string(first.text) + "', expected a value",
                 advice_for_token(text_, first.begin, first.end()));
        if (first.text == "true") return literal(Value::boolean(true), first);
        if (first.text == "false") return literal(Value::boolean(false), first);
        if (first.text == "null") return literal(Value(), first);
        if (first.text == "env") return make(Op::environment, first);
        if (const auto* object = find_object(first.text)) {
            if (!token_.is_op(".") && !token_.is_op("[")) {
                fail(first, "'" + std::string(first.text) + "' is not a value by itself",
                     "write " + std::string(object->example));
            }
            if (object->op == Op::loop) names_.loop(span(first));
            return make(object->op, first);
        }
        auto* e = make(Op::variable, first);
        e->symbol = &names_.variable(first.text, span(first));
        return e;
    }

    /// The text after the parenthesis that the parser is at, up to the next one that closes.
    std::string_view text_arguments() const {
        const auto rest = text_.substr(token_.end());
        return rest.substr(0, rest.find(')'));
    }

    const Expression* parse_call(const Token& name) {
        auto* function = find_function(name.text);
        if (function == nullptr) {
            std::vector<std::string_view> names;
            for (const auto& f : functions()) names.push_back(f.name);
            const auto known = function_for(name.text);
            auto hint = advice_for_call(name.text, text_arguments());
            if (hint.empty() && !known.empty()) hint = "did you mean '" + std::string(known) + "'?";
            if (hint.empty()) hint = did_you_mean(name.text, names);
            fail(name, "unknown function '" + std::string(name.text) + "'", std::move(hint));
        }
        const auto open = token_.begin;
        advance();
        std::vector<const Expression*> arguments;
        auto close = token_;
        if (!token_.is_op(")")) {
            for (;;) {
                const bool forgiven = function->role == FunctionSpec::Role::default_ && arguments.empty();
                if (forgiven) names_.optional(true);
                arguments.push_back(parse_or());
                if (forgiven) names_.optional(false);
                close = token_;
                if (!take_op(",")) break;
            }
        }
        if (!token_.is_op(")")) unexpected("',' or ')'");
        advance(true);
        auto count = static_cast<int>(arguments.size());
        if (count < function->min_arguments ||
            (function->max_arguments >= 0 && count > function->max_arguments)) {
            auto hint = advice_for_call(name.text, text_.substr(open + 1, close.begin - open - 1));
            if (hint.empty()) hint = "write " + std::string(function->usage);
            fail(name,
                 std::string(function->name) + "() takes " + accepted_arguments(*function) + ", not " +
                     std::to_string(count),
                 std::move(hint));
        }
        auto* e = make(Op::call, name.begin, close.begin + 1, arguments);
        e->function = function;
        computes_ = computes_ || function->role == FunctionSpec::Role::date;
        if (function->role == FunctionSpec::Role::matches && arguments[1]->op == Op::literal) {
            auto regex = Regex::compile(arguments[1]->literal->to_text());
            if (!regex) fail(arguments[1]->span, "not a regular expression: " + regex.error().message);
            e->regex = names_.keep(*std::move(regex));
        }
        return e;
    }

    std::string_view text_;
    Span where_;
    bool exact_;
    Arena& arena_;
    NameResolver& names_;
    Token token_;
    /// Where what stands in parentheses begins and ends with them.
    std::unordered_map<const Expression*, std::pair<std::uint32_t, std::uint32_t>> in_parentheses_;
    int depth_ = 0;
    bool computes_ = false;  ///< there are properties or operators whose operands have types
};

}  // namespace

std::string difference_hint(std::string_view object, std::string_view name,
                            const std::function<bool(std::string_view)>& has) {
    for (auto minus = name.rfind('-'); minus != std::string_view::npos && minus > 0;
         minus = name.rfind('-', minus - 1)) {
        const auto left = name.substr(0, minus);
        if (!has(left)) continue;
        return "write '" + std::string(object) + std::string(left) + " - " +
               std::string(name.substr(minus + 1)) + "' for a difference: a name may contain '-'";
    }
    return {};
}

const Expression* parse_expression(std::string_view text, Span where, bool exact, Arena& arena,
                                   NameResolver& names) {
    return Parser(text, where, exact, arena, names).parse();
}

}  // namespace arun::script
