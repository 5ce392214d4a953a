#!/usr/bin/env bash
# `exec` runs a program without a shell: arguments, environment, directory, standard input, result; what cannot be
# started is a located failure.
. "${BASH_SOURCE%/*}/lib.sh"

write x.yaml <<'END'
vars: {list: [printf, "%s|", "a b", "*"]}
env: {FROM_SCRIPT: script, BOTH: script, HOME: null}
jobs:
- exec: [printf, "%s,", "a  b", "$HOME", "*", "", 1.10, true]
- print: ""
- exec: "${{ list }}"
- print: ""
- exec: [env]
  env: {BOTH: job, NUMBER: 1.50, PATH: "${{ env.PATH }}", ARUN_E2E: null}
  capture: environment
  output: discard
- for_each: [FROM_SCRIPT=script, BOTH=job, NUMBER=1.50]
  do: {assert: "contains(environment.stdout, item)"}
- assert: "!contains(environment.stdout, 'HOME=') && !contains(environment.stdout, 'ARUN_E2E=')"
- exec: [pwd]
  dir: ${{ 's' }}ub
- exec: [cat]
  stdin: "text ${{ 1 + 1 == 2 }}\n"
- exec: [cat]
  stdin: {file: input}
- exec: [cat]
  dir: sub
  stdin: {file: ../input}
- exec: [cat]
- exec: [./tool, x]
  dir: sub
END
mkdir sub
echo from a file >input
write sub/tool '#!/bin/sh' 'echo "tool $1 in $(basename "$PWD")"'
chmod +x sub/tool
sed -i 's/ ${{ 1 + 1 == 2 }}/ ${{ 1 == 1 }}/' x.yaml
run x.yaml
assert_exit 0
assert_stdout 'a  b,$HOME,*,,1.10,true,' 'a b|*|' "$PWD/sub" 'text true' 'from a file' 'from a file' 'tool x in sub'
assert_stderr

# The result.
script '[{"exec": ["sh", "-c", "printf \"out\\n\\n\"; echo err >&2; exit 3"], "id": "r", "continue_on_error": true},
  {"print": "${{ toJSON(jobs.r.result.stdout) }} ${{ jobs.r.result.stderr }} ${{ jobs.r.result.exit }}"},
  {"assert": ["jobs.r.result.signal == null", "jobs.r.result.duration >= 0", "jobs.r.outcome == \"failure\""]},
  {"exec": ["sh", "-c", "kill -USR1 $$"], "capture": "k", "continue_on_error": true},
  {"print": "${{ k.exit }} ${{ k.signal }}"}]'
assert_exit 0
assert_stdout out '' '"out" err 3' "$((128 + $(kill -l USR1))) USR1"
assert_stderr_contains 'exec: exit status 3' 'exec: killed by signal USR1'

# What a variable holds is one argument, whatever is in it.
script '{"vars": {"evil": "$(touch pwned); `touch pwned`"}, "jobs": [{"exec": ["echo", "${{ evil }}"]}]}'
assert_stdout '$(touch pwned); `touch pwned`'
[ ! -e pwned ] || fail 'a shell has seen it'

# Bytes that are not UTF-8, and NUL, do no harm.
script '[{"exec": ["printf", "a\\377b\\000c"], "id": "r", "output": "discard"},
  {"print": "${{ jobs.r.result.stdout }}"}, {"print": "${{ toJSON(jobs.r.result.stdout) }}"}]'
assert_exit 0
printf 'a\377b\0c\n"a\357\277\275b\\u0000c"\n' | assert_stdout -

