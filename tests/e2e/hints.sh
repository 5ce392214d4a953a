#!/usr/bin/env bash
# The words of other tools get a hint: keys, kinds, functions and commands.
. "${BASH_SOURCE%/*}/lib.sh"

# hint WORDS SCRIPT
hint() {
    run check --format json - <<<"$2"
    assert_exit 2
    assert_stderr_contains "did you mean '$1'?"
}
hint print '[{"echo": "hi"}]'
hint print '["echo"]'
hint run '[{"shell": "ls"}]'
hint run '[{"cmd": "ls"}]'
hint run '[{"command": "ls", "name": "x"}]'
hint run '[{"name": "x", "script": "ls"}]'
hint sleep '[{"delay": 1}]'
hint sleep '[{"pause": 1}]'
hint include '[{"uses": "x.yaml"}]'

hint 'if' '[{"run": "ls", "when": "true"}]'
hint capture '[{"run": "ls", "register": "x"}]'
hint retry '[{"run": "ls", "retries": 3}]'
hint limit '[{"run": "ls", "retry": {"retries": 3}}]'
hint interval '[{"run": "ls", "retry": {"limit": 3, "delay": 3}}]'
hint continue_on_error '[{"run": "ls", "ignore_errors": true}]'
hint continue_on_error '[{"run": "ls", "continue-on-error": true}]'
hint dir '[{"run": "ls", "working-directory": "/"}]'
hint dir '[{"exec": {"argv": ["ls"], "cwd": "/"}}]'
hint env '[{"run": "ls", "environment": {}}]'
hint timeout '[{"run": "ls", "timeout-minutes": 3}]'
hint finally '[{"run": "ls", "always": []}]'
hint jobs '{"steps": [{"print": 1}]}'
hint jobs '{"tasks": [{"print": 1}]}'
hint vars '{"variables": {}, "jobs": [{"print": 1}]}'
hint 'do' '[{"name": "x", "steps": [{"print": 1}]}]'
hint length '[{"print": "${{ len(env.HOME) }}"}]'
hint fromJSON '[{"print": "${{ parseJSON(env.HOME) }}"}]'
hint default '[{"print": "${{ coalesce(env.HOME, 1) }}"}]'
run check - <<<'[{"run": "ls", "delay": 3}]'
assert_exit 2
assert_stderr_contains "'retry: {interval: 1s}'"
# A near miss still gets its own.
hint every '[{"tick": {"evry": 1}}]'

# advice WORDS SCRIPT: the check of the script says WORDS.
advice() {
    run check --format yaml - <<<"$2"
    assert_exit 2
    assert_stderr_contains "$1"
}
# A key that '- ' separates from its job.
for key in 'retry: 3' 'timeout: 3s' 'capture: x' 'if: "true"' 'finally: []' '{if: "true", retry: 2}' '"background": true'; do
    advice 'belongs to the job above: ' $'- run: make\n- '"$key"
done
advice "'retry' belongs to the job above: write it there, without '- '" $'- run: make\n- retry: 3'
advice "'timeout' belongs to the job above: write it there" $'- run: make\n- retry: 3\n- timeout: 3s'
advice "'expect' belongs to the job above: write it there, without '- '" $'- http: http://h/\n- expect: {status: 200}'
advice "'expect' belongs to the job above: move it into its braces" '[{"http": "http://h/"}, {"expect": {"status": 200}}]'
advice "'expect: {status: ...}' belongs to the job above" $'- http: http://h/\n- status: 200'
advice "'env' belongs to the job above" $'- do:\n  - run: make\n  - env: {A: b}'
advice "'retry' belongs to the job above" $'- parallel:\n  - run: make\n  - retry: 3'
advice "'expect' is an argument of exec, http and run: write it next to one of them" '- expect: {status: 200}'
advice "'method' is an argument of http: write it next to that" '- method: GET'
advice "write what it does next to 'name', such as 'run: make'" $'- run: make\n- name: second'
advice "write what it does next to 'retry', such as 'run: make'" '- retry: 3'
advice "unknown kind of job 'frobnicate'; 'arun help kinds' lists them" '- frobnicate: 3'
advice "unknown kind of job 'prnt'; did you mean 'print'?" '- {prnt: 3, foo: 4}'
# Jobs by name.
for jobs in '{build: {run: make}, test: {run: make}}' '{build: {steps: [{run: make}]}}' '{build: [{run: make}]}'; do
    advice "expected a list of jobs, not a mapping of their names; a job has its name inside: [{name: build, run: ...}, ...]" "jobs: $jobs"
