#!/usr/bin/env bash
# A job's `finally` runs when it ends, however it ends, and sees its state through success(), failure(), cancelled() and
# error; a failing finally fails a job that was well; the first error stays primary.
. "${BASH_SOURCE%/*}/lib.sh"

tell='{"print": "${{ success() }} ${{ failure() }} ${{ cancelled() }} ${{ error }}|"}'
script "[{\"print\": \"well\", \"finally\": $tell}]"
assert_exit 0
assert_stdout well 'true false false |'
fails "[{»\"fail\": \"why\", \"finally\": $tell}]" ': why'
assert_stdout 'false true false why|'
script "[{\"race\": [{\"sleep\": 9, \"finally\": $tell}, {\"sleep\": 1}]}]"
assert_exit 0
assert_stdout 'false false true |'
script "[{\"sleep\": 9, \"timeout\": 1, \"finally\": [$tell]}]"
assert_exit 124
assert_stdout 'false true false timed out after 1s|'
# It runs once, after all attempts; not for a skipped job.
script "[{\"do\": [{\"print\": \"try\"}, {\"fail\": \"no\"}], \"retry\": 2, \"finally\": $tell},
  {\"print\": \"x\", \"if\": \"failure()\", \"finally\": {\"print\": \"after x\"}},
  {\"print\": \"skipped\", \"finally\": {\"print\": \"not reached\"}}]"
assert_exit 1
assert_stdout try try try 'false true false no|' x 'after x'
# Inside it, if works as in any list of a failed job.
script '[{"fail": "no", "finally": [{"print": "on failure", "if": "failure()"},
  {"print": "on success", "if": "success()"}, {"print": "always", "if": "always()"}, {"print": "plain"}]}]'
assert_stdout 'on failure' always plain
script '[{"print": "yes", "finally": [{"print": "on failure", "if": "failure()"},
  {"print": "on success", "if": "success()"}]}]'
assert_stdout yes 'on success'

# Its own failure: of a well job, the job's; of a failed one, only told; jobs after it in the finally are skipped.
fails '[{"print": "well", "finally": [{»"fail": "cleanup"}, {"print": "not reached"}]},
  {"print": "not reached"}]' ': cleanup'
assert_stdout well
fails '[{»"fail": "first", "finally": {"fail": "cleanup"}}]' ': first' ': cleanup'
script '[{"sleep": 9, "timeout": 1, "finally": {"fail": "cleanup"}}]'
assert_exit 124
# It can be allowed, there or at the job.
script '[{"print": "well", "finally": {"fail": "cleanup", "continue_on_error": true}}, {"print": "on"}]'
assert_exit 0
assert_stdout well on
script '[{"print": "well", "finally": {"fail": "cleanup"}, "continue_on_error": true}, {"print": "on"}]'
assert_exit 0
assert_stdout well on

# It runs in the job's surroundings: what it sets is seen later, the result stays the job's.
script '[{"print": "result", "finally": [{"set": {"x": 1}}, {"print": "f"}], "capture": "r", "id": "j"},
  {"print": "${{ x }} ${{ r }} ${{ jobs.j.result }}"}]'
assert_exit 0
assert_stdout result f '1 result result'
# It is shielded from further cancellation.
script '[{"do": {"do": {"sleep": 9, "finally": [{"sleep": 2}, {"print": "innermost ${{ now() }}"}]},
  "finally": [{"sleep": 2}, {"print": "inner ${{ now() }}"}]}, "timeout": 1,
  "finally": [{"sleep": 2}, {"print": "outer ${{ now() }}"}]}]' --grace 60
assert_exit 124
assert_stdout 'innermost 3.000000' 'inner 5.000000' 'outer 7.000000'
script '[{"do": [{"fail": "x", "finally": [{"sleep": 3}, {"print": "whole"}]}], "timeout": 1},
  {"print": "${{ now() }}", "if": "always()"}]'
assert_stdout whole 3.000000
rejected '[{"print": "x", "finally": »3}]' finally
rejected '[{"print": "${{ »error }}", "finally": []}]' error

# The script's finally runs whatever became of the jobs.
script "{\"jobs\": [{\"print\": \"well\"}], \"finally\": $tell}"
assert_exit 0
assert_stdout well 'true false false |'
script "{\"jobs\": [{\"fail\": \"why\"}], \"finally\": $tell}"
assert_exit 1
assert_stdout 'false true false why|'
fails '{"jobs": [{"print": "well"}], "finally": {»"fail": "cleanup"}}' cleanup
fails '{"jobs": [{»"fail": "first"}], "finally": {"fail": "cleanup"}}' ': first' ': cleanup'
script '{"jobs": [{"sleep": 9, "timeout": 1}], "finally": {"fail": "cleanup"}}'
assert_exit 124
