#!/usr/bin/env bash
# arun explore finds the fault that a script would not notice, and nothing where there is none.
LIMIT=240
. "${BASH_SOURCE%/*}/lib.sh"

# planted ID WORDS: the script on standard input has a mistake, which this fault shows, and the message has the words.
planted() {
    cat >planted.yaml
    run explore planted.yaml
    assert_exit 1
    assert_stdout
    assert_stderr_contains "$2" "arun explore planted.yaml --fault "
    run explore planted.yaml --fault "$1"
    assert_exit 1
    assert_stderr_contains "$2"
    run explore planted.yaml --allow "$1"
    grep -qxF "    again: arun explore planted.yaml --fault $1" "$T/io/stderr" && fail "allowed, but shown: $1"
    return 0
}
# mended: the script on standard input has none.
mended() {
    cat >mended.yaml
    run explore mended.yaml
    assert_exit 0
    assert_stdout
    assert_stderr_contains ', 0 unnoticed'
}
# The same for a script and answers, which are in answers.yaml: planted_test ID WORDS.
planted_test() {
    cat >script.yaml
    { echo 'script: script.yaml'; cat answers.yaml; } >planted.test.yaml
    run test planted.test.yaml
    assert_exit 0
    run explore planted.test.yaml
    assert_exit 1
    assert_stderr_contains "$2"
    run explore planted.test.yaml --fault "$1"
    assert_exit 1
    assert_stderr_contains "$2"
}
mended_test() {
    cat >script.yaml
    { echo 'script: script.yaml'; cat answers.yaml; } >mended.test.yaml
    run explore mended.test.yaml
    assert_exit 0
    assert_stderr_contains ', 0 unnoticed'
}

# --- clean-up ---

# The second job of a finally does not run if the first one fails.
planted exit@one "in the clean-up, run 'two' did not run" <<'Y'
timeout: 1m
jobs: [{run: work}]
finally: [{run: stop one, name: one, timeout: 5s}, {run: stop two, name: two, timeout: 5s}]
Y
mended <<'Y'
timeout: 1m
jobs: [{run: work}]
finally: [{run: stop one, name: one, timeout: 5s}, {run: stop two, name: two, timeout: 5s, if: always()}]
Y
# So does that of a job.
planted killed@one "in the clean-up, run 'two' did not run" <<'Y'
- run: work
  timeout: 1m
  finally: [{run: stop one, name: one, timeout: 5s}, {run: stop two, name: two, timeout: 5s}]
Y
# Its own `if` skips it, after a failure or after Ctrl-C.
planted exit@work "in the clean-up, run 'stop' did not run, because its 'if' was false" <<'Y'
timeout: 1m
jobs: [{run: work, name: work}]
finally: [{run: stop, name: stop, timeout: 5s, if: success()}]
Y
planted signal@work "in the clean-up, run 'stop' did not run, because its 'if' was false" <<'Y'
timeout: 1m
jobs: [{run: work, name: work, finally: {run: stop, name: stop, timeout: 1s, if: "success() || failure()"}}]
Y
mended <<'Y'
timeout: 1m
jobs: [{run: work, name: work}]
finally:
- {run: stop, name: stop, timeout: 1s, if: always()}
- {run: tell, timeout: 1s, if: failure()}
- {print: all well, if: success()}
Y
# It reads what is not there if the jobs fail early.
planted exit@early "in the clean-up, print \${{ place.stdout }} failed" <<'Y'
timeout: 1m
jobs: [{run: first, name: early}, {run: mktemp, capture: place, expect: {exit: 0}}]
finally: [{print: "${{ place.stdout }}"}]
Y
# It takes longer than it has after Ctrl-C.
planted signal@work 'still running after the grace period of 5s: sleep 10s' <<'Y'
timeout: 1m
jobs: [{run: work, name: work}]
finally: [{sleep: 10s}]
Y
mended <<'Y'
timeout: 1m
jobs: [{run: work, name: work}]
finally: [{sleep: 1s}]
Y

# --- failures that nobody sees ---