# A job that cannot be started fails where it stands, and the others go on as after any failure.
mkdir empty
write plain 'echo hi'
write none '#!/does/not/exist'
write nohash 'echo hi'
chmod +x none nohash
expect_failure() {
    script "[{\"exec\": $1, \"dir\": \"${3:-.}\", \"id\": \"x\"}, {\"print\": \"\${{ jobs.x.error }}\", \"if\": \"failure()\"}]"
    assert_exit 1
    assert_stdout "$2"
    assert_stderr_contains '<stdin>:1:3: error: exec: '"$2"
}
expect_failure '["no-such-program"]' "no such program: 'no-such-program' is not in the PATH"
expect_failure '["./no/such"]' "no such program: './no/such'"
expect_failure '["./plain"]' "'./plain' is not executable: permission denied"
expect_failure '["./empty"]' "'./empty' is a directory"
expect_failure '["./none"]' "cannot start './none': its interpreter is missing"
expect_failure '["./nohash"]' "cannot start './nohash': it is neither a program nor a script with '#!'"
expect_failure '[""]' 'the name of the program is empty'
expect_failure '["true"]' "no such directory: 'nowhere'" nowhere
expect_failure '["true"]' "'plain' is not a directory" plain
script '[{"exec": ["cat"], "stdin": {"file": "nowhere"}}]'
assert_exit 1
assert_stderr_contains "exec: cannot read 'nowhere': no such file or directory"
script '[{"exec": ["cat"], "stdin": {"file": "."}}]'
assert_stderr_contains "cannot read '.': it is a directory"
PATH_WITHOUT='{"exec": ["ls"], "env": {"PATH": "/nowhere"}}'
script "[$PATH_WITHOUT]"
assert_stderr_contains "no such program: 'ls' is not in the PATH"

# So many descriptors are open that too few are left. (A sanitizer needs some for itself.)
if [ -z "${ARUN_SANITIZED:-}" ]; then
    run_command bash -c 'ulimit -n 14; exec "$ARUN" -' <<<'[{"exec": ["true"], "id": "x", "output": "prefix"}]'
    assert_exit 1
    assert_stderr_contains 'exec: cannot make a pipe: too many open files'
fi

# Script errors.
rejected '[{"exec": »"ls -l"}]' "'argv' of exec: expected a list of texts, not text; write [ls, -l]"
rejected '[{"exec": »[]}]' 'there is no program to start'
rejected '[{"exec": ["x"], "output": »"quiet"}]' "'output' of exec"
rejected '[{"exec": ["x"], "stop_signal": »"NOPE"}]' 'expected the name of a signal such as TERM, INT or HUP'
rejected '[{"exec": ["x"], "max_output": »"1 parsec"}]' 'expected a number of bytes above 0 such as 65536, 64KiB or 1MiB'
rejected '[{"exec": ["x"], "stdin": {»"path": "y"}}]' "unknown argument 'path' of stdin"
rejected '[{"exec": ["x"], "stdin": »{}}]' "'file'"
rejected '[{"exec": ["x"], "env": »["A=1"]}]' 'expected a mapping of names and texts'
rejected '[{"exec": ["x"], "env": {»"A=B": "1"}}]' "'A=B' is not the name of an environment variable"
rejected '{"env": {»"": "1"}, "jobs": []}' "'' is not the name of an environment variable"

# A parent that ignores SIGCHLD does not hide how children end.
run_command env --ignore-signal=CHLD "$ARUN" - <<<'[{"exec": ["sh", "-c", "exit 3"]}]'
assert_exit 1
assert_stderr_contains 'exec: exit status 3'
run_command env --ignore-signal=CHLD "$ARUN" - <<<'[{"exec": ["true"]}]'
assert_exit 0

# A FIFO is waited for until somebody writes, as `cat <fifo` does.
mkfifo fifo
(until [ -e begun ]; do sleep 0.01; done; echo hello >fifo) &
run - <<<'[{"run": "touch begun"}, {"exec": ["cat"], "stdin": {"file": "fifo"}, "timeout": "20s"}]'
assert_exit 0
assert_stdout hello
run - <<<'[{"exec": ["cat"], "stdin": {"file": "fifo"}, "timeout": "50ms"}]'
assert_exit 124

# What the environment cannot hold.
script '[{"exec": ["true"], "env": {"A": "x\u0000y"}}]'
assert_exit 1
assert_stderr_contains "the environment variable 'A' cannot hold a NUL character"
