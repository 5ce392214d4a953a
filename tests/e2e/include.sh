#!/usr/bin/env bash
# `include` runs another script in the current context, found relative to the including file. What the script and the
# job declare in `vars` is local to the include; cycles and missing files are errors before anything runs.
. "${BASH_SOURCE%/*}/lib.sh"

mkdir -p sub/deep elsewhere
write main.json '[{"include": "sub/one.json", "capture": "r"}, {"print": "${{ r }} ${{ y }}"}]'
write sub/one.json '{"vars": {"x": "default", "fresh": "new"}, "jobs": [{"print": "${{ x }}"},
  {"include": "deep/two.yaml"}]}'
write sub/deep/two.yaml '- set: {x: from two, y: "${{ x }} of ${{ fresh }}"}' '- print: "${{ y }}"'
run main.json
assert_stderr
assert_exit 0
assert_stdout default 'from two of new' 'from two of new from two of new'
# Relative to its file, not to the working directory.
(cd elsewhere && run ../main.json && assert_exit 0 && assert_stdout default 'from two of new' 'from two of new from two of new') || exit 1
run "$PWD/main.json"
assert_exit 0

# The job's vars win over the script's, the command line's over both; a variable of that name outside is neither read nor
# changed, nor does it reach the next include.
write vars.json '{"vars": {"a": "default", "b": "default", "c": "default"},
  "jobs": [{"print": "${{ a }} ${{ b }} ${{ c }}"}, {"set": {"a": "changed"}}]}'
write main.json '{"vars": {"a": "mine", "b": "mine"}, "jobs": [{"include": "vars.json", "vars": {"b": "given"}},
  {"include": {"script": "vars.json", "vars": {"c": "given ${{ a }}"}}}, {"print": "${{ a }} ${{ b }}"}]}'
run main.json
assert_stderr
assert_exit 0
assert_stdout 'default given default' 'default default given mine' 'mine mine'
run --var c=outside --var a=outside main.json
assert_exit 0
assert_stdout 'outside given outside' 'outside default outside' 'outside mine'

# They end with the include however that ends, and a job that goes on in the background keeps them.
write part.yaml 'vars: {path: /default}' 'jobs:' \
    '- {background: true, id: later, do: [{sleep: 1}, {print: "later ${{ path }}"}]}' '- fail: "at ${{ path }}"'
write main.yaml '- {include: {script: part.yaml, vars: {path: /a}}, continue_on_error: true}' \
    '- print: "${{ default(path, '"'none'"') }}"' \
    '- {include: part.yaml, timeout: 1s, continue_on_error: true}' '- wait: all' \
    '- print: "${{ default(path, '"'none'"') }}"'
run --virtual main.yaml
assert_exit 0
assert_stdout none 'later /a' 'later /default' none
assert_stderr_contains 'at /a' 'at /default'

# Its env, timeout and finally hold for its own jobs.
write own.json '{"env": {"E": "inner"}, "timeout": 1, "jobs": [{"print": "${{ env.E }}"}, {"sleep": 5}],
  "finally": {"print": "finally ${{ now() }}"}}'
write main.json '{"env": {"E": "outer"}, "jobs": [{"include": "own.json", "continue_on_error": true},
  {"print": "${{ env.E }} ${{ now() }}"}]}'
run --virtual main.json
assert_exit 0
assert_stdout inner 'finally 1.000000' 'outer 1.000000'
write main.json '[{"include": "own.json"}]'
run --virtual main.json
assert_exit 124

# Twice the same file, under modifiers; a name that only the including scripts set is known in it.
write again.json '[{"print": "${{ y }} ${{ now() }}"}, {"sleep": 1}]'
write main.json '[{"set": {"y": 1}}, {"repeat": 2, "do": {"include": "again.json"}},
  {"include": "again.json", "if": "false"},
  {"include": "again.json", "context": {"y": 2}}]'
run --virtual main.json
assert_stderr
assert_exit 0
assert_stdout '1 0.000000' '1 1.000000' '2 2.000000'

