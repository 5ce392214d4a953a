// Names: which are visible where, and which results of jobs can be read.
#include "script/names.hpp"

#include "script/compiler.hpp"
#include "support/script.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace arun;
using namespace arun::script;
using namespace arun::test;

namespace {

const std::string_view captured = "give the job an id and read jobs.ID.result";
const std::string_view set_in_job =
    "give the job an id and read jobs.ID.result; that of a 'set' is null, so end it with a job that has one";
const std::string_view set_in_round =
    "a 'set' has no result: end the rounds with a job that has one, and read the list of them with 'capture' "
    "or "
    "jobs.ID.result of the for_each";

std::string stays(std::string_view where, std::string_view hint, int line = 1) {
    return "'x' is not known here: it is set only in " + std::string(where) + " (line " +
           std::to_string(line) + ") and is not visible outside; " + std::string(hint);
}

/// For each top-level job, y if something may read its result, else n.
std::string results_read(std::string_view text) {
    Compilation compilation;
    compilation.add(text);
    REQUIRE(compilation.messages() == "");
    std::string out;
    for (const auto& job : compilation.jobs()) out += job.result_read ? 'y' : 'n';
    return out;
}

}  // namespace

TEST_CASE(
    "a name consists of letters, digits, underscores and dashes, and starts with a letter or underscore") {
    for (const auto* name : {"a", "A", "_", "_1", "a-b", "a1", "Z9_-", "a-"}) CHECK(is_name(name));
    for (const auto* name : {"", "1", "1a", "-a", "a b", "a.b", "ä", "a\n", "a$", " a"})
        CHECK_FALSE(is_name(name));
    CHECK_FALSE(is_name(std::string_view("a\0", 2)));
}

TEST_CASE("keywords and the oldest functions are reserved, functions in any case") {
    for (const auto* name :
         {"all",    "env",     "jobs",     "loop",       "run",        "script",   "true",
          "false",  "null",    "contains", "startsWith", "STARTSWITH", "endswith", "format",
          "join",   "toJSON",  "fromjson", "success",    "failure",    "always",   "cancelled",
          "length", "default", "now",      "Now"}) {
        CAPTURE(name);
        CHECK(is_reserved(name));
    }
    for (const auto* name : {"a", "item", "error", "result", "last", "first", "date", "All", "secrets", ""})
        CHECK_FALSE(is_reserved(name));
}

TEST_CASE("a name has one symbol") {
    Symbols symbols;
    CHECK(symbols.find("a") == nullptr);
    auto& a = symbols.symbol("a");
    auto& b = symbols.symbol("b");
    CHECK(&symbols.symbol("a") == &a);
    CHECK(symbols.find("a") == &a);
    CHECK(&a != &b);
    CHECK(a.name == "a");
    CHECK_FALSE(a.lexical);
    for (int i = 0; i < 1000; ++i) symbols.symbol("x" + std::to_string(i));
    CHECK(symbols.find("a") == &a);
    CHECK(symbols.all().size() == 1002);
}

TEST_CASE("ids are numbered from 0 and are not variables") {
    Symbols symbols;
    CHECK(symbols.find_id("a") == nullptr);
    auto& a = symbols.id("a");
    auto& b = symbols.id("b");
    CHECK(&symbols.id("a") == &a);
    CHECK(symbols.find_id("b") == &b);
    CHECK(a.index == 0);
    CHECK(b.index == 1);
    CHECK(b.name == "b");
    CHECK_FALSE(a.background);
    CHECK(a.declared.source == nullptr);
    CHECK_FALSE(a.exists);
    CHECK(symbols.ids().size() == 2);
    CHECK(symbols.find("a") == nullptr);
}

