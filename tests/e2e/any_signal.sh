#!/usr/bin/env bash
# Whatever signal ends arun, no child is left: those that can be handled clean up as SIGTERM does, SIGQUIT kills at once,
# and after SIGKILL its guardian kills the children with all that they have started.
. "${BASH_SOURCE%/*}/lib.sh"

ulimit -c 0
nothing_left() { [ -z "$(left_processes)" ]; }
write server.yaml 'jobs:' '- {run: "trap \"echo stopped; exit\" TERM; echo started; while :; do sleep 0.01; done", background: true}' \
    '- sleep: 600' 'finally: {print: tidy}'
signals='USR1 USR2 ALRM XCPU VTALRM PROF PWR STKFLT RTMIN RTMAX'
! linux_calls || signals="$signals IO" # which elsewhere is ignored by default
for signal in $signals; do
    start server.yaml
    until_stdout started
    kill -$signal "$pid"
    finish
    assert_exit $((128 + $(kill -l $signal)))
    assert_stdout started tidy stopped
    assert_no_processes
done

# SIGQUIT does not clean up, and leaves nothing either: neither in groups nor outside of them.
away=
! linux_calls || away='setsid sleep 600 & '
write daemon.yaml "- run: '${away}sleep 600 & echo started; wait'"
for signal in QUIT; do
    start --grace 1h daemon.yaml
    until_stdout started
    from=$(milliseconds)
    kill -$signal "$pid"
    finish
    assert_exit 131
    (($(milliseconds) - from < 20000)) || fail 'SIGQUIT took too long'
    if linux_calls; then assert_no_processes; else until_true nothing_left; fi
done

# SIGKILL: the children die with arun, and what they have started as well.
write killed.yaml '- {exec: [sleep, "600"], background: true}' '- parallel:' '  - {exec: [sleep, "600"], output: prefix}' \
    '  - run: "trap \"\" TERM; echo started >one; while :; do sleep 0.01; done"' \
    '  - run: "sleep 600 & (trap \"\" TERM HUP; sleep 600; echo never) & echo >two; wait"'
start killed.yaml
until_true test -s one
until_true test -s two
kill -KILL "$pid"
finish
assert_exit 137
until_true nothing_left

# Also those that it is just starting. (posix_spawn() leaves a gap.)
rounds=0
! linux_calls || rounds=20
write starting.yaml '- for_each: {range: 30, max_concurrent: 0}' '  do: {run: "sleep 600 & exec sleep 600"}'
for ((i = 0; i < rounds; ++i)); do
    start starting.yaml
    sleep "0.0$((RANDOM % 4))$((RANDOM % 10))"
    kill -KILL "$pid"
    finish
    until_true nothing_left
done

# A signal that was blocked at the start arrives all the same.
run_command python3 -c '
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD})
os.execv(os.environ["ARUN"], ["arun", "-"])' <<<'[{"run": "kill -TERM $PPID; sleep 600", "finally": {"print": "cut"}}]'
assert_exit 143
assert_stdout cut

# One that was ignored at the start stays ignored, for arun and for its children; but a stop signal stops them.
run_command env --ignore-signal=INT,QUIT,USR1 "$ARUN" - <<<'[
  {"run": "kill -INT $PPID; kill -QUIT $PPID; kill -USR1 $PPID; kill -USR1 $$; echo here"},
  {"race": [{"run": "echo started; echo x >started; exec sleep 600", "stop_signal": "INT", "kill_after": "1h"},
    {"wait_for": {"file": "started", "interval": "10ms"}}]}]'
assert_exit 0
assert_stdout here started
# SIGCHLD may be ignored too: the status of a child is not lost.
run_command env --ignore-signal=CHLD "$ARUN" - <<<'[{"run": "exit 3", "expect": {"exit": 3}}]'
assert_exit 0
