// Expectations, and the messages about mismatches.
#include "script/expectation.hpp"

#include "script/kind.hpp"
#include "support/expressions.hpp"
#include "support/script.hpp"

#include <doctest/doctest.h>

#include <array>
#include <new>
#include <string>
#include <string_view>

using namespace arun;
using namespace arun::test;

namespace {

struct Expected {
    script::ExpectText text;
    script::ExpectCode code;
    script::ExpectDuration duration;
    script::ExpectValue value;
    script::ExpectHeaders headers;
    script::ExpectJson json;
    static constexpr std::string_view name = "expect";
    static constexpr std::string_view shorthand = {};
    static constexpr std::array fields{
        script::field<&Expected::text>("text", "a text"),
        script::field<&Expected::code>("code", "a code"),
        script::field<&Expected::duration>("duration", "a duration"),
        script::field<&Expected::value>("value", "a value"),
        script::field<&Expected::headers>("headers", "headers"),
        script::field<&Expected::json>("json", "JSON"),
    };
};
struct ExpectingArguments {
    script::Boxed<Expected> expect;
};
constexpr std::array expecting_fields{
    script::field<&ExpectingArguments::expect>("expect", "what is expected")};

const script::KindSpec expecting_kind = kind_with<ExpectingArguments>(expecting_fields);
constexpr std::array<const script::KindSpec*, 1> expecting_kinds{&expecting_kind};

/// A job with one expectation.
class ExpectingJob {
public:
    ExpectingJob(const std::string& argument, const std::string& expected) : compilation_(expecting_kinds) {
        compilation_.add("vars: {x: 1}\njobs:\n- k:\n    expect:\n      " + argument + ": " + expected +
                         "\n");
        compilation_.check();
    }
    std::string errors() const { return compilation_.messages(); }

    std::string mismatch(const script::Value& got) {
        REQUIRE(errors() == "");
        const auto& expect =
            *static_cast<const ExpectingArguments*>(compilation_.jobs()[0].arguments)->expect.value;
        script::ExpectationChecker checker(surroundings);
        try {
            checker.check(expect.text, got, "stdout");
            checker.check(expect.code, got, "exit");
            checker.check(expect.duration, got, "duration");
            checker.check(expect.value, got, "value");
            checker.check(expect.headers, got, "header");
            checker.check(expect.json, got, "json");
        } catch (const script::EvalError& e) {
            return std::string("fails: ") + e.what();
        }
        CHECK(checker.ok() == checker.message().empty());
        return checker.message();
    }

