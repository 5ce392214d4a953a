#!/usr/bin/env bash
# A replay stops at events, at lines of the script, or is shown from a time on.
. "${BASH_SOURCE%/*}/lib.sh"

write r.yaml '- set: {n: 1}
- run: sleep 0.1; echo one
  name: first
- parallel: [{run: sleep 0.1; echo two}, {name: pause, sleep: 5s}]
- {set: {n: 2}, timeout: 1m}
- print: end'
sed -i 's/sleep: 5s/sleep: 1ms/' r.yaml
run --record r.tape r.yaml
assert_exit 0
assert_stdout one two end

# Each event is shown before it happens, and what was printed is there.
stdin=$'\nw\nt\nv\nwhat\nc\n'
run replay --step r.tape <<<"$stdin"
assert_exit 0
assert_stdout one two end
assert_stderr_contains 'out=1 text="one\n"' '> w' "run 'first' (r.yaml:2:3)" '  none' '  n = 1' \
    'exit=1 status=0 signal=0' 'b FILE:LINE'
assert_stderr_lacks 'n = 2'
# Nobody is there: it goes on.
run replay --step r.tape
assert_exit 0
assert_stdout one two end

# Lines of the script.
run replay --break r.yaml:6 r.tape <<<$'v\nw\nc'
assert_exit 0
assert_stdout one two end
assert_stderr_contains 'print end (r.yaml:6:3)' 'n = 2'
assert_stderr_lacks 'text='
run replay --break r.yaml:2 r.tape <<<$'b r.yaml:5\nb x\nc\nw\nv\nq'
assert_exit 0
assert_stdout one two
assert_stderr_contains "run 'first' (r.yaml:2:3)" '(r.yaml:5:4)' 'n = 1' 'expected FILE:LINE'
run replay --break r.yaml:1 r.tape <<<q
assert_exit 0
assert_stdout

# From a time on.
run replay --from 0 r.tape
assert_stdout one two end
run replay --from 1h r.tape
assert_exit 0
assert_stdout
stop=$(jq -r 'select(.out and .text == "two\n") | .ns' r.tape)
run replay --from "$(jq -n "$stop / 1e9")" r.tape
assert_exit 0
assert_stdout two end

# Nothing is asked before it is shown, and a place without a job is named.
run replay --step --from 1h r.tape <<<q
assert_exit 0
run replay --break r.yaml:77 r.tape
assert_exit 0
assert_stderr_contains '--break r.yaml:77: no job began there'
write loop.yaml '- for_each: [a, b]
  as: letter
  do:
  - print: "${{ letter }}"'
run --record loop.tape loop.yaml
run replay --break loop.yaml:4 loop.tape <<<$'v\nc\nv\nc'
assert_exit 0
assert_stderr_contains 'letter = "a"' 'loop.index = 1' 'letter = "b"' 'loop.index = 2'

# Wrong usage.
for place in x x: :3 x:0 x:y; do
    run replay --break "$place" r.tape
    assert_exit 2
    assert_stderr_contains "--break: expected FILE:LINE, not '$place'"
done
run replay --from soon r.tape
assert_exit 2
assert_stderr_contains '--from'
run replay --step r.tape r.yaml
assert_exit 2
assert_stderr_contains 'are for the scripts of the tape'
run run --step r.yaml
assert_exit 2
