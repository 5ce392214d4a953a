#!/usr/bin/env bash
# Several scripts are all checked first, then run one after the other in the same Runner: one loop, one context; a
# failed script stops the later ones unless -k.
. "${BASH_SOURCE%/*}/lib.sh"

write one.json '{"vars": {"x": 1}, "jobs": [{"print": "one ${{ x }}"}, {"sleep": 1}, {"set": {"x": 2}, "id": "j"},
  {"sleep": 3, "id": "b", "background": true, "finally": {"print": "b ends ${{ now() }}"}},
  {"set": {"y": "named"}, "context": "shared"}], "finally": {"print": "finally one"}}'
write two.yaml '- print: two ${{ x }} ${{ now() }} ${{ jobs.j.outcome }}' \
    '- print: ${{ y }}' '  context: shared' '- wait: b' '- print: ${{ now() }}'
run --virtual one.json two.yaml
assert_stderr
assert_exit 0
assert_stdout 'one 1' 'finally one' 'two 2 1.000000 success' named 'b ends 4.000000' 4.000000
# The second script's vars are the context's first values for it.
write three.json '{"vars": {"x": 9}, "jobs": [{"print": "three ${{ x }}"}]}'
run --virtual one.json three.json two.yaml
assert_exit 0
assert_stdout_contains 'three 9' 'two 9'
# The same script twice: ids may come again in another script.
write id.json '[{"print": "x", "id": "same"}]'
run id.json id.json
assert_exit 0
assert_stdout x x

# A failed script stops the later ones, after its finally; -k goes on, and the first failure decides.
write fails.json '{"jobs": [{"fail": "no"}, {"print": "skipped"}, {"print": "and on", "if": "always()"}],
  "finally": {"print": "finally ${{ failure() }}"}}'
write next.json '[{"print": "next ${{ success() }}"}]'
run fails.json next.json
assert_exit 1
assert_stdout 'and on' 'finally true'
run -k fails.json next.json
assert_exit 1
assert_stdout skipped 'and on' 'finally true' 'next true'
write late.json '[{"sleep": 2, "timeout": 1}]'
run --virtual -k late.json fails.json next.json
assert_exit 124
assert_stdout skipped 'and on' 'finally true' 'next true'
# All are checked before one of them runs.
write bad.json '[{"prin": 1}]'
run next.json bad.json
assert_exit 2
assert_stdout
run -k next.json bad.json
assert_exit 2
assert_stdout
