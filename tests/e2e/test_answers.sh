#!/usr/bin/env bash
# The answers of `arun test` stand for commands, requests, ports, files, standard input, signals and tapes; nothing else
# does.
LIMIT=240
. "${BASH_SOURCE%/*}/lib.sh"
. "$ARUN_SOURCE/tests/e2e/data/tests.sh"

# all_pass TEST...: these tests of s.yaml pass.
all_pass() {
    local all
    all=$(printf -- '- %s\n' "$@")
    tests $'script: s.yaml\ntests:\n'"$all"
    assert_exit 0
    assert_stderr "arun: $# passed"
}

# differs TEST MESSAGE [PART...]: the test of s.yaml fails, for this reason at the mark.
differs() {
    at_mark "{script: s.yaml, tests: [$1]}"
    assert_exit 1
    assert_stdout 'FAIL  test 1'
    assert_stderr_contains "$at: error: 'test 1': $2" "${@:3}"
}

# refused ANSWER MESSAGE: the answer has this error at the mark, and no test runs.
refused() {
    at_mark "{script: s.yaml, answers: [$1], tests: [{}]}"
    assert_exit 2
    assert_stdout
    assert_stderr_contains "$at: error: $2"
}

# Patterns of shell scripts: as in a shell, of the whole text, without the blanks around it.
write s.yaml '- run: "./migrate --all"'
all_pass '{answers: [{run: ./migrate --all}]}' '{answers: [{run: "./migrate*"}]}' '{answers: [{run: "*"}]}' \
    '{answers: [{run: "./migrat? --[a-c]ll"}]}' '{answers: [{run: " ./migrate --all\n"}]}' '{answers: [{exec: "*/migrate --all"}]}'
differs '»{answers: [{run: migrate}]}' "the script runs './migrate --all', for which the test has no answer"
differs '»{answers: [{run: "./MIGRATE*"}]}' "the script runs './migrate --all', for which the test has no answer"
differs '»{answers: [{run: ./migrate -all}]}' "the script runs './migrate --all', for which the test has no answer; closest is run './migrate -all' (t.yaml:1)"
write s.yaml '- run: "[ -f *.txt ] && \\true"' '- run: |' '    cd /' '    ls "$1"' '- run: {script: echo hi, shell: [bash, -eu, -c]}'
all_pass '{answers: [{run: "[ -f *.txt ] && \\true"}, {run: "cd*ls*"}, {run: "echo *"}]}' \
    '{answers: [{run: "\\[ -f \\*.txt*"}, {run: "cd /\nls \"$1\""}, {exec: [bash, "-*", -c, echo hi]}]}'

# Of commands: all arguments as one text, or one by one.
write s.yaml '- exec: [make, all, "two words"]'
all_pass '{answers: [{exec: make all two words}]}' '{answers: [{exec: "make *"}]}' '{answers: [{exec: "m*"}]}' \
    '{answers: [{exec: [make, "*", "two words"]}]}' '{answers: [{exec: ["m?ke", all, "*"]}]}'
differs '»{answers: [{exec: [make, all, two, words]}]}' "the script asks for the command 'make all two words', for which the test has no answer"
differs '»{answers: [{exec: [make, all]}]}' "the script asks for the command 'make all two words'"
differs '»{answers: [{exec: make lal two words}]}' "the script asks for the command 'make all two words', for which the test has no answer; closest is exec 'make lal two words' (t.yaml:1)"
differs '»{answers: [{exec: ["m*"]}]}' "the script asks for the command 'make all two words'"
differs '»{answers: [{run: make all two words}]}' "the script asks for the command 'make all two words'"
differs '»{answers: [{file: make all two words}]}' "the script asks for the command 'make all two words', for which the test has no answer"
assert_stderr_lacks closest
differs '»{answers: [{exec: [make, all, two wards]}]}' "the script asks for the command 'make all two words', for which the test has no answer; closest is exec 'make all two wards' (t.yaml:1)"

