#!/usr/bin/env bash
# When on the virtual clock everything waits and nothing can wake it, that is a deadlock, named with the waiting jobs,
# exit status 125.
. "${BASH_SOURCE%/*}/lib.sh"

# circle MODIFIERS: two background jobs that wait for each other.
circle() {
    echo "{\"do\": [{\"print\": \"a begins\"}, {\"sleep\": 1}, {\"wait\": \"b\"}],
  \"id\": \"a\", \"background\": true${1:-}},
  {\"do\": [{\"sleep\": 2}, {\"wait\": \"a\", \"name\": \"b waits for a\"}], \"id\": \"b\", \"background\": true${1:-}}"
}
script "[$(circle),
  {\"print\": \"both begun\"}, {\"sleep\": 5}, {\"wait\": \"all\", \"name\": \"the end\"},
  {\"print\": \"not reached\"}]"
assert_exit 125
assert_stdout_contains 'a begins' 'both begun'
assert_stdout_lacks 'not reached'
assert_stderr_contains deadlock 'b waits for a' 'the end' '<stdin>:1:48' '<stdin>:3:26' '<stdin>:4:43'

# Deadlock is 125 also where something else failed before.
script "[{\"fail\": \"first\"}, $(circle ', "if": "always()"'), {\"wait\": \"a\", \"if\": \"always()\"}]"
assert_exit 125
assert_stderr_contains deadlock ': first'

# In a script's finally as well.
script "{\"jobs\": [$(circle)], \"finally\": [{\"print\": \"finally\"}, {\"wait\": \"a\"}]}"
assert_exit 125
assert_stdout 'a begins' finally
# A timeout around it is something that wakes it.
script "[$(circle), {\"wait\": \"a\", \"timeout\": 5}, {\"print\": \"\${{ now() }}\", \"if\": \"always()\"}]"
assert_exit 124
assert_stdout 'a begins' 5.000000
assert_stderr_lacks deadlock

# The jobs end, with their finally, before the script's finally begins.
script '{"jobs": [{"do": [{"sleep": 1}, {"wait": "b"}], "id": "a", "background": true,
    "finally": [{"sleep": 1}, {"print": "a: ${{ cancelled() }}"}]},
  {"do": [{"sleep": 1}, {"wait": "a"}], "id": "b", "background": true, "finally": {"print": "b: ${{ cancelled() }}"}},
  {"wait": "a", "finally": {"print": "main: ${{ cancelled() }}"}}],
  "finally": {"print": "script: ${{ cancelled() }} ${{ failure() }} ${{ now() }}"}}'
assert_exit 125
assert_stdout 'b: true' 'main: true' 'a: true' 'script: true false 2.000000'
