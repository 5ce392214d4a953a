#!/usr/bin/env bash
# Processes that jobs leave behind outside of their groups become arun's children: they are reaped when they end, and
# stopped when the Runner closes.
. "${BASH_SOURCE%/*}/lib.sh"

linux_calls || skip 'only with the calls of Linux'

# Reaped at once, not when the next child of a job ends.
start - <<<'[{"run": "for i in 1 2 3 4 5 6 7 8; do sh -c \"setsid sleep 0.05 &\"; done; echo started; exec sleep 600"}]'
until_stdout started
no_zombies() { ! ps -o stat= --ppid "$pid" | grep -q Z; }
sleep 0.3 # they have ended
until_true no_zombies
assert_eq "$(ps -o comm= --ppid "$pid" | grep -vc arun-guardian)" 1 'children of arun'
kill -TERM "$pid"
finish
assert_no_processes

# The grace period bounds the time that they get.
write deaf.sh 'trap "" TERM' 'echo started >deaf' 'while :; do sleep 0.01; done'
from=$(milliseconds)
run --grace 500ms - <<<'[{"run": "setsid sh deaf.sh & until [ -s deaf ]; do sleep 0.01; done"}]'
took=$(($(milliseconds) - from))
assert_exit 0
assert_stderr_contains 'stopping what jobs have left behind: sh (process '
((took >= 500 && took < 20000)) || fail "took $took ms"
assert_no_processes
# Without one, two seconds.
rm deaf
from=$(milliseconds)
run - <<<'[{"run": "setsid sh deaf.sh & until [ -s deaf ]; do sleep 0.01; done"}]'
took=$(($(milliseconds) - from))
((took >= 2000 && took < 20000)) || fail "took $took ms"
assert_no_processes

# One that starts others all the time is caught, at the end of the run and after the second signal.
write fork.py <<'PY'
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
open("forking", "w").close()
while True:
    if os.fork() != 0:
        os._exit(0)
    os.setsid()
PY
run --grace 300ms - <<<'[{"run": "rm -f forking; python3 fork.py & until [ -e forking ]; do sleep 0.01; done", "kill_after": "10ms"}]'
assert_exit 0
assert_stderr_contains 'stopping what jobs have left behind: '
assert_no_processes
start - <<<'[{"run": "rm -f forking; python3 fork.py & until [ -e forking ]; do sleep 0.01; done; echo started; trap \"\" TERM; while :; do sleep 0.1 || :; done", "kill_after": "1h"}]'
until_stdout started
kill -TERM "$pid"
sleep 0.2 # signals within 0.1 s are one
kill -TERM "$pid"
finish
assert_exit 143
assert_no_processes

# Where /proc does not list them, they cannot be found: that is said.
if [ -z "${ARUN_SANITIZED:-}" ] && unshare --mount true 2>/dev/null; then # LeakSanitizer needs /proc
    run_command unshare --mount sh -c 'mount -t tmpfs none /proc && exec "$ARUN" -' \
        <<<'[{"run": "setsid sh -c \"echo \\$$ >daemon; exec sleep 600\" & until [ -s daemon ]; do sleep 0.01; done"}]'
    assert_exit 0
    assert_stderr 'arun: processes that jobs have left behind may still run: /proc does not list them'
    kill "$(cat daemon)"
fi
