#!/usr/bin/env bash
# A write error is never ignored: a full disk is exit status 125 with the reason, a reader that has gone is SIGPIPE.
. "${BASH_SOURCE%/*}/lib.sh"

[ -w /dev/full ] || skip 'no /dev/full'
write print.json '{"jobs": [{"print": "x"}, {"sleep": "20ms"},
  {"print": "y", "finally": {"print": "job", "to": "stderr"}}], "finally": {"print": "finally", "to": "stderr"}}'
run_command sh -c '"$0" print.json >/dev/full' "$ARUN"
assert_exit 125
assert_stderr_contains 'standard output' 'no space left' finally
run_command sh -c '"$0" print.json >&-' "$ARUN"
assert_exit 125
assert_stderr_contains 'standard output'
# What is not printed needs no output.
write quiet.json '[{"sleep": "1ms"}]'
run_command sh -c '"$0" quiet.json >/dev/full' "$ARUN"
assert_exit 0
run_command sh -c '"$0" quiet.json >&-' "$ARUN"
assert_exit 0
# One print, at the very end, and a large one.
write last.json '[{"print": "x"}]'
run_command sh -c '"$0" last.json >/dev/full' "$ARUN"
assert_exit 125
assert_stderr_contains 'standard output'
# It comes before a failure, and before a signal.
write failing.json '[{"print": "x"}, {"sleep": "1ms"}, {"fail": "no"}]'
run_command sh -c '"$0" failing.json >/dev/full' "$ARUN"
assert_exit 125
# An output that cannot be written ends the run soon, not after it.
write long.json '[{"print": "x"}, {"sleep": 60}]'
from=$SECONDS
run_command sh -c '"$0" long.json >/dev/full' "$ARUN"
assert_exit 125
((SECONDS - from < 10)) || fail 'it went on'
# The other commands.
for arguments in --help --version kinds 'kinds tick' schema 'completions bash' 'check --report json last.json'; do
    # shellcheck disable=SC2086  # words
    run_command sh -c '"$0" "$@" >/dev/full' "$ARUN" $arguments
    assert_exit 125
    assert_stderr_contains 'standard output'
    # shellcheck disable=SC2086
    run_command sh -c '"$0" "$@" >&-' "$ARUN" $arguments
    assert_exit 125
done

# stderr: what a job prints there must be written too; arun's own words are said in vain.
write stderr.json '[{"print": "x", "to": "stderr"}, {"print": "y"}]'
run_command sh -c '"$0" stderr.json 2>/dev/full' "$ARUN"
assert_exit 125
run_command sh -c '"$0" stderr.json 2>&-' "$ARUN"
assert_exit 125
write bad.json '['
run_command sh -c '"$0" bad.json 2>&-' "$ARUN"
assert_exit 2
run_command sh -c '"$0" bad.json 2>/dev/full' "$ARUN"
assert_exit 2
write fail.json '[{"print": "x"}, {"fail": "no"}]'
run_command sh -c '"$0" fail.json 2>&-' "$ARUN"
assert_exit 1
assert_stdout x

# Closed descriptors are not taken for others: a script file that lands on descriptor 0, 1 or 2 stays as it was.
cp last.json kept.json
run_command sh -c '"$0" last.json 0<&- 1>&- 2>&-' "$ARUN"
assert_exit 125
cmp -s last.json kept.json || fail 'the script was written to'
run_command sh -c '"$0" last.json <&-' "$ARUN"
assert_exit 0
assert_stdout x

# The reader has gone.
write endless.json '[{"repeat": null, "do": {"print": "line"}}]'
run_command bash -c '"$0" endless.json | head -1; echo ${PIPESTATUS[0]}' "$ARUN"
assert_stdout line 141
assert_stderr
run_command bash -c '"$0" kinds | :; echo ${PIPESTATUS[0]}' "$ARUN"
[[ $stdout == 141 || $stdout == 0 ]] || fail "kinds | : gives $stdout"
write tick.json '{"jobs": [{"tick": "1ms", "do": {"print": "line"}, "finally": {"print": "job", "to": "stderr"}}],
  "finally": {"print": "finally", "to": "stderr"}}'
run_command bash -c '"$0" tick.json | head -1; echo ${PIPESTATUS[0]}' "$ARUN"
assert_stdout line 141
assert_stderr_contains job finally
# Where SIGPIPE is ignored, it is an output that cannot be written.
run_command bash -c 'trap "" PIPE; "$0" endless.json | head -1; echo ${PIPESTATUS[0]}' "$ARUN"
assert_stdout line 125
assert_stderr_contains 'standard output' 'broken pipe'

# Memory for masking secrets runs out: an output that cannot be written, and not one that is written unmasked.
if [ -z "${ARUN_SANITIZED:-}" ]; then
    {
        printf '%s\n' 'secrets: [S]' 'vars: {S: hunter22}' 'jobs:'
        printf -- '- print: "hunter22 %s"\n' "$(head -c 20000000 /dev/zero | tr '\0' x)"
    } >masked.yaml
    for limit in 40000 65000 75000; do
        run_command bash -c 'ulimit -v "$1"; exec "$0" masked.yaml' "$ARUN" $limit
        assert_exit 125
        assert_stdout
        assert_stderr_contains memory
    done
fi
