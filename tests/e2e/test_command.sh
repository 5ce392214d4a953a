#!/usr/bin/env bash
# `arun test` compares runs of scripts with what their tests expect, and tells what differs where.
LIMIT=240
. "${BASH_SOURCE%/*}/lib.sh"
. "$ARUN_SOURCE/tests/e2e/data/tests.sh"

# refused TEXT MESSAGE [PART...]: the file has this error at the mark, and no test runs.
refused() {
    at_mark "$1"
    assert_exit 2
    assert_stdout
    assert_stderr_contains "$at: error: $2" "${@:3}"
}

# differs TEST MESSAGE [PART...]: the test of s.yaml fails, for this reason at the mark.
differs() {
    at_mark "{script: s.yaml, tests: [$1]}"
    assert_exit 1
    assert_stdout 'FAIL  test 1'
    assert_stderr_contains "$at: error: 'test 1': $2" 'arun: 1 failed' "${@:3}"
}

# passes TEST: the test of s.yaml passes.
passes() {
    tests "{script: s.yaml, tests: [$1]}"
    assert_exit 0
    assert_stdout 'ok    test 1'
}

# The example of the manual.
example() { sed -n '/^\.Bd/,/^\.Ed/p' | sed '/^\.[BE]d/d; s/\\e/\\/g'; }
page=$ARUN_SOURCE/man/arun-test.5
sed '1,/^\.Sh EXAMPLES/d; /^Its tests/,$d' "$page" | example >deploy.yaml
sed '1,/^Its tests/d' "$page" | example >deploy.test.yaml
run test deploy.test.yaml
assert_exit 0
assert_stdout_contains 'ok    all goes well' 'ok    Ctrl-C cleans up'
assert_stderr 'arun: 5 passed'

# What a file can have. Null is as good as no key.
write s.yaml '- {run: make, id: build}' '- {set: {n: 2, list: {a: [1]}}}' '- {sleep: 2, name: nap}' '- {print: done, name: end}'
tests 'script: s.yaml
answers: [{run: make}]
tests:
- {}
- {name: the second, x-note: [anything]}
- {name: ~, expect: ~, vars: ~, env: ~, stdin: ~, signals: ~, answers: ~, script: ~, tape: ~}
x-more: {a: b}'
assert_exit 0
assert_stdout 'ok    test 1' 'ok    the second' 'ok    test 3'
assert_stderr 'arun: 3 passed'
mkdir -p sub/deep
cp s.yaml sub
write sub/deep/t.json '{"script": "../s.yaml", "answers": [{"run": "make"}], "tests": [{"name": "é"}]}'
run test sub/deep/t.json
assert_exit 0
assert_stdout 'ok    é'
run test t.yaml sub/deep/t.json
assert_exit 0
assert_stderr 'arun: 4 passed'
write one.yaml '- print: one'
write two.jsonl '{"print": "two"}' '{"set": {"x": 1}}'
tests 'script: one.yaml
tests:
- {expect: {stdout: one}}
- {script: [one.yaml, two.jsonl], expect: {stdout: "one\ntwo", vars: {x: 1}}}
- {script: two.jsonl, expect: {stdout: two, jobs: {print two: success}}}'
assert_exit 0

