#!/usr/bin/env bash
# When a tick's body overruns, `missed` says what becomes of the slots it ran over: skip drops them and they use up
# count, burst runs them at once, delay starts a new grid and the end moves with it.
. "${BASH_SOURCE%/*}/lib.sh"

# ticks MISSED LIMIT BODY LINE...: slots of 1 s.
ticks() {
    local missed=$1 limit=$2 body=$3
    shift 3
    script "[{\"tick\": 1, $missed$limit, \"do\": [{\"print\": \"\${{ loop.index }} at \${{ now() }}\"}, $body],
      \"capture\": \"n\"}, {\"print\": \"\${{ n }} until \${{ now() }}\"}]"
    assert_stderr
    assert_exit 0
    assert_stdout "$@"
}
first='{"sleep": 2.5, "if": "loop.index == 1"}'

# The first body takes 2.5 slots.
skip=('1 at 0.000000' '2 at 3.000000' '3 at 4.000000' '3 until 5.000000')
ticks '' '"count": 5' "$first" "${skip[@]}"
ticks '"missed": "skip", ' '"count": 5' "$first" "${skip[@]}"
ticks '"missed": "skip", ' '"for": 5' "$first" "${skip[@]}"
ticks '"missed": "burst", ' '"count": 5' "$first" \
    '1 at 0.000000' '2 at 2.500000' '3 at 2.500000' '4 at 3.000000' '5 at 4.000000' '5 until 5.000000'
ticks '"missed": "burst", ' '"for": 5' "$first" \
    '1 at 0.000000' '2 at 2.500000' '3 at 2.500000' '4 at 3.000000' '5 at 4.000000' '5 until 5.000000'
ticks '"missed": "delay", ' '"count": 5' "$first" \
    '1 at 0.000000' '2 at 2.500000' '3 at 3.500000' '4 at 4.500000' '5 at 5.500000' '5 until 6.500000'
ticks '"missed": "delay", ' '"for": 5' "$first" \
    '1 at 0.000000' '2 at 2.500000' '3 at 3.500000' '4 at 4.500000' '4 until 5.000000'

# Every body overruns.
ticks '' '"count": 4' '{"sleep": 1.5}' '1 at 0.000000' '2 at 2.000000' '2 until 4.000000'
ticks '"missed": "burst", ' '"count": 3' '{"sleep": 1.5}' '1 at 0.000000' '2 at 1.500000' \
    '3 at 3.000000' '3 until 4.500000'
ticks '"missed": "delay", ' '"count": 3' '{"sleep": 1.5}' '1 at 0.000000' '2 at 1.500000' \
    '3 at 3.000000' '3 until 4.500000'

# A body that ends exactly on a slot has not overrun it.
ticks '' '"count": 3' '{"sleep": 1}' '1 at 0.000000' '2 at 1.000000' '3 at 2.000000' '3 until 3.000000'

# A body that runs past the end is not cut, and none starts at or after the end.
ticks '' '"for": 2' '{"sleep": 5}' '1 at 0.000000' '1 until 5.000000'
ticks '"missed": "burst", ' '"for": 2' '{"sleep": 5}' '1 at 0.000000' '1 until 5.000000'
ticks '"missed": "burst", ' '"count": 2' '{"sleep": 5}' '1 at 0.000000' '2 at 5.000000' '2 until 10.000000'
ticks '' '"count": 2' '{"sleep": 5}' '1 at 0.000000' '1 until 5.000000'

rejected '[{"tick": 1, "missed": »"later"}]' skip burst delay later
