#!/usr/bin/env bash
# Jobs run in order; when one fails its list has failed, and later jobs of it run only if their `if` calls failure(),
# always() or cancelled(); the first error stays primary.
. "${BASH_SOURCE%/*}/lib.sh"

# After a failure.
script '[{"print": "before"}, {"fail": "first"}, {"print": "plain"}, {"print": "success", "if": "success()"},
  {"print": "true", "if": "true"}, {"print": "failure", "if": "failure()"},
  {"print": "always", "if": "always()"}, {"print": "cancelled", "if": "cancelled()"},
  {"print": "not failure", "if": "!failure()"}, {"print": "not cancelled", "if": "!cancelled()"},
  {"print": "and", "if": "failure() && 1 == 1"}, {"print": "deep", "if": "1 == 2 || (always() && true)"}]'
assert_exit 1
assert_stdout before failure always 'not cancelled' and deep
# Without one.
script '[{"print": "failure", "if": "failure()"}, {"print": "always", "if": "always()"},
  {"print": "cancelled", "if": "cancelled()"}, {"print": "success", "if": "success()"}]'
assert_exit 0
assert_stdout always success
# A job that is allowed to fail fails no list.
script '[{"fail": "x", "continue_on_error": true}, {"print": "plain"}, {"print": "failure", "if": "failure()"}]'
assert_exit 0
assert_stdout plain

# The first stays primary; the second is told too.
script '[{"fail": "first"}, {"sleep": 9, "timeout": 1, "if": "always()"}, {"print": "end", "if": "always()"}]'
assert_exit 1
assert_stdout end
assert_stderr_contains ': first' 'timed out'
script '[{"do": [{"sleep": 9, "timeout": 1}, {"fail": "second", "if": "failure()"},
  {"print": "end", "if": "always()"}]}]'
assert_exit 124
assert_stdout end
assert_stderr_contains second 'timed out'

# A list inside another: the inner has its own state, and failed() looks around it.
script '[{"fail": "x"}, {"do": [{"print": "plain"}, {"print": "failure", "if": "failure()"},
  {"print": "success", "if": "success()"}, {"fail": "inner"}, {"print": "not reached"}], "if": "always()"},
  {"print": "end", "if": "always()"}]'
assert_stdout plain failure success end
script '[{"do": [{"fail": "x"}], "continue_on_error": true}, {"print": "on"},
  {"do": [{"fail": "y", "continue_on_error": true}, {"print": "and on"}]}]'
assert_exit 0
assert_stdout on 'and on'
# In the bodies of loops, every round begins well.
script '[{"for_each": [1, 2], "fail_fast": false, "do": [{"print": "round ${{ item }}"}, {"fail": "x"},
  {"print": "failure", "if": "failure()"}]}]'
assert_exit 1
assert_stdout 'round 1' failure 'round 2' failure
# In children of a group: the state around it.
script '[{"fail": "x"}, {"parallel": [{"print": "plain"}, {"print": "failure", "if": "failure()"}], "if": "always()"}]'
assert_stdout plain failure
# A skipped job is no failure, and an if that fails to evaluate is one.
script '[{"fail": "x", "if": "false"}, {"print": "on"}]'
assert_exit 0
# A cancelled list ends at once: no job of it runs, not with always() either.
script '[{"do": [{"sleep": 9}, {"print": "no", "if": "always()"}, {"print": "no", "if": "cancelled()"}],
  "timeout": 1}, {"print": "yes ${{ now() }}", "if": "always()"}]'
assert_exit 124
assert_stdout 'yes 1.000000'

# An explicit success() is the implied one: in a list that runs because another has failed, it is about that list.
script '[{"fail": "no"}, {"if": "failure()", "do": [{"print": "a"}, {"print": "b", "if": "success()"},
  {"print": "c ${{ success() }} ${{ failure() }}"}, {"fail": "again"}, {"print": "d", "if": "success()"}]}]'
assert_exit 1
assert_stdout a b 'c true true'
# In a finally it is about the job, at any depth.
script '[{"fail": "no", "continue_on_error": true, "finally": [{"print": "${{ success() }}"},
  {"do": [{"do": [{"print": "not reached", "if": "success()"}, {"print": "${{ success() }}"}]}]}]}]'
assert_exit 0
assert_stdout false false