# Variables and environment: those of a test are added to those of its file, and win.
write v.yaml '- print: "${{ a }} ${{ b }} ${{ env.A }} ${{ env.B }} [${{ env.HOME }}]"' '- {set: {sum: "${{ a + 1 }}"}}'
tests 'script: v.yaml
vars: {a: 1, b: {c: [1]}}
env: {A: x, B: y}
tests:
- {expect: {stdout: "1 {\"c\":[1]} x y []", vars: {sum: 2}}}
- {vars: {a: 2}, env: {B: 3, HOME: h}, expect: {stdout: "2 {\"c\":[1]} x 3 [h]", vars: {sum: 3}}}
- {vars: {b: "${{ 1 }}"}, expect: {stdout: {contains: "1 $"}}}'
assert_exit 0
write zone.yaml '- timestamp: "%Z"'
tests '{script: zone.yaml, tests: [{expect: {stdout: UTC}}, {env: {TZ: XYZ-3}, expect: {stdout: XYZ}}, {expect: {stdout: UTC}}]}'
assert_exit 0
# A name of the environment without a value is as if it were not there.
write env.yaml '- print: "${{ env }}"'
tests '{script: env.yaml, env: {A: x, B: ~}, tests: [{env: {A: ~, C: 3}, expect: {stdout: "{\"A\":\"x\",\"C\":\"3\"}"}}]}'
assert_exit 0
# The time of day is the same every day.
write date.yaml '- timestamp: "%Y-%m-%dT%H:%M:%S %Z"'
tests '{script: date.yaml, tests: [{expect: {stdout: "2000-01-01T00:00:00 UTC"}}, {start_time: 2024-02-29T12:00:00Z, expect: {stdout: "2024-02-29T12:00:00 UTC"}},
 {env: {TZ: XYZ-3}, expect: {stdout: "2000-01-01T03:00:00 XYZ"}}, {start_time: "@5", expect: {stdout: "1970-01-01T00:00:05 UTC"}}]}'
assert_exit 0
tests '{script: date.yaml, start_time: 2024-02-29T12:00:00Z, tests: [{expect: {stdout: {contains: 2024-02-29}}}, {start_time: 2001-02-03T04:05:06Z, expect: {stdout: "2001-02-03T04:05:06 UTC"}}]}'
assert_exit 0
# A variable that no script declares or reads is an error of the test that gives it, not of others.
at_mark '{script: one.yaml, vars: {of_all: 1}, tests: [{vars: {»mine: 1}}, {}]}'
assert_exit 1
assert_stdout 'FAIL  test 1' 'ok    test 2'
assert_stderr_contains "'test 1': expected exit 0, got 2" "$at: error: 'mine': no script declares or reads this variable"
assert_stderr_lacks "error: 'of_all'"
# An input of the wrong type is an error of the run, which can be expected.
write input.yaml 'inputs: {n: {type: number}}' 'jobs: [{print: "${{ n }}"}]'
at_mark '{script: input.yaml, tests: [{vars: {»n: x}}, {vars: {n: 5}}, {vars: {n: x}, expect: {exit: 2}}]}'
assert_exit 1
assert_stdout 'FAIL  test 1' 'ok    test 2' 'ok    test 3'
assert_stderr_contains "'test 1': expected exit 0, got 2" "$at: error: 'n': expected a number, not 'x'"

# Expectations, when all hold.
tests 'script: s.yaml
answers: [{run: make, stdout: "made\n", stderr: "warned\n", after: 1s}]
tests:
- expect:
    exit: 0
    stdout: "made\ndone"
    stderr: {contains: warn, matches: "^warned$"}
    duration: {ge: 3s, lt: 3.001s}
    vars: {n: 2, list: {equals: {a: [1]}}}
    order: [build, nap, end]
    jobs:
      build: success
      nap: {outcome: success, start: {ge: 1s, le: 1s}, duration: {ge: 2s, le: 2s}, attempts: 1, error: ~}
      "set {n: 2, list: {a: [1]}}": success
- {expect: {exit: [3, 0], stdout: {not: {contains: [a, b, z]}}, vars: {n: {gt: 1}, list: {contains: a}}, order: [], jobs: {end: {}}}}
- {expect: {exit: {lt: 1}, order: [build, end]}}'
assert_exit 0
assert_stdout 'ok    test 1' 'ok    test 2' 'ok    test 3'
# On the virtual clock, a duration is exact, and no warning says otherwise.
tests '{script: s.yaml, answers: [{run: make}], tests: [{expect: {duration: 2, jobs: {nap: {duration: 2s, start: 0}}}}]}'
assert_exit 0
assert_stderr 'arun: 1 passed'
# And each of them, when it does not.
write s.yaml '- {run: make, id: build}' '- {set: {n: 2, list: {a: [1]}}}' '- {print: done, name: end}'
differs '{answers: [{run: make}], expect: {exit: »3}}' 'expected exit 3, got 0'
differs '{answers: [{run: make}], expect: {exit: {gt: »3}}}' 'expected exit above 3, got 0'
differs '»{answers: [{run: make, exit: 2, stderr: "no rule\n"}]}' 'expected exit 0, got 1' \
    '    what the run wrote to standard error:' '      no rule' '      s.yaml:1:4: error: run: exit status 2'
