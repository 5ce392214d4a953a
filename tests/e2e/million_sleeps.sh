#!/usr/bin/env bash
# A million concurrent sleeps end, each not too early.
. "${BASH_SOURCE%/*}/lib.sh"

[ -z "${ARUN_SANITIZED:-}" ] || skip 'a sanitizer has no room for a million tasks'
write some.json '[{"for_each": {"range": 100000}, "max_concurrent": 0, "do": {"sleep": 1}}]'
from=$(milliseconds)
run --virtual some.json
assert_exit 0
limit=$((50 * ($(milliseconds) - from) + 1000))
write million.json '[{"for_each": {"range": 1000000}, "max_concurrent": 0, "do": {"sleep": 1}},
  {"print": "${{ now() }}"}]'
from=$(milliseconds)
run --virtual million.json
assert_exit 0
assert_stdout 1.000000
(($(milliseconds) - from < limit)) || fail "ten times as many took $(($(milliseconds) - from)) ms"
# On the real clock, with surroundings of their own.
write real.json '[{"for_each": {"range": 100000}, "max_concurrent": 0, "do": [{"sleep": "500ms"},
  {"assert": "now() >= 0.5"}]}, {"print": "end"}]'
from=$(milliseconds)
run real.json
took=$(($(milliseconds) - from))
assert_exit 0
assert_stdout end
((took >= 500 && took < limit)) || fail "took $took ms"
# A million, and each can be cut.
write cut.json '[{"for_each": {"range": 1000000}, "max_concurrent": 0, "do": {"sleep": 9},
  "timeout": 1, "continue_on_error": true}, {"print": "${{ now() }}"}]'
run --virtual cut.json
assert_exit 0
assert_stdout 1.000000
