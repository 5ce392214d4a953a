#!/usr/bin/env bash
# What stderr shows: -q only failures, -v when each job starts and ends; stdout carries job output and nothing else.
. "${BASH_SOURCE%/*}/lib.sh"

text='[{"print": "out", "name": "the print"}, {"fail": "allowed", "continue_on_error": true},
  {"fail": "tried", "retry": 1, "continue_on_error": true}, {"sleep": 1, "if": "false"},
  {"sleep": 9, "id": "b", "background": true}, {"sleep": 1}, {"fail": "the end"}]'
script "$text"
assert_exit 1
assert_stdout out
assert_stderr_contains allowed tried "'b'" ': the end'
script "$text" -q
assert_exit 1
assert_stdout out
assert_stderr_contains ': the end'
assert_stderr_lacks allowed tried "'b'"
for option in -v --verbose; do
    script "$text" $option
    assert_exit 1
    assert_stdout out
    assert_stderr_contains 'the print' ': the end' allowed
    for what in start ok FAIL skip; do assert_stderr_contains $what; done
done
# A good run says nothing, but with -v.
script '[{"print": "x"}, {"sleep": 1}]'
assert_stderr
script '[{"print": "x"}, {"sleep": 1}]' -v
assert_stderr_contains 'sleep 1' 1s
assert_stdout x
# -v changes nothing in what happens.
text='[{"for_each": {"range": 3}, "max_concurrent": 0, "do": {"print": "${{ item }}"}, "capture": "r"},
  {"print": "${{ r }}"}, {"tick": 1, "count": 2, "do": {"print": "t"}}]'
script "$text"
plain=$stdout
script "$text" -v
assert_eq "$stdout" "$plain" 'stdout with -v'
