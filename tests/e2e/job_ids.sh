#!/usr/bin/env bash
# jobs.ID is the run that belongs to where it is read: this round's or task's own, or else that of the tasks around, or
# else the one that was started last.
. "${BASH_SOURCE%/*}/lib.sh"

# Rounds that run at the same time, and end in another order than they began.
script '[{"for_each": {"in": [1, 2, 3], "max_concurrent": 3}, "do": [
  {"do": [{"sleep": "${{ 4 }}", "if": "item == 1"}, {"sleep": 2, "if": "item == 2"}, {"print": "${{ item }}", "to": "stderr"}],
   "id": "w"}, {"print": "${{ item }} -> ${{ jobs.w.result }}"}]}, {"print": "after: ${{ jobs.w.outcome }}"}]'
assert_exit 0
assert_stdout '3 -> 3' '2 -> 2' '1 -> 1' 'after: success'

# A round cannot hide another's failure.
script '[{"for_each": {"in": [true, false, true], "max_concurrent": 0, "fail_fast": false}, "do": [
  {"assert": "item", "id": "check", "continue_on_error": true}, {"sleep": 1},
  {"fail": "round ${{ loop.index }}", "if": "jobs.check.outcome == '"'failure'"'"}]}]'
assert_exit 1
assert_stderr_contains 'round 2'
assert_stderr_lacks 'round 1' 'round 3'

# Children of a group see their own runs, then those around them; a nested group too.
script '[{"id": "a", "do": {"print": "first"}}, {"parallel": [
  {"do": [{"print": "${{ jobs.a.result }}"}, {"sleep": 2}, {"print": "${{ jobs.b.result }}"}]},
  {"do": [{"sleep": 1}, {"id": "b", "do": {"print": "second"}}, {"race": [{"print": "${{ jobs.b.result }} ${{ jobs.a.outcome }}"}]}]}]}]'
assert_exit 0
assert_stdout first first second 'second success' second

# A background job sees its own runs and those around it, as they are when it reads them.
script '[{"repeat": 2, "do": [{"set": {"i": "${{ loop.index }}"}}, {"background": true, "id": "bg", "do": [
  {"id": "inner", "set": {"x": 1}, "if": "i == 1"}, {"sleep": 1}, {"print": "${{ i }} ${{ jobs.inner.outcome }}"}]}]},
  {"wait": "all"}]'
assert_exit 0
assert_stdout '1 success' '2 skipped'

# What a round runs in tasks of its own is of that round: in a group, a loop or the background.
for inside in '{"parallel": [CHECK]}' '{"race": [CHECK]}' '{"for_each": {"in": [1], "as": "n"}, "do": [CHECK]}' '{"background": true, "do": [CHECK]}'; do
    script '[{"for_each": {"in": [1, 2, 3], "max_concurrent": 0, "fail_fast": false}, "do": [
      '"${inside/CHECK/'{"assert": "item != 2", "id": "check", "continue_on_error": true}'}"', {"sleep": 1},
      {"fail": "round ${{ item }}", "if": "jobs.check.outcome == '"'failure'"'"}]}]'
    assert_exit 1
    assert_stderr_contains 'round 2'
    assert_stderr_lacks 'round 1' 'round 3'
done