differs '{answers: [{run: make}], expect: {stdout: »x}}' 'expected stdout "x", got "done\n"'
differs '{answers: [{run: make, stdout: "a\nb\n"}], expect: {stdout: »"a\nc\ndone"}}' 'stdout is not as expected' '    - c' '    + b'
differs '{answers: [{run: make}], expect: {stdout: {contains: »x}}}' 'stdout does not contain "x"'
differs '{answers: [{run: make}], expect: {stderr: »x}}' 'expected stderr "x", got ""'
differs '{answers: [{run: make, after: 3s}], expect: {duration: {lt: »2s}}}' 'expected duration below 2s, got 3s'
differs '{answers: [{run: make}], expect: {vars: {n: »3}}}' 'expected n 3, got 2'
differs '{answers: [{run: make}], expect: {vars: {n: »"2"}}}' 'expected n "2", got 2'
differs '{answers: [{run: make}], expect: {vars: {»lisst: {contains: a}}}}' "there is no variable 'lisst' at the end; did you mean 'list'?"
differs '{answers: [{run: make}], expect: {jobs: {»end: skipped}}}' "expected 'end' to end as skipped, got success"
differs '{answers: [{run: make, exit: 2}], expect: {exit: 1, jobs: {»build: success}}}' "expected 'build' to end as success, got failure (exit status 2)"
differs '{answers: [{run: make, after: 3s}], expect: {jobs: {end: {start: {lt: »2s}}}}}' "expected start of 'end' below 2s, got 3s"
differs '{answers: [{run: make, after: 3s}], expect: {jobs: {build: {duration: {lt: »2s}}}}}' "expected duration of 'build' below 2s, got 3s"
differs '{answers: [{run: make}], expect: {jobs: {build: {attempts: »2}}}}' "expected attempts of 'build' 2, got 1"
differs '{answers: [{run: make, exit: 2}], expect: {exit: 1, jobs: {build: {error: »oops}}}}' "expected error of 'build' \"oops\", got \"exit status 2\""
differs '{answers: [{run: make}], expect: {jobs: {»biuld: success}}}' "no job called 'biuld' was reached; did you mean 'build'?"
differs '{answers: [{run: make}], expect: {jobs: {»deploy: {}}}}' "no job called 'deploy' was reached; there are build, "
differs '{answers: [{run: make}], expect: {order: [end, »build]}}' "'build' started before 'end'"
differs '{answers: [{run: make}], expect: {order: [build, »edn]}}' "'edn' never started; did you mean 'end'?"
differs '{answers: [{run: make}], expect: {order: [build, »build]}}' "'build' did not start again"
at_mark '{script: s.yaml, tests: [{answers: [{run: make}], expect: {exit: 3, vars: {n: 3}, jobs: {end: skipped}, order: [»test]}}]}'
assert_exit 1
assert_eq "$(grep -c "error: 'test 1'" "$T/io/stderr")" 4 'number of mismatches'
assert_stderr_contains "$at: error:"

# Jobs in groups and loops have the names of reports; all that are called so must be as expected.
write s.yaml '- parallel: [{run: one, name: a}, {run: two, name: b}]' '- {for_each: [x, y], do: {run: "do ${{ item }}", name: round}}' \
    '- {run: again, name: retried, retry: {limit: 3, interval: 1s}}' '- {run: may fail, name: allowed, continue_on_error: true}' \
    '- {if: "false", name: never, print: no}' '- {exec: [server], background: true, id: server}'
