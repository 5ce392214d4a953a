// The forms of scripts and jobs, and the errors for others.
#include "script/compiler.hpp"

#include "support/files.hpp"
#include "support/script.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

using namespace arun;
using namespace arun::script;
using namespace arun::test;

namespace {

/// The default labels of the jobs of a script, one per line.
std::string labels(std::string_view text) {
    Compilation compilation;
    compilation.add(text);
    compilation.check();
    REQUIRE(compilation.messages() == "");
    std::string out;
    for (const auto& job : compilation.jobs()) out += (out.empty() ? "" : "\n") + default_label(job);
    return out;
}

/// The errors of a text that is the file main.yaml of the directory. They do not mention that path.
std::string errors_of(const Files& files, std::string_view text) {
    Compilation compilation;
    compilation.add(text, files.path("main.yaml"));
    compilation.check();
    auto messages = list_of(compilation.diagnostics(), files.path("main.yaml"));
    const auto directory = files.path("");
    for (auto at = messages.find(directory); at != std::string::npos; at = messages.find(directory))
        messages.erase(at, directory.size());
    return messages;
}

}  // namespace

TEST_CASE("a script is a list of jobs, or a mapping with jobs") {
    CHECK(errors_in("- print: a\n- print: b\n") == "");
    CHECK(errors_in("[]") == "");
    CHECK(errors_in("jobs: []") == "");
    CHECK(errors_in("jobs: {print: a}") == "");
    CHECK(errors_in(R"([{"print": "a"}])") == "");
    CHECK(errors_in("name: n\nvars: {a: 1}\nenv: {B: x, C: null}\ntimeout: 2m\njobs: []\nfinally: []\nx-a: "
                    "{b: c}\n") == "");
    CHECK(
        errors_in("hello") ==
        "1:1: a script is a list of jobs, or a mapping with 'jobs', not text; for example: [{print: hello}]");
    CHECK(errors_in("print: a") ==
          "1:1: a script is a list of jobs, or a mapping with 'jobs', not a job; "
          "put '- ' before it in YAML, '[' and ']' around it in JSON");
    CHECK(errors_in("name: x") == "1:1: 'script' needs 'jobs': the jobs");
    CHECK(errors_in("jobs: 5") == "1:7: 'jobs' of script: expected a job or a list of jobs, not a number");
    CHECK(errors_in("jobs: null").find("needs 'jobs'") != std::string::npos);
}

TEST_CASE("unknown keys of a script get a suggestion") {
    CHECK(errors_in("job: []\njobs: []") == "1:1: unknown argument 'job' of script; did you mean 'jobs'?");
    CHECK(errors_in("jobs: []\nvar: {}\nx-foo: 1\n") ==
          "2:1: unknown argument 'var' of script; did you mean 'vars'?");
    CHECK(errors_in("jobs: []\nwhatever: 1\n")
              .starts_with("2:1: unknown argument 'whatever' of script; it takes name, "));
}

TEST_CASE("the keys of a script are checked as arguments are") {
    CHECK(errors_in("timeout: soon\njobs: []").starts_with("1:10: 'timeout' of script: "));
    CHECK(errors_in("vars: [a]\njobs: []") ==
          "1:7: 'vars' of script: expected a mapping of names and values, not a list");
    CHECK(errors_in("env: {A: [1]}\njobs: []") == "1:10: 'env' of script: expected text, not a list");
    CHECK(errors_in("vars: {1a: 1, null: 2, now: 3}\njobs: []") ==
          "1:8: '1a' is not a valid variable name; a name consists of letters, digits, '_' and '-', and does "
          "not "
          "start with a digit or '-'\n"
          "1:15: 'null' cannot be the name of a variable; the expression language reserves it\n"
          "1:24: 'now' cannot be the name of a variable; the expression language reserves it");
    CHECK(errors_in("name: null\nvars: null\nenv: null\ntimeout: null\nfinally: null\njobs: []") == "");
}

