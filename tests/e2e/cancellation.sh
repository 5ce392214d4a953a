#!/usr/bin/env bash
# One contract for a timeout, a lost race, a failed sibling, `cancel`, Ctrl-C and the end of the script: the innermost
# await is told, finally runs, and the canceller waits until the cancelled job has ended.
. "${BASH_SOURCE%/*}/lib.sh"

# The victim: what it says before it is cut and what after is the same whoever cuts it.
victim='{"do": [{"print": "begun"}, {"sleep": 60, "finally": [{"sleep": "20ms"},
  {"print": "inner ${{ cancelled() }} ${{ failure() }} ${{ success() }}"}], "retry": 9},
    {"print": "no", "if": "always()"}, {"print": "no", "if": "cancelled()"}],
  "finally": [{"sleep": "20ms"}, {"print": "outer ${{ cancelled() }} ${{ failure() }} <${{ error }}>"},
  {"fail": "in the clean-up"}, {"print": "no"}],
  "retry": 9, "continue_on_error": true, "id": "victim"'
told=(begun 'inner true false false' 'outer true false <>')
after='{"print": "${{ jobs.victim.outcome }} ${{ now() }}", "if": "always()"}'

script "[{\"do\": $victim}, \"timeout\": 1}, $after]"
assert_exit 124
assert_stdout "${told[@]}" 'cancelled 1.040000'
assert_stderr_contains 'in the clean-up' 'timed out after 1s'
for first in finished success; do
    script "[{\"race\": [$victim}, {\"sleep\": 1}], \"first\": \"$first\"}, $after]"
    assert_exit 0
    assert_stdout "${told[@]}" 'cancelled 1.040000'
    assert_stderr_contains 'in the clean-up'
done
script "[{\"parallel\": [$victim}, {\"do\": [{\"sleep\": 1}, {\"fail\": \"sibling\"}]}]}, $after]"
assert_exit 1
assert_stdout "${told[@]}" 'cancelled 1.040000'
assert_stderr_contains 'in the clean-up' sibling
script "[{\"for_each\": [1, 2], \"max_concurrent\": 2, \"do\": [{\"do\": $victim, \"if\": \"item == 1\"}},
  {\"sleep\": 1}, {\"fail\": \"sibling\"}]},
  {\"print\": \"\${{ now() }}\", \"if\": \"always()\"}]"
assert_exit 1
assert_stdout "${told[@]}" 1.040000
script "[$victim, \"background\": true}, {\"sleep\": 1}, {\"cancel\": \"victim\"}, $after]"
assert_exit 0
assert_stdout "${told[@]}" 'cancelled 1.040000'
script "[$victim, \"background\": true}, {\"sleep\": 1}]"
assert_exit 0
assert_stdout "${told[@]}"
assert_stderr_contains 'in the clean-up'
script "{\"timeout\": 1, \"jobs\": [$victim}], \"finally\": $after}"
assert_exit 124
assert_stdout "${told[@]}" 'cancelled 1.040000'
script "{\"jobs\": [$victim}], \"finally\": $after}" --timeout 1
assert_exit 124
assert_stdout "${told[@]}" 'cancelled 1.040000'
start - <<<"{\"jobs\": [$victim}], \"finally\": {\"print\": \"\${{ jobs.victim.outcome }}\"}}"
until_stdout begun
kill -INT "$pid"
finish
assert_exit 130
assert_stdout "${told[@]}" cancelled
assert_stderr_contains 'in the clean-up'

# Ctrl-C while a script is still being read ends arun at once.
mkfifo pipe
start - <>pipe
until_true grep -qx arun "/proc/$pid/comm"
kill -INT "$pid"
finish
assert_exit 130
assert_stdout

# A cancelled capture is not done.
script '[{"set": {"r": "kept"}}, {"do": {"print": "x", "finally": {"sleep": 9}, "capture": "r"},
  "timeout": 1, "continue_on_error": true}, {"print": "${{ r }}"}]'
assert_stdout x x
script '[{"set": {"r": "kept"}}, {"do": {"sleep": 9, "capture": "r"}, "timeout": 1, "continue_on_error": true},
  {"print": "${{ r }}"}]'
assert_stdout kept
# What is cancelled before it began does nothing.
script '[{"parallel": [{"fail": "at once"}, {"do": [{"sleep": 0}, {"sleep": 0}, {"sleep": 0}, {"print": "no"}]}]}]'
assert_exit 1
assert_stdout
