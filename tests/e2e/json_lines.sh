#!/usr/bin/env bash
# JSON Lines: one job a line, run as each line arrives; a bad line is judged when its turn comes; a failed job ends the
# stream unless -k; waiting for the next line happens inside the loop.
. "${BASH_SOURCE%/*}/lib.sh"

# Run as it arrives: the first one needs no more than its own newline, the last one no newline.
stream -
say '{"print": "one"}'
until_stdout one
say '{"print": "two"}' '' $' \t\r' '{"print": "three"}'
until_stdout three
printf '{"print": "last"}' >&9
end
assert_stderr
assert_exit 0
assert_stdout one two three last

# The format follows from the extension, from --format, on standard input from the first brace.
write a.jsonl '{"print": "a"}' '"sleep 1"'
run a.jsonl
assert_exit 2
assert_stdout a
assert_stderr_contains 'a.jsonl:2:1: error: '
write b.NDJSON '{"print": "b"}' '' '{"print": "c"}'
run b.NDJSON
assert_exit 0
assert_stdout b c
write script '{"print": "b"}'
run script
assert_stdout b
run --format jsonl - <<<' {"print": "jobs"}'
assert_stdout jobs
run - < <(printf '\xEF\xBB\xBF{"print": "bom"}\r\n{"print": "crlf"}\r\n')
assert_exit 0
assert_stdout bom crlf
run --format json - <<<'{"print": "b"}'
assert_exit 2
# No job at all is well, where it is said that they come as lines.
run --format jsonl - </dev/null
assert_exit 0
write empty.jsonl ''
run empty.jsonl
assert_exit 0
run - </dev/null
assert_exit 2
assert_stderr_contains 'it is empty'
run - < <(:)
assert_exit 2
assert_stderr_contains 'it is empty' '--format jsonl'

# A bad line is judged when its turn comes; nothing after it runs, and the clean-up is made. Even with -k.
for option in '' -k; do
    # shellcheck disable=SC2086
    run $option - <<<$'{"tick": 1, "background": true, "id": "t", "finally": {"print": "cleaned"}}\n{"sleep": 0.01}
{"print": "before"}\n\n{"prin": "x"}\n{"print": "after"}'
    assert_exit 2
    assert_stdout before cleaned
    assert_stderr_contains "<stdin>:5:2: error: unknown kind of job 'prin'; did you mean 'print'?" '5 | {"prin": "x"}'
done
bad() {
    run - < <(printf '{"print": "before"}\n'"$1"'\n{"print": "after"}\n')
    assert_exit 2
    assert_stdout before
    assert_stderr_contains "<stdin>:2:$2: error: " "$3"
}
bad '{"print": "x"' 1 'on a line of its own'
bad '{"print": "x\\0"}' 13 ''
bad '{"print": "\000"}' 12 'NUL'
bad '{"print": "\377"}' 12 'UTF-8'
bad '{"print": 1}}' 13 ''
bad '[{"print": 1}]' 1 'one job, not a list'
bad '{"jobs": []}' 1 'not a script'
bad '7' 1 'expected a job'
bad '{"print": "${{ nothing }}"}' 16 "unknown name 'nothing'"
bad '{"wait": "nobody"}' 10 "no job has the id 'nobody'"
# A failure before it does not count more than the bad line.
run -k - <<<$'{"fail": "no"}\n{"prin": 1}'
assert_exit 2

# A failed job ends the stream, unless -k.
run - <<<$'{"print": 1}\n{"fail": "no"}\n{"print": 2}\n{"prin": 3}'
assert_exit 1
assert_stdout 1
assert_stderr_contains '<stdin>:2:2: error: fail: no'
run -k - <<<$'{"print": 1}\n{"fail": "no"}\n{"print": 2}'
assert_exit 1
assert_stdout 1 2
run - <<<$'{"fail": "no", "continue_on_error": true}\n{"print": 2}'
assert_exit 0
assert_stdout 2
run - <<<$'{"sleep": 5, "timeout": "1ms"}\n{"print": 2}'
assert_exit 124

# What an earlier line sets is known to later ones, also what it sets in a shared context; ids as well.
run --var v=5 - <<<$'{"set": {"x": 1}}\n{"print": "${{ x }}"}\n{"do": {"set": {"y": 2}}, "context": "c"}
{"print": "${{ y }}", "context": "c"}\n{"print": "r", "id": "p"}\n{"print": "${{ jobs.p.result }}"}
{"print": "q", "id": "p"}\n{"print": "${{ jobs.p.result }}"}\n{"print": "${{ x }} ${{ v }}"}'
assert_stderr
assert_exit 0
assert_stdout 1 2 r r q q '1 5'
run - <<<$'{"parallel": [{"set": {"x": 1}}]}\n{"print": "${{ x }}"}'
assert_exit 2