tests 'script: s.yaml
answers: [{run: "*"}, {exec: "*", never: true}]
tests:
- expect: {jobs: {a: success, round: success, round (y): success, never: skipped, server: success}, order: [a, b, round (x), round (y)]}
- {answers: [{run: do y, exit: 1}], expect: {exit: 1, jobs: {round (x): success, round (y): failure, retried: skipped}}}
- {answers: [{run: two, exit: 1}, {run: one, after: 2s}], expect: {exit: 1, jobs: {a: cancelled, b: failure, server: {outcome: skipped, attempts: 0}}}}
- {answers: [{run: again, exit: 1, times: 2}], expect: {jobs: {retried: {outcome: success, attempts: 3, duration: {ge: 2s}}}}}
- {answers: [{run: may fail, exit: 7}], expect: {jobs: {allowed: {outcome: failure, error: {contains: exit status 7}}}}}
- {answers: [{run: do y, exit: 1}], expect: {exit: 1, jobs: {round: success}}}'
assert_exit 1
assert_stdout 'ok    test 1' 'ok    test 2' 'ok    test 3' 'ok    test 4' 'ok    test 5' 'FAIL  test 6'
assert_stderr_contains "expected 'round (y)' to end as success, got failure (exit status 1)" 'arun: 5 passed, 1 failed'

# A script with errors, or without a file, runs nothing.
write bad.yaml '- print: here' '- {foo: 3}'
tests '{script: bad.yaml, tests: [{}, {expect: {exit: 2, stdout: "", stderr: {contains: unknown kind of job}}}]}'
assert_exit 1
assert_stdout 'FAIL  test 1' 'ok    test 2'
assert_stderr_contains "t.yaml:1:28: error: 'test 1': expected exit 0, got 2" "      bad.yaml:2:4: error: unknown kind of job 'foo'"

# A run that never ends, and one in which nothing can happen any more.
write endless.yaml '- repeat: {until: "false", do: {sleep: 1}}'
write stuck.yaml '- run: hang'
at_mark '{script: endless.yaml, tests: [»{}, {script: stuck.yaml, answers: [{run: hang, never: true}]}, {script: stuck.yaml, answers: [{run: hang, never: true}], expect: {exit: 125}}]}'
assert_exit 1
assert_stdout 'FAIL  test 1' 'FAIL  test 2' 'ok    test 3'
assert_stderr_contains "$at: error: 'test 1': the run does not end" "'test 2': expected exit 0, got 125" 'deadlock: everything waits'

# Snapshots: missing, written, equal, different, written again.
write s.yaml '- print: hello' '- run: greet'
snap='{script: s.yaml, answers: [{run: greet, stderr: "who?"}], tests: [{name: hi, expect: {snapshot: »hi.snap}}]}'
at_mark "$snap"
assert_exit 1
assert_stderr_contains "$at: error: 'hi': there is no snapshot 'hi.snap'; 'arun test --update' writes it"
[ ! -e hi.snap ] || fail 'a snapshot was written unasked'
at_mark "$snap" --update
assert_exit 0
assert_stdout 'ok    hi'
assert_stderr 'arun: updated hi.snap' 'arun: 1 passed'
assert_file hi.snap 'exit 0' '--- stdout' hello '--- stderr' 'who?'
at_mark "$snap" --update
assert_exit 0
assert_stderr 'arun: 1 passed'
at_mark "$snap"
assert_exit 0
write s.yaml '- print: goodbye' '- run: greet'
at_mark "$snap"
assert_exit 1
assert_stderr_contains "$at: error: 'hi': the run differs from its snapshot; expected -, got +; 'arun test --update' rewrites it" \
    '    - hello' '    + goodbye'
