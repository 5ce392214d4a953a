#!/usr/bin/env bash
# --only, --skip and --from choose among the jobs at the top of the scripts; `arun list` names them. `fail` has an exit status.
. "${BASH_SOURCE%/*}/lib.sh"

write shop.yaml 'name: a shop' \
    'jobs:' \
    '- {id: build, print: build}' \
    '- {name: unit tests, print: unit}' \
    '- {name: "web ${{ 1 }}", id: web, do: [{print: web}]}' \
    '- print: plain' \
    '- {fail: {message: busy, exit: 75}, id: last}' \
    'finally: [{print: cleaned}]'
run list shop.yaml
assert_exit 0
assert_stderr
assert_stdout 'a shop' '  build        print build' '  unit tests   print unit' '  web          web ${{ 1 }}: do [{print: web}]' \
    '  print plain' '  last         fail {message: busy, exit: 75}'

# chooses STDOUT... -- OPTION...
chooses() {
    local expected=()
    while [ "$1" != -- ]; do expected+=("$1") && shift; done
    run "${@:2}" shop.yaml
    assert_exit 0
    assert_stdout "${expected[@]}" cleaned
}
chooses build -- --only build
chooses build unit -- --only build --only 'unit tests'
chooses build unit web -- --only build --only 'unit*' --only 'web ?*'
chooses plain -- --from web --skip last --skip web
chooses web plain -- --from web --skip last
chooses plain -- --only 'print plain'
run --from last shop.yaml
assert_exit 75
assert_stdout cleaned
# In several scripts: --from counts from the first that has it.
write second.yaml '- {id: two, print: two}' '- {id: build, print: other}'
run --only build shop.yaml second.yaml
assert_stdout build cleaned other
run --from two shop.yaml second.yaml
assert_stdout cleaned two other
run plan --only build shop.yaml
assert_exit 0
assert_stdout_contains 'print build'
assert_stdout_lacks unit
run --report tap=tap --only build shop.yaml
assert_eq "$(grep -c '^ok' tap)" 2  # its finally too
# Why a job fails may be among those that are left out.
write value.yaml '- set: {a: 1}' '- {id: value, print: "${{ a }}"}' '- print: after'
run --only value value.yaml
assert_exit 1
assert_stderr_contains "print: 'a' is not set" 'arun: 1 failed, 2 left out, in '

for option in --only --skip --from; do
    run $option biuld shop.yaml
    assert_exit 2
    assert_stdout
    assert_stderr_contains "$option: no job at the top of a script is called 'biuld'; did you mean 'build'?"
done
run --only web --only nothing shop.yaml
assert_exit 2
assert_stderr_contains "'arun list' names them"
run --only build --skip build shop.yaml
assert_exit 2
assert_stderr_contains 'leave no job'
run --only x --format jsonl - <<<'{"print": 1}'
assert_exit 2
assert_stdout
assert_stderr_contains 'need scripts that are there as a whole'
run list missing.yaml
assert_exit 2
write bad.yaml '- prnt: x'
run list bad.yaml
assert_exit 2
assert_stderr_contains bad.yaml:1:3

# fail: {exit: N} is the exit status if it is the first failure.
script '[{"fail": {"exit": 3}}]'
assert_exit 3
script '[{"fail": {"exit": 3}}, {"if": "failure()", "fail": {"exit": 4}}]'
assert_exit 3
script '[{"do": [{"parallel": [{"sleep": 9}, {"fail": {"message": "x", "exit": "${{ 3 + 4 }}"}}]}]}]'
assert_exit 7
script '[{"fail": {"exit": 3}, "continue_on_error": true}]'
assert_exit 0
rejected '[{"fail": {"exit": »0}}]' 'from 1 to 255'
rejected '[{"fail": {"exit": »256}}]' 'from 1 to 255'
