/// The types that arguments of jobs have: how each is read from a script, checked, and described.
#pragma once

#include "base/duration.hpp"
#include "base/error.hpp"
#include "script/expression.hpp"
#include "script/template.hpp"
#include "syntax/document.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace arun::script {

class Compiler;
struct Job;

/// A duration above zero.
struct PositiveDuration {
    Duration value{};
};
/// A whole number from 0 up.
struct Count {
    std::int64_t value = 0;
};
/// A whole number from 1 up.
struct PositiveCount {
    std::int64_t value = 1;
};
/// A number from 1 up.
struct Factor {
    double value = 1;
};
/// A number from 0 to 1.
struct Fraction {
    double value = 0;
};

/// Each enum that scripts can name specialises this: `static constexpr std::array names{"a", "b"}` in the
/// order of the enumerators, which count from 0.
template <class E>
struct EnumNames;

/// What a type is called in messages and the manual, and its JSON Schema.
struct TypeInfo {
    std::string_view label;
    std::string_view schema;
};

/// How a literal or computed value becomes a T. The error completes "expected ...".
template <class T>
struct Codec;

template <>
struct Codec<bool> {
    static constexpr TypeInfo info{"boolean", R"({"type":"boolean"})"};
    static Result<bool> from(const Value& value);
};
template <>
struct Codec<Duration> {
    static constexpr TypeInfo info{"duration", R"({"$ref":"#/$defs/duration"})"};
    static Result<Duration> from(const Value& value);
};
template <>
struct Codec<PositiveDuration> {
    static constexpr TypeInfo info{"duration", R"({"$ref":"#/$defs/duration"})"};
    static Result<PositiveDuration> from(const Value& value);
};
template <>
struct Codec<Count> {
    static constexpr TypeInfo info{"count", R"({"type":"integer","minimum":0})"};
    static Result<Count> from(const Value& value);
};
template <>
struct Codec<PositiveCount> {
    static constexpr TypeInfo info{"count", R"({"type":"integer","minimum":1})"};
    static Result<PositiveCount> from(const Value& value);
};
template <>
struct Codec<Factor> {
    static constexpr TypeInfo info{"number", R"({"type":"number","minimum":1})"};
    static Result<Factor> from(const Value& value);
};
template <>
struct Codec<Fraction> {
    static constexpr TypeInfo info{"number", R"({"type":"number","minimum":0,"maximum":1})"};
    static Result<Fraction> from(const Value& value);
};
/// A list whose items are computed elsewhere.
template <>
struct Codec<Value> {
    static constexpr TypeInfo info{"any", "{}"};
    static Result<Value> from(const Value& value) { return value; }
};

/// The place of `text` among `names`, or an error with a suggestion.
Result<std::size_t> index_of_name(const Value& value, std::span<const std::string_view> names);

template <class E>
    requires std::is_enum_v<E>
struct Codec<E> {
    static constexpr TypeInfo info{"word", {}};  // the schema is made of the names
    static Result<E> from(const Value& value) {
        auto index = index_of_name(value, EnumNames<E>::names);
        if (!index) return index.error();
        return static_cast<E>(*index);
    }
};

/// An argument of type T that the script gives literally, or computes when the job runs.
template <class T>
struct Dyn {
    constexpr Dyn() = default;
    constexpr Dyn(T v) : literal(v) {}

    T literal{};
    const Template* computed = nullptr;

    /// Throws EvalError when the computed value is no T.
    T get(const EvalContext& context) const {
        if (computed == nullptr) return literal;
        auto value = Codec<T>::from(evaluate(*computed, context));
        if (!value) throw EvalError(computed->span, value.error().message);
        return *value;
    }
};

/// Text, computed when it has `${{ }}` in it.
class Text {
public:
    constexpr Text() = default;
    /// Of a script, or of static storage: it has at most max_source_size bytes.
    constexpr Text(std::string_view text)
        : data_(text.data()), size_(static_cast<std::uint32_t>(text.size())) {}
    constexpr explicit Text(const Template& computed) : data_(&computed), computed_(true) {}

