#!/usr/bin/env bash
# SIGSTOP and SIGCONT: a tick goes on with the slots of its grid, and a child with what it does.
. "${BASH_SOURCE%/*}/lib.sh"
# serial: it looks at the real clock

write tick.yaml '- tick: {every: 500ms, count: 6}' '  do: {print: "${{ now() }}"}'
start tick.yaml
until_stdout 0.5
kill -STOP "$pid"
sleep 0.8 # the slot at 1.0 passes
kill -CONT "$pid"
finish
assert_exit 0
# The missed slot is made up for at once; those after it are on the grid again.
mapfile -t times <<<"$stdout"
assert_eq "${#times[@]}" 6 'number of ticks'
for time in "${times[@]: -2}"; do
    [[ $time =~ ^[0-9]+\.[05][0-4] ]] || fail "$time is not on the grid"
done

# Children that arun does not stop keep running, and their ends are not lost.
write child.yaml '- {run: "echo begun; sleep 0.2; exit 3", expect: {exit: 3}}'
start child.yaml
until_stdout begun
kill -STOP "$pid"
sleep 0.4
kill -CONT "$pid"
finish
assert_exit 0
