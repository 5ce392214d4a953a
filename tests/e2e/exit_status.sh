#!/usr/bin/env bash
# 0: every job ended well or was allowed to fail; 1: one failed; 2: bad usage or script; 124: the root cause of the
# first failure was a timeout; 125: arun itself failed. Where several apply: 125, then signal, then 2, then the first
# failure.
. "${BASH_SOURCE%/*}/lib.sh"

exits() {
    script "$2"
    assert_exit "$1"
}
exits 0 '[{"print": "x"}]'
exits 0 '[{"fail": "x", "continue_on_error": true}]'
exits 0 '[{"fail": "x", "if": "false"}]'
exits 1 '[{"fail": "x"}]'
exits 1 '[{"assert": "1 == 2"}]'
exits 1 '[{"sleep": "${{ fromJSON(\"-1\") }}"}]'
exits 2 '[{"print": "x"}, {"fial": "x"}]'
exits 124 '[{"sleep": 2, "timeout": 1}]'
exits 124 '[{"sleep": 2, "timeout": 1}, {"fail": "x", "if": "always()"}]'
exits 1 '[{"fail": "x"}, {"sleep": 2, "timeout": 1, "if": "always()"}]'
exits 1 '[{"sleep": 2, "timeout": 1, "continue_on_error": true}, {"fail": "x"}]'
# A script's first failure comes before one that nobody waited for.
exits 1 '[{"sleep": 2, "timeout": 1, "id": "b", "background": true}, {"sleep": 3}, {"fail": "x"}]'

# Failure and signal: signal; failed output and signal: 125.
write slow.json '[{"fail": "x", "finally": {"print": "now", "to": "stderr"}}, {"sleep": 60, "if": "always()"}]'
start slow.json
until_stderr now
kill -INT "$pid"
finish
assert_exit 130
write full.json '{"jobs": [{"print": "x"}, {"sleep": 60}], "finally": [{"print": "cleaning up", "to": "stderr"},
  {"sleep": "300ms"}]}'
if [ -w /dev/full ]; then
    setsid env --default-signal "$ARUN" full.json >/dev/full 2>"$T/io/stderr" &
    pid=$!
    until_stderr 'cleaning up'
    kill -INT "$pid"
    finish
    assert_exit 125
fi
# -k: the first failure decides.
write one.json '[{"sleep": 2, "timeout": 1}]'
write two.json '[{"fail": "x"}]'
run --virtual -k one.json two.json
assert_exit 124
run --virtual -k two.json one.json
assert_exit 1
