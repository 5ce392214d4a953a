#!/usr/bin/env bash
# `timeout` limits a job with all its retries; exit status 124 when the root cause of the first failure was a timeout.
. "${BASH_SOURCE%/*}/lib.sh"

fails_late() {
    script_with_mark "$1"
    assert_exit 124
    assert_stderr_contains "<stdin>:$at: error: " "${@:2}"
}
fails_late '[{»"sleep": 5, "timeout": 1.5}, {"print": "not reached"},
  {"print": "${{ now() }}", "if": "always()"}]' 'timed out after 1.5s'
assert_stdout 1.500000
script '[{"sleep": 5, "timeout": 6}, {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout 5.000000
# All retries together, the waits between them too.
fails_late '[{»"do": [{"print": "${{ now() }}"}, {"sleep": 1}, {"fail": "no"}],
  "retry": {"limit": 9, "interval": 1}, "timeout": 4.5}]' 'timed out after 4.5s'
assert_stdout 0.000000 2.000000 4.000000
# The job's finally runs and is not limited by it.
fails_late '[{»"sleep": 5, "timeout": 1, "finally": [{"sleep": 3},
  {"print": "${{ now() }} ${{ failure() }} ${{ error }}"}]}]'
assert_stdout '4.000000 true timed out after 1s'
# The innermost await is told; finally inside runs, and the canceller waits for it.
fails_late '[{»"do": [{"sleep": 5, "finally": [{"print": "cancelled: ${{ cancelled() }}"}, {"sleep": 1}]}],
  "timeout": 1}, {"print": "${{ now() }}", "if": "failure()"}]'
assert_stdout 'cancelled: true' 2.000000
# Allowed, the script is well; handled by another failure first, that one counts.
script '[{"sleep": 5, "timeout": 1, "continue_on_error": true}, {"print": "on"}]'
assert_exit 0
assert_stdout on
script '[{"do": [{"sleep": 5, "timeout": 1}, {"fail": "second", "if": "failure()"}]}]'
assert_exit 124
script '[{"do": [{"fail": "first"}, {"sleep": 5, "timeout": 1, "if": "failure()"}]}]'
assert_exit 1
# The root cause, through groups, retries and the wait of a background job.
for job in '{"parallel": [{"sleep": 9}, {"sleep": 5, "timeout": 1}]}' '{"race": [{"sleep": 9},
  {"sleep": 5, "timeout": 1}]}' \
    '{"for_each": [1], "do": {"sleep": 5, "timeout": 1}}' '{"tick": 1, "count": 1, "do": {"sleep": 5, "timeout": 1}}' \
    '{"repeat": 1, "do": {"sleep": 5, "timeout": 1}}' '{"sleep": 5, "timeout": 1, "retry": {"limit": 1}}' \
    '{"sleep": 5, "retry": {"limit": 1, "timeout": 1}}' '{"do": [{"sleep": 5, "timeout": 1, "id": "b",
  "background": true}, {"wait": "b"}]}'; do
    script "[$job]"
    assert_exit 124
done
# Inside a kind's mapping, and computed.
script '[{"sleep": {"for": 5, "timeout": 1}}]'
assert_exit 124
script '[{"set": {"t": "1s"}}, {"sleep": 5, "timeout": "${{ t }}"}]'
assert_exit 124
rejected '[{"sleep": 1, "timeout": »"soon"}]' timeout soon

# A script's timeout is for the jobs together; its finally runs after it.
script '{"timeout": 2.5, "jobs": [{"sleep": 1}, {"sleep": 1}, {"sleep": 1},
  {"print": "not reached", "if": "always()"}], "finally": [{"sleep": 1}, {"print": "${{ now() }} ${{ failure() }}"}]}'
assert_exit 124
assert_stdout '3.500000 true'
assert_stderr_contains 'timed out after 2.5s'
script '{"timeout": 2.5, "jobs": [{"sleep": 1}, {"sleep": 1}]}'
assert_exit 0
script '{"timeout": 2, "jobs": [{"fail": "first"}, {"sleep": 9, "if": "always()"}]}'
assert_exit 1
# --timeout is for the whole run: all scripts, and their clean-up begins.
write one.json '{"jobs": [{"sleep": 1}, {"print": "one"}], "finally": {"print": "finally one"}}'
write two.json '{"jobs": [{"sleep": 1}, {"print": "two"}], "finally": {"print": "finally two ${{ now() }}"}}'
write three.json '[{"print": "three"}]'
run --virtual --timeout 1.5 one.json two.json three.json
assert_exit 124
assert_stdout one 'finally one' 'finally two 1.500000'
assert_stderr_contains 'timed out after 1.5s'
run --virtual --timeout 1.5 -k one.json two.json three.json
assert_exit 124
assert_stdout one 'finally one' 'finally two 1.500000'
run --virtual --timeout 2.5 one.json two.json three.json
assert_exit 0
# On the real clock.
from=$(date +%s%N)
run --timeout 300ms - <<<'[{"sleep": 60}]'
took=$((($(date +%s%N) - from) / 1000000))
assert_exit 124
((took >= 300 && took < 20000)) || fail "took $took ms"
