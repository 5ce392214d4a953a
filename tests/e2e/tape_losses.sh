#!/usr/bin/env bash
# A run that lost output, or its end, is replayed with that loss; a tape that lost its sense is an error.
. "${BASH_SOURCE%/*}/lib.sh"

write ticks.yaml <<'END'
jobs:
- parallel:
  - run: 'while echo tock; do sleep 0.01; done'
  - tick: {every: 10ms, do: {print: "tick ${{ loop.index }}"}}
finally:
- run: 'echo cleaned; echo cleaned >&2'
END
write lines.yaml '- repeat: {count: 5000, do: {print: "line ${{ loop.index }}"}}' '- run: seq 20000' '- print: end'

# shortly COMMAND...: with a reader that goes after the first line.
shortly() {
    run_command bash -c '"$@" | head -n 1 >first; exit "${PIPESTATUS[0]}"' bash "$@"
    assert_eq "$(wc -l <first)" 1
}
for script in ticks.yaml lines.yaml; do
    for options in '' -v; do
        # shellcheck disable=SC2086  # no option, or one
        shortly "$ARUN" $options --record run.tape $script
        assert_eq "$status" 141
        cp "$T/io/stderr" recorded
        # shellcheck disable=SC2086
        run replay $options run.tape
        assert_eq "$status" 141
        cmp "$T/io/stderr" recorded || fail 'another standard error'
        # What else is shown changes when output is written, but not what the run does.
        for other in '' -v; do
            # shellcheck disable=SC2086
            run replay $other run.tape
            assert_eq "$status" 141
            assert_stderr_lacks 'on the tape'
        done
    done
    run_command sh -c '"$1" --record run.tape "$2" >/dev/full' sh "$ARUN" $script
    assert_exit 125
    assert_stderr_contains 'cannot write to standard output: no space left on device'
    cp "$T/io/stderr" recorded
    run replay run.tape
    assert_exit 125
    assert_stdout
    cmp "$T/io/stderr" recorded || fail 'another standard error'
done
[ "$(cat recorded)" != '' ] || fail 'no message'

# The file of a job's output: the child is stopped, for nobody would read what it writes.
write file.yaml "- run: 'yes abcdefghij | head -c 3000000; exec sleep 1000'" '  output: {file: /dev/full}' \
    '  continue_on_error: true' "- {id: b, background: true, run: 'echo up; exec sleep 1000', output: {file: /dev/full}, on_exit: fail}" \
    '- {wait_for: {output: b, contains: never}}'
run --record run.tape file.yaml
assert_exit 1
assert_stderr_contains "file.yaml:1:3: warning: run: cannot write '/dev/full': no space left on device (allowed)" \
    "run: cannot write '/dev/full': no space left on device"
cp "$T/io/stderr" recorded
run replay run.tape
assert_exit 1
cmp "$T/io/stderr" recorded || fail 'another standard error'

# Standard error too; and what is lost only at the end.
write both.yaml '- print: one' '- run: echo two; echo three >&2'
run_command sh -c '"$1" --record run.tape both.yaml 2>/dev/full' sh "$ARUN"
assert_exit 125
run replay run.tape
assert_exit 125
assert_stdout one two
assert_stderr 'arun: cannot write to standard error: no space left on device'
write short.yaml '- print: one'
run_command sh -c '"$1" --record run.tape short.yaml >/dev/full' sh "$ARUN"
assert_exit 125
run replay run.tape
assert_exit 125
assert_stdout
# Other scripts have their own output.
run replay run.tape short.yaml
assert_exit 0
assert_stdout one

# The reader of a replay may go as well, which is no fault of the tape.
run --record run.tape lines.yaml
assert_exit 0
shortly "$ARUN" replay run.tape
assert_eq "$status" 141
assert_stderr

# After SIGKILL, the replay shows what the run had shown, up to the last line.
write killed.yaml '- tick: {every: 200ms, do: {print: "tick ${{ loop.index }}"}}'
start --record run.tape killed.yaml
until_stdout 'tick 3'
kill -KILL "$pid"
finish
shown=$stdout
run replay run.tape
assert_exit 125
assert_eq "$stdout" "$shown"
assert_stderr_contains 'the tape ends here'
# A loop that never waits does not go on for ever.
write endless.yaml '- repeat: {do: {print: "x ${{ loop.index }}"}}'
for clock in '' --virtual; do
    # shellcheck disable=SC2086  # no option, or one
    start $clock --record run.tape endless.yaml
    until_stdout 'x 9'
    kill -KILL "$pid"
    finish
    run_command bash -c '"$ARUN" replay run.tape >replayed'
    assert_exit 125
    assert_stderr_contains 'the tape ends here'
done

# A tape that was edited by hand.
write one.yaml '- print: one'
run_command sh -c '"$1" --record run.tape one.yaml >/dev/full' sh "$ARUN"
for edit in 's/"errno":28/"errno":0/ # input/output error' 's/"errno":28/"errno":99999999999/ # input/output error' \
    's/"lost":"out"/"lost":1/ # '\''lost'\' 's/"after":0/"after":"x"/ # '\''after'\' 's/"after":0/"after":99/ # on the tape'; do
    sed "${edit% # *}" run.tape >edited.tape
    run replay edited.tape
    [ "$status" = 125 ] || [ "$status" = 2 ] || fail "status $status with $edit"
    assert_stderr_contains "${edit##* # }"
done

# So was its header, or what follows its end.
write two.yaml '- run: echo one' '- run: echo two'
run --record run.tape two.yaml
assert_exit 0
damaged() { # STATUS TEXT COMMAND...: the command makes edited.tape, whose replay fails.
    "${@:3}" >edited.tape
    run replay edited.tape
    assert_exit "$1"
    assert_stderr_contains "$2"
}
damaged 2 "edited.tape:1: 'clock' is neither 'real' nor 'virtual'" sed '1s/"clock":"real"/"clock":"foo"/' run.tape
damaged 2 "edited.tape:1: 'toml' is no format of a script" sed '1s/"yaml"/"toml"/' run.tape
damaged 125 "an event of the unknown kind 'arun-tape'" cat run.tape run.tape
tail -n 3 run.tape >end
damaged 125 'the run has ended, but on the tape comes clock' cat run.tape end
# Where a tape is cut, that is told of a changed script too.
grep -v '"start":2\|"out":2\|"end"' run.tape >edited.tape
run replay edited.tape two.yaml
assert_exit 125
assert_stderr_contains "which the tape does not have" 'its run was killed, or goes on still'
# Parts of a replay that there are not.
run replay --from 3s --until 1s run.tape
assert_exit 2
assert_stderr_contains '--from is after --until'
run replay --from 3h run.tape
assert_exit 0
assert_stdout
assert_stderr_contains 'the run ended after ' ', before --from'