    Surroundings surroundings;

private:
    Compilation compilation_;
};

/// The message if `got`, as JSON, is not what was expected; else empty.
std::string mismatch(const std::string& argument, const std::string& expected, std::string_view got) {
    ExpectingJob sample(argument, expected);
    sample.surroundings.set("x", R"([0, 3])");
    sample.surroundings.set("bad", R"("a(")");
    return sample.mismatch(from_json(got));
}
std::string text(const std::string& expected, std::string_view got) {
    ExpectingJob sample("text", expected);
    return sample.mismatch(script::Value::string(got));
}
std::string errors(const std::string& argument, const std::string& expected) {
    return ExpectingJob(argument, expected).errors();
}

}  // namespace

TEST_CASE("a code equals a number, or one of a list") {
    CHECK(mismatch("code", "0", "0") == "");
    CHECK(mismatch("code", "'0'", "0") == "");
    CHECK(mismatch("code", "[0, 3]", "3") == "");
    CHECK(mismatch("code", "${{ x }}", "3") == "");
    CHECK(mismatch("code", "{ge: 200, lt: 300}", "204") == "");
    CHECK(mismatch("code", "{not: [0, 1]}", "2") == "");
    CHECK(mismatch("code", "{matches: '^2..$'}", "204") == "");
    CHECK(mismatch("code", "0", "3") == "expected exit 0, got 3");
    CHECK(mismatch("code", "0", "null") == "expected exit 0, got nothing");
    CHECK(mismatch("code", "[0, 1, 2]", "3") == "expected exit 0, 1 or 2, got 3");
    CHECK(mismatch("code", "${{ x }}", "4") == "expected exit 0 or 3, got 4");
    CHECK(mismatch("code", "{not: 3}", "3") == "expected exit not 3, got 3");
    CHECK(mismatch("code", "{not: {ge: 1, le: 3}}", "2") ==
          "expected exit not at least 1 and at most 3, got 2");
    CHECK(mismatch("code", "{lt: 1, gt: 5}", "3") ==
          "expected exit below 1, got 3\nexpected exit above 5, got 3");
}

TEST_CASE("texts are compared as texts") {
    CHECK(text("ready", "ready") == "");
    CHECK(text("ready", "ready\n\n") == "");
    CHECK(text("\"ready\\n\"", "ready") == "");
    CHECK(text("1.10", "1.10") == "");
    CHECK(text("true", "true") == "");
    CHECK(text("1.10", "1.1") == R"(expected stdout "1.10", got "1.1")");
    CHECK(text("Ready", "ready") == R"(expected stdout "Ready", got "ready")");
    CHECK(text("''", "") == "");
    CHECK(text("a", "") == R"(expected stdout "a", got "")");
    CHECK(text("{contains: [a, b]}", "b a") == "");
    CHECK(text("{contains: ready}", "not yet") == "stdout does not contain \"ready\"\ngot: \"not yet\"");
    CHECK(text("{matches: '^\\d+$'}", "12") == "");
    CHECK(text("{matches: '^\\d+$'}", "x") == "stdout does not match \"^\\\\d+$\"\ngot: \"x\"");
    CHECK(text("{not: {contains: error}}", "an error") ==
          R"(expected stdout not containing "error", got "an error")");
    CHECK(text("{lt: 10}", "9.5") == "");
    CHECK(text("{lt: 10}", "many") == R"(expected stdout below 10, got "many")");
    CHECK(text("{lt: '10'}", "9") == R"(expected stdout below "10", got "9")");
    CHECK(text("{ge: b}", "c") == "");
}

TEST_CASE("texts of several lines are shown as a difference") {
    CHECK(text("\"a\\nb\\nc\"", "a\nx\nc") ==
          "stdout is not as expected; expected -, got +\n  a\n- b\n+ x\n  c");
    CHECK(text("{contains: z}", "a\nb") == "stdout does not contain \"z\"\ngot:\n  a\n  b");
    std::string lines;
    for (int i = 1; i <= 100; ++i) lines += std::to_string(i) + "\n";
    CHECK(text("{contains: z}", lines) ==
          "stdout does not contain \"z\"\ngot:\n  1\n  2\n  3\n  4\n  5\n  6\n  ... (88 more lines)"
          "\n  95\n  96\n  97\n  98\n  99\n  100");
}

TEST_CASE("messages are printable and short, whatever the text is") {
    CHECK(text("a", "\xff\x1b[31m") == "expected stdout \"a\", got \"\uFFFD\\u001b[31m\"");
    CHECK(text("{contains: a}", "\xff\x1b\n\xfe") ==
          "stdout does not contain \"a\"\ngot:\n  \uFFFD\\x1b\n  \uFFFD");
    const std::string big(1 << 20, 'x');
    CHECK(text("a", big).size() < 600);
    CHECK(text("{contains: a}", big).size() < 600);
    CHECK(text("{not: {contains: x}}", big).size() < 600);
}

TEST_CASE("durations are compared with durations") {
    CHECK(mismatch("duration", "{lt: 500ms}", "0.4") == "");
    CHECK(mismatch("duration", "{lt: 1m, gt: 0.1}", "0.4") == "");
    CHECK(mismatch("duration", "{lt: 500ms}", "1.2") == "expected duration below 500ms, got 1.2s");
    CHECK(mismatch("duration", "{not: {ge: 1}}", "0.5") == "");
    CHECK(errors("duration", "2s") ==
          "5:17: warning: 'duration' of expect: nothing takes exactly this long; write {lt: 2s}");
}

TEST_CASE("values are compared deeply, with their types") {
    CHECK(mismatch("value", "1", "1.0") == "");
    CHECK(mismatch("value", "'1'", "1") == "expected value \"1\", got 1");
    CHECK(mismatch("value", "1", "\"1\"") == "expected value 1, got \"1\"");
    CHECK(mismatch("value", "null", "null") == "");
    CHECK(mismatch("value", "{equals: null}", "0") == "expected value null, got 0");
    CHECK(mismatch("value", "[1, {a: b}]", R"([1, {"a": "b"}])") == "");
    CHECK(mismatch("value", "[1]", "[true]") == "expected value [1], got [true]");
    CHECK(mismatch("value", "{equals: {a: 1, b: 2}}", R"({"b": 2, "a": 1})") == "");
    CHECK(mismatch("value", "{contains: a}", R"(["a", 1])") == "");
    CHECK(mismatch("value", "{contains: [1, a]}", R"(["a", 1])") == "");
    CHECK(mismatch("value", "{contains: '1'}", "[1]") == "value does not contain \"1\"\ngot: [1]");
    CHECK(mismatch("value", "{contains: {a: 1}}", R"({"b": 2, "a": 1})") == "");
    CHECK(mismatch("value", "{contains: key}", R"({"key": null})") == "");
    CHECK(mismatch("value", "{contains: x}", R"("text")") == "");
    CHECK(mismatch("value", "{lt: 2}", "true") == "expected value below 2, got true");
    CHECK(mismatch("value", "{lt: b}", "\"a\"") == "");
    CHECK(mismatch("value", "{lt: b}", "1") == "expected value below \"b\", got 1");
    const auto difference =
        mismatch("value", "{equals: {name: some rather long name, more: and some more text, third: 3}}",
                 R"({"name": "some rather long name", "more": "and some more text", "third": 4})");
    CHECK(difference.starts_with("value is not as expected; expected -, got +\n"));
    CHECK(difference.find("-   \"third\": 3\n+   \"third\": 4\n") != std::string::npos);
}

TEST_CASE("paths lead into JSON") {
    const auto* got = R"({"status": "up", "items": [{"name": "a"}, {"name": null}], "a.b": {"c": 1}})";
    CHECK(mismatch("json", "{status: up, 'items[0].name': a, 'items[1].name': null}", got) == "");
    CHECK(mismatch("json", "{'[\"a.b\"].c': 1, '$.status': up, '$': {contains: status}}", got) == "");
    CHECK(mismatch("json", "{'items[2].name': a}", got) ==
          "expected json.items[2].name \"a\", got null; json.items has 2 items");
    CHECK(mismatch("json", "{status: {not: up}, nothing: 1}", got) ==
          "expected json.status not \"up\", got \"up\"\nexpected json.nothing 1, got null; json has the keys "
          "status, items, a.b");
    CHECK(mismatch("json", R"({'items[-2].name': a, "$['items'][ 0 ]['name']": a, 'items[-3]': null})",
                   got) == "");
    CHECK(mismatch("json", "{'items[-3].name': a}", got) ==
          "expected json.items[-3].name \"a\", got null; json.items has 2 items");
    CHECK(mismatch("json", R"({"['it\\'s \\u0041']": 1, '["say \"hi\""]': 2, "['say \"hi\"']": 2})",
                   R"({"it's A": 1, "say \"hi\"": 2})") == "");
    CHECK(mismatch("json", "{'[\"a.b\"].d': 1}", got) ==
          "expected json[\"a.b\"].d 1, got null; json.a.b has the key c");
    CHECK(mismatch("json", "{status.x.y: 1}", got) ==
          "expected json.status.x.y 1, got null; json.status is \"up\"");
    CHECK(mismatch("json", "{items.x: {gt: 1}}", got) ==
          "expected json.items.x above 1, got null; json.items has 2 items");
    CHECK(mismatch("json", "{a: 1}", "{}") == "expected json.a 1, got null; json is empty");
    CHECK(mismatch("json", "{a: null, b: {not: 1}}", "{}") == "");
    CHECK(mismatch("json", "{a: {not: {equals: null}}}", R"({"a": 0})") == "");
    CHECK(mismatch("json", "{a: {not: {equals: null}}}", "{}") ==
          "expected json.a not null, got null; json is empty");
    CHECK(mismatch("json", "{'[\"*\"]': 1}", R"({"*": 1})") == "");
    std::string many = "{";
    for (int i = 0; i < 100; ++i) many += "\"key_number_" + std::to_string(i) + "\": 1, ";
    CHECK(mismatch("json", "{a: 1}", (many + "\"z\": 1}").c_str()).size() < 200);
    CHECK(mismatch("json", "{a: {equals: [1, 2, \"" + std::string(100, 'x') + "\"]}}", "{\"b\": 1}")
              .ends_with("json has the key b"));
    CHECK(mismatch("json", "{contains: items}", got) == "");
    CHECK(mismatch("json", "[1, 2]", "[1, 2]") == "");
    CHECK(mismatch("json", "[1, 2]", "[2]") == "expected json [1,2], got [2]");
    CHECK(mismatch("json", "[1]", "[]") == "expected json [1], got []");
    CHECK(mismatch("json", "{'[1]': 2}", "[1, 3]") == "expected json[1] 2, got 3");
    for (const auto* bad : {"'a..b'", "'a['", "'a[x]'", "'.a'", "'a]'", "'a[0]b'", "''", "'a.'", "'[\"a'"})
        CHECK(errors("json", "{" + std::string(bad) + ": 1}").find("is not a path into a JSON value") !=
              std::string::npos);
}

TEST_CASE("names of headers are case-insensitive") {
    const auto* got = R"({"content-type": "text/plain", "x-count": "3"})";
    CHECK(mismatch("headers", "{Content-Type: {contains: text/}, x-count: 3}", got) == "");
    CHECK(mismatch("headers", "{x-count: 4}", got) == R"(expected header x-count "4", got "3")");
    CHECK(mismatch("headers", "{X-None: a}", got) == R"(expected header x-none "a", got nothing)");
    CHECK(mismatch("headers", "{X-None: {matches: a}}", got) ==
          R"(expected header x-none matching "a", got nothing)");
    CHECK(mismatch("headers", "{X-None: null}", got) == "");
    CHECK(mismatch("headers", "{x-count: null}", got) == R"(expected no header x-count, got "3")");
}

TEST_CASE("an expectation that makes no sense is an error of the script") {
    CHECK(errors("text", "{contians: a}") ==
          "5:14: unknown matcher 'contians' of 'text' of expect; did you mean 'contains'?");
    CHECK(
        errors("value", "{name: a}") ==
        "5:15: unknown matcher 'name' of 'value' of expect; the matchers are equals, contains, matches, not, "
        "lt, le, gt and ge; {equals: {...}} expects a whole mapping");
    CHECK(errors("text", "{}") ==
          "5:13: 'text' of expect: nothing is expected; the matchers are equals, contains, matches, not, lt, "
          "le, gt and ge");
    CHECK(errors("text", "[a]") ==
          "5:13: 'text' of expect: expected text, not a list; write {contains: [...]} for several parts of "
          "one "
          "text");
    CHECK(errors("code", "ok") ==
          "5:13: 'code' of expect: expected a whole number or a list of them, not 'ok'");
    CHECK(errors("code", "[]") ==
          "5:13: 'code' of expect: expected a whole number or a list of them, not a list");
    CHECK(errors("code", "{lt: [1]}") == "5:18: 'code' of expect: expected a whole number, not a list");
    CHECK(errors("code", "{contains: 1}") ==
          "5:14: 'code' of expect: 'contains' is for texts; a list expects one of its items: [0, 2]");
    CHECK(errors("duration", "{lt: soon}").find("5:22: 'duration' of expect: ") == 0);
    CHECK(errors("value", "{lt: [1]}") == "5:19: 'value' of expect: expected a number or text, not a list");
    CHECK(errors("text", "{matches: 'a(b'}") ==
          "5:26: 'text' of expect: not a regular expression: missing closing parenthesis");
    CHECK(errors("text", "{not: {matches: '['}}").find("not a regular expression") != std::string::npos);
    CHECK(errors("headers", "text/plain").find("expected a mapping of names, not 'text/plain'") !=
          std::string::npos);
    CHECK(errors("text", "{equals: '${{ nothing }}'}").find("unknown name 'nothing'") != std::string::npos);
}

TEST_CASE("computed expectations are checked when the job runs") {
    CHECK(mismatch("text", "{equals: '${{ x[1] }}'}", "\"3\"") == "");
    CHECK(mismatch("code", "{lt: '${{ x }}'}", "1") == "fails: expected a whole number, not a list");
    CHECK(mismatch("text", "{contains: ['${{ x[0] }}', a]}", "\"a0\"") == "");
    ExpectingJob bad("text", "{matches: '${{ x }}'}");
    bad.surroundings.set("x", R"("a(")");
    CHECK(bad.mismatch(script::Value::string("a")) ==
          "fails: not a regular expression: missing closing parenthesis");
}