done
advice "'jobs' of parallel: expected a list of jobs, not a mapping of their names" '- parallel: {a: {run: make}, b: {run: make}}'
advice "1:1: error: a script: expected a list of jobs, not a mapping of their names" $'build: {run: make}\ntest: {run: make}'
advice 'unknown argument' $'build: {run: make}\njobs: []'
advice "write {status: 200}" '- {http: "http://h/", expect: 200}'
advice "write {exit: 1}" '- {run: a, expect: 1}'
advice 'it takes exit, stdout, stderr, duration' '- {run: a, expect: success}'
advice "a job has its name inside: {name: build, run: ...}" '- build: {run: make}'
advice "unknown kind of job 'prnt'; did you mean 'print'?" 'jobs: {prnt: {text: a}}'
# Methods of HTTP.
advice "write 'http: http://h/', and 'method: GET' next to it" '- http: GET http://h/'
advice "write 'http: http://h/', and 'method: DELETE' next to it" '- http: {url: delete  http://h/}'
advice 'write %20 for a blank' '- http: http://h/a b'
advice "write 'http: URL', and 'method: POST' next to it" '- POST: http://h/'
advice "write 'http: URL', and 'method: GET' next to it" '- {get: http://h/, headers: {}}'
# Two kinds.
advice "write 'max_concurrent: 4' for rounds" $'- for_each: [1]\n  parallel: 4\n  do: {print: a}'
advice "write 'max_concurrent: 0' for rounds" $'- parallel: true\n  for_each: [1]\n  do: {print: a}'
advice "put 'run' under 'do', which has the jobs of a round" $'- for_each: [1]\n  run: make'
advice "put 'print' under 'do'" $'- print: a\n  repeat: 3'
advice 'split it into two jobs' $'- run: a\n  sleep: 1'
advice 'split it into two jobs' $'- repeat: 2\n  sleep: 1\n  do: {print: a}'
# Keys of the arguments, and of other tools.
advice "write 'expect: {status: ...}'" '- {http: "http://h/", status: 200}'
advice "write 'expect: {exit: ...}'" '- run: {script: a, exit: 0}'
advice "write 'retry: {interval: ...}'" '- {run: a, interval: 1s}'
advice "did you mean 'status'?" '- {http: "http://h/", expect: {code: 200}}'
for key in code exitcode exit_code returncode rc status; do
    advice "did you mean 'exit'?" "- {run: a, expect: {$key: 0}}"
