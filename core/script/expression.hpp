/// Compiled expressions of the language of `${{ }}`: that of GitHub Actions, with the deviations listed in
/// arun-script(5).
#pragma once

#include "base/duration.hpp"
#include "base/source.hpp"
#include "script/functions.hpp"
#include "script/names.hpp"
#include "script/value.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace arun::script {

enum class Status : std::uint8_t { success, failure, cancelled, always };
/// `all` is `jobs.ID` without a property: a mapping of the other three.
enum class JobProperty : std::uint8_t { result, outcome, error, all };

/// What the value of an expression depends on at the moment of its evaluation.
class EvalContext {
public:
    /// Null when the variable is not set.
    virtual const Value* variable(const Symbol& symbol) const = 0;
    virtual Value environment(std::string_view name) const = 0;
    virtual Value environment() const = 0;
    virtual Value job(const JobId& id, JobProperty property) const = 0;
    /// `loop.index`; null outside of loops.
    virtual Value loop_index() const = 0;
    virtual bool status(Status which) const = 0;
    virtual Duration now() const = 0;
    /// `run.id` or `run.host`.
    virtual Value run_property(std::string_view name) const = 0;
    virtual std::chrono::system_clock::time_point wall_time() const = 0;
    /// A number in [0, 1); empty where only a run can know it.
    virtual std::optional<double> random() const = 0;

protected:
    ~EvalContext() = default;
};

/// An expression has no value; where() is the part that caused it.
class EvalError : public std::runtime_error {
public:
    EvalError(Span where, const std::string& message) : std::runtime_error(message), where_(where) {}
    Span where() const noexcept { return where_; }

private:
    Span where_;
};

/// The value depends on the result of a job that `arun plan` does not run; see Value::unknown().
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
    run,           ///< without a property: only while it is parsed
    run_property,  ///< its name is in `literal`
    script,        ///< only while it is parsed; its properties are literals
    loop,
    property,
    index,
    filter,  ///< `.*`: the items or values
    not_,
    negate,
    multiply,
    divide,
    remainder,
    add,
    subtract,
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

/// A node of a compiled expression, in the script's Arena.
struct Expression {
    Op op = Op::literal;
    JobProperty job_property{};
    bool each = false;                       ///< property, index, filter: of each item of a filter's list
    std::string_view text;                   ///< as written
    Span span;                               ///< in the source; the whole string when it has escapes
    int height = 1;                          ///< of the operand tree
    const Value* literal = nullptr;          ///< literal; environment_value, property: the name
    const Symbol* symbol = nullptr;          ///< variable
    const JobId* id = nullptr;               ///< job_property
    const FunctionSpec* function = nullptr;  ///< call
    const Regex* regex = nullptr;            ///< call of matches() with a literal pattern
    std::span<const Expression* const> operands;  ///< in the order of the text
};

/// Throws EvalError.
Value evaluate(const Expression& expression, const EvalContext& context);

/// True if it calls success(), failure(), always() or cancelled(): such an `if` has no implied success().
bool asks_status(const Expression& expression);

}  // namespace arun::script