# Background jobs go on while the next line is waited for; wait and cancel know them.
stream -
say '{"tick": "5ms", "do": {"print": "tick"}, "background": true, "id": "t"}'
until_stdout $'tick\ntick\ntick'
say '{"cancel": "t"}' '{"print": "cancelled"}'
until_stdout cancelled
say '{"do": [{"sleep": 0.01}, "fail"], "background": true, "id": "f"}'
until_stderr 'in the background'
say '{"print": "still here"}'
until_stdout 'still here'
# Its line was freed long ago.
say '{"wait": "f"}'
finish
exec 9>&-
assert_exit 1
assert_stderr_contains "error: fail" '<stdin>:4:'

# Ctrl-C and --timeout find a run that waits for its next line.
stream -
say '{"tick": 60, "background": true, "finally": {"print": "cleaned"}}' '{"print": "there"}'
until_stdout there
kill -INT "$pid"
end
assert_exit 130
assert_stdout there cleaned
stream --timeout 50ms -
say '{"print": "there"}'
finish
exec 9>&-
assert_exit 124
assert_stdout there
assert_stderr_contains 'the run timed out after 50ms'

# A deadlock is found although the stream is open.
stream -
say '{"do": [{"do": {"wait": "b"}, "id": "a", "background": true}, {"do": {"wait": "a"}, "id": "b", "background": true}, {"wait": "a"}]}'
finish
exec 9>&-
assert_exit 125
assert_stderr_contains 'waiting: '

# The virtual clock jumps while a job runs, although the stream is open.
stream --virtual -
say '{"sleep": 1000000}' '{"print": "${{ now() >= 1000000 }}"}'
until_stdout true
end
assert_exit 0

# A writer is not held up by a job that sleeps: lines are read ahead. (A pipe holds 64 KiB.)
start - < <(
    echo '{"sleep": 60}'
    for ((i = 0; i < 5000; i++)); do echo '{"print": "0123456789 0123456789 0123456789"}'; done
    touch written
)
until_true [ -e written ]
kill -INT "$pid"
finish
assert_exit 130

# --isolated: a Runner for every line, also for one that was waited for.
run --isolated - <<<$'{"set": {"x": 1}}\n{"print": "${{ default(x, \'unset\') }}"}'
assert_exit 0
assert_stdout unset
stream --isolated -
say '{"print": "one"}'
until_stdout one
sleep 0.1
say '{"print": "${{ now() < 0.05 }}"}'
until_stdout true
say '{"sleep": 1, "background": true}'
end
assert_exit 2
assert_stderr_contains '--isolated'

# Files of the command line are checked first, then all runs in order. A stream knows their names.
write first.yaml '- set: {x: 1}'
write last.yaml '- print: last ${{ x }}'
run first.yaml - last.yaml <<<'{"print": "line ${{ x }}"}'
assert_exit 0
assert_stdout 'line 1' 'last 1'
write wrong.yaml '- prin: last'
run - wrong.yaml <<<'{"print": "line"}'
assert_exit 2
assert_stdout
run - last.yaml first.yaml <<<'{"fail": "no"}'
assert_exit 1
assert_stdout

# check and plan look at all lines.
write c.jsonl '{"set": {"x": 1}}' '{"prin": 1}' '{"print": "${{ x }}${{ y }}"}' '{' '{"print": 2}'
run check c.jsonl
assert_exit 2
assert_stderr_contains 'c.jsonl:2:2: ' 'c.jsonl:3:24: ' 'c.jsonl:4:1: '
run check - <c.jsonl
assert_exit 2
assert_stderr_contains '<stdin>:2:2: ' '<stdin>:3:24: ' '<stdin>:4:1: '
run plan c.jsonl
assert_exit 2
run plan - < <(printf '{"sleep": 1}\n\n{"sleep": 2}')
assert_exit 0
assert_stdout_contains '1s     3s   sleep 2' 'total: 3s'

# An error after an include in the same line: nothing refers to what was read in vain.
write other.json '[{"print": "{{ a }}"}, {"print": "$a", "id": "i"}, {"assert": "jobs.i.result"}]'
write including.jsonl '{"set": {"a": 1}}' '{"do": [{"include": "other.json"}, {"sleep": "x"}]}' '{"print": 1}'
for command in run check; do
    run $command including.jsonl
    assert_exit 2
    assert_eq "$(grep -o '^[^ ]*: [a-z]*: [^;]*' <"$T/io/stderr")" "including.jsonl:2:46: error: 'sleep': 'x' is not a duration
other.json:1:13: warning: '{{ a }}' stays as it is [unexpanded]
other.json:1:35: warning: '\$a' stays as it is [unexpanded]"
done

# It cannot be included.
write i.yaml '- include: b.NDJSON'
run i.yaml
assert_exit 2
assert_stderr_contains 'i.yaml:1:12: error: ' 'JSON Lines'
