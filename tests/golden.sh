#!/usr/bin/env bash
# Runs one script of scripts/ and compares what it prints: golden.sh scripts/NAME.json
# Beside it lie NAME.json.out, its standard output, and where they are not the usual: .args, the options (one a line;
# usually the virtual clock), .in, its standard input, .exit, its exit status (usually 0), .err, its standard error.
. "${BASH_SOURCE%/*}/e2e/lib.sh"

script=$1
golden=$ARUN_SOURCE/$script
# The scripts are reached as a user reaches them, yet nothing that they write lands in the checkout.
ln -s "$ARUN_SOURCE/scripts" scripts || exit 1

[ -f "$golden.out" ] || fail "$script has no $script.out that says what it prints"
options=(--virtual --start-time 2024-01-01T12:00:00Z)
[ ! -f "$golden.args" ] || mapfile -t options <"$golden.args"
input=/dev/null
[ ! -f "$golden.in" ] || input=$golden.in
expected_status=0
[ ! -f "$golden.exit" ] || read -r expected_status <"$golden.exit"

run ${options[@]+"${options[@]}"} "$script" <"$input"
assert_stdout - <"$golden.out"
[ ! -f "$golden.err" ] || assert_stderr - <"$golden.err"
assert_exit "$expected_status"
