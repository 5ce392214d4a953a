/// The types of arguments: how each is read from a script, checked, and described.
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

/// A duration > 0.
struct PositiveDuration {
    Duration value{};
};
/// A whole number >= 0.
struct Count {
    std::int64_t value = 0;
};
/// A whole number >= 1.
struct PositiveCount {
    std::int64_t value = 1;
};
/// An exit status that tells of a failure: 1 to 255.
struct ExitStatus {
    int value = 1;
};
/// A number >= 1.
struct Factor {
    double value = 1;
};
/// A number from 0 to 1.
struct Fraction {
    double value = 0;
};
/// A number of bytes >= 1: 65536, 64KiB, 1MiB.
struct ByteCount {
    std::uint64_t value = 0;
};
/// "1 MiB", "1500 bytes": exact.
std::string format_bytes(std::uint64_t bytes);

/// Specialised for each enum that is an argument: `static constexpr std::array names{"a", "b"}` has a name
/// per enumerator, in order. Enumerators count from 0.
template <class E>
struct EnumNames;

/// Describes a type: its name in help texts, and its JSON Schema.
struct TypeInfo {
    std::string_view label;
    std::string_view json_schema;
};

/// "expected WANTED, not VALUE"
Error expected(std::string_view wanted, const Value& value);

/// Converts a literal or computed value to a T. The error reads "expected ...".
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
struct Codec<ExitStatus> {
    static constexpr TypeInfo info{"exit status", R"({"type":"integer","minimum":1,"maximum":255})"};
    static Result<ExitStatus> from(const Value& value);
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
/// Units are KiB, MiB and GiB, or K, M and G for the same.
template <>
struct Codec<ByteCount> {
    static constexpr TypeInfo info{
        "bytes",
        R"({"anyOf":[{"type":"integer","minimum":1},{"type":"string","pattern":"^[0-9]+ *([KMG](iB)?)?$"}]})"};
    static Result<ByteCount> from(const Value& value);
};
template <>
struct Codec<Value> {
    static constexpr TypeInfo info{"any", "{}"};
    static Result<Value> from(const Value& value) { return value; }
};

/// The index of the name that `value` spells; the error lists them all.
Result<std::size_t> index_of_name(const Value& value, std::span<const std::string_view> names);

template <class E>
    requires std::is_enum_v<E>
struct Codec<E> {
    static constexpr TypeInfo info{"word", {}};  // its schema lists the names
    static Result<E> from(const Value& value) {
        auto index = index_of_name(value, EnumNames<E>::names);
        if (!index) return index.error();
        return static_cast<E>(*index);
    }
};

/// An argument of type T: a literal, or a template that is evaluated when the job runs.
template <class T>
struct Dyn {
    constexpr Dyn() = default;
    constexpr Dyn(T v) : literal(v) {}

    T literal{};
    const Template* computed = nullptr;

    /// Throws EvalError if the template has no value, or one that is not a T.
    T get(const EvalContext& context) const {
        if (computed == nullptr) return literal;
        auto value = Codec<T>::from(evaluate(*computed, context));
        if (!value) throw EvalError(computed->span, value.error().message);
        return *value;
    }
};

/// A text, or a template that makes one when the job runs. There may be millions of them, so it has 16 bytes.
class Text {
public:
    constexpr Text() = default;
    /// The bytes belong to a script's source or have static storage. There are at most max_source_size of
    /// them.
    constexpr Text(std::string_view text)
        : data_(text.data()), size_(static_cast<std::uint32_t>(text.size())) {}
    constexpr explicit Text(const Template& computed) : data_(&computed), computed_(true) {}

    /// Null if the text is literal.
    const Template* computed() const noexcept {
        return computed_ ? static_cast<const Template*>(data_) : nullptr;
    }
    /// Empty if the text is computed.
    std::string_view literal() const noexcept {
        return computed_ ? std::string_view() : std::string_view(static_cast<const char*>(data_), size_);
    }

