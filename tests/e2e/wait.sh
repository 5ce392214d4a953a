#!/usr/bin/env bash
# `wait` joins background jobs: its result is theirs, their failure is its own and can be allowed there; cancelling it
# leaves its jobs running; waiting for oneself is an error.
. "${BASH_SOURCE%/*}/lib.sh"

two='{"do": [{"sleep": 2}, {"print": "two"}], "id": "two", "background": true}, {"do": [{"sleep": 1},
  {"print": "one"}], "id": "one", "background": true}'
script "[$two, {\"wait\": \"two\", \"capture\": \"r\"}, {\"print\": \"\${{ r }} \${{ now() }}\"},
  {\"wait\": \"one\", \"capture\": \"r\"}, {\"print\": \"\${{ r }} \${{ now() }}\"}]"
assert_stderr
assert_exit 0
assert_stdout one two 'two 2.000000' 'one 2.000000'
for form in '["one", "two"]' '{"for": ["one", "two"]}'; do
    script "[$two, {\"wait\": $form, \"capture\": \"r\"}, {\"print\": \"\${{ r }} \${{ now() }}\"}]"
    assert_stdout one two '["one","two"] 2.000000'
done
script "[$two, {\"wait\": \"all\"}, {\"print\": \"\${{ now() }}\"}, {\"wait\": \"all\"},
  {\"print\": \"\${{ now() }}\"}]"
assert_stdout one two 2.000000 2.000000

# Its failure is the wait's, after all of them have ended, and can be allowed there.
bad='{"do": [{"sleep": 1}, {"fail": "broken"}], "id": "bad", "background": true},
  {"sleep": 3, "id": "good", "background": true}'
script "[$bad, {\"wait\": [\"bad\", \"good\"]}, {\"print\": \"not reached\"},
  {\"print\": \"\${{ now() }}\", \"if\": \"always()\"}]"
assert_exit 1
assert_stdout 3.000000
assert_stderr_contains broken
for wait in '["bad", "good"]' '"bad"' '"all"'; do
    script "[$bad, {\"wait\": $wait, \"continue_on_error\": true}, {\"print\": \"on \${{ jobs.bad.outcome }}\"}]"
    assert_exit 0
    assert_stdout 'on failure'
    assert_stderr_contains broken
done
# For one that had failed before, too; for another job's wait it still counts.
script "[$bad, {\"sleep\": 2}, {\"wait\": \"bad\", \"continue_on_error\": true}, {\"print\": \"on\"}]"
assert_exit 0
assert_stdout on
script "[$bad, {\"sleep\": 2}, {\"wait\": \"good\"}, {\"print\": \"on\"}]"
assert_exit 1
assert_stdout on

# For an id that has not started or has ended: its result, or null.
script '[{"do": {"print": "x"}, "id": "b", "background": true}, {"sleep": 1}, {"wait": "b", "capture": "r"},
  {"print": "${{ r }}"},
  {"wait": "later", "capture": "r"}, {"assert": "r == null"}, {"sleep": 1, "id": "later", "background": true},
  {"sleep": 1, "id": "skipped", "background": true, "if": "false"}, {"wait": "skipped", "capture": "r"},
  {"assert": "r == null"}]'
assert_exit 0
assert_stdout x x
# A cancelled one has not failed.
script '[{"sleep": 9, "id": "b", "background": true}, {"sleep": 1}, {"cancel": "b"}, {"wait": "b", "capture": "r"},
  {"assert": "r == null"}, {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout 1.000000

# A timeout of the wait leaves its jobs running.
script "[$two, {\"wait\": \"two\", \"timeout\": 1.5, \"continue_on_error\": true}, {\"print\": \"\${{ now() }}\"},
  {\"wait\": \"two\"}, {\"print\": \"\${{ now() }}\"}]"
assert_exit 0
assert_stdout one 1.500000 two 2.000000
script "[$two, {\"race\": [{\"wait\": \"all\"}, {\"sleep\": 0.5}]}, {\"print\": \"\${{ now() }}\"},
  {\"wait\": \"all\"}]"
assert_exit 0
assert_stdout 0.500000 one two

# `all` excludes the caller and its ancestors; waiting for oneself is an error.
script '[{"sleep": 1, "id": "other", "background": true}, {"do": [{"do": [{"wait": "all"},
  {"print": "inner ${{ now() }}"}], "id": "inner", "background": true},
  {"sleep": 3}, {"print": "outer ${{ now() }}"}], "id": "outer", "background": true}, {"wait": "all"},
  {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout 'inner 1.000000' 'outer 3.000000' 3.000000
script '[{"do": {"wait": "me"}, "id": "me", "background": true}, {"sleep": 1}]'
assert_exit 1
assert_stderr_contains "'me'" itself

# Two jobs may wait for one.
script "[$two, {\"parallel\": [{\"wait\": \"one\"}, {\"wait\": \"one\"}, {\"wait\": [\"one\", \"one\"]}]},
  {\"print\": \"\${{ now() }}\"}, {\"wait\": \"all\"}]"
assert_exit 0
assert_stdout one 1.000000 two

rejected '[{"sleep": 1, "id": "work", "background": true}, {"wait": »"wrok"}]' wrok "did you mean 'work'"
rejected '[{"sleep": 1, "id": "work"}, {"wait": »"work"}]' background
rejected '[{"wait": »1}]' wait

# A wait means the runs that live when it begins: one that has not started gives null, and its later failure is not the
# wait's.
script '[{"parallel": [
  {"do": [{"wait": "x", "capture": "r"}, {"print": "waited: ${{ toJSON(r) }}"}]},
  {"do": [{"background": true, "id": "x", "do": [{"sleep": 1}, {"fail": "x failed"}]}]}]}, {"sleep": 2}]'
assert_exit 1
assert_stdout 'waited: null'
script '[{"background": true, "id": "a", "do": [{"sleep": 1}, {"set": {"n": 1}}]},
  {"background": true, "do": [{"sleep": 0.5}, {"background": true, "id": "a2", "do": [{"sleep": 1}, {"fail": "young"}]}]},
  {"wait": "all"}, {"print": "waited until ${{ now() }}"}, {"wait": "a2", "continue_on_error": true}]'
assert_exit 0
assert_stdout 'waited until 1.000000'

# The first failure is the first in time, for a wait of several and at the end of the script.
failing='{"background": true, "id": "slow", "do": [{"sleep": 2}, {"fail": "slow"}]},
  {"background": true, "id": "limited", "sleep": 9, "timeout": 1}'
script "[$failing, {\"wait\": [\"slow\", \"limited\"]}]"
assert_exit 124
script "[$failing, {\"wait\": \"all\"}]"
assert_exit 124
script "[$failing, {\"sleep\": 3}]"
assert_exit 124
# A failure that a wait has allowed does not count at the end.
script "[$failing, {\"wait\": [\"slow\", \"limited\"], \"continue_on_error\": true}]"
assert_exit 0
