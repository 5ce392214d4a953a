/// `expect`: the argument types in which a script states what a result should be, and the checker that
/// compares.
#pragma once

#include "script/arguments.hpp"
#include "script/json_path.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace arun::script {

class Regex;
struct Expectation;

/// How a value is compared with what is expected.
enum class Comparison : std::uint8_t {
    text,      ///< as text, without trailing newlines
    code,      ///< whole numbers such as exit codes; a list allows any of its items
    duration,  ///< a number of seconds with a duration
    value,     ///< as JSON: the same type, deeply equal
};

enum class Matcher : std::uint8_t { equals, contains, matches, not_, lt, le, gt, ge };

/// A matcher and its operand.
struct Requirement {
    Matcher matcher = Matcher::equals;
    Span span;
    const ValueTemplate* operand = nullptr;  ///< null for `not`
    const Expectation* negated = nullptr;    ///< for `not`
    const Regex* regex = nullptr;            ///< for `matches` with a literal pattern
};

/// A conjunction of requirements.
struct Expectation {
    Comparison comparison = Comparison::value;
    std::span<const Requirement> requirements;
};

/// An argument that is a mapping of matchers, or a value, which means `equals`. Null if the script does not
/// give it.
template <Comparison C>
struct Expect {
    const Expectation* expectation = nullptr;
    explicit operator bool() const noexcept { return expectation != nullptr; }
};
using ExpectText = Expect<Comparison::text>;
/// `exit: [0, 2]` expects one of the items.
using ExpectCode = Expect<Comparison::code>;
using ExpectDuration = Expect<Comparison::duration>;
/// Here a list is a value like any other.
using ExpectValue = Expect<Comparison::value>;

struct NamedExpectation {
    std::string_view name;
    JsonPath path;  ///< for ExpectJson
    const Expectation* expectation = nullptr;
};
/// A mapping of header names to expectations of their texts. Null expects the header to be absent.
struct ExpectHeaders {
    std::span<const NamedExpectation> entries;
    explicit operator bool() const noexcept { return !entries.empty(); }
};
/// Expectations of a JSON value: a mapping of paths into it (`items[0].name`), or one expectation of the
/// whole.
struct ExpectJson {
    const Expectation* whole = nullptr;
    std::span<const NamedExpectation> entries;
    explicit operator bool() const noexcept { return whole != nullptr || !entries.empty(); }
};

/// Compares results with expectations and collects a message for each mismatch. The messages are printable
/// and of limited size, whatever the values are.
class ExpectationChecker {
public:
    /// Evaluates computed expectations in `context`.
    explicit ExpectationChecker(const EvalContext& context) noexcept : context_(context) {}

    /// `what` names the value in messages: "exit", "stdout". Does nothing without an expectation. Throws
    /// EvalError if one cannot be computed.
    template <Comparison C>
    void check(const Expect<C>& expected, const Value& got, std::string_view what) {
        if (expected) check(*expected.expectation, got, what);
    }
    /// Precondition: `got` is a mapping whose keys are in lower case.
    void check(const ExpectHeaders& expected, const Value& got, std::string_view what);
    void check(const ExpectJson& expected, const Value& got, std::string_view what);
    void check(const Expectation& expected, const Value& got, std::string_view what);

    /// Adds a mismatch that the caller found.
    void add(std::string mismatch) { mismatches_.push_back(std::move(mismatch)); }
    bool ok() const noexcept { return mismatches_.empty(); }
    /// The mismatches, each a short line, followed by the two values if they are long. Does not end in a
    /// newline.
    std::string message() const;

private:
    void check_each(const Expectation& expected, const Value& values, std::string_view what);

    const EvalContext& context_;
    std::vector<std::string> mismatches_;
};

/// See read() in script/arguments.hpp. Null after an error.
const Expectation* read_expectation(Compiler& compiler, syntax::Node node, std::string_view what,
                                    Comparison comparison);

template <Comparison C>
bool read(Compiler& compiler, syntax::Node node, std::string_view what, Expect<C>& out) {
    out.expectation = read_expectation(compiler, node, what, C);
    return out.expectation != nullptr;
}
bool read(Compiler& compiler, syntax::Node node, std::string_view what, ExpectHeaders& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, ExpectJson& out);

template <>
struct TypeOf<ExpectText> : PlainType {
    static constexpr TypeInfo info{"text or matchers", R"({"$ref":"#/$defs/expected_text"})"};
};
template <>
struct TypeOf<ExpectCode> : PlainType {
    static constexpr TypeInfo info{"code or matchers", R"({"$ref":"#/$defs/expected_code"})"};
};
template <>
struct TypeOf<ExpectDuration> : PlainType {
    static constexpr TypeInfo info{"matchers", R"({"$ref":"#/$defs/expected_duration"})"};
};
template <>
struct TypeOf<ExpectValue> : PlainType {
    static constexpr TypeInfo info{"value or matchers", R"({"$ref":"#/$defs/expected_value"})"};
};
template <>
struct TypeOf<ExpectHeaders> : PlainType {
    static constexpr TypeInfo info{
        "mapping",
        R"({"type":"object","additionalProperties":{"description":"a header","anyOf":[{"$ref":"#/$defs/expected_text"},{"title":"nothing","type":"null"}]}})"};
};
template <>
struct TypeOf<ExpectJson> : PlainType {
    static constexpr TypeInfo info{"mapping or value", R"({"$ref":"#/$defs/expected_json"})"};
};

}  // namespace arun::script
