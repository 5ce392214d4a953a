#!/usr/bin/env bash
# `retry` gives extra attempts after a failure: the interval is waited before the first one too and grows by backoff up
# to max_interval; `timeout` is per attempt; `if` sees attempt, result and error.
. "${BASH_SOURCE%/*}/lib.sh"

# attempts MODIFIERS LINE...: a job that says when it is tried, and fails.
attempts() {
    local modifiers=$1
    shift
    script "[{\"do\": [{\"print\": \"\${{ now() }}\"}, {\"fail\": \"no\"}], $modifiers}]"
    assert_exit 1
    assert_stdout "$@"
    assert_stderr_contains '<stdin>:1:' ': no'
}
attempts '"retry": 2' 0.000000 1.000000 2.000000
attempts '"retry": 0' 0.000000
attempts '"retry": "${{ 1 }}"' 0.000000 1.000000
attempts '"retry": {"limit": 3, "interval": 0.5}' 0.000000 0.500000 1.000000 1.500000
attempts '"retry": {"limit": 4, "backoff": 2}' 0.000000 1.000000 3.000000 7.000000 15.000000
attempts '"retry": {"limit": 4, "interval": "2s", "backoff": 3,
  "max_interval": 7}' 0.000000 2.000000 8.000000 15.000000 22.000000
attempts '"retry": {"limit": 2, "interval": 5, "max_interval": 2}' 0.000000 2.000000 4.000000
attempts '"retry": {"limit": 2, "interval": 0}' 0.000000 0.000000 0.000000
attempts '"retry": {"limit": 5, "if": "attempt < 3"}' 0.000000 1.000000 2.000000
attempts '"retry": {"limit": 5, "if": "error == \"yes\""}' 0.000000
attempts '"retry": {"limit": 1, "if": "error == \"no\" && result == null"}' 0.000000 1.000000

# The first success ends it; the outcome of the attempts before is no failure, but is told.
script '[{"set": {"n": "0"}}, {"do": [{"set": {"n": "${{ n }}x"}}, {"fail": "not yet", "if": "n != \"0xxx\""},
  {"print": "well"}],
  "retry": {"limit": 5, "interval": "1m"}, "capture": "r"}, {"print": "${{ r }} ${{ n }} ${{ now() }}"}]'
assert_exit 0
assert_stdout well 'well 0xxx 120.000000'
assert_stderr_contains 'not yet' 'attempt 1 failed' 'attempt 2 failed' 'retrying in 1m'
assert_stderr_lacks 'error: ' 'attempt 3'

# timeout per attempt: a timeout is retried like any failure.
script '[{"do": [{"print": "${{ now() }}"}, {"sleep": 9}], "retry": {"limit": 2, "interval": 1, "timeout": 2}},
  {"print": "end ${{ now() }}", "if": "always()"}]'
assert_exit 124
assert_stdout 0.000000 3.000000 6.000000 'end 8.000000'

# jitter: the interval, more or less; with none it is exact.
script '[{"set": {"t": 0}}, {"for_each": {"range": 50},
  "max_concurrent": 0, "fail_fast": false, "do": {"do": [{"fail": "x"}],
  "retry": {"limit": 1, "interval": 10, "jitter": 0.5}, "continue_on_error": true,
  "finally": {"print": "${{ now() }}"}}}]'
assert_exit 0
awk 'BEGIN { least = 99 } { if ($1 < least) least = $1; if ($1 > most) most = $1 }
    END { exit !(NR == 50 && least >= 5 && most <= 15 && most - least > 1) }' "$T/io/stdout" ||
    fail 'the jitter is not within its bounds, or there is none'

# A cancelled job is not retried.
script '[{"race": [{"do": [{"print": "tried"}, {"sleep": 9}], "retry": 5}, {"sleep": 1}]}, {"sleep": 20}]'
assert_exit 0
assert_stdout tried
# Neither is one whose interval is being waited for.
script '[{"do": [{"print": "tried"}, {"fail": "x"}], "retry": {"limit": 5, "interval": 10}, "timeout": 15}]'
assert_exit 124
assert_stdout tried tried

rejected '[{"print": "x", "retry": »-1}]' retry
rejected '[{"print": "x", "retry": »1.5}]' retry
rejected '[{"print": "x", "retry": {"limit": 1, "backoff": »0.5}}]' backoff
rejected '[{"print": "x", "retry": {"limit": 1, "jitter": »2}}]' jitter
rejected '[{"print": "x", "retry": {"limit": 1, "interval": »"x"}}]' interval
rejected '[{"print": "x", "if": "»attempt == 1", "retry": 1}]' attempt
