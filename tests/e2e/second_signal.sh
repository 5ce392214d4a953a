#!/usr/bin/env bash
# The second SIGINT, SIGTERM or SIGHUP ends the run at once, whatever is being cleaned up.
. "${BASH_SOURCE%/*}/lib.sh"

write slow.json '{"jobs": [{"print": "begun"}, {"sleep": 60, "finally": [{"print": "cleaning"}, {"sleep": 60}]}],
  "finally": {"print": "not reached"}}'
while read -r first second expected; do
    start --grace 60 slow.json
    until_stdout begun
    kill -"$first" "$pid"
    until_stdout cleaning
    sleep 0.2 # signals within 0.1 s are one
    from=$(milliseconds)
    kill -"$second" "$pid"
    finish
    took=$(($(milliseconds) - from))
    assert_exit "$expected"
    assert_stdout begun cleaning
    ((took < 20000)) || fail "$first $second: took $took ms"
done <<'END'
INT INT 130
TERM TERM 143
HUP HUP 129
INT TERM 143
END
# In the script's finally, and while the Runner closes.
write finally.json '{"jobs": [{"print": "x"}], "finally": [{"print": "in finally"}, {"sleep": 60}]}'
write close.json '[{"sleep": 60, "background": true, "finally": [{"print": "in finally"}, {"sleep": 60}]},
  {"sleep": "10ms"}]'
for script in finally close; do
    start --grace 60 $script.json
    until_stdout 'in finally'
    kill -INT "$pid"
    sleep 0.2 # signals within 0.1 s are one
    kill -INT "$pid"
    finish
    assert_exit 130
done

# timeout(1) sends its signal twice at once, to the process and to its group: that is one.
write child.yaml '- print: begun' '- run: "trap \"sleep 0.2; exit\" TERM; while :; do sleep 0.01; done"' '  finally: {print: tidy}'
for signal in TERM INT; do
    run_command timeout --preserve-status --signal $signal 1 "$ARUN" child.yaml
    assert_exit $((128 + $(kill -l $signal)))
    assert_stdout begun tidy
    assert_no_processes
done
