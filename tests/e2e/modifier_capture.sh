#!/usr/bin/env bash
# `capture` puts a job's result into a context variable when its last attempt has ended, well or badly; a failure other
# than a process's or a request's gives null.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"print": "text", "capture": "r"}, {"print": "<${{ r }}>"}, {"set": {"r": "old"}},
  {"fail": "no", "capture": "r", "continue_on_error": true}, {"assert": "r == null"},
  {"sleep": 9, "timeout": 1, "capture": "r", "continue_on_error": true}, {"assert": "r == null"},
  {"print": "skipped", "if": "false", "capture": "kept"}, {"set": {"kept": "set"}, "if": "false"},
  {"print": "${{ default(kept, \"nothing\") }}"}]'
assert_exit 0
assert_stdout text '<text>' nothing
# Of each kind.
script '[{"sleep": 0, "capture": "r"}, {"print": "sleep ${{ r }}"}, {"timestamp": "%Y", "capture": "r"},
  {"print": "timestamp ${{ r }}"},
  {"tick": 1, "count": 2, "capture": "r"}, {"print": "tick ${{ r }}"},
  {"repeat": 2, "do": "timestamp", "capture": "r", "if": "false"},
  {"repeat": 3, "do": [], "capture": "r"}, {"print": "repeat ${{ r }}"}, {"do": [{"assert": "true"}],
  "capture": "r"}, {"print": "do ${{ r }}"},
  {"parallel": [{"sleep": 0}, {"assert": "true"}], "capture": "r"}, {"print": "parallel ${{ r }}"},
  {"race": [{"assert": "true"}], "capture": "r"}, {"print": "race ${{ r }}"},
  {"for_each": [7], "do": {"do": {"assert": "item == 7"}}, "capture": "r"}, {"print": "for_each ${{ r }}"},
  {"set": {"x": 1}, "capture": "r"}, {"print": "set ${{ r }}"}]' --start-time 2024-01-01T00:00:00Z
assert_stderr
assert_exit 0
assert_stdout 'sleep ' 2024 'timestamp 2024' 'tick 2' 'repeat 3' 'do true' \
    'parallel [null,true]' 'race {"index":0,"result":true}' 'for_each [true]' 'set '
# With retries, that of the last attempt; the variable is not touched before.
script '[{"set": {"r": "before", "n": ""}}, {"do": [{"print": "${{ r }}"}, {"set": {"n": "${{ n }}x"}},
  {"fail": "no", "if": "n == \"x\""}, {"print": "second"}], "retry": 1, "capture": "r"}, {"print": "${{ r }}"}]'
assert_exit 0
assert_stdout before before second second
# In a child it stays there; not done when cancelled from outside.
script '[{"set": {"r": "outer"}}, {"parallel": [{"print": "in", "capture": "r"}]}, {"print": "${{ r }}"}]'
assert_stdout in outer
# The job that captures may be the one that a later script reads.
write one.json '[{"print": "x", "capture": "r"}]'
write two.json '[{"print": "${{ r }}"}]'
run one.json two.json
assert_stdout x x

rejected '[{"print": "x", "capture": »"1a"}]' 1a
rejected '[{"print": "x", "capture": »"env"}]' env
rejected '[{"print": "x", "capture": »["r"]}]' capture