done
advice "did you mean 'stdout'?" '- {run: a, expect: {output: b}}'
advice "did you mean 'body'?" '- {http: "http://h/", expect: {output: b}}'
advice "did you mean 'save'?" '- {http: "http://h/", output: b}'
advice "'stdout: {contains: ...}' of a process" '- {run: a, expect: {contains: b}}'
advice "write {ge: 200, lt: 300}" '- {http: "http://h/", expect: {status: 2xx}}'
advice "'< 1s' is not a duration; write {lt: 1s}" '- {run: a, expect: {duration: "< 1s"}}'
for key in matrix strategy; do advice "write 'for_each: [a, b]' with the jobs under 'do'" "- {run: a, $key: {os: [a]}}"; done
for key in needs depends_on deps; do advice "jobs run one after the other" "- {run: a, $key: b}"; done
advice 'jobs run one after the other' '- needs: b'
advice "'retry: 3' runs a job again" '- {run: a, restart: always}'
for key in rescue on_failure catch; do advice "'if: failure()'" "- {do: [], $key: []}"; done
advice "'do' makes one job of several" '- {if: "true", then: [{print: a}]}'
advice 'with the opposite' '- {print: a, if: "true", else: {print: b}}'
advice "write 'repeat: {until: EXPR}'" '- {while: "true", do: []}'
advice "write 'for_each: [a, b]' for a loop" '- {for: [1], do: []}'
advice 'arun --env-file FILE' '- {run: a, env_file: .env}'
advice 'arun --env-file FILE' '{env_file: .env, jobs: []}'
advice 'leave it out: a script runs when arun is started' '{on: push, jobs: []}'
advice "write a 'run' for each command" '- cmds: [a, b]'
advice "write 'sleep: 5s' for a pause" '- wait: 5s'
advice "expected the id of a job, not 'a b'" '- wait: a b'
advice "did you mean 'script'?" '- include: {file: x}'
advice "write 'output: ID' with 'contains' or 'matches'" '- wait_for: {log: x}'
advice "did you mean 'matches'?" '- wait_for: {regex: x}'
advice "write 'tcp: \"127.0.0.1:8080\"'" '- wait_for: {port: 80}'
advice "unknown argument 'log' of ready; write 'contains' or 'matches'" '- {run: a, background: true, ready: {log: x}}'
advice "'interval' of ready: 'x' is not a duration" '- {run: a, background: true, ready: {contains: a, interval: x}}'
advice "'interval' of wait_for: 'x' is not a duration" $'- {run: a, background: true, ready: {contains: a}}\n- wait_for: {file: a, interval: x}'
advice "write 'capture: r', and after the job '- set: {token: \"\${{ r.json.token }}\"}'" '- {run: a, capture: {token: json.token}}'
advice "'- set: {a: \"\${{ r.json.a }}\"}'" '- {run: a, capture: {}}'
advice "unknown argument 'glob' of for_each; capture the output of 'ls'" '- {for_each: {glob: x}, do: {print: a}}'
advice "unknown argument 'parallel' of for_each; did you mean 'max_concurrent'?" '- {for_each: {in: [1], parallel: 3, do: {print: a}}}'
advice "write 'lines: stdin' for its lines" '- {for_each: stdin, do: {print: a}}'
advice "write 'lines: a/b' for its lines" '- {for_each: a/b, do: {print: a}}'
advice "write [a, b] for a list" '- {for_each: a b, do: {print: a}}'
advice "write 'range: 3' for so many rounds" '- {for_each: 3, do: {print: a}}'
advice "discard or {file: PATH}, not 'a.txt'; write {file: a.txt}" '- {run: a, output: a.txt}'
advice "did you mean 'discard'?" '- {run: a, output: quiet}'
advice "did you mean 'prefix'?" '- {run: a, output: prefx}'
advice 'write "${{ x }}" for a value' $'- set: {x: 1}\n- print: {{ x }}'
# Values of another form, and the words of requests and matchers.
advice 'write {A: ...}' '- {run: make, env: [A=b]}'
advice 'write {x: ...}' '- set: x=1'
advice "write one mapping, without '- ' before its keys" 'vars: [{a: 1}]'
advice 'write {A: ...}' '- {http: "http://h/", headers: ["A: b"]}'
advice 'write the names alone: [TOKEN]' '{secrets: {TOKEN: x}, jobs: []}'
advice "write 'json' in place of 'body'" '- {http: "http://h/", body: {a: 1}}'
advice "'json: {...}' for JSON" '- {http: "http://h/", data: {a: 1}}'
advice "did you mean 'query'?" '- {http: "http://h/", params: {a: 1}}'
advice "write 'auth: {basic: {user: ..., password: ...}}'" '- {http: "http://h/", auth: {user: a, password: b}}'
advice "write 'auth: {bearer: TOKEN}'" '- {http: "http://h/", token: x}'
advice "'insecure: true'" '- {http: "http://h/", verify: false}'
advice "write 'sleep: 5s'" '- sleep: {seconds: 5}'
advice "write {http: \"http://h/\"}" '- wait_for: http://h/'
advice "write {tcp: \"h:80\"}" '- wait_for: h:80'
advice "write {file: a/b}" '- wait_for: a/b'
advice "write 'sleep: 5s' for a pause" '- wait_for: 5s'
advice "'arun help wait_for' shows them" '- wait_for: a'
advice "write {tcp: \"h:80\"}" '- {run: a, background: true, ready: "h:80"}'
advice "write 'ready' in place of 'wait_for'" '- {run: a, background: true, wait_for: {tcp: "h:80"}}'
advice "did you mean 'every'?" '- {tick: {interval: 1s}}'
advice "did you mean 'delay'?" '- {repeat: {count: 3, sleep: 1s, do: {print: a}}}'
advice "did you mean 'limit'?" '- {run: a, retry: {max: 3}}'
advice "write {jobs: [...], max_concurrent: 3}" '- parallel: 3'
advice "'exec' takes a program and its arguments as a list" '- run: [make, all]'
advice "write an 'include' for each file" '- include: [a.yaml, b.yaml]'
advice "join them with '&&' or '||'" '- {run: a, if: [b, c]}'
advice "write x" '- {run: a, capture: $x}'
advice "write 'wait: ID'" '- wait: {id: x}'
advice "write 'sudo' in the command" '- {run: a, become: true}'
advice "write 'to: stderr'" '- {print: a, stderr: true}'
for pair in regex:matches eq:equals ne:not gte:ge at_most:le above:gt under:lt; do
    advice "did you mean '${pair#*:}'?" "- {http: \"http://h/\", expect: {json: {a: {${pair%:*}: 1}}}}"