TEST_CASE("a job has one kind, as a key or as a bare text") {
    CHECK(errors_in("- timestamp") == "");
    CHECK(errors_in("- timestamp:\n- timestamp: null\n- timestamp: {}\n") == "");
    CHECK(errors_in("- fail") == "");
    CHECK(errors_in("- sleep") == "1:3: 'sleep' needs 'for': how long");
    CHECK(errors_in("- sleep: null") == "1:3: 'sleep' needs 'for': how long");
    CHECK(errors_in("- {print: a, sleep: 1}") ==
          "1:14: a job has one kind, not both 'print' and 'sleep'; split it into two jobs");
    CHECK(errors_in("- {print: a, do: []}") ==
          "1:14: a job has one kind, not both 'print' and 'do'; split it into two jobs");
    CHECK(errors_in("- {do: [], tick: 1s, repeat: 2}") ==
          "1:22: a job has one kind, not both 'tick' and 'repeat'; split it into two jobs");
}

TEST_CASE("the error for a value that is not a job says what a job is") {
    CHECK(errors_in("- hello") ==
          "1:3: expected a job, not the text 'hello'; a job is a mapping such as {print: hello}");
    CHECK(errors_in("- timestmap") ==
          "1:3: expected a job, not the text 'timestmap'; did you mean 'timestamp'?");
    CHECK(errors_in("- 5") == "1:3: expected a job, not a number; a job is a mapping such as {print: hello}");
    CHECK(errors_in("- [{print: a}]") ==
          "1:3: expected a job, not a list; a job is a mapping such as {print: hello}");
    CHECK(errors_in("- null") == "1:3: expected a job, not null; a job is a mapping such as {print: hello}");
    CHECK(errors_in("- {}") ==
          "1:3: this job has no kind, so there is nothing to do; 'arun help kinds' lists them");
    CHECK(errors_in("- {name: x}") ==
          "1:3: this job has no kind, so there is nothing to do; write what it does next to 'name', such "
          "as 'run: make'; 'arun help kinds' lists them");
    CHECK(errors_in("- {pritn: x}") == "1:4: unknown kind of job 'pritn'; did you mean 'print'?");
    CHECK(errors_in("- {id: x, frobnicate: x}") ==
          "1:11: unknown kind of job 'frobnicate'; 'arun help kinds' lists them");
    CHECK(errors_in("- {evry: 1s, pritn: x}") == "1:14: unknown kind of job 'pritn'; did you mean 'print'?");
}

TEST_CASE("arguments are in a mapping, or next to the shorthand") {
    CHECK(errors_in("- tick: 1s\n  count: 10\n  do: {timestamp: \"%X\"}\n") == "");
    CHECK(errors_in("- tick: {every: 1s, count: 10, do: [{timestamp: \"%X\"}]}\n") == "");
    CHECK(errors_in("- tick: {every: 1s}\n  count: 10\n  do: timestamp\n") == "");
    CHECK(errors_in("- tick:\n  every: 1s\n  count: 2\n") == "");
    CHECK(errors_in("- print: a\n  to: stderr\n  end: ''\n") == "");
    CHECK(errors_in("- print: {text: a, to: stderr}\n") == "");
    CHECK(errors_in("- for_each: [1]\n  do: {print: a}\n") == "");
    CHECK(errors_in("- for_each: {range: 3, do: {print: a}}\n") == "");
    CHECK(errors_in("- repeat: 2\n  do: []\n") == "");
    CHECK(errors_in("- parallel: {jobs: [], max_concurrent: 2}\n") == "");
    CHECK(errors_in("- parallel: {print: a}\n") == "");
    CHECK(errors_in("- do: {print: a, timeout: 2s}\n") == "");
    CHECK(errors_in("- do: {jobs: [{print: a}], timeout: 2s}\n") == "");
    CHECK(errors_in("- set: {timeout: 5, print: 6}\n- assert: timeout == 5 && print == 6\n") == "");
}

