#!/usr/bin/env bash
# A failure that does no harm is no failure in reports either: allowed by a group around it, by a `wait`, by a race.
. "${BASH_SOURCE%/*}/lib.sh"

write x.yaml <<'END'
- name: outer
  continue_on_error: true
  do: [{name: inner, fail: no}]
- race: [{name: loser, fail: no}, {name: winner, sleep: 10ms}]
  first: success
- {id: b, name: background, background: true, fail: no}
- {wait: b, continue_on_error: true}
- do:
  - continue_on_error: true
    parallel: [{name: one, fail: no}, {name: two, fail: no}]
    fail_fast: false
END
run --virtual --report tap --report github=notes --report json=report.json x.yaml
assert_exit 0
while read -r line; do
    [[ $line != 'not ok'* || $line == *'# TODO'* ]] || fail "harmful: $line"
done <"$T/io/stdout"
! grep -q '^::error' notes || fail "an error: $(cat notes)"
python3 - <<'END' || fail 'the report counts failures'
import json
totals = json.load(open("report.json"))["totals"]
assert totals["failure"] == 0, totals
END

# One failure is listed once, whoever waits for it.
run --virtual - <<<'[{"id": "a", "name": "job a", "background": true, "fail": "x"}, {"wait": "a"}, {"print": "y", "if": "always()"}]'
assert_exit 1
assert_eq "$(grep -c 'failed: ' "$T/io/stderr")" 0