# Of requests: the URL, or the method too.
write s.yaml '- http: http://shop/items?id=3' '- http: {method: POST, url: "http://shop/items", body: x}'
all_pass '{answers: [{http: "*"}]}' '{answers: [{http: http://shop/items?id=3}, {http: http://shop/items}]}' \
    '{answers: [{http: "GET http://shop/*"}, {http: POST http://shop/items}]}' '{answers: [{http: "* http://shop/items*"}]}'
differs '»{answers: [{http: "*?id=3"}, {http: PUT http://shop/items}]}' \
    "the script asks for the request 'POST http://shop/items', for which the test has no answer; closest is http 'PUT http://shop/items' (t.yaml:1)"
differs '»{answers: [{http: "http://shop/items?id=4"}, {run: "GET http://shop/items?id=3"}]}' \
    "the script asks for the request 'GET http://shop/items?id=3', for which the test has no answer; closest is http 'http://shop/items?id=4' (t.yaml:1)"
differs '»{answers: [{http: "http://SHOP/*"}]}' "the script asks for the request 'GET http://shop/items?id=3'"

# Where the world has no answer, nothing else is told.
write s.yaml '- run: make'
differs '»{answers: [{tcp: "*"}], expect: {exit: 3, stdout: x, jobs: {x: success}, order: [x], vars: {x: 1}, snapshot: x.snap}}' "the script runs 'make', for which"
assert_eq "$(grep -c 'error: ' "$T/io/stderr")" 1 'number of messages'

# An answer that is never asked for, which is an error only in the test itself.
write s.yaml '- run: make'
differs '{answers: [{run: make}, {»exec: [git, push]}]}' "the script never asked for exec 'git push'"
differs '{answers: [{run: "m*"}, {»run: make}]}' "the script never asked for run 'make'"
tests '{script: s.yaml, answers: [{run: make}, {http: "*"}], tests: [{answers: [{run: make, stdout: mine}, {tcp: "*", times: 0}], expect: {stdout: mine}}]}'
assert_exit 0

# What a command does.
write s.yaml '- {run: make, id: make, timeout: 10s, continue_on_error: true}' '- print: "${{ jobs.make.result }}"' '- {set: {result: "${{ jobs.make.result }}"}}'
all_pass '{answers: [{run: make}], expect: {stdout: {matches: "^.\"exit\":0,\"signal\":null,\"stdout\":\"\",\"stderr\":\"\",\"duration\":0.$"}}}' \
    '{answers: [{run: make, exit: 3, stdout: a, stderr: "b\n", after: 2s}], expect: {stderr: {contains: exit status 3}, duration: {ge: 2s, lt: 2.1s}, jobs: {make: {outcome: failure, error: exit status 3}}}}' \
    '{answers: [{run: make, stdout: "a\nb", stderr: c}], expect: {stdout: {contains: ["a\nb", "\"stdout\":\"a\\nb\""]}, stderr: c}}' \
    '{answers: [{run: make, stdout: 3}], expect: {stdout: {matches: "^3"}}}' \
    '{answers: [{run: make, signal: KILL}], expect: {jobs: {make: {error: killed by signal KILL}}}}' \
    '{answers: [{run: make, signal: sigterm, after: 1s}], expect: {jobs: {make: {error: killed by signal TERM, duration: {ge: 1s, lt: 1.1s}}}}}' \
    '{answers: [{run: make, error: no such program}], expect: {jobs: {make: {error: "cannot start: no such program"}}}}' \
    '{answers: [{run: make, never: true}], expect: {jobs: {make: {error: {contains: timed out after 10s}, duration: {ge: 10s, le: 10s}}}}}' \
    '{answers: [{run: make, after: 11s}], expect: {jobs: {make: {error: {contains: timed out}}}}}' \
    '{answers: [{run: make, output: [{after: 2s, stdout: late}, {stdout: soon}, {after: 1s, stderr: err}]}], expect: {stdout: {matches: "^soon\nlate\n"}, stderr: err, duration: {ge: 2s, le: 2s}}}' \
    '{answers: [{run: make, after: 3s, output: [{after: 2s, stdout: x}]}], expect: {duration: {ge: 3s, le: 3s}}}' \
    '{answers: [{run: make, after: 1s, output: [{after: 2s, stdout: x, stderr: y}]}], expect: {duration: {ge: 2s, le: 2s}}}'