TEST_CASE("an argument that is given twice is an error") {
    CHECK(errors_in("- tick: 1s\n  every: 2s\n") == "2:3: 'every' of 'tick' is given twice");
    CHECK(errors_in("- tick: {every: 1s, count: 1}\n  count: 2\n") ==
          "2:3: 'count' of 'tick' is given twice");
    CHECK(errors_in("- sleep: {for: 1, timeout: 2}\n  timeout: 3\n").ends_with("'timeout' is given twice"));
    // A key with null counts as absent.
    CHECK(errors_in("- tick: {every: 1s, count: null}\n  count: 2\n") == "");
    CHECK(errors_in("- tick: null\n  every: 2s\n") == "");
}

TEST_CASE("a key with null is as if it were absent") {
    CHECK(errors_in(
              "- print: a\n  to: null\n  end: null\n  name: null\n  id: null\n  if: null\n  context: null\n"
              "  timeout: null\n  retry: null\n  continue_on_error: null\n  capture: null\n  finally: null\n"
              "  background: null\n") == "");
    CHECK(errors_in("- tick: {every: 1s, count: null, for: null, until: null, missed: null, do: null}\n") ==
          "");
    CHECK(errors_in("- sleep: {for: null}") == "1:3: 'sleep' needs 'for': how long");
    CHECK(errors_in("- for_each: {in: null, range: 3, as: null, do: []}") == "");
}

TEST_CASE("unknown arguments get a suggestion, or what there is") {
    CHECK(errors_in("- tick: {evry: 1s}") ==
          "1:3: 'tick' needs 'every': the length of a slot\n"
          "1:10: unknown argument 'evry' of tick; did you mean 'every'?");
    CHECK(errors_in("- print: a\n  edn: x\n") == "2:3: unknown argument 'edn' of print; did you mean 'end'?");
    CHECK(errors_in("- print: a\n  tiemout: 1\n") ==
          "2:3: unknown argument 'tiemout' of print; did you mean 'timeout'?");
    CHECK(errors_in("- print: a\n  xyzzy: 1\n") ==
          "2:3: unknown argument 'xyzzy' of print; 'arun help print' shows its arguments");
    CHECK(errors_in("- print: {text: a, xyzzy: 1}\n") ==
          "1:20: unknown argument 'xyzzy' of print; it takes text, to, end");
    CHECK(errors_in("- print: {text: a, id: x}\n") ==
          "1:20: 'id' is not an argument of 'print'; put it next to 'print', not inside it");
    CHECK(errors_in("- print: a\n  xyzzy: null\n").starts_with("2:3: unknown argument 'xyzzy'"));
}

TEST_CASE("timeout may also be inside the kind's mapping") {
    for (const std::string_view text : {"- sleep: {for: 5, timeout: 2s}", "- sleep: 5\n  timeout: 2s",
                                        "- do: {jobs: [{sleep: 5}], timeout: 2s}"}) {
        Compilation compilation;
        compilation.add(text);
        REQUIRE(compilation.messages() == "");
        REQUIRE(compilation.jobs()[0].modifiers() != nullptr);
        REQUIRE(compilation.jobs()[0].modifiers()->timeout);
        CHECK(compilation.jobs()[0].modifiers()->timeout->literal == std::chrono::seconds(2));
    }
    Compilation inner;
    inner.add("- do: {sleep: 5, timeout: 2s}");
    CHECK(inner.jobs()[0].modifiers() == nullptr);
}

