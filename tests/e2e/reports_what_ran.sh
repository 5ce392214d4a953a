#!/usr/bin/env bash
# Reports know what ran: each round of a named job, which of them failed, what was not reached, what only waited.
. "${BASH_SOURCE%/*}/lib.sh"

# titles: OUTCOME TITLE of each case of report.json, in its order.
titles() { jq -r '.scripts[].jobs[] | recurse(.jobs[]) | select(.jobs == []) | "\(.outcome) \(.title)"' report.json; }

# A matrix: the name has the items.
write matrix.yaml <<'END'
- for_each: {in: [linux, mac], as: os, fail_fast: false}
  do:
  - for_each: {in: ["3.10", "3.11"], as: py, fail_fast: false}
    do:
    - {name: "test ${{ os }} ${{ py }}", assert: "os != 'mac' || py != '3.11'"}
END
run --virtual matrix.yaml --report junit --report json=report.json --report github=text --report tap=tap
assert_exit 1
assert_eq "$(titles)" "success test linux 3.10
success test linux 3.11
success test mac 3.10
failure test mac 3.11" cases
assert_stderr_contains "assert 'test mac 3.11': "
assert_stdout_contains 'tests="4" failures="1"' 'name="test mac 3.11"'
grep -q '::test mac 3.11: ' text || fail 'the annotation does not have the name'
grep -q 'not ok 4 - .*test mac 3.11' tap || fail 'TAP does not have the name'
jq -e '.scripts[0].jobs[0].error.message | startswith("assert '"'test mac 3.11'"': ")' report.json >/dev/null ||
    fail 'the message of the group does not have the name'

# A name without the items gets them, and so does a job without a name; of several rounds each is told.
write items.yaml <<'END'
- for_each: {in: [one, {a: 1}, 3], fail_fast: false}
  do: {name: step 3, assert: "item == 'x'"}
  continue_on_error: true
- for_each: {in: [5, 6, 7], fail_fast: false}
  do: {assert: "item == 6"}
- repeat: 2
  if: always()
  do: {name: again, print: x}
END
run --virtual items.yaml --report junit=a.xml --report json=report.json --report tap=tap --report github=text
assert_exit 1
assert_eq "$(titles)" 'failure step 3 (one)
failure step 3 ({"a":1})
failure step 3
failure for_each {in: [5, 6, 7], fail_fast: false}
success again (round 1)
success again (round 2)' cases
both="message=\"assert item == 6 (5): assertion failed: item == 6; also failed: assert item == 6 (7)\""
grep -qF "$both" a.xml || fail "a.xml lacks <$both>"
grep -qF "assert item == 6 (5): " tap || fail 'TAP does not have the item'
grep -qF "assert item == 6 (7)" text || fail 'the annotation does not have the item'
assert_stderr_contains 'assert (5): assertion failed' 'assert (7): assertion failed' "assert 'step 3' ({\"a\":1})"

# A loop of more rounds than a matrix may have is one case, and so is one without an end.
run --virtual --report json=report.json - <<<'[{"repeat": 257, "do": {"name": "x", "do": []}}, {"for_each": {"range": 256, "do":
  {"name": "y", "do": []}}}, {"repeat": null, "until": "loop.index == 3", "do": {"name": "z", "do": []}}]'
assert_exit 0
assert_eq "$(jq .totals.jobs report.json)" 258 cases

# What a timeout did not reach, in each round that it cut; what ran then.
write cut.yaml <<'END'
- name: cut
  timeout: 3
  parallel:
  - for_each: [a, b]
    do:
    - {name: first, sleep: 2}
    - {name: second, print: x}
  - do:
    - {name: long, sleep: 9}
    - do:
      - {name: never, print: y}
END
run --virtual cut.yaml --report json=report.json
assert_exit 124
assert_eq "$(titles)" 'cancelled long
success first (a)
success second (a)
cancelled first (b)
skipped second (b)
skipped never' cases
jq -e '.scripts[0].jobs[0] | .error.message == "timed out after 3s"' report.json >/dev/null || fail 'the group has not timed out'
(echo 'timeout: 3'; echo 'jobs:'; sed '/^  timeout/d' cut.yaml) >script.yaml
run --virtual script.yaml --report json=report.json --report junit=a.xml
assert_exit 124
assert_stderr_contains 'the script timed out after 3s' "still running: sleep 'first' (b) (script.yaml:7:21)" \
    "still running: sleep 'long' (script.yaml:10:20)"