# A background job that prints, is waited for, and is stopped at the end.
write s.yaml '- {exec: [server], id: server, background: true}' '- wait_for: {output: server, contains: listening}' '- print: go'
all_pass '{answers: [{exec: server, never: true, output: [{after: 5s, stdout: listening}]}], expect: {stdout: "listening\ngo", duration: {ge: 5s, lt: 6s}, jobs: {server: success}}}' \
    '{answers: [{exec: server, exit: 1, after: 1s}], expect: {exit: 1, jobs: {server: failure}}}'

# How often: the next answer that matches counts then.
write s.yaml '- for_each: {range: 4, do: {run: poll}}'
all_pass '{answers: [{run: poll, stdout: "1", times: 1}, {run: "p*", stdout: "2", times: 2}, {run: "*", stdout: "3"}], expect: {stdout: "1\n2\n2\n3"}}' \
    '{answers: [{run: poll, times: 4}]}' '{answers: [{run: poll, times: 9}]}'
differs '»{answers: [{run: poll, times: 3}]}' "the script runs 'poll', for which the test has no answer any more (t.yaml:1 has 'times: 3')"
tests '{script: s.yaml, answers: [{run: poll, stdout: b}], tests: [{answers: [{run: poll, stdout: a, times: 2}], expect: {stdout: "a\na\nb\nb"}}, {expect: {stdout: "b\nb\nb\nb"}}]}'
assert_exit 0

# What a request gets.
write s.yaml '- {http: "http://shop/", id: shop, timeout: 10s, retry: {limit: 1, interval: 1s}}' '- print: "${{ jobs.shop.result.status }} ${{ jobs.shop.result.body }} ${{ jobs.shop.result.json }} ${{ jobs.shop.result.headers }}"'
all_pass '{answers: [{http: "*"}], expect: {stdout: "200   {}"}}' \
    '{answers: [{http: "*", status: 201, body: made, headers: {X-A: b, C: [d, e]}, after: 2s}], expect: {stdout: "201 made  {\"x-a\":\"b\",\"c\":\"d, e\"}", duration: {ge: 2s, le: 2s}}}' \
    '{answers: [{http: "*", json: {a: [1, ~, x]}}], expect: {stdout: {contains: "{\"a\":[1,null,\"x\"]}"}}}' \
    '{answers: [{http: "*", json: 3}], expect: {stdout: "200 3 3 {}"}}' \
    '{answers: [{http: "*", status: 503, body: busy}], expect: {exit: 1, jobs: {shop: {attempts: 2, error: {contains: "got 503"}}}}}' \
    '{answers: [{http: "*", error: connection refused, after: 2s, times: 1}, {http: "*"}], expect: {jobs: {shop: {outcome: success, attempts: 2, duration: {ge: 3s, le: 3s}}}}}' \
    '{answers: [{http: "*", error: connection refused}], expect: {exit: 1, jobs: {shop: {error: {contains: connection refused}}}}}' \
    '{answers: [{http: "*", never: true}], expect: {exit: 124, duration: {ge: 10s, le: 10s}, stderr: {contains: timed out after 10s (no answer)}, jobs: {shop: failure}}}'

# Ports.
write s.yaml '- {wait_for: {tcp: "127.0.0.1:80", interval: 1s}, timeout: 10s}'
all_pass '{answers: [{tcp: "127.0.0.1:80"}], expect: {duration: {lt: 1s}}}' '{answers: [{tcp: "*:80", after: 2.5s}], expect: {duration: {ge: 3s, le: 3s}}}' \
    '{answers: [{tcp: "*", never: true}], expect: {exit: 124, stderr: {contains: Connection refused}}}' \
    '{answers: [{tcp: "*", error: no route}], expect: {exit: 124, stderr: {contains: no route}}}' \
    '{answers: [{tcp: "*", never: true, times: 2}, {tcp: "*"}], expect: {duration: {ge: 2s, le: 2s}}}'
differs '»{answers: [{tcp: "127.0.0.1:81"}]}' "the script asks for a connection to '127.0.0.1:80', for which the test has no answer"

