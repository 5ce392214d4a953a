#!/usr/bin/env bash
# `set` sets variables in the current context, in order, each entry seeing the earlier ones.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"set": {"a": 1, "b": "${{ a }}x", "c": ["${{ b }}", {"k": "${{ a }}"}],
  "name": "n", "if": true, "a-b_C9": null}},
  {"print": "${{ a }} ${{ b }} ${{ c }} ${{ name }} ${{ if }} ${{ a-b_C9 }}|"}, {"set": {"a": "${{ b }}"},
  "capture": "r"}, {"print": "${{ a }}"},
  {"assert": "r == null"}, {"set": {}}]'
assert_stderr
assert_exit 0
assert_stdout '1 1x ["1x",{"k":1}] n true |' 1x
# Alone in a string a value keeps its type, and it is a copy.
script '[{"set": {"l": [1, 2], "m": "${{ l }}", "n": "${{ l[1] }}", "t": "${{ l[0] }} "}}, {"set": {"l": [3]}},
  {"assert": ["m == fromJSON(\"[1, 2]\")", "n == 2", "t == \"1 \"", "l[0] == 3"]}]'
assert_stderr
assert_exit 0

for name in now all env jobs loop true false null success default toJSON; do
    rejected "[{\"set\": {»\"$name\": 1}}]" "$name"
done
for name in 1a -a 'a b' a.b '' ä; do
    rejected "[{\"set\": {»\"$name\": 1}}]"
done
rejected '[{"set": »[1]}]' set
rejected '[{"set": »"x"}]' set
# Each entry sees the earlier ones, not the later: at run time.
fails '[{"set": {"a": "${{ »b }}", "b": 1}}]' "'b' is not set"