TEST_CASE("a name is known if anything in the script sets it") {
    CHECK(errors_in("- set: {x: 1}\n- print: ${{ x }}\n") == "");
    CHECK(errors_in("vars: {x: 1}\njobs: [{print: '${{ x }}'}]\n") == "");
    CHECK(errors_in("- {print: a, capture: x}\n- print: ${{ x }}\n") == "");
    CHECK(errors_in("- do: [{set: {x: 1}}]\n- print: ${{ x }}\n") == "");
    CHECK(errors_in("- repeat: 2\n  do: {set: {x: 1}}\n- print: ${{ x }}\n") == "");
    CHECK(errors_in("- tick: 1\n  count: 1\n  do: {set: {x: 1}}\n- print: ${{ x }}\n") == "");
    CHECK(errors_in("- {set: {x: 1}, if: false}\n- print: ${{ x }}\n") == "");
    CHECK(errors_in("- {print: a, finally: {set: {x: 1}}}\n- print: ${{ x }}\n") == "");
    // Whether it is set in time is known only at run time.
    CHECK(errors_in("- print: ${{ x }}\n- set: {x: 1}\n") == "");
    CHECK(errors_in("jobs: [{print: '${{ x }}'}]\nvars: {x: 1}\n") == "");
    // Initial values are computed in their order.
    CHECK(errors_in("vars: {y: '${{ x }}', x: 1}\njobs: []\n") ==
          "1:16: 'x' has no value yet: it comes after 'y'; put 'x' before 'y'");
    CHECK(errors_in("vars: {x: 1, y: '${{ x }}'}\njobs: []\n") == "");
    CHECK(errors_in("vars: {y: '${{ default(x, 1) && true || x }}', x: 1}\njobs: []\n") == "");
}

TEST_CASE("a name that nothing sets is an error, with a suggestion") {
    CHECK(errors_in("- set: {host: 1}\n- print: ${{ hots }}\n") ==
          "2:14: unknown name 'hots'; did you mean 'host'?");
    CHECK(errors_in("- assert: hello\n") ==
          "1:11: unknown name 'hello'; nothing in the script sets it; text in an expression needs quotes");
    CHECK(errors_in("- {print: a, if: x}\n").starts_with("1:18: unknown name 'x'; "));
    CHECK(errors_in("- {print: a, name: 'n ${{ x }}'}\n").starts_with("1:27: unknown name 'x'; "));
    CHECK(errors_in("- {print: a, timeout: '${{ x }}'}\n").starts_with("1:28: unknown name 'x'; "));
    CHECK(errors_in("- set: {x: '${{ y }}'}\n").starts_with("1:17: unknown name 'y'; "));
    CHECK(errors_in("env: {A: '${{ y }}'}\njobs: []\n").starts_with("1:15: unknown name 'y'; "));
    CHECK(errors_in("- print: ${{ a }} ${{ b }}\n").find("\n1:23: unknown name 'b'") != std::string::npos);
}

TEST_CASE("names of --var and of other scripts of the command line are known") {
    Compilation outside;
    outside.compilation().define("x");
    outside.add("- print: ${{ x }}\n");
    outside.check();
    CHECK(outside.messages() == "");
    Compilation two;
    two.add("- print: ${{ x }}\n", "one");
    two.add("- set: {x: 1}\n", "two");
    two.check();
    CHECK(two.messages() == "");
}