assert_file hi.snap 'exit 0' '--- stdout' hello '--- stderr' 'who?'
at_mark "$snap" --update --quiet
assert_exit 0
assert_stderr
assert_file hi.snap 'exit 0' '--- stdout' goodbye '--- stderr' 'who?'
# A snapshot lies beside its test, and does not make up for what else is wrong.
write sub/snap.yaml '{script: s.yaml, answers: [{run: make}], tests: [{expect: {stdout: no, snapshot: deep/x.snap}}]}'
run test --update sub/snap.yaml
assert_exit 1
assert_stderr_contains 'arun: updated sub/deep/x.snap' 'expected stdout "no", got "done\n"'
[ -f sub/deep/x.snap ] || fail 'no snapshot'

# A snapshot that cannot be read or written fails its test, and no other one.
write s.yaml '- run: greet'
mkdir -p folder
tests '{script: s.yaml, answers: [{run: greet}], tests: [{expect: {snapshot: folder}}, {expect: {snapshot: none/x.snap}}, {expect: {snapshot: /dev/null}}, {}]}' --update
assert_exit 1
assert_stdout 'FAIL  test 1' 'FAIL  test 2' 'FAIL  test 3' 'ok    test 4'
assert_stderr_contains "'test 1': cannot read 'folder': it is a directory" "'test 2': snapshot: cannot write 'none/x.snap': no such file or directory" \
    "'test 3': '/dev/null' is not a regular file" 'arun: 1 passed, 3 failed'
# `-` is a name like any other.
cp s.yaml ./-
tests '{script: "-", answers: [{run: greet}], tests: [{}]}' <<<'- fail: this is no script'
assert_exit 0
rm ./-
tests '{script: s.yaml, answers: [{run: greet}], tests: [{expect: {snapshot: "-"}}]}' --update
assert_exit 0
assert_stdout 'ok    test 1'
assert_file ./- 'exit 0' '--- stdout' '--- stderr'
rm ./-

# Which tests run, and how much is said.
write s.yaml '- run: greet'
three='{script: s.yaml, answers: [{run: greet}], tests: [{name: alpha}, {name: beta, expect: {exit: 3}}, {name: alphabet}]}'
tests "$three" --only 'alpha*'
assert_exit 0
assert_stdout 'ok    alpha' 'ok    alphabet'
tests "$three" --only alpha --only beta --skip 'b*'
assert_exit 0
assert_stdout 'ok    alpha'
tests "$three" --skip 'alpha*'
assert_exit 1
assert_stdout 'FAIL  beta'
tests "$three" --only gamma
assert_exit 2
assert_stdout
assert_stderr_contains '--only and --skip leave no test'
tests "$three" --quiet
assert_exit 1
assert_stdout
assert_stderr_contains "'beta': expected exit 3, got 0" 'arun: 2 passed, 1 failed'
tests "$three" -q --only alpha
assert_exit 0
assert_stdout
assert_stderr
write say.yaml '- run: greet' '- print: hello'
tests '{script: say.yaml, answers: [{run: greet, stderr: who}], tests: [{name: quiet one}, {name: other, expect: {exit: 3}}]}' -v
assert_exit 1
assert_stdout 'ok    quiet one' hello 'FAIL  other' hello
assert_stderr_contains "'other': expected exit 3, got 0"
assert_stderr_lacks 'what the run wrote'
assert_eq "$(grep -cx who "$T/io/stderr")" 2 'outputs of runs'
tests "$three" --color always
assert_stderr_contains $'\e['

# Reports have a case for each test.
tests "$three" --report junit=j.xml --report tap=t.tap --report json=j.json --report github=g.txt
assert_exit 1
assert_stdout 'ok    alpha' 'FAIL  beta' 'ok    alphabet'
for part in '<testsuites name="arun" tests="3" failures="1"' '<testcase name="alphabet"' '<failure message="expected exit 3, got 0"'; do
    grep -qF -e "$part" j.xml || fail "j.xml lacks <$part>"
done
assert_eq "$(grep -E '^(1|ok|not)' t.tap)" $'1..3\nok 1 - alpha\nnot ok 2 - beta\nok 3 - alphabet'
for part in '"failure": 1' '"title": "beta"' '"message": "expected exit 3, got 0"'; do
    grep -qF -e "$part" j.json || fail "j.json lacks <$part>"
