#!/usr/bin/env bash
# What arun explore takes, and what it says of it: tapes, tests, scripts; options and reports.
LIMIT=240
. "${BASH_SOURCE%/*}/lib.sh"

write check.yaml 'timeout: 1m
vars: {name: world}
jobs:
- {name: greet, run: "echo hello ${{ name }}", expect: {stdout: {contains: hello}}}
- {name: optional, run: "true", continue_on_error: true}'

# A tape, which replays without the world; and another script with its answers.
run --record check.tape check.yaml
assert_exit 0
run explore check.tape
assert_exit 1
assert_stdout
assert_stderr_contains "check.yaml:5:20: error: run 'optional' exits with 1: its failure is ignored: 'continue_on_error'" \
    'again: arun explore check.tape --fault exit@optional' 'the same: killed@optional' ', 2 unnoticed'
sed '/optional/d' check.yaml >mended.yaml
run explore check.tape mended.yaml
assert_exit 0
assert_stderr_contains '0 unnoticed'
sed 's/hello \$/goodbye $/' mended.yaml >other.yaml
run explore check.tape other.yaml
assert_exit 2
assert_stderr_contains 'the run fails without a fault (exit status 1)'

# The faults are listed, and each can be run alone.
run explore -v check.tape mended.yaml
assert_exit 0
assert_stdout_contains "noticed   exit@greet: run 'greet' exits with 1" "noticed   silent@greet: run 'greet' prints nothing" \
    "handled   signal@greet: Ctrl-C during run 'greet'"
run explore check.tape --fault silent@greet
assert_exit 0
assert_stderr_contains 'stdout does not contain "hello"' "arun: run 'greet' prints nothing: noticed, exit status 1"
run explore check.tape --fault exit@optional
assert_exit 1
assert_stdout 'hello world'
run explore check.tape --fault signal@greet
assert_exit 0
assert_stderr_contains 'handled, exit status 130'
run explore check.tape --fault exit@gret
assert_exit 2
assert_stderr_contains "there is no fault 'exit@gret'; did you mean 'exit@greet'?"

# What is allowed.
run explore check.tape --allow '*@optional'
assert_exit 0
assert_stderr_contains '2 allowed, 0 unnoticed'
run explore check.tape --allow '*@optional' --allow nothing
assert_exit 0
assert_stderr_contains 'arun: --allow nothing matches no finding'
run explore check.tape --limit 3
assert_stderr_contains "faults were not tried; raise '--limit'"
for limit in 0 -1 x; do
    run explore check.tape --limit "$limit"
    assert_exit 2
    assert_stderr_contains '--limit: expected a whole number from 1 up'
done

# Two faults: the second attempt fails too, and then nothing cleans up.
write pairs.yaml 'timeout: 1m
jobs:
- {run: first, name: first, id: first, continue_on_error: true}
- {run: second, name: second, continue_on_error: true, if: "jobs.first.outcome == '"'failure'"'"}'
run explore pairs.yaml
assert_exit 0
run explore pairs.yaml --pairs
assert_exit 1
assert_stderr_contains "run 'first' exits with 1, and then run 'second' exits with 1: its failure is ignored: 'continue_on_error'"
run explore pairs.yaml --fault exit@first+exit@second
assert_exit 1

# Reports have a case for each fault.
run explore check.tape --report tap
assert_exit 1
assert_stdout_contains 'ok 1 - exit@greet' 'not ok ' ' - exit@optional' 'again: arun explore check.tape --fault exit@optional'
run explore check.tape --report junit=x.xml --report json=x.json --report github
assert_exit 1
assert_stdout_contains '::error file=check.yaml,line=5' 'exit@optional'
grep -q '<testcase name="exit@greet"' x.xml || fail 'no case'
assert_eq "$(jq -r '.scripts[0].outcome' x.json)" failure outcome
assert_eq "$(jq -r '.scripts[0].jobs[0].name' x.json)" exit@greet name

# Secrets are nowhere.
write secret.yaml 'secrets: [PW]
vars: {PW: hunter22}
jobs: [{run: "login hunter22", name: "login ${{ PW }}"}]'
run explore secret.yaml -v --report json=s.json --report junit=s.xml
assert_exit 1
assert_stdout_contains 'secret.yaml:3'
assert_stdout_lacks hunter22
assert_stderr_lacks hunter22
! grep -q hunter22 s.json s.xml || fail 'a secret is in a report'

