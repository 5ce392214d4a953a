#!/usr/bin/env bash
# -k, --keep-going runs the rest of the top-level jobs after a failure and still fails.
. "${BASH_SOURCE%/*}/lib.sh"

text='[{"print": "a"}, {"fail": "first"}, {"print": "b"}, {"do": [{"fail": "second"}, {"print": "inner"}]},
  {"print": "failure", "if": "failure()"}, {"print": "success", "if": "success()"}, {"print": "c", "if": "true"}]'
for option in -k --keep-going; do
    script "$text" $option
    assert_exit 1
    assert_stdout a b failure c
    assert_stderr_contains first second
done
script "$text"
assert_exit 1
assert_stdout a failure
script '[{"sleep": 2, "timeout": 1}, {"fail": "then"}, {"print": "on"}]' -k
assert_exit 124
assert_stdout on
script '[{"print": "a"}]' -k
assert_exit 0
# Not after the script's timeout.
script '{"timeout": 1, "jobs": [{"fail": "x"}, {"sleep": 9}, {"print": "no"}], "finally": {"print": "finally"}}' -k
assert_exit 1
assert_stdout finally
assert_stderr_contains 'timed out after 1s'
# A script that takes longer to clean up than the grace period does not keep the next one from running; nor does the
# next one's clean-up pay for it.
echo '{"timeout": 1, "jobs": [{"sleep": 9}], "finally": [{"sleep": 30}, {"print": "not reached"}]}' >slow.json
echo '{"jobs": [{"sleep": 9, "timeout": 1, "finally": [{"sleep": 9}, {"print": "cleaned up"}]}],
  "finally": [{"sleep": 9}, {"print": "${{ now() }}"}]}' >next.json
run --virtual -k slow.json next.json
assert_exit 124
assert_stdout 'cleaned up' 25.000000
run --virtual slow.json next.json
assert_exit 124
assert_stdout