planted exit@check "its failure is ignored: 'continue_on_error', and nothing reads its outcome" <<'Y'
timeout: 1m
jobs: [{run: ./check, name: check, continue_on_error: true}, {print: done}]
Y
mended <<'Y'
timeout: 1m
jobs: [{run: ./check, name: check}, {print: done}]
Y
# A job that is left out tells nobody either.
planted exit@there "its failure is ignored: 'continue_on_error', and nothing reads its outcome" <<'Y'
timeout: 1m
jobs:
- {run: ./is-there, id: there, continue_on_error: true}
- {http: "http://shop.example/", if: "jobs.there.outcome == 'success'"}
Y
mended <<'Y'
timeout: 1m
jobs:
- {run: ./is-there, id: there, continue_on_error: true}
- {print: it is not there, if: "jobs.there.outcome != 'success'"}
Y
planted exit@check "its 'expect' accepts that status" <<'Y'
timeout: 1m
jobs: [{run: ./check, name: check, expect: {exit: [0, 1]}}]
Y
planted status@page "its 'expect' accepts that status" <<'Y'
- {http: "http://shop.example/", name: page, expect: {status: {ge: 200}}}
Y
mended <<'Y'
- {http: "http://shop.example/", name: page}
Y
# A service that dies while nobody looks.
planted exit@server "its failure is ignored: 'continue_on_error', and nothing reads its outcome" <<'Y'
timeout: 1m
jobs: [{exec: [server], id: server, background: true, continue_on_error: true}, {sleep: 1s}]
Y
planted never@shop "its failure is ignored: 'continue_on_error', and nothing reads its outcome" <<'Y'
- {wait_for: {tcp: "localhost:80", interval: 1s}, name: shop, continue_on_error: true}
- http: http://localhost/
Y
mended <<'Y'
- {wait_for: {tcp: "localhost:80"}, name: shop}
- http: http://localhost/
Y
# Nobody waits for a background job.
planted never@backup 'nothing waits for it: it was stopped' <<'Y'
timeout: 1m
jobs: [{run: ./backup, id: backup, background: true}, {sleep: 1s}]
Y
mended <<'Y'
timeout: 1m
jobs: [{run: ./backup, id: backup, background: true}, {sleep: 1s}, {wait: backup}]
Y

# --- results that nobody checks ---

write answers.yaml 'answers: [{run: cat version, stdout: "1.7"}]' 'tests: [{name: it}]'
planted_test silent@version 'prints nothing: no check needs what it prints' <<'Y'
timeout: 1m
jobs: [{run: cat version, name: version, capture: version}, {print: "version ${{ version.stdout }}"}]
Y
planted_test silent@version 'prints nothing: no check needs what it prints' <<'Y'
timeout: 1m
jobs: [{run: cat version, id: version}, {print: "version ${{ jobs.version.result.stdout }}"}]
Y
mended_test <<'Y'
timeout: 1m
jobs:
- {run: cat version, name: version, capture: version, expect: {stdout: {matches: '\d'}}}
- {print: "version ${{ version.stdout }}"}
Y
# What it prints is for people.
mended_test <<'Y'
timeout: 1m
jobs: [{run: cat version, id: version, background: true}, {wait: version}]
Y
write answers.yaml 'answers: [{http: "http://*", json: {id: 7}}]' 'tests: [{name: it}]'
planted_test empty@user 'no check needs the body' <<'Y'
- {http: "http://shop.example/user", name: user, capture: user}
- {print: "${{ user.body }}"}
Y
mended_test <<'Y'
- {http: "http://shop.example/user", name: user, capture: user, expect: {json: {id: 7}}}
- {print: "${{ user.body }}"}
Y
write answers.yaml 'stdin: [a, b, c, d]' 'tests: [{name: it}]'
planted_test empty@each 'gets no lines: the number of lines is never checked' <<'Y'
- {for_each: {lines: stdin}, name: each, do: {print: "${{ item }}"}}
Y
mended_test <<'Y'
- {for_each: {lines: stdin}, name: each, id: each, do: {print: "${{ item }}"}}
- assert: jobs.each.result == 4
Y

# --- time ---

planted never@work "never ends: no 'timeout' applies, so the run does not end" <<'Y'
- {run: ./work, name: work}
Y
planted late@page 'gets its response after an hour: no time limit applies to it' <<'Y'
- {http: "http://shop.example/", name: page, timeout: 0}
Y
planted never@shop "no 'timeout' applies, so the run does not end" <<'Y'
- {wait_for: {tcp: "localhost:80", timeout: 0, interval: 1h}, name: shop}
Y
planted never@inner "its 'timeout' of 2m never comes into effect: one around it ends the job after 1m" <<'Y'
- do: [{run: ./work, name: inner, timeout: 2m}]
  timeout: 1m
Y
planted never@inner "its 'timeout' of 5m never comes into effect: one around it ends the job after 1m" <<'Y'
timeout: 1m
jobs: [{run: ./work, name: inner, timeout: 5m}]
Y
mended <<'Y'
- do: [{run: ./work, name: inner, timeout: 1m}]
  timeout: 2m
Y
# The server never says that it is ready, and everything waits for ever.
write answers.yaml 'answers: [{exec: server, output: [{after: 1s, stdout: ready}], never: true}]' 'tests: [{name: it}]'
planted_test silent@server 'so the run does not end; it waits for' <<'Y'
- {exec: [server], id: server, background: true}
- {wait_for: {output: server, contains: ready, timeout: 0}}
Y
mended_test <<'Y'
- {exec: [server], id: server, background: true}
- {wait_for: {output: server, contains: ready}}
Y

# --- order ---

