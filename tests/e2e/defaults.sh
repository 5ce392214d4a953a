#!/usr/bin/env bash
# `defaults` are arguments for every exec and run of a file; script.* and run.* tell where a job runs.
. "${BASH_SOURCE%/*}/lib.sh"

mkdir -p folder/sub
write folder/main.yaml 'name: the main one' \
    'vars: {v: 1}' \
    'defaults:' \
    '  run: {shell: [/bin/sh, -c], dir: folder/sub, output: prefix, env: {A: "default ${{ v }}", B: b, C: null}}' \
    'jobs:' \
    '- {name: r, run: "false; pwd | sed s,.*/,,; echo $A $B ${C-unset}"}' \
    '- {name: e, exec: [sh, -c, "echo $A $B"], env: {A: own}}' \
    '- {name: o, run: "echo plain; pwd | sed s,.*/,,", dir: folder, output: inherit}' \
    '- set: {v: 2}' \
    '- {name: r, run: "echo $A; false", shell: /bin/sh, continue_on_error: true, ignore_warnings: all}' \
    '- include: part.yaml' \
    'finally: [{name: f, run: "echo $A"}]'
write folder/part.yaml '- {run: "pwd | sed s,.*/,,; echo ${A-none}"}' '- print: ${{ script.name }} ${{ script.dir }}'
C=outside run folder/main.yaml
assert_exit 0
assert_stdout 'r | sub' 'r | default 1 b unset' 'e | own b' plain folder 'r | default 2' "${PWD##*/}" none \
    "folder/part.yaml $PWD/folder" 'f | default 2'

# What is wrong with them is told once, at its place.
rejected '{"defaults": »["a"], "jobs": []}' '{run:'
rejected '{"defaults": {»"rnu": {}}, "jobs": []}' "there is only 'run'"
rejected '{"defaults": {"run": »"bash"}, "jobs": []}' 'expected a mapping'
rejected '{"defaults": {"run": {»"stdin": "x"}}, "jobs": [{"run": "true"}]}' 'it takes shell, dir, output, env'
rejected '{"defaults": {"run": {»"cwd": "x"}}, "jobs": []}' "did you mean 'dir'"
rejected '{"defaults": {"run": {"output": »"fiel"}}, "jobs": [{"run": "true"}, {"run": "true"}]}' 'expected inherit'
rejected '{"defaults": {"run": {"dir": "${{ »nowhere }}"}}, "jobs": [{"run": "true"}]}' "unknown name 'nowhere'"
script '{"defaults": {"run": null}, "jobs": [{"run": "echo x"}]}'
assert_stdout x

# script.dir, script.name, run.id, run.host
write folder/where.yaml '- print: ${{ script.dir }}|${{ script.name }}|${{ run.host }}' \
    '- {exec: [pwd], dir: "${{ script.dir }}"}' '- print: ${{ run.id }}' '- print: ${{ run.id }}'
run folder/where.yaml
assert_exit 0
id=$(sed -n 3p "$T/io/stdout")
[[ $id =~ ^[0-9a-f]{16}$ ]] || fail "the id is '$id'"
assert_stdout "$PWD/folder|folder/where.yaml|$(uname -n)" "$PWD/folder" "$id" "$id"
run folder/where.yaml
[ "$(sed -n 3p "$T/io/stdout")" != "$id" ] || fail 'two runs have one id'
run --virtual folder/where.yaml
assert_stdout_contains 0000000000000001
script '[{"print": "${{ script.dir }} ${{ script.name }}"}]'
assert_stdout "$PWD <stdin>"
run plan folder/where.yaml
assert_exit 0
rejected '[{"print": "${{ script.»path }}"}]' 'it has dir and name'
rejected '[{"print": "${{ run.»ID }}"}]' "did you mean 'id'"
rejected '[{"print": "${{ »script }}"}]' 'write script.dir'
rejected '[{"print": "${{ run[»1] }}"}]' 'must be literal'
rejected '[{"set": {»"run": 1}}]' 'reserves it'
