#!/usr/bin/env bash
# `sleep` waits for its duration, never less; its result is null.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"sleep": 1.5}, {"print": "${{ now() }}"}, {"sleep": {"for": "250ms"}, "capture": "r"},
  {"assert": "r == null"},
  {"print": "${{ now() }}"}, {"sleep": 0}, {"print": "${{ now() }}"}, {"parallel": [{"sleep": 1}, {"sleep": 3},
  {"sleep": 2}]},
  {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout 1.500000 1.750000 1.750000 4.750000

# A sleep of 0 lets the others run.
script '[{"parallel": [{"do": [{"print": "a1"}, {"sleep": 0}, {"print": "a2"}]}, {"do": [{"print": "b1"},
  {"sleep": 0}, {"print": "b2"}]}]}]'
assert_stdout a1 b1 a2 b2

# On the real clock.
write short.json '[{"parallel": [{"sleep": "300ms"}, {"sleep": "200ms"}]}, {"print": "${{ now() }}"}]'
from=$(date +%s%N)
run short.json
took=$((($(date +%s%N) - from) / 1000000))
assert_exit 0
((took >= 300 && took < 10000)) || fail "took $took ms"
now=${stdout/./}
((10#$now >= 300000 && 10#$now < 1500000)) || fail "ended at $stdout"
