/// The expression language of `${{ }}`: GitHub Actions' with the deviations that arun-script(5) lists.
#pragma once

#include "base/arena.hpp"
#include "base/duration.hpp"
#include "base/source.hpp"
#include "script/symbols.hpp"
#include "script/value.hpp"

#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace arun::script {

enum class Status : std::uint8_t { success, failure, cancelled, always };
/// `all` is `jobs.ID` by itself: a mapping of the three.
enum class JobProperty : std::uint8_t { result, outcome, error, all };

/// What an expression can ask of the moment in which it is evaluated.
class EvalContext {
public:
    /// The value of a variable, or null when nothing has set it.
    virtual const Value* variable(const Symbol& symbol) const = 0;
    virtual Value environment(std::string_view name) const = 0;
    virtual Value environment() const = 0;
    virtual Value job(const JobId& id, JobProperty property) const = 0;
    /// loop.index; null outside of loops.
    virtual Value loop_index() const = 0;
    virtual bool status(Status which) const = 0;
    virtual Duration now() const = 0;

protected:
    ~EvalContext() = default;
};

/// Why an expression has no value, and which part of it is to blame.
class EvalError : public std::runtime_error {
public:
    EvalError(Span where, const std::string& message) : std::runtime_error(message), where_(where) {}
    Span where() const noexcept { return where_; }

private:
    Span where_;
};

/// The value depends on what only a real run can know, see Value::unknown().
class UnknownValue : public EvalError {
public:
    explicit UnknownValue(Span where) : EvalError(where, "only a run can know this value") {}
};

enum class Op : std::uint8_t {
    literal,
    variable,
    environment,
    environment_value,
    job_property,
    loop_index,
    loop,
    property,
    index,
    not_,
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    not_equal,
    and_,
    or_,
    call
};

enum class Function : std::uint8_t {
    contains,
    starts_with,
    ends_with,
    format,
    join,
    to_json,
    from_json,
    success,
    failure,
    always,
    cancelled,
    length,
    default_,
    now
};

/// One node of a compiled expression. Lives in the script's Arena.
struct Expression {
    Op op = Op::literal;
    Function function{};
    JobProperty job_property{};
    std::string_view text;           ///< as it was written
    Span span;                       ///< in the script's text; of the whole string where that has escapes
    int height = 1;                  ///< of the tree of operands below it
    const Value* literal = nullptr;  ///< literal; environment_value, property: the name
    const Symbol* symbol = nullptr;  ///< variable
    const JobId* id = nullptr;       ///< job_property
    std::span<const Expression* const> operands;  ///< in the order of the text
};

/// Computes the value; throws EvalError.
Value evaluate(const Expression& expression, const EvalContext& context);

/// True when success(), failure(), always() or cancelled() occurs: such an `if` has no implied success().
bool asks_status(const Expression& expression);

/// What the parser hands on of the names it meets; the compiler judges them when the whole script is known.
class NameSink {
public:
    virtual const Symbol& variable(std::string_view name, Span where) = 0;
    virtual const JobId& job(std::string_view id, Span where) = 0;
    /// Keeps a literal alive as long as the script.
    virtual const Value* keep(Value value) = 0;
    virtual void error(Span where, std::string message, std::string hint) = 0;
    /// loop.* was used.
    virtual void loop(Span where) = 0;

protected:
    ~NameSink() = default;
};

/// Compiles `text`, whose first byte stands at `where.begin` of `where.source` when the text stands there
/// byte by byte (`exact`); otherwise all errors point at the whole of `where`. Null after an error, which
/// the sink was told.
const Expression* parse_expression(std::string_view text, Span where, bool exact, Arena& arena,
                                   NameSink& sink);

}  // namespace arun::script
