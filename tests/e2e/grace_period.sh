#!/usr/bin/env bash
# The grace period (--grace, 5 s) starts at the first cancellation of the whole run; when it ends, finally is
# interrupted, and what blocked the exit is named on stderr.
. "${BASH_SOURCE%/*}/lib.sh"

# Script timeout: the default is 5 s.
script '{"timeout": 1, "jobs": [{"sleep": 9, "name": "the sleeper", "finally": [{"print": "begins ${{ now() }}"},
  {"sleep": 60, "name": "the blocker"}, {"print": "not reached"}], "id": "j"}],
  "finally": [{"print": "script ${{ now() }}"}]}'
assert_exit 124
assert_stdout 'begins 1.000000' 'script 6.000000'
assert_stderr_contains grace 5s 'the blocker'
# --timeout, and another length.
script '[{"sleep": 9, "finally": [{"sleep": 60}, {"print": "not reached"}]}]' --timeout 1 --grace 2.5
assert_exit 124
assert_stderr_contains 2.5s
# Closing the Runner.
script '[{"sleep": 9, "background": true, "id": "clock", "finally": [{"sleep": 60}, {"print": "not reached"}]},
  {"sleep": 1}]' --grace 1
assert_exit 0
assert_stdout
assert_stderr_contains grace 1s
# What is done in time is not named.
script '{"timeout": 1, "jobs": [{"sleep": 9, "finally": [{"sleep": 4}, {"print": "whole ${{ now() }}"}]}]}'
assert_exit 124
assert_stdout 'whole 5.000000'
assert_stderr_lacks grace
# A timeout of a job, or a lost race, is no cancellation of the whole run: its finally takes its time.
script '[{"sleep": 9, "timeout": 1, "continue_on_error": true, "finally": [{"sleep": 100},
  {"print": "whole ${{ now() }}"}]}, {"race": [{"sleep": 1}, {"sleep": 9, "finally": [{"sleep": 100},
  {"print": "whole ${{ now() }}"}]}]}]'
assert_exit 0
assert_stdout 'whole 101.000000' 'whole 202.000000'
# The script's finally has what is left of it.
script '{"timeout": 1, "jobs": [{"sleep": 9, "finally": {"sleep": 3}}],
  "finally": [{"print": "begins ${{ now() }}"}, {"sleep": 9}, {"print": "not reached"}]}' --grace 5
assert_exit 124
assert_stdout 'begins 4.000000'
assert_stderr_contains grace

# On the real clock after a signal.
write slow.json '{"jobs": [{"print": "begun"}, {"sleep": 60, "finally": [{"print": "cleaning"},
  {"sleep": 60, "name": "the blocker"}]}], "finally": {"print": "script"}}'
start --grace 300ms slow.json
until_stdout begun
from=$(milliseconds)
kill -TERM "$pid"
finish
took=$(($(milliseconds) - from))
assert_exit 143
assert_stdout begun cleaning script
assert_stderr_contains 'the blocker'
((took >= 290 && took < 20000)) || fail "took $took ms"
# No time at all.
script '{"timeout": 1, "jobs": [{"sleep": 9, "finally": [{"sleep": 1}, {"print": "not reached"}]}]}' --grace 0
assert_exit 124
assert_stdout
# --timeout while the script's finally runs: from there on it has the grace period.
script '{"jobs": [{"print": "done"}], "finally": [{"sleep": 60}, {"print": "not reached"}]}' --timeout 1 --grace 1
assert_exit 124
assert_stdout done
assert_stderr_contains 'in 2s'
# Its finally sees that the run was cut short, and that it failed.
script '{"jobs": [{"sleep": 9}], "finally": {"print": "${{ failure() }} ${{ cancelled() }} ${{ success() }}"}}' --timeout 1
assert_exit 124
assert_stdout 'true true false'
script '{"timeout": 1, "jobs": [{"sleep": 9}], "finally": {"print": "${{ failure() }} ${{ cancelled() }} ${{ success() }}"}}'
assert_exit 124
assert_stdout 'true false false'
# One that has run to its end was not interrupted.
script '{"jobs": [{"sleep": 60, "finally": {"sleep": 60}}], "finally": {"print": "end"}}' --timeout 1 --grace 1
assert_exit 124
assert_stdout end
assert_stderr_lacks interrupted
