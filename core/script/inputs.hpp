/// The inputs of a script, which are its parameters, and the variables that are given from outside.
#pragma once

#include "base/diagnostic.hpp"
#include "base/error.hpp"
#include "base/source.hpp"
#include "script/arguments.hpp"
#include "script/value.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace arun::script {

struct ArgumentSchema;
struct Body;
struct Symbol;

/// As GitHub Actions has them, and durations and lists.
enum class InputType : std::uint8_t { string, number, boolean, duration, choice, list };

struct Input {
    const Symbol* symbol = nullptr;  ///< the variable that has its value
    Span span;                       ///< of its name
    std::string_view description;
    bool required = false;
    InputType type = InputType::string;
    const ValueTemplate* fallback = nullptr;  ///< `default`, or null
    const Value* options = nullptr;           ///< a list of scalars, for a choice
};

/// `inputs`, without those that are declared wrongly.
struct InputList {
    std::span<const Input> inputs;
    auto begin() const noexcept { return inputs.begin(); }
    auto end() const noexcept { return inputs.end(); }
    bool empty() const noexcept { return inputs.empty(); }
};

extern const ArgumentSchema input_schema;

/// Where a value comes from: a text of the command line has no type of its own.
enum class Spelling : std::uint8_t { text, value };

/// The value of an input, of its type. The error reads "expected ...".
Result<Value> convert_input(const Input& input, const Value& given, Spelling spelling);

/// How the command line gives an input: "host=TEXT", "level=low|high".
std::string usage_of(const Input& input);

/// A variable from outside the scripts.
struct GivenVariable {
    std::string name;
    Value value;
    Spelling spelling = Spelling::text;
    std::string origin;          ///< for messages: "--var host"
    Span where;                  ///< in a file of --vars-file
    bool may_be_unread = false;  ///< it is given to several scripts
};
/// The last one of a name wins.
using GivenVariables = std::span<const GivenVariable>;

/// The value for a variable that a script declares with a value of type `declared`; null: of any type. In a
/// text a number or boolean must be spelled, a list or mapping must be JSON. The error reads "expected ...".
Result<Value> convert_variable(const GivenVariable& given, Type declared);

/// Reports variables whose value does not fit what the script declares, as far as that is known before a run,
/// and, if `all`, required inputs that are not given. Returns false if an input is wrong or missing.
bool check_given(const Body& body, GivenVariables given, bool all, Diagnostics& diagnostics);

/// Reports initial values that read a variable which gets its own only after them.
void check_declaration_order(Compiler& compiler, const Body& body);

// How `inputs` is read; see script_schema.
template <>
struct TypeOf<InputList> : PlainType {
    static constexpr TypeInfo info{
        "mapping of inputs",
        R"({"type":"object","propertyNames":{"$ref":"#/$defs/name"},"additionalProperties":{"description":"an input","$ref":"#/$defs/input"}})"};
};
bool read(Compiler& compiler, syntax::Node node, std::string_view what, InputList& out);

}  // namespace arun::script
