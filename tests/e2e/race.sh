#!/usr/bin/env bash
# `race` keeps the first of its jobs and cancels the others; its result is {index, result} of the winner; with
# `first: success` it fails when all have failed; skipped jobs do not compete.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"race": [{"do": [{"sleep": 3}, {"print": "slow"}]}, {"do": [{"sleep": 1}, {"print": "fast"}]},
  {"do": [{"sleep": 2}], "finally": {"print": "cut at ${{ now() }}"}}], "capture": "r"},
  {"print": "${{ r.index }} ${{ r.result }} ${{ r }} ${{ now() }}"}]'
assert_stderr
assert_exit 0
assert_stdout fast 'cut at 1.000000' '1 fast {"index":1,"result":"fast"} 1.000000'

# finished: the first to end decides, as failed too.
for first in '' ', "first": "finished"'; do
    script "[{\"race\": [{\"sleep\": 2}, {\"do\": [{\"sleep\": 1}, {\"fail\": \"lost\"}]}]$first},
  {\"print\": \"\${{ now() }}\", \"if\": \"always()\"}]"
    assert_exit 1
    assert_stdout 1.000000
    assert_stderr_contains ': lost'
done
# success: failures do not win; what fails later is cut.
script '[{"race": [{"fail": "at once"}, {"do": [{"sleep": 2}, {"print": "won"}]}, {"do": [{"sleep": 3},
  {"fail": "late"}]}], "first": "success", "capture": "r"},
  {"print": "${{ r.index }} ${{ r.result }} ${{ now() }}"}]'
assert_exit 0
assert_stdout won '1 won 2.000000'
assert_stderr_lacks late
script '[{"race": [{"do": [{"sleep": 2}, {"fail": "two"}]}, {"do": [{"sleep": 1}, {"fail": "one"}]}],
  "first": "success"},
  {"print": "${{ now() }}", "if": "always()"}]'
assert_exit 1
assert_stdout 2.000000
assert_stderr_contains one two

# The canceller waits until the cancelled have ended.
script '[{"race": [{"sleep": 1}, {"sleep": 9, "finally": [{"sleep": 2}, {"print": "cleaned"}]}]},
  {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout cleaned 3.000000
# A failure in a loser's finally is told and is not the race's.
script '[{"race": [{"sleep": 1}, {"sleep": 9, "finally": {"fail": "cleanup"}}]}, {"print": "on"}]'
assert_exit 0
assert_stdout on
assert_stderr_contains cleanup

# Skipped jobs do not compete.
script '[{"race": [{"print": "skipped", "if": "false"}, {"do": [{"sleep": 1}, {"print": "ran"}]}], "capture": "r"},
  {"print": "${{ r.index }} ${{ now() }}"}]'
assert_exit 0
assert_stdout ran '1 1.000000'
# What a runner sets stays in it.
script '[{"set": {"x": 0}}, {"race": [{"set": {"x": 1}}]}, {"print": "${{ x }}"}]'
assert_stdout 0

rejected '[{»"race": []}]' race
rejected '[{"race": [{»"sleep": 1, "background": true}]}]' background race
rejected '[{"race": [{"sleep": 1}], "first": »"third"}]' finished success third

# Of jobs that end at one instant, the first in the script wins, however many turns of the loop its end takes.
script '[{"race": [{"sleep": 1, "finally": {"do": [{"do": {"print": "f"}}]}}, {"sleep": 1}], "capture": "r"},
  {"print": "${{ r.index }}"}]'
assert_exit 0
assert_stdout f 0
script '[{"race": [{"sleep": 9, "timeout": 1}, {"repeat": 40, "do": {"set": {"x": 1}}}], "capture": "r"},
  {"race": [{"repeat": 40, "do": {"set": {"x": 1}}}, {"fail": "too soon"}]}, {"print": "${{ r }}"}]'
assert_exit 0
assert_stdout '{"index":1,"result":40}'
script '[{"race": [{"do": [{"sleep": 1}, {"parallel": [{"sleep": 0}, {"do": [{"sleep": 0}]}]}]}, {"sleep": 9, "timeout": 1}]}]'
assert_exit 0
# One that never waits does not hold the others up.
script '[{"race": [{"repeat": {"do": {"set": {"x": 1}}}}, {"print": "won"}]}]'
assert_exit 0
assert_stdout won

# A race inside of a race, decided at the same instant: the inner one has to be over before the outer one decides.
script '[{"race": [{"race": [{"sleep": 1, "finally": {"repeat": 5, "do": {"do": {"set": {"x": 1}}}}}, {"sleep": 1}],
  "finally": {"repeat": 5, "do": {"parallel": [{"set": {"x": 1}}]}}}, {"sleep": 1}], "capture": "r"},
  {"print": "${{ r }}"}]'
assert_exit 0
assert_stdout '{"index":0,"result":{"index":0,"result":null}}'
# Nobody competes: there is nothing to lose.
script '[{"race": [{"sleep": 1, "if": "false"}, {"sleep": 2, "if": "false"}], "capture": "r"}, {"print": "[${{ r }}] ${{ now() }}"}]'
assert_exit 0
assert_stdout '[] 0.000000'

# A clean-up belongs to its job: one that failed first has not ended first.
script '[{"race": [{"do": [{"fail": "x"}], "finally": [{"sleep": 5}]}, {"do": [{"sleep": 3}, {"print": "second"}]}]}, {"print": "done"}]'
assert_exit 0
assert_stdout second 'done'
