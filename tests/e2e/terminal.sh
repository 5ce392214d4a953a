#!/usr/bin/env bash
# `arun` alone on a terminal does not wait for a script there: it prints the usage and exits with 2.
. "${BASH_SOURCE%/*}/lib.sh"

for arguments in '' run check '--virtual' '-k run'; do
    run_command TERM=xterm script -qec "\"\$ARUN\" $arguments" /dev/null </dev/null
    assert_exit 2
    assert_stdout_contains Usage: 'SCRIPT...' 'arun --help'
done
# It is said on stderr.
run_command TERM=xterm script -qec '"$ARUN" 2>err' /dev/null </dev/null
assert_exit 2
assert_stdout
assert_stdout_lacks Usage
grep -q Usage: err || fail 'no usage on stderr'
# A script on the terminal is read when asked for.
run_command TERM=xterm script -qec 'printf "[{\"print\": \"x\"}]" | "$ARUN"' /dev/null </dev/null
assert_exit 0
assert_stdout_contains x
