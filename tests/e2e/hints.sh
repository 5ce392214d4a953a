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
hint for_each '[{"loop": [1], "do": []}]'
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
