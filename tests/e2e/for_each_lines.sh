#!/usr/bin/env bash
# for_each: {lines: stdin | PATH}: lines as they arrive, no faster than the body takes them.
. "${BASH_SOURCE%/*}/lib.sh"

write numbered.yaml '- for_each: {lines: stdin, as: line, do: {print: "${{ loop.index }} ${{ line }}"}}' '  id: loop1' \
    '- print: ${{ jobs.loop1.result }} lines'
# As they arrive; the last one needs no newline; only the newline is left out; the result is their number.
stream numbered.yaml
say one
until_stdout '1 one'
say '' $'three\r'
until_stdout '3 three'
printf ' last' >&9
end
assert_stderr
assert_exit 0
assert_stdout '1 one' '2 ' $'3 three\r' '4  last' '4 lines'
run numbered.yaml </dev/null
assert_exit 0
assert_stdout '0 lines'
run numbered.yaml < <(printf '\n')
assert_stdout '1 ' '1 lines'
printf 'a\nb' >file
run numbered.yaml <file
assert_stdout '1 a' '2 b' '2 lines'
run numbered.yaml < <(seq 100000)
assert_exit 0
[ "$(tail -n 2 "$T/io/stdout")" = $'100000 100000\n100000 lines' ] || fail 'not all lines'

# A file, also a computed name; relative to the working directory; a FIFO.
write file.yaml 'vars: {f: file}' 'jobs:' '- for_each: {lines: "${{ f }}", do: {print: "${{ item }}"}}'
run file.yaml </dev/null
assert_exit 0
assert_stdout a b
run file.yaml --var f=missing
assert_exit 1
assert_stderr_contains "for_each: cannot read 'missing': no such file or directory"
run file.yaml --var f=.
assert_exit 1
assert_stderr_contains "cannot read '.': "
mkfifo fifo
start --var f=fifo file.yaml
exec 9>fifo
say x
until_stdout x
end
assert_exit 0
assert_stdout x
run - <<<'{"jobs": [{"for_each": {"lines": "file", "do": {"print": "${{ item }}"}}}]}'
assert_stdout a b

# Standard input is shared: a later loop goes on where an earlier one stopped, even if that was cut.
write twice.yaml '- for_each: {lines: stdin, do: {assert: item != "stop"}}' '  continue_on_error: true' \
    '- for_each: {lines: stdin, do: {sleep: 1d}}' '  timeout: 20ms' '  continue_on_error: true' \
    '- for_each: {lines: stdin, do: {print: "${{ item }}"}}'
run twice.yaml < <(printf '%s\n' a stop sleeps b c)
assert_exit 0
assert_stdout b c
# Two at once share the lines.
write both.yaml 'jobs:' '- parallel:' '  - &p {for_each: {lines: stdin, do: {print: "${{ item }}"}}}' '  - *p'
run both.yaml < <(seq 1000)
assert_exit 0
[ "$(sort -n "$T/io/stdout")" = "$(seq 1000)" ] || fail 'lines were lost'
# With a Runner for each job as well.
run --isolated twice.yaml < <(printf '%s\n' a stop sleeps b c)
assert_exit 0
assert_stdout b c

# A slow body holds the writer up: no line is taken before there is a place for its round.
write slow.yaml '- for_each: {lines: stdin, do: [{print: "${{ item }}"}, {sleep: 60}]}'
start slow.yaml < <(
    echo first
    seq 1000000 1099999 2>/dev/null && touch written
)
until_stdout first
sleep 0.2
[ ! -e written ] || fail 'the writer was not held up'
kill -INT "$pid"
finish
assert_exit 130
assert_stdout first

# max_concurrent rounds at a time; fail_fast; a failure ends the wait for the next line.
write three.yaml '- for_each: {lines: stdin, max_concurrent: 3, do: [{print: "${{ item }}"}, {sleep: 60}]}'
stream three.yaml
say 1 2 3 4
until_stdout 3
sleep 0.05
kill -INT "$pid"
end
assert_exit 130
assert_stdout 1 2 3
write fast.yaml '- for_each: {lines: stdin, max_concurrent: 2, do: [{sleep: 0.02}, {fail: "no ${{ item }}"}]}'
stream fast.yaml
say 1
finish
exec 9>&-
assert_exit 1
assert_stderr_contains 'no 1'
write slow_fail.yaml '- for_each: {lines: stdin, fail_fast: false, do: [{print: "${{ item }}"}, {assert: item == "2"}]}'
run slow_fail.yaml < <(seq 3)
assert_exit 1
assert_stdout 1 2 3

# Ticks, timeouts and Ctrl-C while no line comes.
write beside.yaml 'jobs:' '- parallel:' '  - tick: {every: 5ms, do: [print: tick]}' \
    '  - {for_each: {lines: stdin, do: {print: "${{ item }}"}}, finally: [print: finally]}'
stream beside.yaml
until_stdout tick
say line
until_stdout line
kill -INT "$pid"
end
assert_exit 130
assert_stdout_contains finally
stream numbered.yaml --timeout 50ms
finish
exec 9>&-
assert_exit 124

# What is in a line stays as it is; one that is longer than 1 MiB fails the job.
write copy.yaml '- for_each: {lines: stdin, do: {print: "${{ item }}"}}'
printf 'nul \0 and \377\n' >bytes
run copy.yaml <bytes
assert_exit 0
cmp -s bytes "$T/io/stdout" || fail 'the bytes were changed'
{
    printf '%01048576d\n' 0
    printf '%01048577d\n' 0
} >long
run copy.yaml <long
assert_exit 1
[ "$(wc -c <"$T/io/stdout")" = 1048577 ] || fail 'the first line was not copied'
assert_stderr_contains 'line 2 of standard input is longer than 1 MiB'

# The script cannot be on standard input too.
run - <<<'[{"for_each": {"lines": "stdin", "do": {"print": "x"}}}]'
assert_exit 2
assert_stderr_contains '<stdin>:1:3: error: ' 'standard input holds the script'
run - <<<'{"vars": {"f": "stdin"}, "jobs": [{"for_each": {"lines": "${{ f }}", "do": {"print": "x"}}}]}'
assert_exit 1
assert_stderr_contains 'standard input holds the script'
write a.jsonl '{"for_each": {"lines": "stdin", "do": {"print": "${{ item }}"}}}'
run a.jsonl < <(seq 2)
assert_exit 0
assert_stdout 1 2
run check - <<<'[{"for_each": {"lines": "f", "in": [1], "do": {"print": "x"}}}, {"for_each": {"do": {"print": "x"}}}]'
assert_exit 2
assert_stderr_contains 'only one of in, range and lines' 'needs in, range or lines'

# A plan reads nothing.
run plan numbered.yaml </dev/zero
assert_exit 0
assert_stdout_contains for_each
