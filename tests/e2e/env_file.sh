#!/usr/bin/env bash
# The environment is the process's, then --env-file, script, include; env.NAME sees the result.
. "${BASH_SOURCE%/*}/lib.sh"

write env '# a comment' '' 'A=from file' 'B= spaced ' "C='single \$A # no comment'" \
    'D="double \"quoted\" \n \$x" # comment' 'export E=exported' 'F=' 'G=a=b # comment' 'H=a#b' \
    $'I=crlf\r' 'J=1' 'J=2'
print='{"print": "${{ env.A }}|${{ env.B }}|${{ env.C }}|${{ env.E }}|'
print+='${{ env.F }}|${{ env.G }}|${{ env.H }}|${{ env.I }}|${{ env.J }}"}'
A=process E=process run --env-file env - <<<"[$print, {\"print\": \"\${{ env.D }}\"}]"
assert_stderr
assert_exit 0
assert_stdout 'from file|spaced|single $A # no comment|exported||a=b|a#b|crlf|2' 'double "quoted" ' ' $x'
A=process run - <<<'[{"print": "${{ env.A }} <${{ env.MISSING }}> ${{ env.MISSING == null }}"}]'
assert_stdout 'process <> true'

# Script over file over process; include over script; null unsets; entries may be computed and see the outer value.
write inc.json '{"env": {"S": "include", "A": "${{ env.A }}+"},
  "jobs": [{"print": "${{ env.A }} ${{ env.S }} ${{ env.P }}"}]}'
write main.json '{"env": {"S": "script", "P": null, "Q": "${{ 1 }}"},
  "jobs": [{"print": "${{ env.A }} ${{ env.S }} <${{ env.P }}> ${{ env.Q }}"}, {"include": "inc.json"},
  {"print": "${{ env.A }} ${{ env.S }}"}]}'
S=process P=process run --env-file env main.json
assert_stderr
assert_exit 0
assert_stdout 'from file script <> 1' 'from file+ include ' 'from file script'
# Each script has its own; the file is for all.
write other.json '[{"print": "${{ env.A }} <${{ env.S }}>"}]'
run --env-file env main.json other.json
assert_exit 0
assert_stdout_contains 'from file <>'

# What is wrong in it is told with its line, and nothing runs.
bad_line() {
    write bad "A=1" "$1"
    run --env-file bad other.json
    assert_exit 2
    assert_stdout
    assert_stderr_contains bad:2: "${@:2}"
}
bad_line 'no equals sign' NAME=VALUE
bad_line '1A=2' 1A
bad_line 'A B=2' 'A B'
bad_line 'A = 2' A
bad_line '=2'
bad_line 'A="open'
bad_line "A='open"
bad_line 'A="x" y' y
run --env-file missing other.json
assert_exit 2
assert_stdout
assert_stderr_contains --env-file missing
run --env-file . other.json
assert_exit 2
: >empty
run --env-file empty other.json
assert_exit 0
