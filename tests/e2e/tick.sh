#!/usr/bin/env bash
# `tick` starts its body on the grid start + k*every, without drift however long it runs, and ends at
# start + count*every, or exactly at `for`; its result is the number of bodies run.
. "${BASH_SOURCE%/*}/lib.sh"

# Ten ticks of 1 s take 10 s, and the next job starts on the grid; a body that takes its time moves nothing.
script '[{"sleep": 0.5}, {"tick": 1, "count": 10, "do": [{"print": "${{ now() }}"}, {"sleep": 0.7}], "capture": "n"},
  {"print": "${{ n }} ${{ now() }}"}]'
assert_exit 0
assert_stdout 0.500000 1.500000 2.500000 3.500000 4.500000 5.500000 6.500000 7.500000 8.500000 9.500000 '10 10.500000'

# `for` ends exactly there, on the grid or off it.
script '[{"tick": 1, "for": 2.5, "do": {"print": "${{ now() }}"}, "capture": "n"}, {"print": "${{ n }} ${{ now() }}"},
  {"tick": 1, "for": 2, "do": {"print": "${{ now() }}"}, "capture": "n"}, {"print": "${{ n }} ${{ now() }}"}]'
assert_stdout 0.000000 1.000000 2.000000 '3 2.500000' 2.500000 3.500000 '2 4.500000'

# Neither: until cancelled.
script '[{"tick": 1, "do": {"print": "${{ loop.index }}"}, "timeout": 2.5, "continue_on_error": true},
  {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout 1 2 3 2.500000
rejected '[{»"tick": 1, "count": 1, "for": 1, "do": "timestamp"}]' count for

# `until` is evaluated after each body; true ends at once with success.
script '[{"set": {"x": 0}}, {"tick": 1, "count": 5, "until": "x == 2", "do": {"set": {"x": "${{ loop.index }}"}},
  "capture": "n"},
  {"print": "${{ n }} ${{ now() }}"}]'
assert_exit 0
assert_stdout '2 1.000000'
# If count or for runs out first, the job fails, at the end of the grid.
for limit in '"count": 2' '"for": 2'; do
    script "[{\"tick\": 1, $limit, \"until\": \"false\", \"do\": {\"print\": \"\${{ loop.index }}\"}},
      {\"print\": \"\${{ now() }}\", \"if\": \"always()\"}]"
    assert_exit 1
    assert_stdout 1 2 2.000000
    assert_stderr_contains '<stdin>:1:3: error: ' 'until never became true'
done

# A failing body ends it as failed; each round runs in the job's context.
script '[{"tick": 1, "count": 5, "do": [{"set": {"x": "${{ loop.index }}"}},
  {"fail": "stop", "if": "loop.index == 2"}]},
  {"print": "${{ x }} ${{ now() }}", "if": "always()"}]'
assert_exit 1
assert_stdout '2 1.000000'

# No slots, no body, no jobs.
script '[{"tick": 1, "count": 0, "do": {"print": "x"}, "capture": "n"}, {"print": "${{ n }} ${{ now() }}"},
  {"tick": 1, "count": 2}, {"print": "${{ now() }}"}, {"tick": 1, "count": 2, "do": []}, {"print": "${{ now() }}"}]'
assert_stderr
assert_exit 0
assert_stdout '0 0.000000' 2.000000 4.000000

# One inside another; loop.index is the inner one's.
script '[{"tick": 1, "count": 2, "do": [{"print": "o${{ loop.index }}"},
  {"tick": "200ms", "count": 2, "do": {"print": "i${{ loop.index }} ${{ now() }}"}},
  {"print": "o${{ loop.index }}"}]}]'
assert_stdout o1 'i1 0.000000' 'i2 0.200000' o1 o2 'i1 1.000000' 'i2 1.200000' o2

# Several at once keep their own grids.
script '[{"parallel": [{"tick": 2, "count": 3, "do": {"print": "a${{ now() }}"}}, {"do": [{"sleep": 1},
  {"tick": 2, "count": 2, "do": {"print": "b${{ now() }}"}}]}]},
  {"print": "${{ now() }}"}]'
assert_stdout a0.000000 b1.000000 a2.000000 b3.000000 a4.000000 6.000000

# Odd lengths do not add up to a drift.
script '[{"tick": "333333us", "count": 300000}, {"print": "${{ now() }}"}]'
assert_stdout 99999.900000
