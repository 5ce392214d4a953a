#!/usr/bin/env bash
# `parallel` runs its jobs at the same time; its result is the list of theirs in script order; the first failure cancels
# the others, waits for them and fails the group, unless fail_fast is false.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"parallel": [{"do": [{"sleep": 3}, {"print": "three"}]}, {"do": [{"sleep": 1}, {"print": "one"}]},
  {"print": "zero"}, {"sleep": 2}],
  "capture": "r"}, {"print": "${{ r }} at ${{ now() }}"}, {"parallel": [], "capture": "r"}, {"print": "${{ r }}"}]'
assert_stderr
assert_exit 0
assert_stdout zero one three '["three","one","zero",null] at 3.000000' '[]'

# What a child sets stays in it; each starts with a copy of the context.
script '[{"set": {"x": 0, "y": "outer"}}, {"parallel": [{"do": [{"set": {"x": 1}}, {"sleep": 1},
  {"print": "${{ x }} ${{ y }}"}]},
  {"do": [{"print": "${{ x }}"}, {"set": {"x": 2}}, {"sleep": 2}, {"print": "${{ x }}"}]}]}, {"print": "${{ x }}"}]'
assert_stdout 0 '1 outer' 2 0

# The first failure cancels the others, whose finally runs, and the group ends when they have.
fails '[{"parallel": [{"do": [{"sleep": 1}, {»"fail": "first"}]},
  {"do": [{"sleep": 9}, {"print": "not reached"}], "finally": [{"print": "cut at ${{ now() }}"}, {"sleep": 2},
  {"print": "cleaned"}]}]},
  {"print": "not reached"}, {"print": "after ${{ now() }}", "if": "failure()"}]'
assert_stdout 'cut at 1.000000' cleaned 'after 3.000000'
assert_stderr_contains ': first'
# All let end, then failed.
script '[{"parallel": [{"do": [{"sleep": 1}, {"fail": "one"}]}, {"do": [{"sleep": 2}, {"print": "two"}]},
  {"do": [{"sleep": 3}, {"fail": "three"}]}],
  "fail_fast": false}, {"print": "${{ now() }}", "if": "always()"}]'
assert_exit 1
assert_stdout two 3.000000
assert_stderr_contains ': one' ': three'

# max_concurrent: in script order, at most so many at a time; 0 is all.
script '[{"parallel": [{"do": [{"print": "a ${{ now() }}"}, {"sleep": 2}]}, {"do": [{"print": "b ${{ now() }}"},
  {"sleep": 1}]},
  {"do": [{"print": "c ${{ now() }}"}, {"sleep": 3}]}, {"print": "d ${{ now() }}"}], "max_concurrent": 2},
  {"print": "${{ now() }}"},
  {"parallel": [{"sleep": 1}, {"sleep": 1}], "max_concurrent": 0}, {"print": "${{ now() }}"}]'
assert_stdout 'a 0.000000' 'b 0.000000' 'c 1.000000' 'd 2.000000' 4.000000 5.000000
# What waits for its turn does not start after a failure.
script '[{"parallel": [{"fail": "no"}, {"print": "not reached"}], "max_concurrent": 1}]'
assert_exit 1
assert_stdout

# A skipped child is no failure; one that was allowed neither.
script '[{"parallel": [{"fail": "skipped", "if": "false"}, {"fail": "allowed", "continue_on_error": true},
  {"print": "well"}], "capture": "r"},
  {"print": "${{ r }}"}]'
assert_exit 0
assert_stdout well '[null,null,"well"]'

rejected '[{"parallel": [{»"sleep": 1, "background": true}]}]' background parallel