# Files that are waited for, read by lines, or the input of something.
write s.yaml '- {wait_for: {file: up.txt, interval: 1s}, timeout: 10s}'
all_pass '{answers: [{file: up.txt}], expect: {duration: {lt: 1s}}}' '{answers: [{file: "up*", after: 2.5s}], expect: {duration: {ge: 3s, le: 3s}}}' \
    '{answers: [{file: "*", never: true}], expect: {exit: 124, stderr: {contains: "up.txt: not there"}}}'
differs '»{answers: [{file: up.text}]}' "the script asks for the file 'up.txt', for which the test has no answer; closest is file 'up.text' (t.yaml:1)"
write s.yaml '- {wait_for: {file: log, contains: ready, interval: 1s}, timeout: 10s}'
all_pass '{answers: [{file: log, after: 2s, text: "not yet\nready\n"}], expect: {duration: {ge: 2s, lt: 4s}}}' \
    '{answers: [{file: log, text: nothing}], expect: {exit: 124, stderr: {contains: "no '"'ready'"' in it"}}}'
write s.yaml '- for_each: {lines: in.txt}' '  do: {print: "<${{ item }}>"}'
all_pass '{answers: [{file: in.txt, text: "a\nb"}], expect: {stdout: "<a>\n<b>"}}' '{answers: [{file: in.txt}], expect: {stdout: ""}}' \
    '{answers: [{file: in.txt, text: a, after: 2s}], expect: {stdout: <a>, duration: {ge: 2s, le: 2s}}}' \
    '{answers: [{file: in.txt, never: true}], expect: {exit: 1, stderr: {contains: no such file}}}' \
    '{answers: [{file: in.txt, error: permission denied}], expect: {exit: 1, stderr: {contains: permission denied}}}'
differs '»{}' "the script asks for the lines of 'in.txt', for which the test has no answer"
write s.yaml '- exec: {argv: [sort], stdin: {file: in.txt}}' '- http: {url: "http://shop/", method: POST, body: {file: body.txt}}'
all_pass '{answers: [{exec: sort}, {http: "*"}, {file: in.txt}, {file: body.txt, text: x}]}' \
    '{answers: [{file: in.txt, error: permission denied}], expect: {exit: 1, stderr: {contains: "exec: cannot open '"'in.txt'"': permission denied"}}}' \
    '{answers: [{file: in.txt, never: true}], expect: {exit: 1, stderr: {contains: "exec: cannot open '"'in.txt'"': no such file or directory"}}}'
differs '»{answers: [{http: "*", times: 0}]}' "the script asks for the file 'in.txt', for which the test has no answer"

# Standard input, as a text and as lines with times.
write s.yaml '- for_each: {lines: stdin}' '  do: {print: "<${{ item }}>"}'
all_pass '{stdin: "a\nb", expect: {stdout: "<a>\n<b>"}}' '{stdin: "", expect: {stdout: ""}}' '{stdin: [], expect: {stdout: ""}}' '{stdin: 3, expect: {stdout: <3>}}' \
    '{stdin: [b, {line: c, after: 5s}, {line: "a a"}, ""], expect: {stdout: "<b>\n<a a>\n<>\n<c>", duration: {ge: 5s, le: 5s}}}'
tests '{script: s.yaml, stdin: outer, tests: [{expect: {stdout: <outer>}}, {stdin: [inner], expect: {stdout: <inner>}}]}'
assert_exit 0
differs '»{}' 'the script reads standard input, which the test does not give'

# Lines that nothing reads test nothing.
write s.yaml '- {run: ls}'
tests '{script: s.yaml, answers: [{run: ls}], tests: [{stdin: [a, b]}, {stdin: ""}]}'
assert_exit 1
assert_stdout 'FAIL  test 1' 'ok    test 2'
assert_stderr_contains "'test 1': the script never reads standard input"

# What else a command or a request must have.
write with.yaml 'jobs:' '- {run: deploy, dir: /srv, env: {MODE: prod}, stdin: "hello\n"}' \
    '- {http: "http://h/items", method: POST, json: {id: 7, name: x}, headers: {Authorization: Bearer abc}}' \
    '- {http: "http://h/text", method: POST, body: some text}'