assert_eq "$(jq -c '.scripts[0].error.running' report.json)" \
    "[\"sleep 'long' (script.yaml:10:20)\",\"sleep 'first' (b) (script.yaml:7:21)\"]" 'what was running'
assert_eq "$(titles | grep -c skipped)" 2 'cases that were not reached'

# One failure is told once, however many wait for it.
write wait.yaml <<'END'
- {id: b, name: server, background: true, do: [{sleep: 1}, {fail: "no port"}]}
- parallel: [{wait: b}, {wait: b}, {wait: b}]
END
for options in '' -k; do
    # shellcheck disable=SC2086  # none or one
    run --virtual $options wait.yaml --report json=report.json --events events
    assert_exit 1
    assert_eq "$(grep -c 'error: .*no port' <<<"$stderr")" 1 'times that it is told'
    assert_stderr_contains 'arun: 1 failed, in '
    assert_eq "$(grep -c '"event":"failed"' events)" 1 'events'
    assert_eq "$(jq -c '.totals | [.failure, .cancelled]' report.json)" '[1,1]' totals
    assert_eq "$(jq -r '.scripts[0].jobs[1].reason' report.json)" "it waited for fail no port, which failed" reason
done
# Its wait may allow it; a failure of its own next to it is told.
run --virtual --report json=report.json - <<<'[{"id": "b", "background": true, "do": [{"sleep": 1}, {"fail": "no port"}]},
  {"wait": "b", "continue_on_error": true}]'
assert_exit 0
assert_eq "$(jq -c '.totals | [.failure, .allowed]' report.json)" '[0,1]' totals
run --virtual - <<<'[{"id": "b", "background": true, "do": [{"sleep": 1}, {"fail": "no port"}]},
  {"parallel": [{"wait": "b"}, {"do": [{"sleep": 1}, {"fail": "own"}]}], "fail_fast": false}]'
assert_stderr_contains 'fail: own' 'no port'

# A server that the script stopped has passed, with what is inside it; one that a signal or a timeout stopped has not.
write server.yaml <<'END'
jobs:
- {id: server, name: server, background: true, do: {name: part, sleep: 60}}
- sleep: 0.1
finally: {cancel: server}
END
run --virtual server.yaml --report json=report.json --report junit=a.xml
assert_exit 0
assert_eq "$(titles)" 'success part
success sleep 0.1
success cancel server' cases
grep -q 'skipped="0"' a.xml || fail 'a case is skipped'
sed '/finally/d' server.yaml >close.yaml
run --virtual close.yaml --report json=report.json
assert_eq "$(titles | head -1)" 'success part' 'a server at the end'
sed 's/^jobs/timeout: 0.05\njobs/; s/cancel: server/print: x/' server.yaml >late.yaml
run --virtual late.yaml --report json=report.json
assert_exit 124
run --virtual --report json=report.json - <<<'[{"id": "s", "background": true, "name": "s", "sleep": 9, "timeout": 1}, {"sleep": 2}]'
assert_exit 124

# Events have the item; other writers may append to the file.
run --virtual --events log - <<<'[{"for_each": {"in": ["a", {"b": [1]}], "do": {"repeat": 1, "do": {"print": "x"}}}}]'
assert_eq "$(jq -c 'select(.event == "job_started" and .kind == "print") | [.item, .round]' log)" '["a",1]
[{"b":[1]},1]' items
run - --events log <<<'[{"run": "echo from the child >>log"}, {"print": "x"}]'
assert_exit 0
assert_eq "$(grep -c '^from the child' log)" 1 'lines of the child'
grep -v '^from the child' log | jq -e . >/dev/null || fail 'the events are damaged'
run - --events log --var secret=hush <<<'{"secrets": ["secret"], "jobs": [{"for_each": {"in": ["a hush", {"b": "hush"}], "do": {"name": "n", "print": "x"}}}]}'
assert_exit 0
! grep -q hush log || fail 'a secret is in the events'