TEST_CASE("modifiers are checked") {
    CHECK(errors_in("- print: a\n  timeout: -1\n").starts_with("2:12: 'timeout' of job: "));
    CHECK(errors_in("- print: a\n  retry: -1\n") ==
          "2:10: 'retry': expected a whole number from 0 up, not '-1'");
    CHECK(errors_in("- print: a\n  retry: {limt: 1}\n") ==
          "2:11: unknown argument 'limt' of retry; did you mean 'limit'?");
    CHECK(errors_in("- print: a\n  retry: {limit: 1, backoff: 0.5}\n") ==
          "2:30: 'backoff' of retry: expected a number from 1 up, not '0.5'");
    CHECK(errors_in("- print: a\n  background: maybe\n") ==
          "2:15: 'background' of job: expected true or false, written out");
    CHECK(errors_in("- print: a\n  continue_on_error: maybe\n") ==
          "2:22: 'continue_on_error' of job: expected true or false, not 'maybe'");
    CHECK(errors_in("- print: a\n  capture: 1a\n").starts_with("2:12: '1a' is not a valid variable name; "));
    CHECK(errors_in("- print: a\n  capture: env\n") ==
          "2:12: 'env' cannot be the name of a variable; the expression language reserves it");
    CHECK(errors_in("- print: a\n  context: [a]\n")
              .starts_with("2:12: 'context' of job: expected text, not a list"));
    CHECK(errors_in("- print: a\n  context: {a b: 1}\n")
              .starts_with("2:13: 'a b' is not a valid variable name; "));
    CHECK(errors_in("- print: a\n  finally: 5\n") ==
          "2:12: 'finally' of job: expected a job or a list of jobs, not a number");
    CHECK(errors_in("- print: a\n  if: [a]\n") ==
          "2:7: 'if' of job: expected an expression, not a list; join them with '&&' or '||'");
    CHECK(errors_in("- print: a\n  if: ${{ true }} && true\n")
              .starts_with("2:7: a condition is one expression"));
}

TEST_CASE("ids are literal, unique in a script, and not reserved") {
    CHECK(errors_in("- {print: a, id: x}\n- {print: b, id: y}\n") == "");
    CHECK(errors_in("- {print: a, id: x}\n- {print: b, id: x}\n") ==
          "2:18: the id 'x' is already used by the job on line 1; ids must be unique within a script");
    CHECK(errors_in("- {print: a, id: 1x}")
              .starts_with("1:18: '1x' cannot be the id of a job; an id consists of letters"));
    CHECK(errors_in("- {print: a, id: all}") ==
          "1:18: 'all' cannot be the id of a job; the expression language reserves it");
    CHECK(errors_in("- {print: a, id: 'a${{ 1 }}'}").find("cannot be computed") != std::string::npos);
    // An alias repeats the same job.
    CHECK(errors_in("x-job: &j {print: a, id: x}\njobs: [*j, *j]\n") == "");
    Compilation two;
    two.add("- {print: a, id: x}\n", "one");
    two.add("- {print: b, id: x}\n", "two");
    two.check();
    CHECK(two.messages() == "");
}

TEST_CASE("kinds check combinations of arguments") {
    CHECK(errors_in("- {tick: 1, count: 2, for: 3}") == "1:4: 'tick' takes count or for, not both");
    CHECK(errors_in("- {tick: 0}") == "1:10: 'every' of tick: expected a duration above 0, not '0'");
    CHECK(errors_in("- race: []") == "1:3: 'race' needs at least one job");
    CHECK(errors_in("- parallel: []") == "");
    CHECK(errors_in("- {for_each: [1], range: 2, do: []}") ==
          "1:4: 'for_each' takes only one of in, range and lines");
    CHECK(errors_in("- {for_each: null, do: []}") == "1:4: 'for_each' needs in, range or lines");
    CHECK(errors_in("- {for_each: 5, do: []}") ==
          "1:14: 'in' of for_each: expected a list, not a number; write 'range: 5' for so many rounds");
    CHECK(errors_in("- for_each: {range: [1, 2, 0], do: []}") ==
          "1:21: 'range' of for_each: the step of a range cannot be 0");
    CHECK(errors_in("- {for_each: [1], as: loop, do: []}") ==
          "1:23: 'loop' cannot be the name of a variable; the expression language reserves it");
    CHECK(errors_in("- {for_each: [1], as: 1x, do: []}") ==
          "1:23: '1x' cannot be the name of a variable; a name consists of letters, digits, '_' and '-'");
    CHECK(errors_in("- {print: a, to: nowhere}") ==
          "1:18: 'to' of print: expected stdout or stderr, not 'nowhere'");
}

