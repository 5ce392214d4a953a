#!/usr/bin/env bash
# With --virtual time jumps to the next timer when nothing is ready; timestamp and now() follow it.
. "${BASH_SOURCE%/*}/lib.sh"

# A day in no time: 86400 ticks and what runs beside them.
write day.json '[{"parallel": [{"tick": 1, "count": 86400, "capture": "n"},
  {"tick": "1h", "count": 24, "do": {"timestamp": "%F %X"}}]},
  {"timestamp": "%F %X"}, {"print": "${{ now() }}"}]'
from=$SECONDS
run --virtual --start-time 2024-02-28T12:00:00Z day.json
assert_exit 0
((SECONDS - from < 8640)) || fail "took $((SECONDS - from)) s"
for ((hour = 12; hour < 36; hour++)); do
    printf '2024-02-%d %02d:00:00\n' $((28 + hour / 24)) $((hour % 24))
done >expected
printf '%s\n' '2024-02-29 12:00:00' 86400.000000 >>expected
assert_stdout - <expected

# Without --start-time it starts now.
before=$(date +%s)
run --virtual - <<<'[{"timestamp": "unix"}, {"sleep": "100d"}, {"timestamp": "unix"}]'
after=$(date +%s)
mapfile -t lines <<<"$stdout"
((lines[0] >= before && lines[0] <= after)) || fail "starts at ${lines[0]}, not between $before and $after"
((lines[1] - lines[0] >= 8640000 && lines[1] - lines[0] <= 8640001)) || fail 'a hundred days are not a hundred days'

# Runs repeat exactly, a jitter included.
write jitter.json '[{"repeat": 5, "do": {"fail": "x", "retry": {"limit": 1, "jitter": 1},
  "continue_on_error": true, "finally": {"print": "${{ now() }}"}}}]'
run -q --virtual jitter.json
first=$stdout
run -q --virtual jitter.json
assert_eq "$stdout" "$first" 'the second run'
run -q jitter.json --virtual
assert_eq "$stdout" "$first" 'the third run'

# The wall clock's zone.
TZ=America/New_York run --virtual --start-time 2024-01-01T12:00:00Z - <<<'["timestamp", {"timestamp": "%X",
  "utc": true}]'
assert_stdout 07:00:00 12:00:00

# Time ends after 292 years, and the time of day in 2262: what comes later happens then.
write ages.yaml '- sleep: 36000d' '- sleep: 36000d' '- sleep: 36000d' "- print: \"\${{ date('%Y') }}\"" '- sleep: 1d' \
    '- tick: {every: 36000d, count: 5, do: {set: {x: 1}}}' '- run: echo child' "- print: \"\${{ date('%Y') }}\""
run --virtual --start-time 2030-01-01T00:00:00Z ages.yaml
assert_exit 0
assert_stdout 2262 child 2262
