/// What a script expects of a result: types of arguments, for kinds that have an `expect`, and their judge.
#pragma once

#include "script/codec.hpp"
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

/// How values are compared with what is expected, and what may be expected at all.
enum class Sort : std::uint8_t {
    text,      ///< as text; newlines at the end do not count
    code,      ///< whole numbers, such as exit codes; a list stands for one of its items
    duration,  ///< values are seconds, what is expected is a duration
    value,     ///< JSON: of one type, deeply
};

/// In the order of their names: "equals", "contains", ...
enum class Matcher : std::uint8_t { equals, contains, matches, not_, lt, le, gt, ge };

/// One matcher of an Expectation.
struct Requirement {
    Matcher matcher = Matcher::equals;
    Span span;
    const ValueTemplate* operand = nullptr;  ///< of all but `not`
    const Expectation* negated = nullptr;    ///< of `not`
    const Regex* regex = nullptr;            ///< of `matches`, when it is literal
};

/// All requirements hold.
struct Expectation {
    Sort sort = Sort::value;
    std::span<const Requirement> requirements;
};

/// The types of arguments. Each is read from a scalar, which means `equals`, or a mapping of matchers.
template <Sort S>
struct Expect {
    const Expectation* expectation = nullptr;
    explicit operator bool() const noexcept { return expectation != nullptr; }
};
using ExpectText = Expect<Sort::text>;
/// A list stands for one of its items: `exit: [0, 2]`.
using ExpectCode = Expect<Sort::code>;
using ExpectDuration = Expect<Sort::duration>;
/// A list, too, is a value that is to be equalled.
using ExpectValue = Expect<Sort::value>;

struct NamedExpectation {
    std::string_view name;
    JsonPath path;  ///< of ExpectJson
    const Expectation* expectation = nullptr;
};
/// Names and what is expected of the text that each has: headers. Null expects that there is none.
struct ExpectHeaders {
    std::span<const NamedExpectation> entries;
    explicit operator bool() const noexcept { return !entries.empty(); }
};
/// What is expected of a JSON value: a mapping of paths into it (`items[0].name`), or, as a scalar, a list or
/// a mapping of matchers, of the whole.
struct ExpectJson {
    const Expectation* whole = nullptr;
    std::span<const NamedExpectation> entries;
    explicit operator bool() const noexcept { return whole != nullptr || !entries.empty(); }
};

/// Compares what a job got with what was expected, and keeps in words what does not agree. Whatever the
/// values are, the words are text that can be printed, and not too many.
class ExpectationChecker {
public:
    /// What is computed in expectations is evaluated in `context`.
    explicit ExpectationChecker(const EvalContext& context) noexcept : context_(context) {}

    /// `what` is the name that messages call the value by: "exit", "stdout". Each of these does nothing if
    /// nothing is expected, and throws EvalError when an expectation cannot be computed.
    template <Sort S>
    void check(const Expect<S>& expected, const Value& got, std::string_view what) {
        if (expected) check(*expected.expectation, got, what);
    }
    /// `got` is a mapping with names in lower case.
    void check(const ExpectHeaders& expected, const Value& got, std::string_view what);
    void check(const ExpectJson& expected, const Value& got, std::string_view what);
    void check(const Expectation& expected, const Value& got, std::string_view what);

    /// Tells of a mismatch that was found otherwise.
    void add(std::string mismatch) { mismatches_.push_back(std::move(mismatch)); }
    bool well() const noexcept { return mismatches_.empty(); }
    /// The message of the failure: a short first line, then what was expected and what was got where that
    /// takes more. Ends without a newline.
    std::string message() const;

private:
    const EvalContext& context_;
    std::vector<std::string> mismatches_;
};

/// Reads an expectation of a sort; see read() in plan/codec.hpp. Null after an error.
const Expectation* read_expectation(Compiler& compiler, syntax::Node node, std::string_view what, Sort sort);

template <Sort S>
bool read(Compiler& compiler, syntax::Node node, std::string_view what, Expect<S>& out) {
    out.expectation = read_expectation(compiler, node, what, S);
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
        R"({"type":"object","additionalProperties":{"anyOf":[{"$ref":"#/$defs/expected_text"},{"type":"null"}]}})"};
};
template <>
struct TypeOf<ExpectJson> : PlainType {
    static constexpr TypeInfo info{"mapping or value", R"({"$ref":"#/$defs/expected_json"})"};
};

}  // namespace arun::script
