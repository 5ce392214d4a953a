#!/usr/bin/env bash
# --isolated makes a new Runner for every top-level job: variables and the loop's clock start anew; top-level background
# and wait are script errors.
. "${BASH_SOURCE%/*}/lib.sh"

text='{"vars": {"x": 1}, "jobs": [{"do": [{"print": "${{ x }} ${{ now() }}"}, {"set": {"x": 2}}, {"sleep": 1},
  {"print": "${{ x }} ${{ now() }}"}]}, {"print": "${{ x }} ${{ now() }}"}]}'
script "$text"
assert_stdout '1 0.000000' '2 1.000000' '2 1.000000'
script "$text" --isolated
assert_stderr
assert_exit 0
assert_stdout '1 0.000000' '2 1.000000' '1 0.000000'
# The day goes on, and so does the limit for the run.
script '["timestamp", {"sleep": 5}, "timestamp"]' --isolated --start-time 2024-01-01T12:00:00Z
assert_stdout 12:00:00 12:00:05
script '[{"sleep": 2}, {"sleep": 2}, {"print": "not reached"}]' --isolated --timeout 3
assert_exit 124
assert_stdout
script '{"timeout": 3, "jobs": [{"sleep": 2}, {"sleep": 2}, {"print": "not reached"}],
  "finally": {"print": "finally"}}' --isolated
assert_exit 124
assert_stdout finally
# --var and named contexts: what is given from outside is there each time, what a job made is not.
script '[{"set": {"x": "changed", "y": "made"}}, {"print": "${{ x }} ${{ default(y, \"new\") }}"},
  {"set": {"y": "kept"}, "context": "n"}, {"print": "${{ default(y, \"new\") }}",
  "context": "n"}]' --isolated --var x=given
assert_exit 0
assert_stdout 'given new' new
# A failure stops the rest; background jobs inside of a job are its Runner's.
script '[{"fail": "no"}, {"print": "not reached"}, {"print": "always", "if": "always()"}]' --isolated
assert_exit 1
assert_stdout always
script '[{"do": [{"sleep": 9, "background": true, "finally": {"print": "cut"}}, {"sleep": 1}]},
  {"print": "next"}]' --isolated
assert_exit 0
assert_stdout cut next
script '[{"do": [{"do": [{"sleep": 1}, {"print": "b"}], "id": "b", "background": true}, {"wait": "b"}]},
  {"print": "next"}]' --isolated
assert_exit 0
assert_stdout b next
script '[{"do": [{"fail": "in the back", "background": true}, {"sleep": 1}]}, {"print": "next"}]' --isolated
assert_exit 1

script '[{"sleep": 1, "id": "b", "background": true}, {"print": "x"}, {"wait": "b"}]' --isolated
assert_exit 2
assert_stdout
assert_stderr_contains '<stdin>:1:3: error: ' '<stdin>:1:64: error: ' --isolated
run check --isolated - <<<'[{"wait": "all"}]'
assert_exit 2