write answers.yaml 'answers: [{run: "*one", after: 100ms}, {run: "*two", after: 200ms}]' 'tests: [{name: it}]'
planted_test order@one "run 'one' goes on after run echo two: then the run prints 'the last is one' instead of 'the last is two'" <<'Y'
timeout: 1m
jobs:
- {set: {last: ""}}
- {do: [{run: echo one, name: one}, {set: {last: one}}], background: true, id: a, context: shared}
- {do: [{run: echo two}, {set: {last: two}}], background: true, id: b, context: shared}
- wait: [a, b]
- {set: {last: "${{ last }}"}, context: shared}
- {do: [{print: "the last is ${{ last }}"}], context: shared}
Y
mended_test <<'Y'
timeout: 1m
jobs:
- parallel: [{run: echo one, name: one}, {run: echo two}]
- print: both
Y

# Attempts tolerate one failure, but not that it stays.
planted exit-always@flaky 'exits with 1 every time: its failure is ignored' <<'Y'
timeout: 1m
jobs: [{run: flaky, name: flaky, retry: 3, continue_on_error: true}]
Y
planted refused-always@shop 'is refused every time: its failure is ignored' <<'Y'
- {http: "http://shop.example/", name: shop, retry: 3, timeout: 1m, continue_on_error: true}
Y
mended <<'Y'
timeout: 1m
jobs: [{run: flaky, name: flaky, retry: 3}]
Y
planted never@slow "the 'timeout' of its 'retry', 20s, never comes into effect" <<'Y'
- {run: slow, name: slow, timeout: 10s, retry: {limit: 2, timeout: 20s}}
Y
mended <<'Y'
- {run: slow, name: slow, timeout: 1m, retry: {limit: 2, timeout: 20s}}
Y
# Polling goes on after an answer that is none.
write answers.yaml 'answers: [{run: poll, stdout: wait, times: 2}, {run: poll, stdout: done}]' 'tests: [{name: it}]'
mended_test <<'Y'
timeout: 1m
jobs: [{repeat: 10, delay: 1s, until: p.stdout == 'done', do: {run: poll, capture: p}}, {assert: p.stdout == 'done'}]
Y
# An expectation that an empty text meets.
write answers.yaml 'answers: [{run: smoke, stdout: all ok}, {http: "*", body: all ok}]' 'tests: [{name: it}]'
planted_test silent@smoke 'prints nothing: no check needs what it prints' <<'Y'
- {run: smoke, name: smoke, timeout: 1m, expect: {stdout: {not: {contains: error}}}}
Y
planted_test empty@page 'gets an empty body: no check needs the body' <<'Y'
- {http: "http://x/", name: page, expect: {body: {not: {contains: error}}}}
Y
mended_test <<'Y'
- {run: smoke, name: smoke, timeout: 1m, expect: {stdout: {contains: ok}}}
- {http: "http://x/", name: page, expect: {body: all ok}}
Y
# Ctrl-C also where an answer takes no time.
write answers.yaml 'answers: [{run: "*"}, {http: "*"}]' 'tests: [{name: it}]'
planted_test signal@work "in the clean-up, run 'stop' did not run" <<'Y'
timeout: 1m
jobs: [{run: work, name: work}]
finally: [{run: stop, name: stop, if: "!cancelled()"}]
Y
planted_test signal@page "in the clean-up, run 'stop' did not run" <<'Y'
timeout: 1m
jobs: [{http: "http://x/", name: page}]
finally: [{run: stop, name: stop, if: "!cancelled()"}]
Y

mended_test <<'Y'
timeout: 1m
jobs: [{run: work, name: work}]
# Longer than the grace period: a clean-up that goes on for ever would be told.
finally: [{run: stop, name: stop, timeout: 10s}]
Y

# An attempt that fails anyway, and a failure that is expected, are not tried.
write answers.yaml 'answers: [{http: "http://h/", json: {is: busy}, times: 1}, {http: "http://h/", json: {is: done}}]' 'tests: [{name: it}]'
mended_test <<'Y'
- {http: "http://h/", expect: {json: {is: done}}, retry: 3, timeout: 1m}
Y
# A run that asks what a tape does not have cannot tell.
write old.yaml '- {run: "true", name: one, timeout: 1s}'
run --record old.tape old.yaml
write new.yaml '- {run: "true", name: one, timeout: 1s}' '- print: "${{ env.NOWHERE }}"'
run explore old.tape new.yaml
assert_exit 2
assert_stderr_contains "asks for the environment variable 'NOWHERE'" 'the run fails without a fault (exit status 125)'

# Another order is that of the ends of two children, whatever they print before.
write ends.yaml <<'END'
timeout: 10s
jobs:
- parallel:
  - {do: [{run: a}, {set: {v: 1}}], context: c}
  - {do: [{run: b}, {set: {v: 2}}], context: c}
- {assert: "v == 2", context: c}
END
write ends.test.yaml <<'END'
script: ends.yaml
answers:
- {run: a, after: 50ms, output: [{after: 40ms, stdout: "1\n"}]}
- {run: b, after: 160ms, output: [{after: 140ms, stdout: "2\n"}, {after: 150ms, stdout: "3\n"}]}
tests:
- name: ends
END
run explore ends.test.yaml
assert_exit 1
assert_stderr_contains 'run a goes on after run b: then the run fails: assertion failed: v == 2'