done
assert_eq "$(grep -A2 '"file": "t.yaml",$' j.json | sed -n 2p)" '      "outcome": "failure",' 'outcome of the file'
grep -q '^::error file=t.yaml,line=1,col=[0-9]*,title=beta::expected exit 3, got 0' g.txt || fail 'no annotation'
for format in junit tap json github; do
    tests "$three" --report "$format"
    assert_exit 1
    assert_stdout_lacks 'FAIL  beta' 'ok    alpha'
    assert_stdout_contains 'expected exit 3, got 0'
    assert_stderr_contains "'beta': expected exit 3, got 0"
done
tests "$three" --only alpha --report tap
assert_stdout 'TAP version 13' '1..1' 'ok 1 - alpha'

# The command line.
run test
assert_exit 2
assert_stderr_contains 'test: expected a file of tests'
run test none.yaml
assert_exit 2
assert_stderr_contains "cannot read 'none.yaml': no such file or directory"
run test --virtual t.yaml
assert_exit 2
assert_stderr_contains "'--virtual' is not an option of 'arun test'"
for command in check plan run; do
    at_mark '{script: s.yaml, tests: »[{}]}' --only test
    run "$command" t.yaml
    assert_exit 2
    assert_stdout
    assert_stderr_contains "$at: error: this is a file of tests, not a script; 'arun test' runs it"
done
run test t.yaml s.yaml # one file with an error: no test runs
assert_exit 2
assert_stdout
: >empty.yaml
run test empty.yaml
assert_exit 2
assert_stderr_contains "cannot read 'empty.yaml': it is empty"