done
advice 'write a list: [0, 2]' '- {run: a, expect: {exit: {in: [0, 1]}}}'
advice 'write {matches: ^(a|b)$}' '- {run: a, expect: {stdout: {one_of: [a, b]}}}'
advice 'write {matches: ^TEXT}' '- {run: a, expect: {stdout: {starts_with: a}}}'
advice 'write {matches: TEXT$}' '- {run: a, expect: {stdout: {ends_with: a}}}'
advice 'write {not: {equals: null}}' '- {http: "http://h/", expect: {json: {a: {exists: true}}}}'
advice "write 'capture: r', and read r.stdout" '- {run: a, outputs: {x: y}}'
advice "did you mean 'ca'?" '- {http: "http://h/", cacert: x}'
advice "did you mean 'multipart'?" '- {http: "http://h/", files: x}'
advice "write 'ready: {http: URL}'" '- {run: a, healthcheck: x}'
advice "write 'for_each: [a, b]'" '- {run: a, with_items: [1]}'
advice "write 'for_each: [a, b]'" '- {loop: [1], do: []}'
advice "did you mean 'limit'?" '- {run: a, retry: {count: 3}}'
advice "did you mean 'backoff'?" '- {run: a, retry: {limit: 3, factor: 2}}'
advice "did you mean 'background'?" '- {run: a, detach: true}'
advice "did you mean 'cancel'?" '- stop: x'
advice "'set: {n: \"\${{ n + 1 }}\"}'" $'- set: {n: 1}\n- set: {n: "${{ n += 1 }}"}'
# The whole result of a command is no text, and that of a request no number.
advice "1:40: error: 'v' is a mapping, which cannot be compared with 'ok'; write v.stdout" '[{run: a, capture: v}, {print: x, if: "v == '\''ok'\''"}]'
advice "'v' is a mapping, which cannot be compared with 200; write v.status" $'- {http: "http://h/", capture: v}\n- {assert: v == 200}'
advice "'v' is a mapping, which cannot be compared with 3; write v.exit" $'- {run: a, capture: v}\n- {assert: v > 3}'
advice "'jobs.a.result' is a mapping, which cannot be compared with 'ok'; write jobs.a.result.stdout" $'- {run: a, id: a}\n- {assert: jobs.a.result == \'ok\'}'
advice "'jobs.a' is a mapping, which cannot be compared with 'success'; write jobs.a.outcome" $'- {run: a, id: a}\n- {assert: jobs.a == \'success\'}'
run check --format yaml - <<<$'- {run: a, capture: v}\n- {assert: v != null}'
assert_exit 0
# Names that other tools have, and those that are known only inside a loop.
advice 'write env.NAME' '- print: ${{ secrets.X }}'
advice 'write the name of the variable alone' '- print: ${{ vars.x }}'
advice 'write the name of the input alone' '- print: ${{ inputs.x }}'
advice 'write jobs.ID.result' '- print: ${{ steps.a.outputs.b }}'
advice "'item' is not known here: it belongs to a round of for_each; use it in 'do'; an 'if' next to for_each is evaluated once" \
    $'- for_each: [1]\n  if: item != 1\n  do: {print: a}'
