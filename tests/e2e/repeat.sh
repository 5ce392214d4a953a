#!/usr/bin/env bash
# `repeat` runs its body count times, with `delay` between the rounds, in the job's context; its result is the number of
# rounds; `until` ends it with success, a failing body as failed.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"repeat": 3, "do": {"print": "${{ loop.index }}"}, "capture": "n"},
  {"print": "${{ n }} rounds at ${{ now() }}"}]'
assert_exit 0
assert_stdout 1 2 3 '3 rounds at 0.000000'

# The delay is between the rounds, not after the last, and comes on top of the body's time.
script '[{"repeat": {"count": 3, "delay": 1, "do": [{"print": "${{ now() }}"}, {"sleep": 0.5}]}},
  {"print": "${{ now() }}"}]'
assert_stdout 0.000000 1.500000 3.000000 3.500000

# until: after each body; true ends at once, without the delay.
script '[{"repeat": 5, "delay": 1, "until": "x == 2", "do": {"set": {"x": "${{ loop.index }}"}}, "capture": "n"},
  {"print": "${{ n }} ${{ now() }}"}]'
assert_exit 0
assert_stdout '2 1.000000'
script '[{"repeat": null, "until": "x == 4", "do": {"set": {"x": "${{ loop.index }}"}}, "capture": "n"},
  {"print": "${{ n }}"}]'
assert_exit 0
assert_stdout 4
script '[{"repeat": 2, "until": "false", "do": {"print": "${{ loop.index }}"}}, {"print": "not reached"}]'
assert_exit 1
assert_stdout 1 2
assert_stderr_contains '<stdin>:1:3: error: ' 'until never became true'

script '[{"repeat": 3, "do": [{"print": "${{ loop.index }}"}, {"fail": "enough", "if": "loop.index == 2"}]}]'
assert_exit 1
assert_stdout 1 2
assert_stderr_contains enough

script '[{"repeat": 0, "do": {"print": "x"}, "capture": "n"}, {"print": "${{ n }}"}]'
assert_exit 0
assert_stdout 0

# Every round yields to the loop once: a timeout and the others get in, even where no body waits.
script '[{"parallel": [{"repeat": 3, "do": {"print": "a"}}, {"repeat": 3, "do": {"print": "b"}}]}]'
assert_stdout a b a b a b
for body in '[]' '{"set": {"x": 1}}'; do
    run - <<<"[{\"repeat\": null, \"do\": $body, \"timeout\": \"50ms\", \"continue_on_error\": true},
  {\"print\": \"out\"}]"
    assert_exit 0
    assert_stdout out
done
write forever.json '[{"print": "begun"}, {"repeat": null, "do": {"set": {"x": "${{ loop.index }}"}}}]'
start forever.json
until_stdout begun
kill -INT "$pid"
finish
assert_exit 130

rejected '[{"sleep": "${{ »loop.index }}"}]' loop.index
rejected '[{"repeat": 1, "until": »"${{ 1 }} == 1", "do": "timestamp"}]' '${{ }}'
