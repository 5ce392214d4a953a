#!/usr/bin/env bash
# `context` runs a job in a custom context: a mapping is a copy of the current one with these variables, a string the
# named context, a copy made on first use and shared by all who name it; what the job sets does not reach the Runner's.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"set": {"x": 1, "y": 1}}, {"do": [{"print": "${{ x }} ${{ y }} ${{ z }}"}, {"set": {"x": 3, "y": 3}},
  {"print": "${{ x }} ${{ y }}"}],
  "context": {"x": 2, "z": "${{ x }}"}}, {"print": "${{ x }} ${{ y }}"}]'
assert_stderr
assert_exit 0
assert_stdout '2 1 2' '3 3' '1 1'

# Named: made on first use, then shared, and as it was then.
script '[{"set": {"x": 1}}, {"set": {"x": 2}, "context": "a"}, {"set": {"x": 3}},
  {"print": "${{ x }}", "context": "a"}, {"print": "${{ x }}", "context": "b"},
  {"print": "${{ x }}"}, {"set": {"x": 5}, "context": "a"}, {"do": {"print": "${{ x }}", "context": "a"},
  "context": "b"}]'
assert_exit 0
assert_stdout 2 3 3 5
# Across scripts of one Runner, and with a computed name.
write one.json '[{"set": {"x": "kept"}, "context": "session"}]'
write two.json '[{"set": {"which": "session"}}, {"print": "${{ x }}", "context": "session"}]'
run one.json two.json
assert_stderr
assert_exit 0
assert_stdout kept
script '[{"set": {"x": 0, "which": "a"}}, {"set": {"x": 1}, "context": "${{ which }}"},
  {"print": "${{ x }}", "context": "a"}, {"print": "${{ x }}"}]'
assert_stdout 1 0

# What only it sets is not known outside; the message says where it stays.
rejected '[{"set": {"x": 1}, "context": {"y": 1}}, {"print": "${{ »x }}"}]' "'x'" context jobs.ID.result
rejected '[{"print": "a", "context": {"y": 1}}, {"print": "${{ »y }}"}]' "'y'" context
rejected '[{"set": {"x": 1}, "context": "n"}, {"print": "${{ »x }}"}]' "'x'"
rejected '[{"print": "a", "context": »["x"]}]' context
rejected '[{"print": "a", "context": {»"now": 1}}]' now

# if, finally and capture do not see it; retry makes it afresh for each attempt.
script '[{"set": {"x": "outer"}}, {"print": "${{ x }}", "context": {"x": "inner"},
  "if": "x == \"outer\"", "finally": {"print": "finally ${{ x }} ${{ r }}"}, "capture": "r"},
  {"print": "${{ x }} ${{ r }}"}]'
assert_exit 0
assert_stdout inner 'finally outer inner' 'outer inner'
script '[{"set": {"n": 0}}, {"do": [{"print": "${{ n }}"}, {"set": {"n": 9}}, {"fail": "no"}],
  "context": {"n": "${{ n }}"}, "retry": {"limit": 2, "interval": 0}}, {"print": "end"}]'
assert_exit 1
assert_stdout 0 0 0
# A named one is the same for each attempt.
script '[{"set": {"n": 0}}, {"do": [{"print": "${{ n }}"}, {"set": {"n": 9}}, {"fail": "no"}],
  "context": "n", "retry": {"limit": 1, "interval": 0}}]'
assert_exit 1
assert_stdout 0 9