TEST_CASE("a background job cannot be directly in parallel or race") {
    const auto refusal = errors_in("- parallel: [{print: a, background: true}]");
    CHECK(refusal.starts_with("1:15: a job directly in "));
    CHECK(refusal.ends_with("parallel cannot be a background job; put it into a 'do'"));
    CHECK(errors_in("- race: {jobs: [{do: [], background: true}]}").find("cannot be a background job") !=
          std::string::npos);
    CHECK(errors_in("- parallel: [{do: [{print: a, background: true}]}]") == "");
    CHECK(errors_in("- for_each: [1]\n  do: {print: a, background: true}\n") == "");
}

TEST_CASE("with --isolated top-level jobs can neither run in the background nor wait") {
    const auto isolated = [](std::string_view text) {
        Compilation compilation;
        compilation.compilation().isolated = true;
        compilation.add(text);
        compilation.check();
        return compilation.messages();
    };
    CHECK(isolated("- print: a\n- do: [{print: a, background: true, id: x}, {wait: x}]\n") == "");
    CHECK(isolated("- {print: a, background: true}\n") ==
          "1:4: with --isolated a top-level job cannot be a background job; its Runner ends with it; put it "
          "into a 'do'");
    CHECK(isolated("- wait: all\n") ==
          "1:3: with --isolated there is nothing that a top-level job could wait for; put both jobs into a "
          "'do'");
}

TEST_CASE("all errors are found in one pass, in the order of the text") {
    CHECK(errors_in(
              "- sleep: soon\n- pritn: a\n- print: ${{ ) }}\n- {print: a, id: all}\n- assert: nothing\n") ==
          "1:10: 'sleep': 'soon' is not a duration; write 1.5, 250ms or 1m30s\n"
          "2:3: unknown kind of job 'pritn'; did you mean 'print'?\n"
          "3:14: unexpected ')', expected a value\n"
          "4:18: 'all' cannot be the id of a job; the expression language reserves it\n"
          "5:11: unknown name 'nothing'; nothing in the script sets it; text in an expression needs quotes");
}

TEST_CASE("the same errors are found in JSON") {
    CHECK(errors_in("[{\"sleep\": \"soon\"},\n {\"pritn\": 1},\n {\"tick\": 1, \"evry\": 2}]") ==
          "1:12: 'sleep': 'soon' is not a duration; write 1.5, 250ms or 1m30s\n"
          "2:3: unknown kind of job 'pritn'; did you mean 'print'?\n"
          "3:14: unknown argument 'evry' of tick; did you mean 'every'?");
}

TEST_CASE("a job's default label is its kind and the beginning of its argument") {
    CHECK(labels("- sleep: 1s\n- timestamp\n- print: 'a b'\n- print: \"x\"\n- set: {a: 1}\n") ==
          "sleep 1s\ntimestamp\nprint a b\nprint x\nset {a: 1}");
    CHECK(labels("- print: |\n    first\n    second\n") == "print first...");
    CHECK(labels("- print: >-\n    only\n") == "print only");
    CHECK(labels("- print: " + std::string(60, 'x')) == "print " + std::string(40, 'x') + "...");
    CHECK(labels("- print: '" + std::string(60, 'x') + "'") == "print " + std::string(39, 'x') + "...");
    // Cut between characters.
    CHECK(labels("- print: " + std::string(39, 'x') + "ää") == "print " + std::string(39, 'x') + "...");
}

TEST_CASE("the label of arguments in lines of their own has the most important one") {
    const std::string body = "do: {print: x}\n";
    CHECK(labels("- for_each:\n    in: [a, b]\n    as: host\n    " + body) == "for_each [a, b]");
    CHECK(labels("- for_each:\n    as: host\n    in: [a, b]\n    " + body) == "for_each [a, b]");
    CHECK(labels("- for_each:\n    in:\n      - a\n      - 'b c'\n    " + body) == "for_each [a, 'b c']");
    CHECK(labels("- for_each:\n    in:\n    - a\n    - b\n    " + body) == "for_each [a, b]");
    CHECK(labels("- for_each:\n  - a\n  - b\n  " + body) == "for_each [a, b]");
    CHECK(labels("- for_each:\n    - {a: 1}\n    - {a: 2}\n  " + body) == "for_each - {a: 1}...");
    CHECK(labels("- for_each:\n    range: 3\n    " + body) == "for_each range: 3...");
    CHECK(labels("- run:\n    script: |\n      make all\n      make test\n    dir: x\n") ==
          "run make all...");
    CHECK(labels("- run:\n    dir: x\n    script: make\n") == "run make");
    CHECK(labels("- http:\n    method: POST\n    url: http://h/\n    json:\n      url: x\n") ==
          "http http://h/");
    CHECK(labels("- wait_for:\n    file: /\n    interval: 1s\n") == "wait_for file: /...");
    CHECK(labels("- do:\n    - print: a\n    - print: b\n") == "do - print: a...");
    CHECK(labels("- set:\n    a: 1\n    variables: 2\n") == "set a: 1...");
    std::string items;
    for (int i = 0; i < 100; ++i) items += "    - item\n";
    CHECK(labels("- for_each:\n" + items + "  " + body) ==
          "for_each [item, item, item, item, item, item, ite...");
}