    /// Stores a computed text in `buffer`. Throws EvalError.
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
    const void* data_ = nullptr;
    std::uint32_t size_ = 0;
    bool computed_ = false;
};
static_assert(sizeof(void*) != 8 || sizeof(Text) == 16);

using TextList = std::span<const Text>;

struct TextEntry {
    std::string_view key;
    Text value;
    bool unset = false;  ///< null in the script
};
/// A mapping of names to texts.
using TextMap = std::span<const TextEntry>;
/// `env`: the names are those of environment variables.
struct EnvMap : TextMap {};

struct Variable {
    const Symbol* symbol = nullptr;
    const ValueTemplate* value = nullptr;
    Span span;
};
/// `vars`, `set`: names and values in the order of the script.
using Variables = std::span<const Variable>;

/// `vars`: they may be given on the command line, and are local to an include.
struct DeclaredVariables : Variables {};

/// A text that a shell reads as a program.
struct ShellText : Text {};

/// `ignore_warnings`, which the compiler looks at itself.
struct IgnoredWarnings {};

/// A list of jobs, or a single one.
struct JobList {
    std::span<const Job> jobs;
    bool empty() const noexcept { return jobs.empty(); }
};
/// The body of a loop, where loop.index is known.
struct LoopBody : JobList {};
/// The body of a for_each. Each round has its own context, in which `as` names the item.
struct ItemBody : JobList {};
/// The jobs of a group. Each has its own context.
struct ChildList {
    std::span<const Job> jobs;
};

/// Any value, with templates in it.
struct AnyValue {
    const ValueTemplate* value = nullptr;
};

/// A condition, which is evaluated every time.
struct Condition {
    const Expression* expression = nullptr;
    explicit operator bool() const noexcept { return expression != nullptr; }
};

/// A condition in which loop.index is known.
struct LoopCondition : Condition {};
/// The name of a loop's variable, a literal.
struct LoopName {
    const Symbol* symbol = nullptr;
};

struct Body;
/// The path of a script, which is compiled with the one that includes it.
struct Included {
    const Body* body = nullptr;
};

struct ConditionList {
    std::span<const Expression* const> conditions;
};

/// The ids in `wait` and `cancel`; `all` is every background job.
struct IdList {
    bool all = false;
    bool single = false;  ///< one id, not in a list
    std::span<const JobId* const> ids;
};

/// An argument that few jobs give, stored out of line in the script's arena so that it costs the others one
/// pointer. Null if the script does not give it.
template <class T>
struct Boxed {
    const T* value = nullptr;
    explicit operator bool() const noexcept { return value != nullptr; }
    const T& operator*() const noexcept { return *value; }
    const T* operator->() const noexcept { return value; }
};

/// Reads an argument. `what` names it in messages: "'every' of tick". Returns false after an error, which has
/// been reported to the compiler.
bool read(Compiler& compiler, syntax::Node node, std::string_view what, Text& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, TextList& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, TextMap& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, EnvMap& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, Variables& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, DeclaredVariables& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, ShellText& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, IgnoredWarnings& out);
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
/// A text that cannot be computed.
bool read(Compiler& compiler, syntax::Node node, std::string_view what, std::string_view& out);
/// A boolean that cannot be computed.
bool read(Compiler& compiler, syntax::Node node, std::string_view what, bool& out);

/// For read(): sets `computed` if the node has an expression, else `literal`. Returns false after an error.
bool read_dynamic(Compiler& compiler, syntax::Node node, const Template*& computed, Value& literal);
/// Reports "WHAT: ERROR" at the node, with a hint if it looks like an expression without quotes.
void report_mismatch(Compiler& compiler, syntax::Node node, std::string_view what, const std::string& error);

template <class T>
bool read(Compiler& compiler, syntax::Node node, std::string_view what, Dyn<T>& out) {
    Value literal;
    if (!read_dynamic(compiler, node, out.computed, literal)) return false;
    if (out.computed != nullptr) return true;
    auto value = Codec<T>::from(literal);
    if (!value) {
        report_mismatch(compiler, node, what, value.error().message);
        return false;
    }
    out.literal = *value;
    return true;
}

template <class T>
bool read(Compiler& compiler, syntax::Node node, std::string_view what, std::optional<T>& out) {
    return read(compiler, node, what, out.emplace());
}

/// The arena of the script that is being compiled.
Arena& arena_of(Compiler& compiler) noexcept;

template <class T>
bool read(Compiler& compiler, syntax::Node node, std::string_view what, Boxed<T>& out) {
    auto* value = arena_of(compiler).make<T>();
    out.value = value;
    return read(compiler, node, what, *value);
}

/// Describes a type of argument, for help, manual and schema.
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
template <class T>
struct TypeOf<Boxed<T>> : TypeOf<T> {};

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
        "mapping of texts",
        R"({"type":"object","additionalProperties":{"description":"a text","$ref":"#/$defs/text_or_null"}})"};
};
template <>
struct TypeOf<EnvMap> : PlainType {
    static constexpr TypeInfo info{
        "mapping of texts",
        R"({"type":"object","propertyNames":{"type":"string","pattern":"^[^=]+$"},"additionalProperties":{"description":"an environment variable","$ref":"#/$defs/text_or_null"}})"};
};
template <>
struct TypeOf<Variables> : PlainType {
    static constexpr TypeInfo info{
        "mapping of values",
        R"({"type":"object","propertyNames":{"$ref":"#/$defs/name"},"additionalProperties":{"description":"a variable"}})"};
};
template <>
struct TypeOf<DeclaredVariables> : TypeOf<Variables> {};
template <>
struct TypeOf<ShellText> : TypeOf<Text> {};
template <>
struct TypeOf<IgnoredWarnings> : PlainType {
    static constexpr TypeInfo info{
        "name or list of names",
        R"({"anyOf":[{"$ref":"#/$defs/warning"},{"type":"array","items":{"$ref":"#/$defs/warning"}}]})"};
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
struct TypeOf<bool> : PlainType {
    static constexpr TypeInfo info{"boolean", R"({"type":"boolean"})"};
};
template <>
struct TypeOf<std::string_view> : PlainType {
    static constexpr TypeInfo info{"literal text", R"({"type":"string"})"};
};

}  // namespace arun::script
