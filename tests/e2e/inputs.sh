#!/usr/bin/env bash
# A script declares its inputs; --var, operands NAME=VALUE, --vars-file and an include give them. What is missing or wrong is
# told all at once, with the usage of the script, exit status 2, and nothing runs.
. "${BASH_SOURCE%/*}/lib.sh"

write shop.yaml 'name: smoke test of the shop' \
    'description: Checks that the shop answers.' \
    'inputs:' \
    '  host: {required: true, description: the server to test}' \
    '  port: {type: number, default: 80, description: its port}' \
    '  level: {type: choice, options: [low, mid, 3], default: mid}' \
    '  wait: {type: duration, default: 1m30s}' \
    '  hosts: {type: list, default: [a, b]}' \
    '  dry: {default: false}' \
    '  note:' \
    'vars: {url: "http://${{ host }}:${{ port }}"}' \
    'jobs:' \
    '- print: ${{ url }} ${{ level }} ${{ duration(wait) }} ${{ toJSON(join(hosts)) }} ${{ !dry }} [${{ toJSON(note) }}]'

# From a --var, from an operand, from files; the last one wins.
run shop.yaml host=a
assert_exit 0
assert_stderr
assert_stdout 'http://a:80 mid 90 "a,b" true [null]'
run shop.yaml --var host=b --var port=8080 level=3 wait=2 hosts=c,d dry=true note=
assert_exit 0
assert_stdout 'http://b:8080 3 2 "c,d" false [""]'
write vars.yaml 'host: c' 'port: "81"' 'hosts: [x]' 'dry: true'
write more.json '{"host": "d", "level": 3}'
run shop.yaml --vars-file vars.yaml --vars-file more.json port=82
assert_exit 0
assert_stderr
assert_stdout 'http://d:82 3 90 "x" false [null]'
# An operand with = that is a file is a script.
write a=b.yaml '- print: a file'
run a=b.yaml
assert_exit 0
assert_stdout 'a file'
# Values are no code.
run shop.yaml 'host=${{ 1 }}'
assert_stdout_contains 'http://${{ 1 }}:80'

# wrong PLACE... : the errors are at these places, and nothing ran.
wrong() {
    assert_exit 2
    assert_stdout
    assert_eq "$(sed -n 's/^\([a-z.]*:[0-9]*:[0-9]*\|arun\): error: .*/\1/p' "$T/io/stderr" | tr '\n' ' ')" "$*" \
        'places of errors'
}
run shop.yaml port=x level=hi wait=soon dry=maybe hsot=1
wrong shop.yaml:4:3 shop.yaml:5:3 shop.yaml:6:3 shop.yaml:7:3 shop.yaml:9:3 arun ''
assert_stderr_contains "the input 'host' is missing: the server to test; give it as host=TEXT" \
    "port=...: expected a number, not 'x'" "level=...: expected low, mid or 3, not 'hi'" \
    "hsot=...: no script declares or reads this variable; did you mean 'host'?" \
    'usage: arun shop.yaml host=TEXT [port=NUMBER] [level=low|mid|3]' 'port=NUMBER      its port (default: 80)'
# A check needs no values, but those that are given must fit.
run check shop.yaml
assert_exit 0
assert_stderr
run check shop.yaml port=x
wrong shop.yaml:5:3 ''
run plan shop.yaml
wrong shop.yaml:4:3 ''
# In a file, at their place there. One that nothing reads is a warning: a file may serve several scripts.
write bad.yaml 'host: [1]' '1x: 2' 'now: 3'
run shop.yaml --vars-file bad.yaml
wrong bad.yaml:1:1 bad.yaml:2:1 bad.yaml:3:1 ''
# A file that is not valid may hold a secret of a script that is not read yet: neither its lines nor its words are shown.
broken() { # TEXT LINE...
    write broken.yaml "${@:2}"
    run shop.yaml --vars-file broken.yaml
    assert_exit 2
    assert_stderr_contains "broken.yaml:$1"
    assert_stderr_lacks hidden
}
broken "1:13: error: a second ': ' on this line" 'host: hidden: x'
broken "2:1: error: this is not valid YAML" 'hidden: 1' 'hidden: 2'
broken "1:7: error: this quote is never closed; a '\"' is missing" 'host: "hidden'
broken '1:7: error: this is not valid YAML' 'host: *hidden'
write list.yaml '- a'
run shop.yaml --vars-file list.yaml
wrong list.yaml:1:1 ''
run shop.yaml --vars-file missing.yaml host=a
assert_exit 2
assert_stderr_contains "cannot read 'missing.yaml'"
write others.yaml 'host: a' 'other: 1'
run shop.yaml --vars-file others.yaml
assert_exit 0
assert_stderr_contains "others.yaml:2:1: warning: 'other': no script declares or reads this variable"
run --strict shop.yaml --vars-file others.yaml
assert_exit 2

# help shows it all.
run help shop.yaml
assert_exit 0
assert_stderr
assert_stdout_contains 'smoke test of the shop' 'Checks that the shop answers.' 'usage: arun shop.yaml host=TEXT' \
    'host=TEXT        the server to test (required)' 'level=low|mid|3  (default: mid)' 'url  "http://${{ host }}:${{ port }}"'

# An include gives them in vars; they are its own.
write main.yaml 'vars: {port: 1}' 'jobs:' \
    '- include: {script: shop.yaml, vars: {host: "h${{ port }}", port: "8080", hosts: [q]}}' \
    '- print: ${{ port }}'
run main.yaml
assert_exit 0
assert_stdout 'http://h1:8080 mid 90 "q" true [null]' 1
write wrong.yaml '- include: shop.yaml' \
    '- include: {script: shop.yaml, vars: {host: h, prot: 1}}' \
    '- include: {script: shop.yaml, vars: {host: h, level: hi}}'
