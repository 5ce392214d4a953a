#!/usr/bin/env bash
# A line on the terminal shows what is running, once a run has taken a second; it gives way to what is printed, and is gone at
# the end.
. "${BASH_SOURCE%/*}/lib.sh"

on_terminal() { # COMMAND [NAME=VALUE...]
    local command=$1
    shift
    run_command TERM=xterm "$@" script -qec "$command" /dev/null </dev/null
}
clear=$'\r\e[K'

write waits.yaml '- print: before
- fail: no
  continue_on_error: true
- parallel:
  - sleep: 1.9s
  - name: the other
    sleep: 2.4s
- print: after
'
on_terminal '"$ARUN" waits.yaml'
assert_exit 0
assert_stdout_contains "[1s, 2 of 4 done] sleep 1.9s, sleep 'the other'"$'\e[K' "${clear}after"
# Nothing of it stays, whatever comes last.
write last.yaml '- sleep: 1.6s'
on_terminal '"$ARUN" last.yaml'
assert_stdout_contains '[1s, 0 of 1 done] sleep 1.6s'
[[ $stdout == *"$clear" ]] || fail 'the line is still there'
write fails.yaml '- do:
  - sleep: 1.6s
  - fail: no
- print: x
'
on_terminal '"$ARUN" fails.yaml'
assert_exit 1
assert_stdout_contains "$clear" 'fail: no'

# Jobs of a stream have no number beforehand.
on_terminal 'printf "{\"sleep\": 1.6}\n" | "$ARUN" --format jsonl -'
assert_stdout_contains '[1s, 0 done] sleep 1.6'

# It is not on a terminal that a process writes to, and it is while its output is piped.
write inherits.yaml '- run: sleep 1.7; echo x
'
on_terminal '"$ARUN" inherits.yaml'
assert_stdout_lacks 'done]'
write piped.yaml '- run: sleep 1.7; echo x
  output: prefix
'
on_terminal '"$ARUN" piped.yaml'
assert_stdout_contains '[1s, 0 of 1 done] run sleep 1.7; echo x' "${clear}"$'\e[36mrun sleep 1.7; echo x |\e[0m x'

# More tasks than anybody could read are counted.
write many.yaml '- for_each: {range: 3000}
  max_concurrent: 0
  do: {sleep: 1.6s}
'
on_terminal '"$ARUN" many.yaml'
assert_stdout_contains '0 of 1 done] 300' tasks

# Where it is not: with --progress never, -q, -v, on a dumb terminal, where standard output is a pipe, where standard error is
# no terminal. All at once: each takes its time.
number=0
without() { # COMMAND [NAME=VALUE...]
    local command=$1
    shift
    number=$((number + 1))
    env TERM=xterm "$@" script -qec "$command" /dev/null </dev/null >"without.$number" 2>&1 &
}
for arguments in '--progress never' -q -v --debug; do
    without "\"\$ARUN\" $arguments last.yaml"
done
without '"$ARUN" last.yaml' TERM=dumb
without '"$ARUN" last.yaml | cat'
without '"$ARUN" last.yaml 2>&1 >/dev/null | cat'
# In the background of a shell.
without 'bash -c "set -m; \"\$ARUN\" last.yaml & wait"'
wait
for file in without.*; do
    if grep -qF 'done]' "$file"; then fail "$file: $(cat "$file")"; fi
done
# Unless it is asked for.
run --progress=always last.yaml
assert_stderr_contains '[1s, 0 of 1 done] sleep 1.6s'
# Secrets are masked in it as everywhere.
write secret.yaml 'secrets: [token]
vars: {token: abcdef}
jobs:
- sleep: 1.6s
  name: with ${{ token }}
'
run --progress=always secret.yaml
assert_stderr_contains "sleep 'with ***'"
assert_stderr_lacks abcdef

run --progress perhaps last.yaml
assert_exit 2
assert_stderr_contains --progress perhaps auto always never
run check --progress always last.yaml
assert_exit 2