TEST_CASE("variables that only a child of a group sets are not visible outside") {
    for (const std::string group : {"parallel", "race"}) {
        const auto errors = errors_in("- " + group + ": [{set: {x: 1}}]\n- print: ${{ x }}\n");
        CHECK(errors.starts_with("2:14: 'x' is not known here: it is set only in a "));
        CHECK(errors.ends_with(group + " (line 1) and is not visible outside; " + std::string(set_in_job)));
    }
    CHECK(errors_in("- for_each: [1]\n  do: {set: {x: 1}}\n- print: ${{ x }}\n") ==
          "3:14: " + stays("a round of for_each", set_in_round, 2));
    CHECK(errors_in("- {set: {x: 1}, background: true}\n- print: ${{ x }}\n") ==
          "2:14: " + stays("a background job", set_in_job));
    CHECK(errors_in("- {print: a, capture: x, background: true}\n- print: ${{ x }}\n") ==
          "2:14: " + stays("a background job", captured));
    CHECK(errors_in("- {set: {x: 1}, context: {y: 1}}\n- print: ${{ x }}\n") ==
          "2:14: " + stays("a job with its own context", set_in_job));
    CHECK(errors_in("- for_each: [1]\n  do: {print: a, capture: x}\n- print: ${{ x }}\n") ==
          "3:14: " + stays("a round of for_each", "give the for_each an id and read jobs.ID.result", 2));
    CHECK(errors_in("- {print: a, context: {x: 1}}\n- print: ${{ x }}\n") ==
          "2:14: " + stays("a job with its own context", set_in_job));
    CHECK(errors_in("- parallel: [{set: {x: 1}}, {print: '${{ x }}'}]\n")
              .starts_with("1:42: 'x' is not known here"));
}

TEST_CASE("a child sees the variables around it, and its own") {
    CHECK(errors_in("- parallel: [{do: [{set: {x: 1}}, {print: '${{ x }}'}]}]\n") == "");
    CHECK(errors_in("- set: {x: 1}\n- parallel: [{print: '${{ x }}'}]\n") == "");
    CHECK(errors_in("- for_each: [1]\n  do: [{set: {x: 1}}, {parallel: [{print: '${{ x }}'}]}]\n") == "");
    CHECK(errors_in("- {do: [{set: {x: 1}}, {print: '${{ x }}'}], background: true}\n") == "");
    CHECK(errors_in("- {print: '${{ x }}', context: {x: 1}}\n") == "");
    CHECK(errors_in("- {print: '${{ y }}', context: {x: 1, y: '${{ x }}'}}\n") == "");
    // One visible definition is enough.
    CHECK(errors_in("- parallel: [{print: a, capture: x}]\n- set: {x: 2}\n- print: ${{ x }}\n") == "");
}

TEST_CASE("if, timeout, retry, capture and finally do not see the job's own context") {
    const auto refused = stays("a job with its own context", set_in_job);
    CHECK(errors_in("- {print: a, context: {x: 1}, if: x}\n") == "1:35: " + refused);
    CHECK(errors_in("- {print: a, context: {x: 1}, timeout: '${{ x }}'}\n") == "1:45: " + refused);
    CHECK(errors_in("- {print: a, context: {x: 1}, finally: {print: '${{ x }}'}}\n") == "1:53: " + refused);
    CHECK(errors_in("- {print: a, context: {y: 1}, capture: x}\n- print: ${{ x }}\n") == "");
}

TEST_CASE("jobs that name the same context share its variables") {
    CHECK(errors_in("- {set: {x: 1}, context: shared}\n- {print: '${{ x }}', context: shared}\n") == "");
    CHECK(errors_in("- {set: {x: 1}, context: shared}\n- {print: '${{ x }}', context: other}\n") ==
          "2:16: " + stays("a job with its own context", set_in_job));
    CHECK(errors_in("- {set: {x: 1}, context: shared}\n- print: ${{ x }}\n") ==
          "2:14: " + stays("a job with its own context", set_in_job));
    CHECK(
        errors_in(
            "- {set: {x: 1}, context: shared}\n- parallel: [{do: {print: '${{ x }}'}, context: shared}]\n") ==
        "");
}

TEST_CASE("a context with a computed name may be any") {
    CHECK(errors_in("- set: {n: one}\n- {set: {x: 1}, context: '${{ n }}'}\n- {print: '${{ x }}', context: "
                    "'${{ n }}'}\n") == "");
    CHECK(
        errors_in(
            "- set: {n: one}\n- {set: {x: 1}, context: one}\n- {print: '${{ x }}', context: '${{ n }}'}\n") ==
        "");
    CHECK(
        errors_in(
            "- set: {n: one}\n- {set: {x: 1}, context: '${{ n }}'}\n- {print: '${{ x }}', context: one}\n") ==
        "");
}