advice "'host' is not known here: it belongs to a round of for_each" \
    $'- for_each: {in: [1], as: host, do: {print: a}}\n- print: ${{ host }}'
advice "'attempt' is not known here: it belongs to the 'if' of a retry" \
    $'- {run: a, retry: {if: attempt < 2}}\n- print: ${{ attempt }}'
# One error for a reserved name, not one for each use.
advice 'the expression language reserves it' $'- set: {all: 1, b: "${{ all }}"}\n- print: ${{ all }}'
assert_eq "$(grep -c 'error: ' "$T/io/stderr")" 1 'errors'
# What is set in a round is gone after it.
advice "a 'set' has no result: end the rounds with a job that has one" $'- {for_each: [1], do: {set: {x: 1}}}\n- print: ${{ x }}'
advice "that of a 'set' is null, so end it with a job that has one" $'- {parallel: [{set: {x: 1}}]}\n- print: ${{ x }}'
advice 'give the for_each an id and read jobs.ID.result' $'- {for_each: [1], do: {run: a, capture: x}}\n- print: ${{ x }}'
# Paths into JSON lead to one value.
for path in 'a.*' '*' 'items.*.name' 'items[*]' '$..name' 'a[0:2]' "a['b','c']" '$[?(@.a)]'; do
    advice 'selects several values' "- {http: \"http://h/\", expect: {json: {\"$path\": 1}}}"
done
for path in '$.items.length()' 'length(a)'; do
    advice "'$path' calls a function: a path leads to a value; write an expression, such as length(r.json.items) == 2" \
        "- {http: \"http://h/\", expect: {json: {\"$path\": 1}}}"
done
for path in 'a.' '.a' 'a[' "a['b]" 'a[b]' 'a[1' 'a[1]b' '$a[]'; do
    advice "'$path' is not a path into a JSON value; write items[0].name" "- {http: \"http://h/\", expect: {json: {\"$path\": 1}}}"
done

# Initial values are computed in their order.
advice "1:16: error: 'b' has no value yet: it comes after 'a'; put 'b' before 'a'" $'vars: {a: "${{ b }}", b: 1}\njobs: []'
advice "'a' has no value yet: this is its first one" $'vars: {a: "${{ a }}"}\njobs: []'
advice "put 'b' before 'a'" $'inputs: {a: {default: "${{ b }}"}, b: {default: 1}}\njobs: []'
advice "the inputs come before 'vars': make 'a' one of these, after 'v'" $'inputs: {a: {default: "${{ v }}"}}\nvars: {v: 1}\njobs: []'
advice "put 'b' before 'a'" $'vars: {a: {x: ["${{ 1 + b }}"]}, b: 1}\njobs: []'
run - <<<'{"vars": {"a": 1, "b": "${{ a }}", "c": "${{ default(d, 2) }}", "d": "${{ true || e }}", "e": 3}, "jobs": [{"print": "${{ b }}${{ c }}${{ e }}"}]}'
assert_exit 0
assert_stdout 123
# An earlier script or the including one may have set it.
write first.json '[{"set": {"b": 5}}]'
write second.json '{"vars": {"a": "${{ b }}", "b": 1}, "jobs": [{"print": "${{ a }}"}]}'
run first.json second.json
assert_exit 0
assert_stdout 5
run - <<<"[{\"set\": {\"b\": 6}}, {\"include\": \"$PWD/second.json\"}]"
assert_exit 0
assert_stdout 6
run check second.json
assert_exit 2
# One error of an input that is required and has a default.
advice "leave out 'required'" $'inputs: {a: {required: true, default: x}}\njobs: []'
run - <<<$'inputs: {a: {required: true, default: x}}\njobs: [{print: a}]'
assert_exit 2
assert_eq "$(grep -c 'error: ' "$T/io/stderr")" 1 'errors'

