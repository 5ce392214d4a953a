#!/usr/bin/env bash
# A process is stopped with its whole group, whatever ends its job: timeout, race, cancel, Ctrl-C, the end of the run.
. "${BASH_SOURCE%/*}/lib.sh"

# By a timeout, with its group, in time; the trap runs.
run_limited started '[{"run": "sleep 600 & trap \"echo stopped; exit 1\" TERM; echo started; sleep 600 & wait", "timeout": "LIMIT"}]'
assert_exit 124
assert_stdout started stopped
assert_stderr_contains "timed out after $limit"
assert_no_processes

# One that ignores the signal is killed after kill_after.
from=$(milliseconds)
run_limited started '[{"run": "trap \"\" TERM; echo started; while :; do sleep 0.01; done", "timeout": "LIMIT", "kill_after": "200ms"}]'
took=$(($(milliseconds) - from))
assert_exit 124
((took >= 400 && took < 60000)) || fail "took $took ms"
assert_no_processes

# stop_signal.
run_limited started '[{"run": "trap \"echo got INT; exit\" INT; echo started; while :; do sleep 0.01; done", "stop_signal": "SIGINT", "timeout": "LIMIT"}]'
assert_stdout started 'got INT'
run_limited started '[{"run": "trap \"echo got 12; exit\" 12; echo started; while :; do sleep 0.01; done", "stop_signal": 12, "timeout": "LIMIT"}]'
assert_stdout started 'got 12'

# One that is stopped (SIGSTOP) is woken up for it.
run_limited awake '[{"run": "trap \"echo aw\"\"ake; exit\" TERM; kill -STOP $$; echo cont", "timeout": "LIMIT"}]'
assert_exit 124
assert_stdout awake
assert_no_processes

# What leaves the group does not keep the job either, and does not outlive the run.
write d.yaml <<'END'
- run: |
    setsid sh -c 'echo $$ >daemon; exec sleep 600' &
    until [ -s daemon ]; do sleep 0.01; done
  id: x
- run: kill -0 "$(cat daemon)" && echo it lives
END
run d.yaml
assert_exit 0
assert_stdout 'it lives'
if linux_calls; then
    assert_stderr_contains 'stopping what jobs have left behind: sleep (process '
else
    kill "$(cat daemon)"
fi
assert_no_processes

# Children that were there before arun was started are not its business.
run_command bash -c 'sleep 600 & echo $! >other; exec "$ARUN" -' <<<'[{"run": "true"}]'
assert_exit 0
assert_stderr
kill "$(cat other)" || fail 'it was killed'

# A lost race, a failed sibling, `cancel`, the end of the script.
run - <<<'[{"race": [{"sleep": "50ms"}, {"run": "sleep 600"}]},
  {"run": "sleep 600", "background": true, "id": "b"}, {"sleep": "20ms"}, {"cancel": "b"}, {"print": "${{ jobs.b.outcome }}"},
  {"run": "sleep 600", "background": true},
  {"parallel": [{"run": "sleep 600"}, {"run": "sleep 0.05; exit 1"}]}]'
assert_exit 1
assert_stdout cancelled
assert_stderr_contains 'run: exit status 1'
assert_no_processes

# Ctrl-C and SIGTERM: stopped, finally has run, the shell sees the signal.
write s.yaml <<'END'
- run: 'trap "echo trapped; exit 0" TERM; echo started; while :; do sleep 0.01; done'
  finally: {run: echo cleaned}
END
for signal in INT TERM; do
    start s.yaml
    until_stdout started
    kill -$signal "$pid"
    finish
    assert_exit $((128 + $(kill -l $signal)))
    assert_stdout started trapped cleaned
    assert_no_processes
done

# The second one kills, long before the grace period and kill_after end.
start --grace 1h - <<<'[{"run": "trap \"echo told\" TERM; echo started; while :; do sleep 0.01 || :; done", "kill_after": "1h"}]'
until_stdout started
kill -INT "$pid"
until_stdout told
sleep 0.2 # signals within 0.1 s are one
kill -INT "$pid"
finish
assert_exit 130
assert_no_processes

# The end of the grace period kills too, long before kill_after.
from=$(milliseconds)
start --grace 200ms - <<<'[{"run": "trap \"\" TERM INT; echo started; while :; do sleep 0.01; done", "kill_after": "1m"}]'
until_stdout started
kill -INT "$pid"
finish
assert_exit 130
(($(milliseconds) - from < 50000)) || fail 'kill_after was waited for'
assert_no_processes

# A deadlock elsewhere, or an endless output that nobody reads, leaves nothing either.
run_command bash -c '"$ARUN" - | true' <<<'[{"run": "yes"}]'
assert_no_processes
