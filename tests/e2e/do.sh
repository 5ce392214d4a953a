#!/usr/bin/env bash
# `do` runs jobs in order, awaited one by one, in the current context; its result is the last job's.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"do": [{"print": "a"}, {"sleep": 1}, {"set": {"x": 1}}, {"print": "b"}], "capture": "r"},
  {"print": "${{ r }} ${{ x }} ${{ now() }}"},
  {"do": [], "capture": "r"}, {"assert": "r == null"}, {"do": {"print": "single"}, "capture": "r"},
  {"assert": "r == \"single\""},
  {"do": {"jobs": [{"print": "arguments"}]}}]'
assert_stderr
assert_exit 0
assert_stdout a b 'b 1 1.000000' single arguments

# A failure inside is its failure.
fails '[{"do": [{"print": "a"}, {"do": [{»"fail": "deep"}, {"print": "c"}]}, {"print": "d"}]}, {"print": "e"}]'
assert_stdout a
assert_stderr_contains ': deep' 'in do'
# It is told once.
assert_eq "$(grep -c 'error: ' "$T/io/stderr")" 1 'errors told'

# The result is that of the last job that ran.
script '[{"do": [{"print": "a"}, {"print": "b", "if": "false"}], "capture": "r"}, {"print": "${{ r }}"}]'
assert_stdout a a
