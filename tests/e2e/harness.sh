#!/usr/bin/env bash
# The harness itself: an assertion that cannot fail would make every test here worthless.
. "${BASH_SOURCE%/*}/lib.sh"

# refuses COMMAND...: the assertion must end the test.
refuses() {
    ("$@") >"$T/io/refused" 2>&1 && fail "held, but should not have: $*"
    return 0
}

run_command sh -c 'echo one; echo two; echo "some error" >&2; exit 3'
assert_exit 3
assert_stdout one two
assert_stdout - <<<$'one\ntwo'
assert_stderr 'some error'
assert_stdout_contains one two
assert_stdout_lacks three
assert_stderr_lacks one
refuses assert_exit 0
refuses assert_stdout
refuses assert_stdout one
refuses assert_stdout 'one two'
refuses assert_stderr
refuses assert_stdout_contains three
refuses assert_stderr_lacks error
refuses assert_eq a b 'letters'
grep -q 'letters: expected <b>, got <a>' "$T/io/refused" || fail 'the message does not say what was wrong'
grep -q '^harness.sh:[0-9]*: ' "$T/io/refused" || fail 'the message does not say where'
write file 'a line'
assert_file file 'a line'
refuses assert_file file 'another line'
refuses assert_file missing

# A wrong script is wrong at its mark and nowhere else.
rejected '[{»"prin": 1}]' "did you mean 'print'"
rejected $'- print: ä\n- »prin: 1' "did you mean 'print'"
refuses rejected '[{"»prin": 1}]'
refuses rejected '[{"print": »1}]'
refuses rejected '[{»"prin": 1}]' 'something else'
refuses rejected '[{»"print": 1}]'
fails $'- print: a\n- »fail: b'
assert_stdout a
refuses fails $'- print: a\n- fail: »b'
refuses fails $'- print: a\n- »print: b'

# A missing newline is a difference.
run_command printf one
refuses assert_stdout one
assert_eq "$stdout" one

# Signals have their defaults; the environment is clean; what was started can be waited for and is found when left.
run_command sh -c 'kill -PIPE $$'
assert_exit 141
NO_COLOR=1 run_command sh -c 'echo "$TZ $LC_ALL ${CI-unset}"'
assert_stdout 'UTC C.UTF-8 unset'
real=$ARUN
ARUN=/bin/sh
mkfifo pipe
start -c 'echo begun; read -r _ <"$0"; exit 7' "$PWD/pipe"
until_stdout begun
refuses assert_no_processes
kill -TERM -- "-$pid"
finish
assert_exit 143
assert_no_processes

# The README test: an empty page, wrong output, a failing command, an unclosed block; and one that holds.
readme() { env -u ARUN_E2E ARUN="$real" TMPDIR="$T" bash "$ARUN_SOURCE/tests/readme.sh" "$T/README.md"; }
page() { printf '%s\n' "$@" >"$T/README.md"; }
page 'Nothing to see.'
refuses readme
page '```console' '$ echo a' 'b' '```'
refuses readme
grep -q 'README.md:2: \$ echo a' "$T/io/refused" || fail 'the README test does not say where'
page '```console' '$ echo a' '```'
refuses readme
page '```console' '$ printf "a\nb\n"' 'a' '```'
refuses readme
page '```sh' 'true' 'false' '```'
refuses readme
page '```console' '$ echo a' 'a'
refuses readme
page '# Title' '```console' "\$ cat > x <<'END'" 'x $ y' 'END' '$ cat x; echo \' '  more; false' 'x $ y' 'm...e' '$ echo $?' 1 \
    '$ seq 9' 1 ... 8 ... '```' '```sh' 'test -s x' '```' '<!-- not run: harms -->' '```sh' 'exit 1' '```'
readme >/dev/null || fail 'the README test refuses a good page'