TEST_CASE("an included script is compiled with the one that includes it") {
    const Files files;
    files.write("sub/part.yaml", "name: part\nvars: {x: 1}\njobs: [{print: '${{ x }} ${{ y }}', id: p}]\n");
    Compilation compilation;
    compilation.add("- set: {y: 2}\n- include: sub/part.yaml\n- print: ${{ y }} ${{ jobs.p.result }}\n",
                    files.path("main.yaml"));
    compilation.check();
    CHECK(compilation.messages() == "");
    CHECK(compilation.scripts()[0]->documents.size() == 2);
    CHECK(compilation.scripts()[0]->sources[1]->name() == files.path("sub/part.yaml"));
}

TEST_CASE("what an include and its file declare is known only inside it") {
    const Files files;
    files.write("part.yaml", "vars: {x: 1}\njobs: [{set: {x: 2, y: '${{ z }}'}}]\n");
    constexpr std::string_view include = "- include: {script: part.yaml, vars: {z: 1}}\n";
    const auto after = [&](std::string_view expression) {
        return errors_of(files, std::string(include) + "- print: ${{ " + std::string(expression) + " }}\n");
    };
    CHECK(after("y") == "");
    CHECK(after("default(x, 1)") == "");
    CHECK(after("x") ==
          "2:14: 'x' is not known here: it is declared only in an include (part.yaml:1) and is not visible "
          "outside; set another variable in the included script, or "
          "declare it here too");
    CHECK(after("z").starts_with("2:14: 'z' is not known here: it is declared only in an include (line 1)"));
    CHECK(errors_of(files, std::string(include) + "- set: {x: 3}\n- print: ${{ x }}\n") == "");
}

TEST_CASE("the path is relative to the file that includes, and may be absolute") {
    const Files files;
    files.write("a/one.yaml", "- include: two.yaml\n- include: ../b/three.json\n");
    files.write("a/two.yaml", "- print: two\n");
    files.write("b/three.json", R"([{"print": "three"}])");
    CHECK(errors_of(files, "- include: a/one.yaml\n") == "");
    CHECK(errors_of(files, "- include: {script: " + files.path("a/one.yaml") + "}\n") == "");
    CHECK(errors_of(files, "- include: two.yaml\n") ==
          "1:12: cannot read 'two.yaml': no such file or directory");
}

TEST_CASE("errors in an included script point into it") {
    const Files files;
    files.write("part.yaml", "- print: a\n- pritn: b\n- print: ${{ z }}\n");
    CHECK(errors_of(files, "- include: part.yaml\n- sleep: soon\n") ==
          "part.yaml:2:3: unknown kind of job 'pritn'; did you mean 'print'?\n"
          "part.yaml:3:14: unknown name 'z'; nothing in the script sets it; text in an expression needs "
          "quotes\n"
          "2:10: 'sleep': 'soon' is not a duration; write 1.5, 250ms or 1m30s");
    files.write("broken.yaml", "- a: b: c\n");
    CHECK(errors_of(files, "- include: broken.yaml\n").starts_with("broken.yaml:1:"));
}

