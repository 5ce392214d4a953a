#!/usr/bin/env bash
# A signal that reaches arun and its children alike (a scheduler sends it to all processes of a session) cuts the job
# short: it is recorded as cancelled, neither as a failure nor as a success.
. "${BASH_SOURCE%/*}/lib.sh"

write dies.yaml '- {name: job, run: "echo started; exec sleep 600", finally: {print: "${{ cancelled() }}"}}'
write fails.yaml '- {name: job, run: "trap \"exit 1\" TERM INT; echo started; while :; do sleep 0.01; done", finally: {print: "${{ cancelled() }}"}}'
write succeeds.yaml '- {name: job, run: "trap \"exit 0\" TERM INT; echo started; while :; do sleep 0.01; done", finally: {print: "${{ cancelled() }}"}}'
write inside.yaml 'jobs:' '- parallel:' '  - {name: job, output: prefix, run: "echo started; exec sleep 600"}' \
    'finally: {print: "${{ cancelled() }}"}'
write background.yaml 'jobs:' '- {name: job, id: b, background: true, run: "echo started; exec sleep 600"}' '- sleep: 600' \
    'finally: [{sleep: 300ms}, {print: "${{ cancelled() }}"}]'

session_of() { ps -o pid= --sid "$1"; }
for signal in TERM INT HUP; do
    for script in dies fails succeeds inside background; do
        for first in arun children; do
            # Whether an exit has to do with a signal cannot be known before the signal has come.
            [[ $first$script != children@(fails|succeeds) ]] || continue
            start --report json=report.json $script.yaml
            until_stdout started
            all=$(session_of "$pid" | tr -d ' ' | grep -vx "$pid")
            # shellcheck disable=SC2086  # a list of ids
            case $first in
            children) kill -$signal $all "$pid" 2>/dev/null ;;
            arun) kill -$signal "$pid" $all 2>/dev/null ;;
            esac
            finish
            assert_exit $((128 + $(kill -l $signal)))
            assert_stdout_contains true
            assert_stderr_lacks error
            # Of the job itself; the script's finally has succeeded.
            assert_eq "$(grep -A 9 '"title": "job"' report.json | grep outcome | tr -d ' ,')" '"outcome":"cancelled"' \
                "$script, $signal"
            assert_no_processes
        done
    done
done

# A child that dies by a signal of its own is a failure, as ever, and so is a clean-up that does.
run - <<<'[{"run": "kill -TERM $$", "finally": {"print": "${{ failure() }}"}}]'
assert_exit 1
assert_stdout true
assert_stderr_contains 'killed by signal TERM'

# The clean-up is cut as well if its own child dies by the signal.
write tidy.yaml '- {name: job, sleep: 0, finally: {name: tidy, run: "echo started; exec sleep 600"}}'
start --report json=report.json tidy.yaml
until_stdout started
# shellcheck disable=SC2046  # a list of ids
kill -TERM "$pid" $(session_of "$pid" | tr -d ' ' | grep -vx "$pid")
finish
assert_exit 143
assert_eq "$(grep -A 9 '"title": "tidy"' report.json | grep outcome | tr -d ' ,')" '"outcome":"cancelled"'