# Scripts with variables and a choice of jobs, which the command to run a fault again has too.
write vars.yaml 'inputs: {host: {required: true}}
jobs: [{run: "ping ${{ host }}", name: ping}, {run: other, name: other, timeout: 1s}]'
run explore vars.yaml
assert_exit 2
assert_stderr_contains "the input 'host' is missing"
run explore vars.yaml host=shop --only ping
assert_exit 1
assert_stderr_contains 'again: arun explore vars.yaml host=shop --only ping --fault never@ping'
run explore vars.yaml host=shop --only ping --fault never@ping
assert_exit 1
write vars.json '{"host": "shop"}'
run explore vars.yaml --vars-file vars.json
assert_stderr_contains 'again: arun explore vars.yaml --vars-file vars.json --fault never@ping'
run explore vars.yaml host=shop --only nothing
assert_exit 2
assert_stderr_contains "--only: no job at the top of a script is called 'nothing'"

# A service is meant to run until something stops it.
write service.yaml 'timeout: 1m
jobs:
- {exec: [server], id: server, background: true}
- wait_for: {tcp: "localhost:80", while: server}
- http: http://localhost/
- cancel: server'
run explore service.yaml
assert_exit 0
assert_stderr_contains '0 unnoticed'
write ready.yaml 'timeout: 1m
jobs:
- {exec: [server], id: server, background: true, ready: {contains: listening}, on_exit: fail}
- http: http://localhost/'
run explore ready.yaml
assert_exit 0

# Files of tests: those whose run succeeds.
write t.test.yaml '{script: mended.yaml, answers: [{run: echo *, stdout: hello}], tests: [{name: well},
    {name: ill, answers: [{run: echo *, exit: 1}], expect: {exit: 1}}]}'
run explore t.test.yaml
assert_exit 0
assert_stderr_contains 'noticed' '0 unnoticed'
run explore t.test.yaml --only ill
assert_exit 2
assert_stderr_contains 'the run of each test fails, so there is nothing to explore'
run explore t.test.yaml --only nothing
assert_exit 2
assert_stderr_contains '--only and --skip leave no test'
write wrong.test.yaml '{script: mended.yaml, tests: [{expct: 1}]}'
run explore wrong.test.yaml
assert_exit 2
assert_stderr_contains "unknown key 'expct' of a test"
run explore t.test.yaml check.yaml
assert_exit 2
assert_stderr_contains "'check.yaml' is not a file of tests, as those before it are"

# What cannot be explored.
run explore
assert_exit 2
assert_stderr_contains 'expected a tape, a file of tests or a script'
run explore missing.yaml
assert_exit 2
assert_stderr_contains 'no such file'
run explore check.tape check.tape
assert_exit 2
assert_stderr_contains 'one tape, and scripts after it'
run explore check.tape --only greet
assert_exit 2
assert_stderr_contains '--only and --skip choose tests, or jobs of scripts without a tape'
head -c -20 check.tape >torn.tape
run explore torn.tape
assert_exit 2
assert_stderr_contains 'the tape ends in the middle of the run'
sed '1s/"arun-tape":1/"arun-tape":2/' check.tape >newer.tape
run explore newer.tape
assert_exit 2
assert_stderr_contains 'a newer arun'
write red.yaml '- run: exit 3'
run --record red.tape red.yaml
run explore red.tape
assert_exit 2
assert_stderr_contains 'the run fails without a fault (exit status 1)'
write endless.yaml '- repeat: {until: "false", do: {sleep: 1}}'
run explore endless.yaml
assert_exit 2
assert_stderr_contains 'the run does not end without a fault'
write broken.yaml '- prnt: x'
run explore broken.yaml
assert_exit 2
assert_stderr_contains "did you mean 'print'"

# Nothing false is said of the demos.
for demo in "$ARUN_SOURCE"/scripts/demo*.yaml; do
    run explore "$demo"
    assert_exit 0
    assert_stderr_contains '0 unnoticed'
done
