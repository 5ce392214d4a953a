#!/usr/bin/env bash
# What an old kernel or a sandbox refuses is done without, and --debug tells.
. "${BASH_SOURCE%/*}/lib.sh"

linux_calls || skip 'only with the calls of Linux'
[ -z "${ARUN_SANITIZED:-}" ] || skip 'a sanitizer cannot be traced'
strace -o /dev/null true 2>/dev/null || skip 'strace cannot trace'

write all.yaml 'jobs:' '- sleep: 5ms' '- tick: 3ms' '  count: 3' '  missed: burst' '  do: {print: "tick ${{ loop.index }}"}' \
    '- {run: "echo child; sleep 0.01", output: prefix, name: x}' '- for_each: {lines: stdin}' '  do: {print: "${{ item }}"}' \
    '- {run: "exec sleep 600", timeout: 50ms, continue_on_error: true}' 'finally: {print: tidy}'
# refused CALL WORDS...: runs the script with that call refused; --debug says WORDS.
refused() {
    local call=$1
    shift
    for error in ENOSYS EPERM; do
        run_command strace -f -o /dev/null -e "trace=$call" -e "inject=$call:error=$error" "$ARUN" --debug all.yaml <<<$'one\ntwo'
        assert_exit 0
        assert_stdout 'tick 1' 'tick 2' 'tick 3' 'x | child' one two tidy
        assert_stderr_contains "$@"
        assert_no_processes
    done
}
refused timerfd_create 'no timerfd (' 'timers are late by up to 1 ms'
refused prctl 'no subreaper (' 'processes that leave their group escape'
