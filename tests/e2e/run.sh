#!/usr/bin/env bash
# `run` is a shell script: /bin/sh -e -c, or another shell.
. "${BASH_SOURCE%/*}/lib.sh"

write x.yaml <<'END'
vars: {name: world}
jobs:
- run: |
    echo "hello ${{ name }}"
    echo "$X ${Y} $# $(echo sub)"
  env: {X: from env, Y: "${{ name }}"}
- run: echo "${{ env.X }}"
  env: {X: seen}
- run: "echo one; false; echo not reached"
  continue_on_error: true
- run: 'echo "${BASH_VERSION:+bash}"'
  shell: bash
- run: "false | true && echo hidden"
- run: "false | true; echo not reached"
  shell: [bash, -euo, pipefail, -c]
  continue_on_error: true
- {run: {script: "pwd", dir: /}}
END
run x.yaml
assert_exit 0
assert_stdout 'hello world' 'from env world 0 sub' seen one bash hidden /
assert_stderr_contains 'run: exit status 1 (allowed)'

# Untrusted text goes in by env.
script '{"vars": {"evil": "$(touch pwned)"}, "jobs": [{"run": "echo \"$E\"", "env": {"E": "${{ evil }}"}}]}'
assert_stdout '$(touch pwned)'
[ ! -e pwned ] || fail 'the shell took it for a command'

# The first failure is the exit status, and -x passes it on.
script '[{"run": "exit 7"}]'
assert_exit 1
assert_stderr_contains 'run: exit status 7'
run -x - <<<'[{"run": "exit 7"}]'
assert_exit 7
run -x - <<<'[{"run": "exit 7", "continue_on_error": true}, {"print": "on"}]'
assert_exit 0
run --exit-code - <<<'[{"run": "kill -TERM $$"}]'
assert_exit 143
run -x -k - <<<'[{"parallel": [{"run": "exit 9"}]}, {"run": "exit 4"}]'
assert_exit 9
run -x - <<<'[{"run": "sleep 60", "timeout": "50ms"}]'
assert_exit 124
run -x - <<<'[{"fail": "no child"}]'
assert_exit 1
