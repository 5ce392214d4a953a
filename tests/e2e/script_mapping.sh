#!/usr/bin/env bash
# A script is a list of jobs, or a mapping of name, vars, env, timeout, jobs (required), finally and x-...; unknown
# keys are errors with a suggestion.
. "${BASH_SOURCE%/*}/lib.sh"

# All of it. vars are the first values of the context's variables, in order; env is seen by env.NAME.
script '{"name": "smoke test", "vars": {"host": "h", "url": "http://${{ host }}/"},
  "env": {"GREETING": "hi ${{ host }}"},
  "timeout": "2m", "x-anything": {"sleep": ["not", "a", "job"]},
  "jobs": [{"print": "${{ url }} ${{ env.GREETING }}"}, {"sleep": 1}],
  "finally": [{"print": "finally at ${{ now() }}"}]}'
assert_exit 0
assert_stdout 'http://h/ hi h' 'finally at 1.000000'
assert_stderr

# A single job where a list belongs; null is as if absent.
script '{"name": null, "vars": null, "env": null, "timeout": null, "jobs": {"print": "one"}, "finally": "timestamp"}' \
    --start-time 2024-01-01T12:00:00Z
assert_exit 0
assert_stdout one 12:00:00
script '{"jobs": []}'
assert_exit 0
assert_stdout
script '[]'
assert_exit 0
script '{"jobs": [{"print": "a"}], "finally": null}'
assert_exit 0
assert_stdout a

# An unset variable of env is null for env.NAME.
HOME=/somewhere run - <<<'{"env": {"HOME": null, "NEW": ""}, "jobs": [{"assert": "env.HOME == null"},
  {"assert": "env.NEW == \"\""}, {"print": "${{ env.HOME }}|${{ env.NEW }}|"}]}'
assert_exit 0
assert_stdout '||'

rejected '{"jobs": ["timestamp"], »"timout": 1}' timout "did you mean 'timeout'"
rejected '{"jobs": ["timestamp"], »"finaly": 1}' finaly "did you mean 'finally'"
rejected '{"jobs": ["timestamp"], »"nothing-like-it": 1}' nothing-like-it
rejected '{"jobs": »"nonsense"}' nonsense
rejected '{"jobs": »1}' number
rejected '{"jobs": [], "vars": {"a-b": 1, »"1a": 2}}' 1a
rejected '{"jobs": [], "vars": {»"now": 1}}' now
rejected '{"jobs": [], "vars": »["a"]}' vars
rejected '{"jobs": [], "env": {"A": »["a"]}}' A
rejected '{"jobs": [], "timeout": »-1}' timeout negative
rejected '{"jobs": [], "name": »["a"]}' name
rejected »7 script
rejected '»{"name": "no jobs", "jobs": null}' jobs
# Who forgot the list around one job is told so.
write job.json '{"print": "hello"}'
run job.json
assert_exit 2
assert_stderr_contains 'job.json:1:1: error: ' 'a job' '['
write job.yaml 'print: hello'
run job.yaml
assert_exit 2
assert_stderr_contains 'job.yaml:1:1: error: ' 'a job' '- '
