#!/usr/bin/env bash
# SIGINT, SIGTERM and SIGHUP cancel the run: what was printed is there, finally runs, and then arun dies by the signal,
# so that the shell sees 130, 143, 129.
. "${BASH_SOURCE%/*}/lib.sh"

declare -A expected=([INT]=130 [TERM]=143 [HUP]=129)
write sleep.json '{"jobs": [{"print": "before"}, {"sleep": 60, "finally": {"print": "job ${{ cancelled() }}"}},
  {"print": "not reached"}, {"print": "not reached", "if": "always()"}],
  "finally": [{"sleep": "50ms"}, {"print": "script ${{ cancelled() }} ${{ success() }}"}]}'
for signal in INT TERM HUP; do
    start sleep.json
    until_stdout before
    from=$(milliseconds)
    kill -$signal "$pid"
    finish
    took=$(($(milliseconds) - from))
    assert_exit "${expected[$signal]}"
    assert_stdout before 'job true' 'script true false'
    assert_stderr_lacks 'error: '
    ((took < 20000)) || fail "took $took ms"
    # -k goes on after a failure, not after a signal.
    start -k sleep.json
    until_stdout before
    kill -$signal "$pid"
    finish
    assert_exit "${expected[$signal]}"
    assert_stdout before 'job true' 'script true false'
done

# By the signal itself, not by an exit status that looks like it.
run_command bash -c '"$ARUN" sleep.json &
    until [ -s "$T/io/stdout" ]; do sleep 0.01; done
    kill -HUP $!
    wait $!
    echo $?'
assert_stdout before 'job true' 'script true false' 129
assert_stderr_contains Hangup

# It reaches what runs at the same time, background jobs and loops; later scripts do not run.
write many.json '[{"tick": "10ms", "background": true, "finally": {"print": "background cut"}}, {"print": "begun"},
  {"parallel": [{"sleep": 60, "finally": {"print": "one cut"}}, {"repeat": null, "delay": "10ms", "do": [],
  "finally": {"print": "two cut"}}]}]'
start many.json sleep.json
until_stdout begun
kill -INT "$pid"
finish
assert_exit 130
assert_stdout begun 'one cut' 'two cut' 'background cut'

# A signal during the script's finally does not cut it short: it is the first one.
write finally.json '{"jobs": [{"print": "x"}], "finally": [{"print": "in finally"}, {"sleep": "300ms"},
  {"print": "whole"}]}'
start finally.json
until_stdout 'in finally'
kill -INT "$pid"
finish
assert_exit 130
assert_stdout x 'in finally' whole

# A signal where a failure came before: by signal.
write failed.json '[{"fail": "first"}, {"print": "after", "if": "always()"}, {"sleep": 60, "if": "always()"}]'
start failed.json
until_stdout after
kill -TERM "$pid"
finish
assert_exit 143
assert_stderr_contains ': first'

# SIGHUP that is ignored at the start stays ignored (nohup), and so does SIGINT of a background command.
write short.json '[{"print": "begun"}, {"sleep": "400ms"}, {"print": "end"}]'
for signal in HUP INT; do
    rm -f out
    env --ignore-signal=$signal "$ARUN" short.json >out 2>err &
    pid=$!
    until_true grep -qs begun out
    kill -$signal "$pid"
    kill -$signal "$pid"
    wait "$pid"
    assert_eq $? 0 "exit status after an ignored $signal"
    assert_file out begun end
done
rm -f out
nohup "$ARUN" short.json >out 2>err &
pid=$!
until_true grep -qs begun out
kill -HUP "$pid"
wait "$pid"
assert_eq $? 0 'exit status after nohup'
assert_file out begun end

# On the virtual clock a signal is honoured just so.
write virtual.json '[{"print": "begun"}, {"tick": 1, "do": [], "finally": {"print": "cut"}}]'
start --virtual virtual.json
until_stdout begun
kill -INT "$pid"
finish
assert_exit 130
assert_stdout begun cut
