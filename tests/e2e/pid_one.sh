#!/usr/bin/env bash
# arun as the first process of a container (PID 1), which no default action of a signal ends.
. "${BASH_SOURCE%/*}/lib.sh"

# In a PID namespace of its own; the processes in it carry other numbers inside.
unshare --pid --fork --mount-proc true 2>/dev/null || skip 'no PID namespaces here'
start_first() {
    status=
    : >"$T/io/stdout"
    env --default-signal=INT,QUIT unshare --pid --fork --mount-proc --kill-child "$ARUN" "$@" >"$T/io/stdout" 2>"$T/io/stderr" &
    outer=$!
    until_stdout started
    pid=$outer
    first=$(ps -o pid= --ppid "$outer" | tr -d ' ')
}

# SIGTERM cleans up; the status is that of a shell.
write one.yaml 'jobs:' '- {run: "trap \"echo stopped; exit\" TERM; echo started; while :; do sleep 0.01; done"}' \
    'finally: {print: tidy}'
start_first one.yaml
kill -TERM "$first"
finish
assert_exit 143
assert_stdout started stopped tidy

# The second signal ends it at once.
write two.yaml 'jobs:' '- {print: started}' '- {sleep: 600}' 'finally: [{print: cleaning}, {sleep: 60}]'
for signal in TERM INT HUP; do
    start_first --grace 1h two.yaml
    kill -$signal "$first"
    until_stdout cleaning
    sleep 0.2 # signals within 0.1 s are one
    from=$(milliseconds)
    kill -$signal "$first"
    finish
    assert_exit $((128 + $(kill -l $signal)))
    (($(milliseconds) - from < 20000)) || fail 'the second signal took too long'
done

# Orphans are reaped.
write orphans.json '[{"run": "for i in 1 2 3 4; do sh -c \"setsid sleep 0.05 &\"; done; echo started; exec sleep 600"}]'
start_first orphans.json
sleep 0.3 # they have ended
only_child() { [ "$(ps -o comm= --ppid "$first" | grep -vc arun)" = 1 ]; } # besides the guardian
until_true only_child
kill -TERM "$first"
finish
assert_exit 143
