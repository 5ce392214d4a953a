#!/usr/bin/env bash
# Messages are coloured on a terminal, with --color always, or with CLICOLOR_FORCE; NO_COLOR and TERM=dumb are honoured.
. "${BASH_SOURCE%/*}/lib.sh"

write bad.json '[{"prin": 1}]'
write fails.json '[{"fail": "no"}]'
write allowed.json '[{"fail": "no", "continue_on_error": true}]'
esc=$'\e['
colored() { assert_stderr_contains "$esc"; }
plain() { assert_stderr_lacks $'\e'; }
run bad.json
plain
for script in bad fails allowed; do
    run --color always $script.json
    colored
    run --color=never $script.json
    plain
done
run check --color always bad.json
colored
CLICOLOR_FORCE=1 run bad.json
colored
CLICOLOR_FORCE=0 run bad.json
plain
CLICOLOR_FORCE='' run bad.json
plain
NO_COLOR=1 CLICOLOR_FORCE=1 run bad.json
plain
NO_COLOR='' CLICOLOR_FORCE=1 run bad.json
colored
NO_COLOR=1 run --color always bad.json
colored
CLICOLOR_FORCE=1 run --color never bad.json
plain
run --color sometimes bad.json
assert_exit 2
assert_stderr_contains --color sometimes auto always never

# On a terminal.
on_terminal() { # NAME=VALUE...
    run_command "$@" script -qec '"$ARUN" bad.json' /dev/null
}
on_terminal TERM=xterm
assert_stdout_contains "$esc"
on_terminal TERM=dumb
assert_stdout_lacks $'\e'
on_terminal TERM=xterm NO_COLOR=1
assert_stdout_lacks $'\e'
# It is stderr that counts.
run_command TERM=xterm script -qec '"$ARUN" bad.json 2>file' /dev/null
[ -s file ] || fail 'no message'
! grep -q $'\e' file || fail 'coloured in a file'
# What a job prints is never coloured.
run --color always - <<<'[{"print": "x"}]'
assert_stdout x
assert_stderr