# Files with errors.
refused '»null' "a file of tests is a mapping with 'tests', not null"
refused '»- run: x' "a file of tests is a mapping with 'tests', not a list"
refused '»{}' "a file of tests has 'tests': a list"
refused '»tests:' "a file of tests has 'tests': a list"
refused '»tests: []' 'there are no tests in it'
refused 'tests: »{}' "'tests': expected a list of tests, not a mapping"
refused 'tests: [»{}]' "the test has no script; write 'script: PATH' beside 'tests'"
refused '{script: s.yaml, tests: [»3]}' 'a test is a mapping, not a number'
refused 'tests: [»null]' 'a test is a mapping, not null'
assert_eq "$(grep -c 'error: ' "$T/io/stderr")" 1 'number of errors'
refused '{script: s.yaml, tests: [{name: a}, {name: »a}]}' "there is a test called 'a' already"
refused '{script: s.yaml, tests: [{name: test 2}, »{}]}' "there is a test called 'test 2' already"
refused '{script: s.yaml, »mocks: [], tests: [{}]}' "unknown key 'mocks' of a file of tests; did you mean 'answers'?"
refused '{script: s.yaml, »foo: 3, tests: [{}]}' "unknown key 'foo' of a file of tests; it takes script, tape, vars, env, stdin, answers, signals, start_time, tests"
refused '{script: s.yaml, tests: [{»then: 3}]}' "unknown key 'then' of a test; did you mean 'expect'?"
refused '{script: s.yaml, »script: s.yaml, tests: [{}]}' "duplicate key 'script'"
refused '{script: »none.yaml, tests: [{}]}' "there is no script 'none.yaml'"
refused '{script: s.yaml, tests: [{}, {script: [s.yaml, »none.yaml]}]}' "there is no script 'none.yaml'"
refused '{script: »"-", tests: [{}]}' "there is no script './-'"
refused '{script: »{a: b}, tests: [{}]}' "'script': expected text, not a mapping"
refused '{script: [s.yaml, »[]], tests: [{}]}' "'script': expected text, not a list"
refused '{script: »"${{ x }}", tests: [{}]}' "'script' cannot be computed"
refused '{script: s.yaml, tests: [{name: »[a]}]}' "'name' of a test: expected text, not a list"
refused '{script: s.yaml, tests: [{tape: »[a]}]}' "'tape': expected text, not a list"
refused '{script: s.yaml, vars: »[a], tests: [{}]}' "'vars': expected a mapping of names and values"
refused '{script: s.yaml, vars: {»1a: 3}, tests: [{}]}' "'1a' is not the name of a variable"
refused '{script: s.yaml, env: »[A=3], tests: [{}]}' "'env': expected a mapping of names and texts"
refused '{script: s.yaml, env: {A: »[x]}, tests: [{}]}' "'env': expected text, not a list"
refused '{script: s.yaml, env: {»A=B: x}, tests: [{}]}' "'A=B' is not the name of an environment variable"
refused '{script: s.yaml, env: {»"": x}, tests: [{}]}' "'' is not the name of an environment variable"
refused '{script: s.yaml, start_time: »noon, tests: [{}]}' "'start_time': 'noon' is not a time; write 2024-01-01T12:00:00Z or @1704110400"
refused '{script: s.yaml, tests: [{start_time: »[a]}]}' "'start_time': expected text, not a list"
refused '{script: s.yaml, signals: »[INT], tests: [{}]}' "'signals': expected a mapping of signals and times; for example: {INT: 2s}"
refused '{script: s.yaml, signals: {»FOO: 1s}, tests: [{}]}' "'FOO' is not a signal that interrupts a run; for example: {INT: 2s}"
refused '{script: s.yaml, signals: {INT: [1s, »soon]}, tests: [{}]}' 'the time of a signal'
refused '{script: s.yaml, answers: [{run: a, with: {»foo: 3}}], tests: [{}]}' "unknown key 'foo' of 'with'"
refused '{script: s.yaml, answers: [{run: a, with: {env: »[A]}}], tests: [{}]}' "'env' of 'with': expected a mapping"
refused '{script: s.yaml, answers: [{run: a, with: {»body: b}}], tests: [{}]}' "unknown key 'body' of 'with'"
refused '{script: s.yaml, answers: [{tcp: "a:1", »with: {dir: b}}], tests: [{}]}' "unknown key 'with'"
refused '{script: s.yaml, signals: {»KILL: 1s}, tests: [{}]}' "'KILL' is not a signal that interrupts a run"
refused '{script: s.yaml, tests: [{signals: {»SIGCHLD: 1s}}]}' "'SIGCHLD' is not a signal that interrupts a run"
refused '{script: s.yaml, signals: {INT: »x}, tests: [{}]}' "the time of a signal: 'x' is not a duration"
refused '{script: s.yaml, signals: {INT: »-1}, tests: [{}]}' 'the time of a signal: a duration cannot be negative'
refused '{script: s.yaml, signals: {INT: »"${{ 1 }}"}, tests: [{}]}' 'the time of a signal cannot be computed; write it out'
refused '{script: s.yaml, stdin: »{a: b}, tests: [{}]}' "'stdin': expected text, not a mapping"
refused '{script: s.yaml, stdin: [a, »[b]], tests: [{}]}' "a line of 'stdin': expected text, not a list"
refused '{script: s.yaml, stdin: [{»text: a}], tests: [{}]}' "unknown key 'text' of a line of 'stdin'; it takes after, line"
refused '{script: s.yaml, stdin: [»{after: 1s}], tests: [{}]}' "a line of 'stdin' has a 'line'"
refused '{script: s.yaml, stdin: [{line: a, after: »-1}], tests: [{}]}' "'after' of a line: a duration cannot be negative"
refused '{script: s.yaml, tests: [{expect: »[]}]}' "'expect' of a test is a mapping, not a list"
refused '{script: s.yaml, tests: [{expect: {»code: 0}}]}' "unknown key 'code' of 'expect' of a test; did you mean 'exit'?"
refused '{script: s.yaml, tests: [{expect: {exit: »x}}]}' "'exit': expected a whole number or a list of them, not 'x'"
refused '{script: s.yaml, tests: [{expect: {exit: »{}}}]}' "'exit': nothing is expected"
refused '{script: s.yaml, tests: [{expect: {stdout: »[a]}}]}' "'stdout': expected text, not a list; write {contains: [...]}"
refused '{script: s.yaml, tests: [{expect: {stdout: {»contain: a}}}]}' "unknown matcher 'contain' of 'stdout'; did you mean 'contains'?"
refused '{script: s.yaml, tests: [{expect: {stderr: {matches: »(}}}]}' "'stderr': not a regular expression"
refused '{script: s.yaml, tests: [{expect: {duration: {lt: »x}}}]}' "'duration': 'x' is not a duration"
refused '{script: s.yaml, tests: [{expect: {vars: »[a]}}]}' "'vars': expected a mapping of names and values"
refused '{script: s.yaml, tests: [{expect: {vars: {a: "${{ »b }}"}}}]}' "unknown name 'b'"
refused '{script: s.yaml, tests: [{expect: {vars: {a: {»b: 3}}}}]}' "unknown matcher 'b' of 'a'" '{equals: {...}} expects a whole mapping'
refused '{script: s.yaml, tests: [{expect: {jobs: »[a]}}]}' "'jobs': expected a mapping of names of jobs; for example: {deploy: skipped}"
refused '{script: s.yaml, tests: [{expect: {jobs: {a: »ok}}}]}' "'ok' is not an outcome of a job; did you mean 'success'?"
refused '{script: s.yaml, tests: [{expect: {jobs: {a: {outcome: »3}}}}]}' "'3' is not an outcome of a job; it is success, failure, cancelled or skipped"
refused '{script: s.yaml, tests: [{expect: {jobs: {a: {»end: 3}}}}]}' "unknown key 'end' of an expected job; it takes outcome, start, duration, attempts, error"
refused '{script: s.yaml, tests: [{»snapshot: a}]}' "unknown key 'snapshot' of a test; put it under 'expect'"
refused '{script: s.yaml, tests: [{expect: {jobs: {a: {start: {lt: »-1}}}}}]}' "'start': a duration cannot be negative"
refused '{script: s.yaml, tests: [{expect: {order: »a}}]}' "'order': expected a list of names of jobs, not text"
refused '{script: s.yaml, tests: [{expect: {order: [»[a]]}}]}' "a name in 'order': expected text, not a list"
refused '{script: s.yaml, tests: [{expect: {snapshot: »[a]}}]}' "'snapshot': expected text, not a list"
refused '{script: s.yaml, tests: [{expect: {snapshot: a}}, {expect: {snapshot: »a}}]}' 'another test has this snapshot already'
refused '{script: »sub, tests: [{}]}' "'sub' is a directory"
refused '{script: s.yaml, tests: [{expect: {snapshot: a}}, {expect: {snapshot: »./a}}]}' 'another test has this snapshot already'
# Only a snapshot is written anew.
write quiet.yaml '- sleep: 1s'
cp quiet.yaml quiet.copy
for file in quiet.yaml ./quiet.yaml t.yaml; do
    at_mark "{script: quiet.yaml, tests: [{expect: {snapshot: »$file}}]}" --update
    assert_exit 1
    assert_stderr_contains "$at: error: 'test 1': '$file' is not a snapshot of a run"
done
cmp quiet.yaml quiet.copy || fail 'a script was overwritten'
# The order of keys does not matter.
tests '{tests: [{}], script: quiet.yaml}'
assert_exit 0
tests $'{script: s.yaml, tests: [{}]}\n---\n{}'
assert_exit 2
assert_stderr_contains "'t.yaml' has several documents; a file of tests is one mapping"
tests "{script: s.yaml, tests: $(printf '%0300d' 0 | tr 0 '[')"
assert_exit 2
assert_stderr_contains 'error: '
# All errors of a file are told at once.
tests '{script: [s.yaml, none.yaml], vars: 3, env: 3, tests: [{expect: 3}, {nmae: x}]}'
assert_exit 2
assert_eq "$(grep -c ': error: ' "$T/io/stderr")" 5 'number of errors'