    /// Null for a text that the script gives literally.
    const Template* computed() const noexcept {
        return computed_ ? static_cast<const Template*>(data_) : nullptr;
    }
    /// Empty for one that is computed.
    std::string_view literal() const noexcept {
        return computed_ ? std::string_view() : std::string_view(static_cast<const char*>(data_), size_);
    }

    /// The text; `buffer` holds it when it had to be made.
    std::string_view get(const EvalContext& context, std::string& buffer) const {
        if (!computed_) return literal();
        buffer.clear();
        append_text(*computed(), context, buffer);
        return buffer;
    }
    std::string get(const EvalContext& context) const {
        std::string buffer;
        return std::string(get(context, buffer));
    }

private:
    // There may be millions of them.
    const void* data_ = nullptr;
    std::uint32_t size_ = 0;
    bool computed_ = false;
};
static_assert(sizeof(void*) != 8 || sizeof(Text) == 16);

using TextList = std::span<const Text>;

struct TextEntry {
    std::string_view key;
    Text value;
    bool unset = false;  ///< the script wrote null
};
/// Names and texts, as in `env`.
using TextMap = std::span<const TextEntry>;
/// Those of `env`.
struct EnvMap : TextMap {};

struct Variable {
    const Symbol* symbol = nullptr;
    const ValueTemplate* value = nullptr;
    Span span;
};
/// Names and values in the order of the script, as in `vars` and `set`.
using Variables = std::span<const Variable>;

/// A list of jobs that the script wrote, or a single job.
struct JobList {
    std::span<const Job> jobs;
    bool empty() const noexcept { return jobs.empty(); }
};
/// The body of a loop: a list of jobs that knows loop.index.
struct LoopBody : JobList {};
/// The body of a for_each: each round has a context of its own, and the variable that `as` names.
struct ItemBody : JobList {};
/// The jobs of a group, each of which runs in a context of its own.
struct ChildList {
    std::span<const Job> jobs;
};

/// Any value, or a list that is computed.
struct AnyValue {
    const ValueTemplate* value = nullptr;
};

/// A condition: evaluated anew each time.
struct Condition {
    const Expression* expression = nullptr;
    explicit operator bool() const noexcept { return expression != nullptr; }
};

/// A condition that knows loop.index.
struct LoopCondition : Condition {};
/// The literal name of a loop's variable.
struct LoopName {
    const Symbol* symbol = nullptr;
};

struct Body;
/// The path of a script, which is read when the including one is compiled.
struct Included {
    const Body* body = nullptr;
};

struct ConditionList {
    std::span<const Expression* const> conditions;
};

/// The ids that `wait` and `cancel` name; `all` stands for every background job.
struct IdList {
    bool all = false;
    bool single = false;  ///< one id that was not in a list
    std::span<const JobId* const> ids;
};

/// How each type of argument is read: `what` names the argument in messages ("'every' of tick").
/// False after an error, which the compiler has.
bool read(Compiler& compiler, syntax::Node node, std::string_view what, Text& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, TextList& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, TextMap& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, EnvMap& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, Variables& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, JobList& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, ChildList& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, LoopBody& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, ItemBody& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, LoopCondition& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, LoopName& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, Included& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, AnyValue& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, Condition& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, ConditionList& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, IdList& out);
/// A word that must stand in the script as it is.
bool read(Compiler& compiler, syntax::Node node, std::string_view what, std::string_view& out);

/// The two halves of reading a Dyn: a template when the node has an expression, else the literal as a Value.
/// False after an error.
bool read_dynamic(Compiler& compiler, syntax::Node node, const Template*& computed, Value& literal);
void report_mismatch(Compiler& compiler, syntax::Node node, std::string_view what, const std::string& error);

template <class T>
bool read(Compiler& compiler, syntax::Node node, std::string_view what, Dyn<T>& out) {
    Value literal;
    if (!read_dynamic(compiler, node, out.computed, literal)) return false;
    if (out.computed != nullptr) return true;
    auto value = Codec<T>::from(literal);
    if (value) {
        out.literal = *value;
    } else {
        report_mismatch(compiler, node, what, value.error().message);
    }
    return static_cast<bool>(value);
}

template <class T>
bool read(Compiler& compiler, syntax::Node node, std::string_view what, std::optional<T>& out) {
    return read(compiler, node, what, out.emplace());
}

/// The description of each type, for help, manual and schema.
template <class T>
struct TypeOf;
template <class T>
struct TypeOf<Dyn<T>> {
    static constexpr TypeInfo info = Codec<T>::info;
    static constexpr std::span<const std::string_view> names() {
        if constexpr (std::is_enum_v<T>) {
            return EnumNames<T>::names;
        } else {
            return {};
        }
    }
    static constexpr bool computable = true;
};
template <class T>
struct TypeOf<std::optional<T>> : TypeOf<T> {};

struct PlainType {
    static constexpr std::span<const std::string_view> names() { return {}; }
    static constexpr bool computable = false;
};
template <>
struct TypeOf<Text> : PlainType {
    static constexpr TypeInfo info{"text", R"({"$ref":"#/$defs/text"})"};
};
template <>
struct TypeOf<TextList> : PlainType {
    static constexpr TypeInfo info{"list of texts", R"({"type":"array","items":{"$ref":"#/$defs/text"}})"};
};
template <>
struct TypeOf<TextMap> : PlainType {
    static constexpr TypeInfo info{
        "mapping of texts", R"({"type":"object","additionalProperties":{"$ref":"#/$defs/text_or_null"}})"};
};
template <>
struct TypeOf<EnvMap> : PlainType {
    static constexpr TypeInfo info{
        "mapping of texts",
        R"({"type":"object","propertyNames":{"pattern":"^[^=]+$"},"additionalProperties":{"$ref":"#/$defs/text_or_null"}})"};
};
template <>
struct TypeOf<Variables> : PlainType {
    static constexpr TypeInfo info{"mapping of values",
                                   R"({"type":"object","propertyNames":{"$ref":"#/$defs/name"}})"};
};
template <>
struct TypeOf<JobList> : PlainType {
    static constexpr TypeInfo info{"jobs", R"({"$ref":"#/$defs/jobs"})"};
};
template <>
struct TypeOf<ChildList> : TypeOf<JobList> {};
template <>
struct TypeOf<LoopBody> : TypeOf<JobList> {};
template <>
struct TypeOf<ItemBody> : TypeOf<JobList> {};
template <>
struct TypeOf<AnyValue> : PlainType {
    static constexpr TypeInfo info{"value", "{}"};
};
template <>
struct TypeOf<Condition> : PlainType {
    static constexpr TypeInfo info{"expression", R"({"$ref":"#/$defs/condition"})"};
};
template <>
struct TypeOf<LoopCondition> : TypeOf<Condition> {};
template <>
struct TypeOf<LoopName> : PlainType {
    static constexpr TypeInfo info{"name", R"({"$ref":"#/$defs/name"})"};
};
template <>
struct TypeOf<Included> : PlainType {
    static constexpr TypeInfo info{"path", R"({"type":"string"})"};
};
template <>
struct TypeOf<ConditionList> : PlainType {
    static constexpr TypeInfo info{
        "expression or list",
        R"({"anyOf":[{"$ref":"#/$defs/condition"},{"type":"array","minItems":1,"items":{"$ref":"#/$defs/condition"}}]})"};
};
template <>
struct TypeOf<IdList> : PlainType {
    static constexpr TypeInfo info{
        "id or list of ids",
        R"({"anyOf":[{"$ref":"#/$defs/name"},{"type":"array","items":{"$ref":"#/$defs/name"}}]})"};
};
template <>
struct TypeOf<std::string_view> : PlainType {
    static constexpr TypeInfo info{"literal text", R"({"type":"string"})"};
};

}  // namespace arun::script