# Words of other tools.
advice "did you mean 'number'?" 'inputs: {a: {type: integer}}'
advice "did you mean 'choice'?" 'inputs: {a: {type: enum}}'
advice 'write {type: string}' 'inputs: {a: string}'
advice "leave it out: an input that is not 'required' may be missing" 'inputs: {a: {optional: true}}'
advice "did you mean 'options'?" 'inputs: {a: {choices: [x]}}'
advice "write 'secrets: [NAME]' at the top" 'inputs: {a: {secret: true}}'
advice "did you mean 'inputs'?" $'params: {}\njobs: []'
advice "write 'output: {file: PATH}', or 'expect: {stdout: ...}'" '- {run: x, stdout: f}'
advice "write 'output: {file: PATH}'" '- {run: x, log_location: f}'
advice "did you mean 'file'?" '- {run: x, output: {path: f}}'
advice "did you mean 'dir'?" '- {run: x, working_dir: f}'
advice "write 'auth: {basic:" '- {http: "http://h/", basic_auth: x}'
advice "did you mean 'terminal'?" '- {run: x, interactive: true}'
advice "did you mean 'continue_on_error'?" '- {run: x, ignore_error: true}'
advice "write 'ready: {contains: TEXT}'" '- {run: x, ready_log_line: y}'
advice "write loop.index, the number of the round" '- {repeat: 2, do: {print: "${{ index }}"}}'

# command WORD MEANT
command_hint() {
    run "$1" x.yaml
    assert_exit 2
    assert_stdout
    assert_stderr_contains "cannot read '$1'" "did you mean 'arun $2'?"
}
write x.yaml '- print: ran'
command_hint chek check
command_hint version --version
command_hint lint check
command_hint completion completions
command_hint ls list
command_hint record 'run --record FILE'
# option MEANT COMMAND-LINE...: an option of another tool.
option_hint() {
    run "${@:2}" x.yaml
    assert_exit 2
    assert_stdout
    assert_stderr_contains "did you mean '$1'?"
}
option_hint 'arun plan' --dry-run
option_hint 'arun plan' -n
option_hint '--var NAME=VALUE' --set=a=1
option_hint '--report junit=FILE' --junit=report.xml
option_hint '--color never' check --no-color
option_hint '--keep-going' --ignore-errors
# What a command does not take is not advised.
run check --ignore-errors x.yaml
assert_exit 2
assert_stderr_contains "unknown option '--ignore-errors'"
assert_stderr_lacks 'did you mean'
run missing.yaml
assert_exit 2
if [[ $stderr == *'did you mean'* ]]; then fail 'a hint for a file'; fi
# A script of that name is one.
write chek '- print: ran'
run chek
assert_exit 0
assert_stdout ran

# A key below a list.
run check --format yaml - <<<$'- print: a\n- {run: ls}\nfinally:\n- print: b'
assert_exit 2
assert_stderr_contains "<stdin>:3:1: error: a list cannot have the key 'finally'" "put the list under 'jobs:'"
run check --format yaml - <<<$'- print: a\n  name: x\nfinally: [{print: b}]'
assert_stderr_contains "<stdin>:3:1: error: a list cannot have the key 'finally'"

# The name of a context is one.
for name in '"a b"' all '""' 7.25 true env 1a; do
    run check - <<<"[{\"print\": 1, \"context\": $( [[ $name == [ae]* ]] && echo "\"$name\"" || echo "$name")}]"
    assert_exit 2
    assert_stderr_contains 'context'
done
script '[{"set": {"n": "a b"}}, {"print": "no", "context": "${{ n }}"}]'
assert_exit 1
assert_stdout
assert_stderr_contains "'a b' is not the name of a context"
script '[{"set": {"x": 1}, "context": "a-1"}, {"print": "${{ x }}", "context": "a-${{ 1 }}"}]'
assert_exit 0
assert_stdout 1
# The label of a job without a value is its kind.
run -v - <<<'["timestamp", {"fail": null}]'
assert_exit 1
assert_stderr_contains 'fail ('
if [[ $stderr == *'fail null'* ]]; then fail 'null in the label'; fi
