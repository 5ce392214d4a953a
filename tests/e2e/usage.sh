#!/usr/bin/env bash
# Bad usage is told on stderr with the way to the help, exit status 2, and nothing runs; -h and -V write on stdout and
# exit with 0.
. "${BASH_SOURCE%/*}/lib.sh"

write ok.json '[{"print": "ran"}]'

# wrong TEXT ARGUMENT...
wrong() {
    local text=$1
    shift
    run "$@"
    assert_exit 2
    assert_stdout
    assert_stderr_contains "$text" 'arun --help'
}
wrong "unknown option '--virtul'; did you mean '--virtual'" --virtul ok.json
wrong "unknown option '--nothing-like-it'" --nothing-like-it ok.json
wrong "'-Z'" -Z ok.json
wrong "'--timeout' needs a value" ok.json --timeout
wrong --timeout --timeout soon ok.json
wrong --grace --grace -1 ok.json
wrong --start-time --start-time 2024-01-01T00:00:00Z ok.json
wrong toml --format=toml ok.json
wrong --var --var novalue ok.json
wrong --env-file --env-file missing ok.json
wrong --color --color perhaps ok.json
wrong exclusive -q -v ok.json
wrong --virtual --virtual=yes ok.json
wrong --keep-going check --keep-going ok.json
wrong --report run --report xml ok.json
wrong --virtual kinds --virtual
wrong nonsense kinds nonsense
wrong 'shell' completions
wrong tcsh completions tcsh
wrong bash completions bash zsh
wrong schema schema ok.json
# An option that has not come yet is no other.
wrong --time --time 5 ok.json

# Options stand anywhere; letters may be joined; --name=value and --name value; the last one wins.
run ok.json --virtual
assert_exit 0
run -kq ok.json
assert_exit 0
assert_stdout ran
run --timeout=1s --timeout 2s run ok.json --grace 1s
assert_exit 0
run ok.json ok.json
assert_stdout ran ran

# A script that has a command's name is run after '--' or as a path; a command's name alone is the command.
write check '[{"print": "a script named check"}]'
run ./check
assert_stdout 'a script named check'
run run check
assert_stdout 'a script named check'
run -- check
assert_exit 0
assert_stdout 'a script named check'
run check ok.json
assert_exit 0
assert_stdout

# Help and version, whatever else is wrong.
for option in -h --help; do
    run $option
    assert_exit 0
    assert_stderr
    assert_stdout_contains 'Usage: arun' SCRIPT... --timeout --keep-going check completions 'Exit status'
    for command in run check plan replay help schema kinds completions; do
        run $command $option
        assert_exit 0
        assert_stderr
        assert_stdout_contains "$command" --help
        [ $command = run ] || assert_stdout_lacks --grace
    done
    run $option --timeout soon missing.json
    assert_exit 0
    assert_stdout_contains 'Usage: arun'
done
for option in -V --version; do
    run $option
    assert_exit 0
    assert_stderr
    [[ $stdout =~ ^arun\ [0-9]+\.[0-9]+ ]] || fail "not a version: $stdout"
    assert_stdout_contains 'libuv ' 'libfyaml ' 'PCRE2 ' 'libcurl/'
done

# A file that is named twice would be lost; of a limit, the last one counts.
write twice.json '[{"sleep": 3}]'
for option in --events --trace --record --env-file; do
    run --virtual $option one $option two twice.json
    assert_exit 2
    assert_stderr_contains "'$option' is given twice"
    [ ! -e one ] && [ ! -e two ] || fail 'a file was written'
done
run --virtual --timeout 1 --timeout 5 twice.json
assert_exit 0
