#!/usr/bin/env bash
# `for_each` runs its body for each item, each in a copy of the context, with the item in `as` and loop.index from 1;
# its result is the list of the results.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"for_each": ["a", 1.10, null, {"k": "v"}], "do": {"print": "${{ loop.index }} ${{ item }}"},
  "capture": "r"}, {"print": "${{ r }}"},
  {"for_each": {"in": ["x"], "as": "letter", "do": [{"print": "${{ letter }}"}]}}, {"for_each": [],
  "do": {"fail": "no"}, "capture": "r"},
  {"print": "${{ r }}"}]'
assert_stderr
assert_exit 0
assert_stdout '1 a' '2 1.10' '3 ' '4 {"k":"v"}' '["1 a","2 1.10","3 ","4 {\"k\":\"v\"}"]' x '[]'

# range is Python's.
# range RANGE ITEM...
range() {
    local range=$1
    shift
    script "[{\"for_each\": {\"range\": $range}, \"do\": {\"print\": \"\${{ item }}\"}}, {\"print\": \"end\"}]"
    assert_stderr
    assert_exit 0
    assert_stdout "$@" end
}
range 3 0 1 2
range 0
range '[2, 5]' 2 3 4
range '[5, 2]'
range '[0, 10, 4]' 0 4 8
range '[3, 0, -1]' 3 2 1
range '[-1, 2]' -1 0 1
range '"${{ 2 }}"' 0 1
rejected '[{"for_each": {"range": »[0, 3, 0]}, "do": "timestamp"}]' range
rejected '[{"for_each": {"range": »"x"}, "do": "timestamp"}]' range
rejected '[{"for_each": {"range": »[1]}, "do": "timestamp"}]' range
rejected '[{"for_each": »"text", "do": "timestamp"}]' for_each
rejected '[{»"for_each": {"in": [1], "range": 2}, "do": "timestamp"}]' in range
rejected '[{»"for_each": {"do": "timestamp"}}]' in range
rejected '[{»"for_each": [1]}]' "'do'"

# A computed list; what cannot be one fails the job.
fails '[{"set": {"list": ["p", "q"], "text": "no list"}}, {"for_each": "${{ list }}", "do": {"print": "${{ item }}"}},
  {"for_each": »"${{ text }}", "do": {"print": "${{ item }}"}}]'
assert_stdout p q
assert_stderr_contains list text

# One after the other by default; max_concurrent at a time; 0: no limit. Results stay in the order of the items.
body='"do": [{"print": "${{ item }} ${{ now() }}"}, {"sleep": "${{ item }}"}, {"print": "", "end": "${{ item }}"}]'
script "[{\"for_each\": [2, 1, 3], $body}, {\"print\": \" \${{ now() }}\"}]"
printf '%s\n' '2 0.000000' '21 2.000000' '13 3.000000' '3 6.000000' | assert_stdout -
script "[{\"for_each\": [2, 1, 3], \"max_concurrent\": 2, $body}, {\"print\": \" \${{ now() }}\"}]"
printf '%s\n' '2 0.000000' '1 0.000000' '13 1.000000' '23 4.000000' | assert_stdout -
script "[{\"for_each\": [2, 1, 3], \"max_concurrent\": 0, $body}, {\"print\": \" \${{ now() }}\"}]"
printf '%s\n' '2 0.000000' '1 0.000000' '3 0.000000' '123 3.000000' | assert_stdout -
script '[{"for_each": [3, 1, 2], "max_concurrent": 0, "do": [{"sleep": "${{ item }}"}, {"print": "${{ item }}"}],
  "capture": "r"}, {"print": "${{ r }}"}]'
assert_stdout 1 2 3 '["3","1","2"]'

# What a round sets stays in it, one after the other too.
script '[{"set": {"x": 0}}, {"for_each": [1, 2], "do": [{"print": "${{ x }}"}, {"set": {"x": "${{ item }}"}}]},
  {"print": "${{ x }}"}]'
assert_stdout 0 0 0
# The loop variable hides a variable of that name, inside only.
script '[{"set": {"item": "mine"}}, {"for_each": [1], "do": {"for_each": [2],
  "as": "inner", "do": {"print": "${{ item }} ${{ inner }} ${{ loop.index }}"}}},
  {"print": "${{ item }}"}]'
assert_stdout '1 2 1' mine
rejected '[{"for_each": [1], "do": "timestamp"}, {"print": "${{ »item }}"}]' item
rejected '[{"for_each": [1], "as": »"loop", "do": "timestamp"}]' loop

# The first failure cancels what runs and ends the loop; with fail_fast: false all run first.
script '[{"for_each": [1, 2, 3], "do": [{"print": "${{ item }}"}, {"fail": "at ${{ item }}", "if": "item == 2"}]}]'
assert_exit 1
assert_stdout 1 2
assert_stderr_contains 'at 2'
script '[{"for_each": [1, 2, 3], "do": [{"print": "${{ item }}"}, {"fail": "at ${{ item }}", "if": "item != 2"}],
  "fail_fast": false}]'
assert_exit 1
assert_stdout 1 2 3
assert_stderr_contains 'at 1'
script '[{"for_each": [3, 1, 2], "max_concurrent": 0, "do": [{"sleep": "${{ item }}"}, {"fail": "at ${{ item }}"}]},
  {"print": "${{ now() }}", "if": "always()"}]'
assert_exit 1
assert_stdout 1.000000
assert_stderr_contains 'at 1'
assert_stderr_lacks 'at 2'
script '[{"for_each": [3, 1, 2], "max_concurrent": 0, "fail_fast": false, "do": [{"sleep": "${{ item }}"},
  {"fail": "at ${{ item }}"}]}, {"print": "${{ now() }}", "if": "always()"}]'
assert_exit 1
assert_stdout 3.000000
assert_stderr_contains 'at 1' 'at 2' 'at 3'

# A loop of a thousand million rounds that never waits can be cut.
run - <<<'[{"for_each": {"range": 1000000000}, "do": {"set": {"x": 1}},
  "timeout": "50ms", "continue_on_error": true}, {"print": "out"}]'
assert_exit 0
assert_stdout out

# More rounds than anybody could run: they are started bit by bit, and a timeout ends them.
for body in '{"sleep": 100}' '[{"sleep": 100}]' '{"do": []}' '{"print": "x"}'; do
    for limit in 0 1 2; do
        run -q - <<<'[{"for_each": {"range": 9000000000000000}, "max_concurrent": '$limit', "do": '$body', "timeout": "50ms"}]'
        assert_exit 124
    done
    run -q - <<<'[{"for_each": {"range": 9000000000000000}, "do": '$body', "capture": "r", "timeout": "50ms", "continue_on_error": true},
      {"print": "${{ default(r, 1) }}"}]'
    assert_exit 0
done