answered='{http: "*"}'
tests 'script: with.yaml
tests:
- answers:
  - {run: deploy, with: {dir: "/s*", env: {MODE: prod}, stdin: hello}}
  - {http: POST http://h/items, with: {json: {name: x, id: 7}, headers: {authorization: "Bearer *"}}}
  - {http: "http://h/text", with: {body: "some*"}}
- {answers: [{run: deploy, with: {dir: /etc}}, '"$answered"']}
- {answers: [{run: deploy, with: {env: {MODE: test}}}, '"$answered"']}
- {answers: [{run: deploy, with: {env: {OTHER: "*"}}}, '"$answered"']}
- {answers: [{run: deploy, with: {stdin: bye}}, '"$answered"']}
- {answers: [{run: deploy}, {http: POST http://h/items, with: {json: {name: x}}}]}
- {answers: [{run: deploy}, {http: POST http://h/items, with: {headers: {X-A: "*"}}}]}
- {answers: [{run: deploy}, {http: POST http://h/items}, {http: "http://h/text", with: {body: other}}]}'
assert_exit 1
assert_eq "$(grep -c ^ok "$T/io/stdout")" 1
assert_stderr_contains "run 'deploy' (t.yaml:7) is for another 'dir' than '/srv'" \
    "(t.yaml:8) is for another 'MODE' in 'env' than 'prod'" "(t.yaml:9) is for one with 'OTHER' in 'env'" \
    "(t.yaml:10) is for another 'stdin' than 'hello'" "is for another 'json' than '{\"id\":7,\"name\":\"x\"}'" \
    "is for one with 'X-A' in 'headers'" "is for another 'body' than 'some text'"

# Signals.
write s.yaml '- {run: slow, name: slow}' '- {print: next, name: next}'
write finally.yaml 'jobs: [{run: slow, name: slow}]' 'finally: [{run: clean, name: clean}]'
tests 'script: s.yaml
answers: [{run: slow, after: 10s}]
signals: {INT: 2s}
tests:
- {expect: {exit: 130, stdout: "", duration: {ge: 2s, lt: 3s}, jobs: {slow: cancelled, next: skipped}}}
- {signals: {sigterm: 0}, expect: {exit: 143, duration: {lt: 1s}}}
- {signals: {}, expect: {exit: 0, stdout: next}}
- {script: finally.yaml, answers: [{run: clean, after: 1s}], expect: {exit: 130, jobs: {slow: cancelled, clean: success}}}
- {}'
assert_exit 1
assert_stdout 'ok    test 1' 'ok    test 2' 'ok    test 3' 'ok    test 4' 'FAIL  test 5'
assert_stderr_contains "t.yaml:9:3: error: 'test 5': expected exit 0, got 130"
# A second one ends the run at once, a tenth of a second after the first or later, and so does SIGQUIT.
write slow.yaml 'jobs: [{print: begun}, {run: slow, finally: [{print: cleaning}, {sleep: 3s}, {print: cleaned}]}]' 'finally: {print: bye}'
tests 'script: slow.yaml
answers: [{run: slow, never: true}]
tests:
- {signals: {INT: 2s}, expect: {exit: 130, duration: 5s, stdout: "begun\ncleaning\ncleaned\nbye"}}
- {signals: {INT: [2s, 2090ms]}, expect: {exit: 130, duration: 5s, stdout: "begun\ncleaning\ncleaned\nbye"}}
- {signals: {INT: [2s, 3s]}, expect: {exit: 130, duration: 3s, stdout: "begun\ncleaning", stderr: ""}}
- {signals: {INT: 2s, TERM: 3s}, expect: {exit: 143, duration: 3s, stdout: "begun\ncleaning"}}
- {signals: {QUIT: 2s}, expect: {exit: 131, duration: 2s, stdout: begun}}
- {signals: {INT: [2s, 3s, 4s]}, expect: {exit: 130}}'
assert_exit 1
assert_stdout 'ok    test 1' 'ok    test 2' 'ok    test 3' 'ok    test 4' 'ok    test 5' 'FAIL  test 6'
assert_stderr_contains "'test 6': SIGINT at 4s comes after the end of the run"
# A signal that nobody is there for tests nothing.
tests '{script: s.yaml, answers: [{run: slow}], tests: [{signals: {INT: 20s}}]}'
assert_exit 1
assert_stderr_contains "'test 1': SIGINT at 20s comes after the end of the run"

# Nothing of the world is asked or changed.
export SECRET_OF_THE_WORLD=seen
write world.yaml '- run: touch made-by-run' '- exec: [touch, made-by-exec]' '- exec: {argv: [echo], output: {file: made-by-output}}' \
    '- http: {url: "http://127.0.0.1:1/", save: made-by-save}' '- wait_for: {file: not-there}' '- wait_for: {tcp: "127.0.0.1:1"}' \
    '- for_each: {lines: not-there, do: {print: "${{ item }}"}}' '- for_each: {lines: stdin, do: {print: "${{ item }}"}}' '- print: "[${{ env.SECRET_OF_THE_WORLD }}] [${{ env.PATH }}]"' '- sleep: 30d'
tests '{script: world.yaml, stdin: in, answers: [{run: "*"}, {exec: "*", stdout: out}, {http: "*", body: body}, {file: "*", text: line}, {tcp: "*"}], tests: [{expect: {stdout: "out\nline\nin\n[] []"}}]}' </dev/full
assert_exit 0
[ -z "$(compgen -G 'made-*')" ] || fail 'something was made'
assert_no_processes

# A tape has the answers that the test does not.
write rec.yaml '- {run: "echo real", name: real}' '- print: "${{ env.WHO }} ${{ date('"'%Y'"') }}"' '- for_each: {lines: stdin, do: {print: "<${{ item }}>"}}' '- {exec: [sh, -c, "exit 3"], continue_on_error: true, name: three}'
WHO=me run --record rec.tape rec.yaml <<<'a line'
assert_exit 0
write again.yaml '- {run: "echo real", name: real}' '- {run: new, name: new}'
tests '{tape: rec.tape, tests: [{expect: {stdout: {contains: ["real\nme 2", <a line>]}, jobs: {real: success, three: failure}, snapshot: tape.snap}},
 {answers: [{run: echo real, stdout: "mine\n"}], stdin: [typed], expect: {stdout: {contains: ["mine\nme 2", <typed>]}}}]}' --update
assert_exit 0
assert_stdout_contains 'ok    test 1' 'ok    test 2'
grep -qxF real tape.snap || fail 'no output of the tape in the snapshot'
at_mark '{tape: rec.tape, script: again.yaml, tests: [{answers: [{run: new, stdout: newer}], expect: {stdout: "real\nnewer"}}, »{}]}'
assert_exit 1
assert_stdout 'ok    test 1' 'FAIL  test 2'
assert_stderr_contains "$at: error: 'test 2': the script asks for the command '/bin/sh -e -c new', which the tape does not have"
tests '{script: again.yaml, tests: [{tape: rec.tape, answers: [{run: new}]}, {answers: [{run: new}]}]}'
assert_exit 1
assert_stdout 'ok    test 1' 'FAIL  test 2'
# The environment of a test wins over that of the tape, whose time of day is that of the run, unless the test has another.
tests '{tape: rec.tape, tests: [{env: {WHO: you}, expect: {stdout: {contains: you 2}}}, {env: {WHO: ~}, expect: {stdout: {contains: me 2}}},
 {start_time: 1999-12-31T12:00:00Z, expect: {stdout: {contains: me 1999}}}]}'
assert_exit 0
run --virtual --start-time 2020-02-02T12:00:00Z --record then.tape - <<<'- timestamp: "%Y"'
tests '{tape: then.tape, tests: [{expect: {stdout: "2020"}}]}'
assert_exit 0
mkdir -p sub
cp rec.tape sub
write sub/t.yaml '{tape: rec.tape, tests: [{}]}'
run test sub/t.yaml
assert_exit 0
# A tape that cannot be read fails its tests, and no others.
write fine.yaml '- print: fine'
at_mark '{script: fine.yaml, tests: [{tape: »none.tape}, {tape: rec.yaml}, {}]}'
assert_exit 1
assert_stdout 'FAIL  test 1' 'FAIL  test 2' 'ok    test 3'
assert_stderr_contains "$at: error: 'test 1': cannot read 'none.tape': no such file or directory" \
    "error: 'test 2': rec.yaml: this is no tape; 'arun --record FILE' writes one" 'arun: 1 passed, 2 failed'

# Secrets are not shown.
write secret.yaml 'secrets: [token]' 'inputs: {token: {required: true}}' 'jobs:' '- print: "it is ${{ token }}"' '- {run: "login ${{ token }}", name: login}'
tests $'script: secret.yaml\nvars:\n  token: hunter2\ntests:
- answers: [{run: "login *", exit: 1, stderr: "wrong: hunter2\\n"}]\n  expect: {exit: 1, stdout: x, jobs: {login: success}}
- answers: [{run: "login hunter2"}]\n  expect: {stdout: "it is ***", snapshot: secret.snap}' --update --report json=secret.json
assert_exit 1
assert_stdout 'FAIL  test 1' 'ok    test 2'
assert_stderr_contains 'expected stdout "x", got "it is ***\n"' 'wrong: ***'
assert_stderr_lacks hunter2
grep -qxF 'it is ***' secret.snap || fail 'no mask in the snapshot'
! grep -qF hunter2 secret.snap secret.json || fail 'a secret was written'
# Not in what is compared, what has no answer, or the line of the file either.
tests '{script: secret.yaml, vars: {token: hunter2}, tests: [{}, {answers: [{run: "login hunter2"}, {run: "login hunter2 now"}], expect: {vars: {token: x}, stdout: hunter2, jobs: {hunter2: {}}}}]}' \
    --report junit=secret.xml --report tap=secret.tap --report json=secret.json --report github=secret.txt --verbose
assert_exit 1
assert_stdout 'FAIL  test 1' 'it is ***' 'FAIL  test 2' 'it is ***'
assert_stderr_contains "'test 1': the script runs 'login ***', for which" 'expected token "x", got "***"' "job called '***'" \
    "never asked for run 'login *** now'"
assert_stderr_lacks hunter2
! grep -F hunter2 secret.xml secret.tap secret.json secret.txt || fail 'a secret was written'

# Answers with errors.
refused '»null' 'an answer is a mapping, such as {run: make, exit: 2}'
refused '»[]' 'an answer is a mapping, such as {run: make, exit: 2}'
refused '»{exit: 3}' "an answer needs its question; it has 'run', 'exec', 'http', 'tcp' or 'file'"
refused '{run: x, »http: y}' "an answer has one question, and run 'x' is given already"
refused '{run: »[x]}' "'run' of an answer: expected text, not a list"
refused '{exec: [x, »{a: b}]}' "'exec' of an answer: expected text, not a mapping"
refused '{exec: »[]}' "'exec' of an answer: there is no program"
refused '{http: »"${{ x }}"}' "'http' of an answer cannot be computed"
refused '{run: x, times: »-1}' "'times': expected a whole number from 0 up, not '-1'"
refused '{run: x, times: »1.5}' "'times': expected a whole number from 0 up, not '1.5'"
refused '{run: x, times: »99999999999999999999}' 'integer too large'
refused '{run: x, times: »"${{ 1 }}"}' "'times' cannot be computed; write it out"
refused '{run: x, after: »-1s}' "'after' of an answer: a duration cannot be negative"
refused '{run: x, after: »soon}' "'after' of an answer: 'soon' is not a duration"
refused '{run: x, never: »1}' "'never': expected true or false, written out"
refused '{run: x, error: »[a]}' "'error': expected text, not a list"
refused '{run: x, exit: »256}' 'an exit status is from 0 to 255'
refused '{run: x, exit: »x}' "'exit' of an answer: expected a whole number from 0 up, not 'x'"
refused '{run: x, signal: »FOO}' "'signal' of an answer: expected the name of a signal such as TERM, INT or HUP"
refused '{run: x, stdout: »[a]}' "'stdout' of an answer: expected text, not a list"
refused '{run: x, stderr: »{a: b}}' "'stderr' of an answer: expected text, not a mapping"
refused '{run: x, signal: »STOP}' 'SIGSTOP does not end a process'
refused '{run: x, signal: »CHLD}' 'SIGCHLD does not end a process'
refused '{run: x, output: »a}' "'output' of an answer: expected a list of {after, stdout}, not text"
refused '{run: x, output: [»a]}' "a part of 'output' is a mapping, not text"
refused '{run: x, output: [{»text: a}]}' "unknown key 'text' of a part of 'output'; it takes after, stdout, stderr"
refused '{run: x, output: [»{after: 1s}]}' "a part of 'output' has 'stdout' or 'stderr'"
refused '{run: x, output: [{after: »-1, stdout: a}]}' "'after' of 'output': a duration cannot be negative"
refused '{run: x, output: [{stdout: »[a]}]}' "a text of 'output': expected text, not a list"
for pair in error/exit:1 error/signal:TERM error/stdout:a error/stderr:a error/output:[] error/never:true never/exit:1 never/signal:TERM never/after:1s; do
    key=${pair#*/}
    other=${pair%%/*}
    value=oops
    [ "$other" = error ] || value=true
    refused "{run: x, $other: $value, ${key%%:*}: »${key#*:}}" "'$other' and '${key%%:*}' exclude each other"
done
refused '{run: x, exit: 1, signal: »TERM}' "'exit' and 'signal' exclude each other"
refused '{http: x, error: oops, status: »200}' "'error' and 'status' exclude each other"
refused '{http: x, never: true, body: »a}' "'never' and 'body' exclude each other"
refused '{http: x, body: a, json: »3}' "'body' and 'json' exclude each other"
refused '{file: x, error: oops, text: »a}' "'error' and 'text' exclude each other"
refused '{file: x, never: true, text: »a}' "'never' and 'text' exclude each other"
refused '{http: x, status: »99}' 'a status is from 100 to 999'
refused '{http: x, status: »ok}' "'status' of an answer: expected a whole number from 0 up, not 'ok'"
refused '{http: x, headers: »[a]}' "'headers': expected a mapping of names and texts"
refused '{http: x, headers: {a: »{b: c}}}' 'a header: expected text, not a mapping'
refused '{http: x, body: »{a: b}}' "'body' of an answer: expected text, not a mapping"
refused '{file: x, text: »[a]}' "'text' of a file: expected text, not a list"
refused '{run: x, »code: 2}' "unknown key 'code' of an answer to run 'x'; did you mean 'exit'?"
refused '{run: x, »body: y}' "unknown key 'body' of an answer to run 'x'"
refused '{tcp: x, »exit: 1}' "unknown key 'exit' of an answer to tcp 'x'"
refused '{http: x, »delay: 1}' "unknown key 'delay' of an answer to http 'x'; did you mean 'after'?"
tests '{script: s.yaml, answers: {run: x}, tests: [{}]}'
assert_exit 2
assert_stderr_contains "t.yaml:1:27: error: 'answers': expected a list of answers, not a mapping"

# A request that fails has no status; a second question after the first without an answer does not matter.
write s.yaml '- {http: "http://h/", continue_on_error: true, capture: got}' '- print: "${{ got.status }}."'
tests '{script: s.yaml, tests: [{answers: [{http: "*", error: refused}], expect: {stdout: .}}]}'
assert_exit 0
write s.yaml '- parallel: [{run: unknown}, {run: known}]'
tests '{script: s.yaml, answers: [{run: known}], tests: [{}]}'
assert_exit 1
assert_stderr_contains "the script runs 'unknown', for which the test has no answer"

# A tape answers as often as it was asked then.
write once.yaml '- run: echo real'
write twice.yaml '- run: echo real' '- run: echo real'
run --record once.tape once.yaml
tests '{tape: once.tape, tests: [{expect: {stdout: real}}, {script: twice.yaml}]}'
assert_exit 1
assert_stdout 'ok    test 1' 'FAIL  test 2'
assert_stderr_contains "'test 2': the script asks for the command '/bin/sh -e -c echo real' once more: the tape has it once"