TEST_CASE("the error for a script that cannot be included points at the include") {
    const Files files;
    files.write("empty.yaml", "");
    files.write("two.yaml", "- print: a\n---\n- print: b\n");
    files.write("lines", "{\"print\": 1}\n{\"print\": 2}\n");
    CHECK(errors_of(files, "- include: missing.yaml\n") ==
          "1:12: cannot read 'missing.yaml': no such file or directory");
    CHECK(errors_of(files, "- include: empty.yaml\n") == "1:12: cannot read 'empty.yaml': it is empty");
    CHECK(errors_of(files, "- include: {script: .}\n").starts_with("1:21: cannot read '"));
    CHECK(errors_of(files, "- include: two.yaml\n") ==
          "1:12: 'two.yaml' contains several scripts; only one can be included");
    CHECK(errors_of(files, "- include: lines\n").starts_with("1:12: "));
    CHECK(errors_of(files, "- include: ${{ x }}\n").find("cannot be computed") != std::string::npos);
    CHECK(errors_of(files, "- include: [a]\n") ==
          "1:12: 'script' of include: expected text, not a list; write an 'include' for each file");
    CHECK(errors_of(files, "- include\n") == "1:3: 'include' needs 'script': the file to run");
}

TEST_CASE("a cycle of includes is an error, whatever the paths") {
    const Files files;
    files.write("main.yaml", "- include: main.yaml\n");
    CHECK(errors_of(files, "- include: main.yaml\n") ==
          "1:12: the includes form a cycle: main.yaml includes main.yaml");
    files.write("a.yaml", "- include: ./sub/../b.yaml\n");
    files.write("b.yaml", "- include: a.yaml\n");
    files.write("sub/x.yaml", "- print: a\n");
    const auto errors = errors_of(files, "- include: a.yaml\n");
    CHECK(errors.find("the includes form a cycle: a.yaml includes ") != std::string::npos);
    CHECK(errors.find('\n') == std::string::npos);
}

TEST_CASE("one script may be included many times") {
    const Files files;
    files.write("part.yaml", "vars: {x: 0}\njobs: [{print: '${{ x }}', id: p}]\n");
    CHECK(errors_of(
              files,
              "- include: part.yaml\n- include: part.yaml\n- include: {script: part.yaml, vars: {x: 1}}\n") ==
          "");
}

TEST_CASE("an include shares the context around it") {
    const Files files;
    files.write("set.yaml", "- set: {x: 1}\n");
    files.write("use.yaml", "- print: ${{ x }}\n");
    CHECK(errors_of(files, "- include: set.yaml\n- print: ${{ x }}\n") == "");
    CHECK(errors_of(files, "- set: {x: 1}\n- include: use.yaml\n") == "");
    CHECK(errors_of(files, "- include: {script: use.yaml, vars: {x: 1}}\n") == "");
    CHECK(errors_of(files, "- include: use.yaml\n  vars: {x: 1}\n") == "");
    CHECK(errors_of(files, "- for_each: [1]\n  as: x\n  do: {include: use.yaml}\n") == "");
    CHECK(errors_of(files, "- parallel: [{include: set.yaml}]\n- print: ${{ x }}\n")
              .starts_with("2:14: 'x' is not known here"));
    CHECK(errors_of(files, "- include: use.yaml\n").starts_with("use.yaml:1:14: unknown name 'x'"));
    files.write("index.yaml", "- print: ${{ loop.index }}\n");
    CHECK(errors_of(files, "- repeat: 1\n  do: {include: index.yaml}\n") == "");
    CHECK(
        errors_of(files, "- include: index.yaml\n").starts_with("index.yaml:1:14: loop.index is known only"));
}

TEST_CASE("the depth of includes is limited") {
    const Files files;
    for (int i = 0; i < 100; ++i)
        files.write("f" + std::to_string(i) + ".yaml", "- include: f" + std::to_string(i + 1) + ".yaml\n");
    files.write("f100.yaml", "- print: the end\n");
    CHECK(errors_of(files, "- include: f0.yaml\n").find("too many includes") != std::string::npos);
    CHECK(errors_of(files, "- include: f60.yaml\n") == "");
}
