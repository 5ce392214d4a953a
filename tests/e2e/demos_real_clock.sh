#!/usr/bin/env bash
# The tutorial's two demos on the real clock: two delayed messages take 3 s; the time every second for ten seconds, and
# a message five seconds later, take 15 s, and the ten times are ten different seconds in a row.
. "${BASH_SOURCE%/*}/lib.sh"

# timed NAME ARGUMENT...: runs arun beside others; leaves its output, status and how long it took.
timed() {
    local name=$1 from
    shift
    from=$(date +%s%N)
    "$ARUN" "$@" >"$name.out" 2>"$name.err"
    echo $? >"$name.status"
    echo $((($(date +%s%N) - from) / 1000000)) >"$name.ms"
}

timed messages "$ARUN_SOURCE/scripts/demo1-delayed-messages.json" &
timed yaml "$ARUN_SOURCE/scripts/demo1-delayed-messages.yaml" &
timed clock "$ARUN_SOURCE/scripts/demo2-clock.json" &
wait

for name in messages yaml clock; do
    assert_file "$name.status" 0
    assert_file "$name.err"
done
for name in messages yaml; do
    assert_file "$name.out" 'hello after 1 second' 'hello after 2 more seconds'
    took=$(<"$name.ms")
    ((took >= 3000 && took < 13000)) || fail "$name took $took ms"
done
took=$(<clock.ms)
((took >= 15000 && took < 25000)) || fail "the clock took $took ms"

mapfile -t lines <clock.out
assert_eq "${#lines[@]}" 11 'lines of the clock'
assert_eq "${lines[10]}" 'hello after 5 seconds'
last=
for line in "${lines[@]:0:10}"; do
    [[ $line =~ ^([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])$ ]] || fail "not a time: $line"
    IFS=: read -r hours minutes seconds <<<"$line"
    now=$((10#$hours * 3600 + 10#$minutes * 60 + 10#$seconds))
    # Midnight may pass.
    [ -z "$last" ] || assert_eq "$now" $(((last + 1) % 86400)) "the second after $last"
    last=$now
done
