#!/usr/bin/env bash
# On the real clock 5000 ticks of 1 ms end at 5.000 s, and no body starts before its slot.
. "${BASH_SOURCE%/*}/lib.sh"

# With burst no slot is dropped, so every body has its number.
write ticks.json '[{"tick": "1ms", "count": 5000, "missed": "burst", "do": {"print": "${{ now() }}"}, "capture": "n"},
  {"print": "${{ n }} ${{ now() }}"}]'
run ticks.json
assert_exit 0
bodies=$(wc -l <"$T/io/stdout")
assert_eq "$bodies" 5001 'lines'
# Both times count from the Runner's making, which was before the tick's start; the last digit is rounded.
awk 'NR <= 5000 && $1 < (NR - 1) * 0.001 - 0.000001 { print "body " NR " started early: " $1; exit 1 }
    NR == 5001 && ($1 != 5000 || $2 < 5 || $2 > 6.5) { print $1 " bodies until " $2; exit 1 }' "$T/io/stdout" ||
    fail 'the ticks are not on their grid'

# Bodies that take a good part of the slot do not make it longer.
write busy.json '[{"tick": "20ms", "count": 50, "do": {"sleep": "12ms"}}, {"print": "${{ now() }}"}]'
run busy.json
assert_exit 0
awk '{ exit !($1 >= 1 && $1 < 2) }' "$T/io/stdout" || fail "ended at $stdout"