TEST_CASE("the item of a for_each is known in its body, and only there") {
    CHECK(errors_in("- for_each: [1]\n  do: {print: '${{ item }}'}\n") == "");
    CHECK(errors_in("- for_each: [1]\n  as: x\n  do: {print: '${{ x }}'}\n") == "");
    CHECK(errors_in("- for_each: [1]\n  do: {print: '${{ x }}'}\n  as: x\n") == "");
    CHECK(errors_in("- for_each: [[1]]\n  as: x\n  do:\n    for_each: ${{ x }}\n    do: {print: '${{ x }} "
                    "${{ item }}'}\n") == "");
    CHECK(errors_in("- for_each: [1]\n  as: x\n  do: {print: '${{ item }}'}\n")
              .starts_with("3:20: unknown name 'item'; "));
    CHECK(errors_in("- for_each: [1]\n  do: []\n- print: ${{ item }}\n")
              .starts_with("3:14: 'item' is not known here: it belongs to a round of for_each; "));
    CHECK(errors_in("- for_each: [1]\n  do: []\n  name: ${{ item }}\n")
              .starts_with("3:13: 'item' is not known here: it belongs to a round of for_each; "));
    CHECK(errors_in("- for_each: [1]\n  do: []\n  finally: {print: '${{ item }}'}\n")
              .starts_with("3:25: 'item' is not known here: it belongs to a round of for_each; "));
    // The name that a loop without a body gives its items is not that of the next loop.
    CHECK(errors_in("- {for_each: [1], as: x}\n- {for_each: [1], do: {print: '${{ item }}'}}\n") ==
          "1:4: 'for_each' needs 'do': the body: the jobs of a round");
}

TEST_CASE("error is known in a finally, attempt, result and error in a retry's if") {
    CHECK(errors_in("- {fail: x, finally: {print: '${{ error }}'}}\n") == "");
    CHECK(errors_in("jobs: []\nfinally: {print: '${{ error }}'}\n") == "");
    CHECK(errors_in("- {fail: x, finally: {parallel: [{print: '${{ error }}'}]}}\n") == "");
    CHECK(errors_in("- {fail: x, retry: {limit: 2, if: attempt < 2 && result == null && error != ''}}\n") ==
          "");
    CHECK(errors_in("- print: ${{ error }}\n").starts_with("1:14: unknown name 'error'; "));
    CHECK(errors_in("- {fail: x, if: error}\n").starts_with("1:17: unknown name 'error'; "));
    CHECK(errors_in("- {fail: x, retry: {limit: '${{ attempt }}'}}\n")
              .starts_with("1:33: unknown name 'attempt'; "));
    CHECK(errors_in("- {fail: '${{ attempt }}', retry: 2}\n").starts_with("1:15: unknown name 'attempt'; "));
    CHECK(errors_in("- {fail: x, finally: {print: '${{ attempt }}'}}\n")
              .starts_with("1:35: unknown name 'attempt'; "));
}

TEST_CASE("what a binding hides cannot be assigned") {
    constexpr std::string_view item =
        "'item' belongs to a round of for_each, and cannot be set there; choose another name, or give the "
        "for_each another 'as'";
    CHECK(errors_in("- {for_each: [1], do: {set: {item: 2}}}\n") == "1:30: " + std::string(item));
    CHECK(errors_in("- {for_each: [1], do: {run: a, capture: item}}\n") == "1:41: " + std::string(item));
    CHECK(errors_in("- {for_each: [1], do: {parallel: [{set: {item: 2}}]}}\n") ==
          "1:42: " + std::string(item));
    CHECK(errors_in("- {print: a, finally: {set: {error: 1}}}\n") ==
          "1:30: 'error' belongs to a finally, and cannot be set there; choose another name");
    CHECK(
        errors_in(
            "- {for_each: [1], as: x, do: [{set: {item: 2}}, {print: '${{ item }}'}]}\n- {set: {x: 1}}\n") ==
        "");
    CHECK(errors_in("- {for_each: [1], do: [], capture: item}\n") == "");
    CHECK(errors_in("- {for_each: [1], do: {context: {item: 2}, do: [{set: {item: 3}}, {print: '${{ item "
                    "}}'}]}}\n") == "");
    CHECK(errors_in("- {context: {x: 1}, for_each: [1], as: x, do: {set: {x: 3}}}\n")
              .starts_with("1:54: 'x' belongs to a round of for_each"));
}

