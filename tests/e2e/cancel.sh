#!/usr/bin/env bash
# `cancel` cancels background jobs and waits until they have ended; a job that was cancelled has not failed; for one
# that has not started or has ended it does nothing.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"tick": 1, "do": {"print": "t"}, "id": "clock", "background": true, "finally": [{"sleep": 2},
  {"print": "cleaned"}]},
  {"sleep": 1.5}, {"cancel": "clock", "capture": "r"}, {"print": "${{ jobs.clock.outcome }} ${{ now() }}"},
  {"assert": "r == null"}, {"cancel": "clock"},
  {"print": "${{ now() }}"}]'
assert_stderr
assert_exit 0
assert_stdout t t cleaned 'cancelled 3.500000' 3.500000

script '[{"cancel": "later"}, {"print": "x", "id": "later", "background": true}, {"wait": "later"},
  {"cancel": "later"}, {"print": "${{ jobs.later.outcome }}"}]'
assert_exit 0
assert_stdout x success

# Several, and all: not the caller's own.
for what in '["a", "b"]' '"all"' '{"job": ["b", "a"]}'; do
    script "[{\"sleep\": 9, \"id\": \"a\", \"background\": true},
  {\"sleep\": 9, \"id\": \"b\", \"background\": true, \"finally\": {\"sleep\": 1}},
      {\"sleep\": 1}, {\"cancel\": $what},
      {\"print\": \"\${{ jobs.a.outcome }} \${{ jobs.b.outcome }} \${{ now() }}\"}]"
    assert_exit 0
    assert_stdout 'cancelled cancelled 2.000000'
done
script '[{"do": [{"sleep": 1}, {"cancel": "all"}, {"print": "still here"}], "id": "me", "background": true},
  {"sleep": 9, "id": "other", "background": true},
  {"wait": "all"}, {"print": "${{ jobs.other.outcome }} ${{ now() }}"}]'
assert_exit 0
assert_stdout 'still here' 'cancelled 1.000000'

# All runs of one id.
script '[{"repeat": 3, "do": {"sleep": 9, "id": "b", "background": true,
  "finally": {"print": "cut ${{ loop.index }}"}}}, {"sleep": 1}, {"cancel": "b"}, {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout 'cut 1' 'cut 2' 'cut 3' 1.000000

# It has not failed, whatever its finally does: neither retry nor continue_on_error takes that for the job's own.
script '[{"sleep": 9, "id": "b", "background": true, "retry": 3, "continue_on_error": true,
  "finally": {"fail": "cleanup"}}, {"sleep": 1}, {"cancel": "b"},
  {"print": "${{ jobs.b.outcome }} ${{ now() }}"}]'
assert_exit 0
assert_stdout 'cancelled 1.000000'
assert_stderr_contains cleanup
# Its children are told too, the innermost first.
script '[{"parallel": [{"sleep": 9, "finally": {"print": "inner 1"}},
  {"do": [{"sleep": 9, "finally": {"print": "inner 2"}}], "finally": {"print": "middle"}}],
  "id": "b", "background": true, "finally": {"print": "outer"}}, {"sleep": 1}, {"cancel": "b"}, {"print": "gone"}]'
assert_exit 0
assert_stdout 'inner 1' 'inner 2' middle outer gone
# cancel is no kind for what is no background job.
rejected '[{"cancel": »"nothing"}]' nothing