run wrong.yaml
wrong wrong.yaml:1:3 wrong.yaml:2:48 wrong.yaml:3:55 ''
assert_stderr_contains "the input 'host' of the script is missing: the server to test; give it in 'vars'" \
    "the script has no input 'prot'; did you mean 'port'?" "the input 'level': expected low, mid or 3, not 'hi'"
write one.yaml '- include: shop.yaml'
run one.yaml host=z
assert_exit 0
assert_stdout_contains http://z:80
# A computed value is checked when it is known.
write computed.yaml '- set: {n: many}' '- include: {script: shop.yaml, vars: {host: h, port: "${{ n }}"}}'
run computed.yaml
assert_exit 1
assert_stderr_contains "computed.yaml:2:48: error: include: the input 'port': expected a number, not 'many'"
write default.yaml 'inputs: {n: {type: number, default: "${{ env.N }}"}}' 'jobs: [{print: "${{ n + 1 }}"}]'
N=4 run default.yaml
assert_stdout 5
N=x run default.yaml
assert_exit 1
assert_stderr_contains "default.yaml:1:" "the input 'n': expected a number, not 'x'"

# What a script may not say of them.
rejected '{"inputs": »["a"], "jobs": []}' 'a mapping of names and inputs'
rejected '{"inputs": {»"1a": {}}, "jobs": []}' 1a
rejected '{"inputs": {»"now": {}}, "jobs": []}' now
rejected '{"inputs": {"a": »5}, "jobs": []}' 'write {default: 5}'
rejected '{"inputs": {"a": {»"tpye": "number"}}, "jobs": []}' "did you mean 'type'"
rejected '{"inputs": {"a": {"type": »"int"}}, "jobs": []}' 'expected string, number'
rejected '{"inputs": {»"a": {"type": "choice"}}, "jobs": []}' "needs 'options'"
rejected '{"inputs": {"a": {"options": »[]}}, "jobs": []}' options
rejected '{"inputs": {"a": {"type": "number", "options": »[1]}}, "jobs": []}' 'those of a choice'
rejected '{"inputs": {"a": {"type": "number", "default": »"x"}}, "jobs": []}' 'expected a number'
rejected '{"inputs": {"a": {"options": [1], "default": »2}}, "jobs": []}' 'expected 1'
rejected '{"inputs": {"a": {"required": true, "default": »2}}, "jobs": []}' "leave out 'required'"
rejected '{"inputs": {"a": {}}, "vars": {»"a": 1}, "jobs": []}' "cannot be among 'vars'"
rejected '{"inputs": {"a": {}}, "jobs": [{"print": "${{ »inputs.a }}"}]}' 'write the name of the input alone'

# A secret input is hidden, also in an error.
write secret.yaml 'secrets: [token]' 'inputs: {token: {type: number}}' 'jobs: [{print: "${{ token }}"}]'
run secret.yaml token=7654321
assert_stdout '***'
run secret.yaml token=hidden
assert_exit 2
assert_stderr_contains "not '***'"
write shown.yaml 'secrets: [token, key]' 'inputs: {token: {default: 7654321}}' 'vars: {key: 8765432}' 'jobs: [{name: "x 8765432", print: "${{ token }}"}]'
for command in help list; do
    run $command shown.yaml
    assert_exit 0
    assert_stdout_lacks 7654321
    assert_stdout_lacks 8765432
done
# A stream of documents.
printf -- '---\njobs: [{print: one}]\n---\ninputs: {a: {required: true}}\njobs: [{print: "${{ a }}"}]\n' >stream
run --format yaml - < <(cat stream)
assert_exit 2
assert_stdout one
assert_stderr_contains "the input 'a' is missing"
run --format yaml - a=two < <(cat stream)
assert_exit 0
assert_stdout one two

# An input that is declared wrongly, beside one that is missing or wrong: all of it at once, and the usage.
while IFS='|' read -r declared message; do
    write wrong.yaml "inputs: {$declared, v: {required: true}}" 'jobs: [{print: "${{ v }}"}]'
    for command in '' check plan help list; do
        run $command wrong.yaml
        assert_exit 2
        assert_stderr_contains "$message"
    done
    run wrong.yaml
    assert_stderr_contains "the input 'v' is missing" 'usage: arun wrong.yaml v=TEXT'
done <<'END'
port: 80|an input is described by a mapping, not a number; write {default: 80} for its default
env: {type: string}|'env' cannot be the name of a variable
1x: {}|'1x' is not a valid variable name
c: {type: choice}|a choice needs 'options'
c: {type: number, default: x}|'default' of 'c': expected a number
c: {type: word}|'type' of input: expected string
END

# The time limit of a script may be one of its inputs.
write limit.yaml 'inputs: {limit: {type: duration, default: 1m}}' 'timeout: "${{ limit }}"' 'jobs: [sleep: 10s, print: end]'
run --virtual limit.yaml limit=3s
assert_exit 124
assert_stderr_contains 'the script timed out after 3s'
run --virtual limit.yaml
assert_exit 0
assert_stdout end
# What is too large for a number is none.
write number.yaml 'inputs: {n: {type: number, default: 1}}' 'jobs: [{print: "${{ n }}"}]'
run number.yaml n=1e999
assert_exit 2
assert_stderr_contains "n=...: expected a number, not '1e999'"
write flag.yaml 'inputs: {b: {type: boolean, default: false}}' 'jobs: [{print: "${{ b && 1 }}"}]'
run flag.yaml --var b=false b=TRUE
assert_exit 0
assert_stdout 1
run flag.yaml b=yes
assert_exit 2
assert_stderr_contains "b=...: expected true or false, not 'yes'"