TEST_CASE("loop.index is known only inside a loop") {
    for (const std::string_view loop : {"tick: 1\n  count: 1", "repeat: 1", "for_each: [1]"})
        CHECK(errors_in("- " + std::string(loop) + "\n  do: {print: '${{ loop.index }}'}\n") == "");
    CHECK(errors_in("- {tick: 1, until: loop.index == 2}\n") == "");
    CHECK(errors_in("- repeat: 2\n  do: {parallel: [{print: '${{ loop.index }}'}]}\n") == "");
    CHECK(errors_in("- print: ${{ loop.index }}\n") ==
          "1:14: loop.index is known only inside a loop; the loops are tick, repeat and for_each");
    CHECK(errors_in("- {repeat: 2, do: [], if: loop.index == 1}\n")
              .starts_with("1:27: loop.index is known only"));
    CHECK(errors_in("- {repeat: 2, do: [], finally: {print: '${{ loop.index }}'}}\n")
              .starts_with("1:45: loop.index is known only"));
}

TEST_CASE("ids must be declared, for wait and cancel by background jobs") {
    CHECK(errors_in("- {print: a, id: build}\n- print: ${{ jobs.build.result }}\n") == "");
    CHECK(errors_in("- print: ${{ jobs.build.result }}\n- {print: a, id: build}\n") == "");
    CHECK(errors_in("- {print: a, id: build}\n- print: ${{ jobs.biuld.result }}\n") ==
          "2:19: no job has the id 'biuld'; did you mean 'build'?");
    CHECK(errors_in("- print: ${{ jobs.x }}\n") ==
          "1:19: no job has the id 'x'; write 'id: x' in the job that is meant");
    CHECK(errors_in("- {print: a, id: b, background: true}\n- wait: b\n- cancel: [b, b]\n") == "");
    CHECK(errors_in("- wait: b\n- {print: a, id: b, background: true}\n") == "");
    CHECK(errors_in("- {print: a, id: b}\n- wait: b\n") ==
          "2:9: 'b' is not a background job; add 'background: true' to it, or read jobs.b.result");
    CHECK(errors_in("- cancel: [x]\n") ==
          "1:12: no job has the id 'x'; write 'id: x' in the job that is meant");
    CHECK(errors_in("- wait: all\n- cancel: all\n") == "");
}

TEST_CASE("names are checked once, when all scripts are known") {
    Compilation compilation;
    compilation.add("- print: ${{ x }} ${{ jobs.y.result }}\n");
    CHECK(compilation.messages() == "");
    compilation.check();
    const auto first = compilation.messages();
    CHECK(first.find("unknown name 'x'") != std::string::npos);
    CHECK(first.find("no job has the id 'y'; write 'id: y' in the job that is meant") != std::string::npos);
    compilation.check();
    CHECK(compilation.messages() == first);
}

TEST_CASE("a result is kept only if something can read it") {
    CHECK(results_read("- print: a\n- sleep: 1\n") == "nn");
    CHECK(results_read("- {print: a, id: x}\n- {print: a, capture: y}\n- {print: a, retry: 1}\n- {print: a, "
                       "name: n}\n") == "yyyn");
    // `wait: all` gives the results of jobs without an id.
    CHECK(results_read("- {print: a, background: true}\n- {wait: all, capture: r}\n") == "yy");
}
