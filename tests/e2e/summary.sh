#!/usr/bin/env bash
# At the end of a run in which a job failed, standard error gets a summary; a good run stays quiet.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"print": "a"}, {"fail": "no"}, {"print": "b"}]'
assert_exit 1
assert_stderr_contains 'arun: 1 passed, 1 failed, 1 skipped, in 0s'
# One failure was told just above; several are listed.
assert_stderr_lacks 'failed: '
script '[{"parallel": [{"fail": "one"}, {"name": "second", "do": [{"sleep": 1}, {"fail": "two"}]}], "fail_fast": false},
  {"fail": "allowed", "continue_on_error": true, "if": "failure()"}, {"fail": "three\nlines", "if": "always()"}]'
assert_exit 1
assert_stderr_contains '2 failed, 1 failed but allowed, in 1s' '  failed: fail one (<stdin>:1:17): one' '  failed: fail two (' \
    '  failed: fail three'
# Jobs that had no turn, jobs in the background.
script '{"timeout": 1, "jobs": [{"sleep": 9}, {"print": "x"}]}'
assert_exit 124
assert_stderr_contains 'arun: 1 cancelled, 1 not reached, in 1s'
script '[{"fail": "late", "background": true}, {"sleep": 1}]'
assert_exit 1
assert_stderr_contains 'arun: 1 passed, 1 failed, in 1s'
# Not when there is nothing to add.
script '[{"fail": "no"}]'
assert_stderr_lacks 'arun: '
script '[{"print": "a"}, {"fail": "no", "continue_on_error": true}]'
assert_exit 0
assert_stderr_lacks 'arun: '
script '[{"print": "a"}, {"fail": "no"}]' -q
assert_stderr_contains ': no'
assert_stderr_lacks passed
# -v always has it.
script '[{"print": "a"}, {"sleep": 1}]' -v
assert_stderr_contains 'arun: 2 passed, in 1s'
# Many failures are cut short.
jobs=
for i in {1..30}; do jobs+=', {"fail": "x", "if": "always()"}'; done
script "[{\"print\": \"a\"}$jobs]"
assert_stderr_contains 'and 10 more'
