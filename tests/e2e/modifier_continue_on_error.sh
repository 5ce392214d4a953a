#!/usr/bin/env bash
# `continue_on_error`: a failure is reported and the script goes on; exit status 0 when every failure was allowed.
. "${BASH_SOURCE%/*}/lib.sh"

script_with_mark '[{»"fail": "allowed one", "continue_on_error": true, "id": "j"},
  {"print": "on ${{ jobs.j.outcome }} ${{ success() }}"}]'
assert_exit 0
assert_stdout 'on failure true'
assert_stderr_contains "<stdin>:$at: warning: " 'allowed one'
script '[{"fail": "no", "continue_on_error": false}, {"print": "not reached"}]'
assert_exit 1
script '[{"set": {"allow": true}}, {"fail": "no", "continue_on_error": "${{ allow }}"}, {"print": "on"}]'
assert_exit 0
assert_stdout on
# Its result is null, for the list and for a capture outside.
script '[{"do": [{"print": "x"}, {"fail": "no", "continue_on_error": true}], "capture": "r"}, {"assert": "r == null"}]'
assert_exit 0
# The first failure that was not allowed decides.
script '[{"sleep": 9, "timeout": 1, "continue_on_error": true}, {"fail": "second"}]'
assert_exit 1
# It does not make a cancelled job well.
script '[{"race": [{"sleep": 9, "continue_on_error": true, "id": "j"}, {"sleep": 1}]},
  {"print": "${{ jobs.j.outcome }}"}]'
assert_exit 0
assert_stdout cancelled
rejected '[{"print": "x", "continue_on_error": »"maybe"}]' maybe
# A group that failed, and is cancelled while it waits for the rest of its jobs: what follows does not run.
script '[{"do": [{"parallel": [{"fail": "early"}, {"sleep": 9, "finally": {"sleep": 5}}], "continue_on_error": true},
  {"print": "not reached"}], "timeout": 1, "continue_on_error": true}, {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout 5.000000
assert_stderr_contains early 'timed out after 1s'
script '[{"race": [{"do": [{"parallel": [{"fail": "early"}, {"sleep": 9, "finally": {"sleep": 5}}],
  "retry": {"limit": 3, "interval": 0}}, {"print": "not reached", "if": "always()"}]}, {"sleep": 1}]}, {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout 5.000000
