// Scripts that include others.
#include "script/compiler.hpp"
#include "support/files.hpp"
#include "support/script.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace arun;
using namespace arun::script;
using namespace arun::test;

namespace {

/// Compiles the text as the file main.yaml of the directory. Its name is left out of messages, and the
/// directory's too.
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

TEST_CASE("an included script is compiled with the one that includes it") {
    const Files files;
    files.write("sub/part.yaml", "name: part\nvars: {x: 1}\njobs: [{print: '${{ x }} ${{ y }}', id: p}]\n");
    Compilation compilation;
    compilation.add("- set: {y: 2}\n- include: sub/part.yaml\n- print: ${{ x }} ${{ jobs.p.result }}\n",
                    files.path("main.yaml"));
    compilation.check();
    CHECK(compilation.messages() == "");
    CHECK(compilation.scripts()[0]->documents.size() == 2);
    CHECK(compilation.scripts()[0]->sources[1]->name() == files.path("sub/part.yaml"));
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

TEST_CASE("errors in an included script are told of there") {
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

TEST_CASE("what cannot be included is told of at the include") {
    const Files files;
    files.write("empty.yaml", "");
    files.write("two.yaml", "- print: a\n---\n- print: b\n");
    files.write("lines", "{\"print\": 1}\n{\"print\": 2}\n");
    CHECK(errors_of(files, "- include: missing.yaml\n") ==
          "1:12: cannot read 'missing.yaml': no such file or directory");
    CHECK(errors_of(files, "- include: empty.yaml\n") == "1:12: cannot read 'empty.yaml': it is empty");
    CHECK(errors_of(files, "- include: {script: .}\n").starts_with("1:21: cannot read '"));
    CHECK(errors_of(files, "- include: two.yaml\n") ==
          "1:12: 'two.yaml' holds several scripts; only one can be included");
    CHECK(errors_of(files, "- include: lines\n").starts_with("1:12: "));
    CHECK(errors_of(files, "- include: ${{ x }}\n").find("cannot be computed") != std::string::npos);
    CHECK(errors_of(files, "- include: [a]\n") == "1:12: 'script' of include: expected text, not a list");
    CHECK(errors_of(files, "- include\n") == "1:3: 'include' needs 'script': the file to run");
}

TEST_CASE("a cycle of includes is an error, whatever way it is reached by") {
    const Files files;
    files.write("main.yaml", "- include: main.yaml\n");
    CHECK(errors_of(files, "- include: main.yaml\n") ==
          "1:12: this include never ends: main.yaml includes main.yaml");
    files.write("a.yaml", "- include: ./sub/../b.yaml\n");
    files.write("b.yaml", "- include: a.yaml\n");
    files.write("sub/x.yaml", "- print: a\n");
    const auto errors = errors_of(files, "- include: a.yaml\n");
    CHECK(errors.find("this include never ends: a.yaml includes ") != std::string::npos);
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

TEST_CASE("an include shares the context that it is in") {
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

TEST_CASE("an endless tower of includes is refused") {
    const Files files;
    for (int i = 0; i < 100; ++i)
        files.write("f" + std::to_string(i) + ".yaml", "- include: f" + std::to_string(i + 1) + ".yaml\n");
    files.write("f100.yaml", "- print: the end\n");
    CHECK(errors_of(files, "- include: f0.yaml\n").find("too many includes") != std::string::npos);
    CHECK(errors_of(files, "- include: f60.yaml\n") == "");
}
