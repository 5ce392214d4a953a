#!/usr/bin/env bash
# Tapes whose names end in .gz or .zst are compressed, and readable whatever became of the run.
. "${BASH_SOURCE%/*}/lib.sh"

# reader_of NAME: the program that reads it, if there is one.
reader_of() {
    case $1 in
    gz) command -v gzip ;;
    zst) command -v zstd ;;
    esac
}

write run.yaml 'secrets: [LATE]
vars: {LATE: x}
jobs:
- {run: "seq 1000; echo hunter22", name: count, output: discard, capture: got}
- {set: {LATE: hunter22}}
- {print: "${{ length(got.stdout) }} characters"}
- {run: "exit 3", continue_on_error: true}
- for_each: {lines: stdin}
  do: {print: "${{ item }}"}'
run --record run.tape run.yaml <<<$'a\nb'
assert_exit 0
plain=$stdout
for kind in gz zst; do
    run --record "run.tape.$kind" run.yaml <<<$'a\nb'
    if [ "$status" = 2 ]; then
        assert_stderr_contains 'cannot be opened'
        continue
    fi
    assert_exit 0
    assert_eq "$stdout" "$plain" 'the run'
    [ "$(wc -c <"run.tape.$kind")" -lt "$(wc -c <run.tape)" ] || fail 'it is not smaller'
    reader=$(reader_of "$kind")
    if [ -n "$reader" ]; then
        "$reader" -dc "run.tape.$kind" >plain.tape || fail 'no other program reads it'
        head -c 12 plain.tape | grep -q '{"arun-tape"' || fail 'it is no tape'
        ! grep -q hunter22 plain.tape || fail 'a secret is on the tape'
    fi
    run replay "run.tape.$kind"
    assert_exit 0
    assert_eq "$stdout" "$plain" 'the replay'
    run explore "run.tape.$kind" --limit 5
    [ "$status" -le 1 ] || fail 'it cannot be explored'
    # The name does not matter when it is read.
    cp "run.tape.$kind" renamed
    run replay renamed
    assert_exit 0

    # Cut off: what there is.
    head -c -40 "run.tape.$kind" >cut
    run replay cut
    assert_exit 125
    assert_stderr_contains 'the tape ends here'
    # Damaged.
    { head -c 20 "run.tape.$kind" && head -c 400 /dev/zero; } >damaged
    run replay damaged
    [ "$status" = 2 ] || [ "$status" = 125 ] || fail 'it is not refused'
    assert_stderr_contains damaged
    : | head -c 4 "run.tape.$kind" >short
    run replay short
    assert_exit 2

    # Complete up to the last event when the run is killed.
    write long.yaml '- run: echo begun; sleep 1000'
    start --record "killed.$kind" long.yaml
    until_stdout begun
    kill -KILL "$pid"
    finish
    run replay "killed.$kind"
    assert_exit 125
    assert_stdout begun
    assert_stderr_contains 'its run was killed'

    # A full disk.
    if [ -w /dev/full ]; then
        ln -sf /dev/full "full.$kind"
        run --record "full.$kind" run.yaml </dev/null
        assert_exit 125
        assert_stderr_contains "cannot write 'full.$kind'"
    fi
done
