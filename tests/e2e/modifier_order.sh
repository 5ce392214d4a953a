#!/usr/bin/env bash
# From the outside in: background(if(continue_on_error(finally(capture(timeout(retry(context(kind)))))))).
. "${BASH_SOURCE%/*}/lib.sh"

# background(if: one whose if is false is skipped, with what is known where it stands.
script '[{"set": {"go": false}}, {"print": "no", "if": "go", "background": true}, {"set": {"go": true}},
  {"sleep": 1}, {"print": "end"}]'
assert_stdout end
# if(continue_on_error: an if that cannot be evaluated is no failure that continue_on_error allows.
script '[{"print": "x", "if": "a.b", "continue_on_error": true}, {"set": {"a": 1}, "if": "false"},
  {"print": "not reached"}]'
assert_exit 1
assert_stdout
# if(finally: a skipped job has no finally.
script '[{"print": "x", "if": "false", "finally": {"print": "no"}, "capture": "r"}, {"set": {"r": "unset"}},
  {"print": "${{ r }}"}]'
assert_stdout unset
# continue_on_error(finally: a failure of the finally is allowed too.
script '[{"print": "x", "finally": {"fail": "f"}, "continue_on_error": true}, {"print": "on"}]'
assert_exit 0
assert_stdout x on
# finally(capture: the finally sees what was captured.
script '[{"print": "x", "capture": "r", "finally": {"print": "finally ${{ r }}"}}]'
assert_stdout x 'finally x'
# capture(timeout: a timeout captures null.
script '[{"set": {"r": "old"}}, {"sleep": 9, "timeout": 1, "capture": "r", "continue_on_error": true},
  {"print": "<${{ r }}>"}]'
assert_stdout '<>'
# timeout(retry: over all attempts; retry's own timeout is inside.
script '[{"sleep": 9, "retry": {"limit": 9, "interval": 0, "timeout": 2}, "timeout": 5},
  {"print": "${{ now() }}", "if": "always()"}]'
assert_stdout 5.000000
assert_stderr_contains 'timed out after 5s'
# capture(retry: once, after the last attempt.
script '[{"set": {"r": "old"}}, {"do": [{"print": "${{ r }}"}, {"fail": "x"}], "retry": {"limit": 1, "interval": 0},
  "capture": "r", "finally": {"print": "<${{ r }}>"}}]'
assert_stdout old old '<>'
# retry(context: each attempt makes it afresh.
script '[{"do": [{"print": "${{ n }}"}, {"set": {"n": 9}}, {"fail": "x"}], "context": {"n": 0},
  "retry": {"limit": 1, "interval": 0}}]'
assert_stdout 0 0
# What capture and finally set is outside of the context.
script '[{"set": {"n": 1}}, {"print": "${{ n }}", "context": {"n": 2},
  "capture": "n", "finally": {"print": "finally ${{ n }}"}}, {"print": "${{ n }}"}]'
assert_stdout 2 'finally 2' 2
# timeout and finally: the finally is not limited, and the state is that of the timeout.
script '[{"sleep": 9, "timeout": 1, "finally": [{"sleep": 5}, {"print": "${{ error }} ${{ now() }}"}]}]'
assert_stdout 'timed out after 1s 6.000000'
# All of them at once.
script '[{"set": {"n": 0}}, {"do": [{"print": "try ${{ n }} ${{ now() }}"}, {"sleep": 3}],
  "id": "all-of-them", "name": "everything", "background": true, "if": "n == 0",
  "continue_on_error": true, "finally": {"print": "finally ${{ failure() }} ${{ now() }} <${{ r }}>"},
  "capture": "r", "timeout": 5,
  "retry": {"limit": 3, "interval": 1, "timeout": 2}, "context": {"n": 7}}, {"wait": "all-of-them"},
  {"print": "${{ jobs.all-of-them.outcome }} ${{ jobs.all-of-them.error }} ${{ now() }}"}]'
assert_exit 0
assert_stdout 'try 7 0.000000' 'try 7 3.000000' 'finally true 5.000000 <>' 'failure timed out after 5s 5.000000'
assert_stderr_contains everything
