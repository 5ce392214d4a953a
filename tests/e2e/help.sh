#!/usr/bin/env bash
# `arun help` explains topics, kinds and commands; with a script, its inputs: tests/e2e/inputs.sh.
. "${BASH_SOURCE%/*}/lib.sh"

# --help fits a screen of 24 lines.
run --help
assert_exit 0
assert_stderr
[ "$(wc -l <"$T/io/stdout")" -le 24 ] || fail 'it does not fit a screen'
run help
assert_exit 0
assert_stderr
assert_stdout_contains 'Usage: arun [run]' 'arun help expressions'
for topic in script kinds modifiers expressions exit-status reports; do
    grep -q "arun help $topic " "$T/io/stdout" || fail "'arun help' does not name $topic"
done
for topic in script kinds modifiers expressions exit-status reports run check plan replay help schema completions sleep http; do
    run help "$topic"
    assert_exit 0
    assert_stderr
    [ -s "$T/io/stdout" ] || fail "nothing about $topic"
    awk 'length > 80 { print FILENAME ": " $0; bad = 1 } END { exit bad }' "$T/io/stdout" || fail "long lines in $topic"
done
# `run` is a kind and a command.
run help run
assert_stdout_contains 'runs a shell script' 'Usage: arun [run]'
run help expressions
assert_stdout_contains 'jobs.ID.result' 'round(number, digits)' 'product, quotient, remainder'
run help tick
assert_stdout_contains 'Modifiers: name, id, if' "'arun help modifiers'"

run help tikc
assert_exit 2
assert_stdout
assert_stderr_contains "neither a topic nor a script 'tikc'; did you mean 'tick'?"
run help tick sleep
assert_exit 2
# What has no inputs.
write plain.yaml '- print: hello'
run help plain.yaml
assert_exit 0
assert_stdout plain.yaml '' 'usage: arun plain.yaml'
write bad.yaml '- prnt: hello'
run help bad.yaml
assert_exit 2
assert_stdout
assert_stderr_contains bad.yaml:1:3
# JSON Lines are a script without inputs.
write lines.jsonl '{"print": "x"}' '{"print": "y"}'
run help lines.jsonl
assert_exit 0
assert_stdout lines.jsonl '' 'usage: arun lines.jsonl'
run help - <lines.jsonl
assert_exit 0
assert_stdout '<stdin>' '' 'usage: arun -'
# A key or a function of scripts is a word that can be asked for.
run help retry
assert_exit 0
assert_stdout_contains "'retry' is a key beside the kind of any job" 'max_interval' "'arun help modifiers' describes the others"
run help timeout
assert_exit 0
assert_stdout_contains "'timeout' is a key beside the kind of any job" "'timeout' is a key of a script"
run help percentile
assert_exit 0
assert_stdout_contains 'percentile(list, p)' "'arun help expressions' describes the others"
run help inputs
assert_exit 0
assert_stdout_contains 'what it is for'
run help retyr
assert_exit 2
assert_stderr_contains "did you mean 'retry'?"

# Arguments of kinds, and what expressions begin with.
run help output
assert_exit 0
assert_stdout_contains "'output' is an argument of exec, run:" "'output' is an argument of wait_for:"
for name in run.id script.dir loop; do
    run help "$name"
    assert_exit 0
    assert_stdout_contains 'run.id, run.host'
done