# An error in the included file is told at its place there; a failure too, with the way to it.
write bad.json '[{"print": "a"},' ' {"prin": "b"}]'
write main.json '[{"print": "not reached"}, {"include": "bad.json"}]'
run main.json
assert_exit 2
assert_stdout
assert_stderr_contains 'bad.json:2:3: error: ' "did you mean 'print'"
write bad.json '[{"fail": "inside"}]'
run main.json
assert_exit 1
assert_stderr_contains 'bad.json:1:3: error: ' inside 'main.json:1:29'
mkdir -p a/b
write a/bad.yaml '- fail: inside'
write a/b/mid.yaml '- include: ../bad.yaml'
write main.yaml '- include: a/b/mid.yaml'
run main.yaml
assert_exit 1
assert_stderr_contains 'bad.yaml:1:3: error: ' 'mid.yaml:1:3' 'main.yaml:1:3'

# What cannot be included, each at its include.
: >empty.json
write several.yaml '- print: a' --- '- print: b'
write syntax.json '[{"print": "a"'
write main.json '[{"print": "x"},' \
    '{"include": "missing.json"},' '{"include": "a"},' '{"include": "empty.json"},' '{"include": "several.yaml"},' \
    '{"include": "${{ 1 }}.json"},' '{"include": "syntax.json"},' '{"include": "main.json"}]'
run main.json
assert_exit 2
assert_stdout
assert_stderr_contains 'main.json:2:13: error: ' missing.json 'main.json:3:13: error: ' 'main.json:4:13: error: ' \
    'main.json:5:13: error: ' 'main.json:6:13: error: ' 'syntax.json:1:' 'main.json:8:13: error: '
# Cycles, also the long way and under another name.
write x.json '[{"include": "y.json"}]'
write y.json '[{"include": "./z.json"}]'
write z.json '[{"print": "x"}, {"include": "../work/x.json"}]'
run x.json
assert_exit 2
assert_stdout
assert_stderr_contains 'z.json:1:30: error: ' x.json y.json
# A deep chain that does end is one too many at some depth, never a crash.
for i in $(seq 300); do write "chain$i.json" "[{\"include\": \"chain$((i + 1)).json\"}]"; done
write chain301.json '[{"print": "end"}]'
run chain1.json
assert_exit 2
assert_stderr_contains 'too many includes'
run chain290.json
assert_exit 0
assert_stdout end

# What an include and its file declare is known only inside it; what its jobs set otherwise is known outside.
write declares.yaml 'vars: {path: /default}' 'jobs: [{set: {path: "${{ path }}/set", made: "by ${{ path }}"}}, {print: "${{ path }}"}]'
write outside.yaml '- include: {script: declares.yaml, vars: {given: 1}}' '- print: "${{ made }}"'
run outside.yaml
assert_exit 0
assert_stdout /default/set 'by /default/set'
for name in path given; do
    write outside.yaml '- include: {script: declares.yaml, vars: {given: 1}}' "- print: \${{ $name }}"
    run check outside.yaml
    assert_exit 2
    assert_stderr_contains "outside.yaml:2:14: error: '$name' is not known here: it is declared only in an include"
    write outside.yaml '- include: {script: declares.yaml, vars: {given: 1}}' "- print: \${{ default($name, 'none') }}"
    run outside.yaml
    assert_exit 0
    assert_stdout /default/set none
done
write outside.yaml '- include: declares.yaml' '- print: ${{ default(pth, 1) }}'
run check outside.yaml
assert_exit 2
assert_stderr_contains "unknown name 'pth'"
# Two includes, one in the other: the inner sees what the outer declares.
write inner.yaml '- print: "${{ path }}"'
write outer.yaml 'vars: {path: /outer}' 'jobs: [{include: inner.yaml}]'
write outside.yaml '- include: outer.yaml' '- {include: inner.yaml, if: "false"}'
run check outside.yaml
assert_exit 2
assert_stderr_contains "inner.yaml:1:15: error: 'path' is not known here"
write outside.yaml '- include: outer.yaml' '- {set: {path: mine}}' '- include: inner.yaml' '- include: outer.yaml' '- print: "${{ path }}"'
run outside.yaml
assert_exit 0
assert_stdout /outer mine /outer mine

# What a file declares is its own, also where a loop around the include has a variable of that name.
write part.yaml 'vars: {path: /default}' 'jobs: [{print: "${{ path }}"}, {background: true, print: "${{ path }} behind"}]'
write outside.yaml '- for_each: {in: [{name: a}], as: path}' '  do:' '  - include: part.yaml' \
    '  - include: {script: part.yaml, vars: {path: "${{ path.name }}"}}' '  - print: "${{ path }}"'
run outside.yaml
assert_exit 0
assert_stdout /default a '{"name":"a"}' '/default behind' 'a behind'
