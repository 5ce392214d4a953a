#!/usr/bin/env bash
# secrets: what is secret is *** in all that arun writes.
. "${BASH_SOURCE%/*}/lib.sh"

no_secret() {
    local file
    for file in "$@"; do
        ! grep -qiE 'hunter|geheim|s3cr|pin-line' "$file" || fail "$file has a secret: $(grep -niE 'hunter|geheim|s3cr|pin-line' "$file" | head -3)"
    done
}

write x.yaml <<'END'
name: with hunter2-xyz
secrets: [TOKEN, LATER, ENVIRONMENT, FROM_FILE, ITEM, GIVEN, KEY, quoted]
vars: {TOKEN: hunter2-xyz, KEY: "pin-line one\npin-line two\n{\n", quoted: 's3cr"\et', GIVEN: geheim-default}
env: {ENVIRONMENT: geheim-env}
jobs:
  - print: "token ${{ TOKEN }}!"
  - {print: "${{ TOKEN }}", to: stderr}
  - {timestamp: "%Y ${{ TOKEN }}"}
  - {name: "job ${{ TOKEN }}", print: hunter2-xyz hunter2-xyz}
  - set: {LATER: "${{ format('{0}{1}', 'gehe', 'im-set') }}"}
  - print: "${{ LATER }} ${{ env.ENVIRONMENT }} ${{ env.FROM_FILE }} ${{ GIVEN }}"
  - {for_each: {in: "${{ fromJSON('[\"gehe\u0069m-1\", \"gehe\u0069m-2\"]') }}", as: ITEM, do: {print: "${{ ITEM }}"}}}
  - {for_each: [geheim-3, geheim-4], as: ITEM, do: {print: "${{ ITEM }}"}}
  - print: "${{ KEY }}"
  - print: "only pin-line one here {"
  - print: "${{ toJSON(quoted) }} and ${{ quoted }}"
  - {fail: "no ${{ TOKEN }}", continue_on_error: true, retry: 1}
  - {assert: "TOKEN == 'hunter2-xyz-and-more'", continue_on_error: true}
  - {name: "wait ${{ TOKEN }}", id: b, background: true, sleep: 9}
  - fail: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa hunter2-xyz"
END
printf 'FROM_FILE=geheim-file\n' >env
run --virtual -v --var GIVEN=geheim-var --env-file env --report json=r.json --report junit=r.xml --report tap=r.tap \
    --report github=r.txt --events e.jsonl --trace t.json --timeline t.svg x.yaml
assert_exit 1
no_secret "$T/io/stdout" "$T/io/stderr" r.json r.xml r.tap r.txt e.jsonl t.json t.svg
assert_stdout_contains 'token ***!' '*** ***' '*** *** *** ***' 'only *** here {' '"***" and ***'
assert_stderr_contains "job ***" "no ***" "aaa ***"
for file in r.json e.jsonl t.json; do
    grep -qF '***' $file || fail "$file has no ***"
done
python3 -c 'import json; json.load(open("r.json")); json.load(open("t.json")); [json.loads(l) for l in open("e.jsonl")]' ||
    fail 'a report is no JSON any more'
run --virtual --timeline t.html --env-file env x.yaml --var GIVEN=geheim-var
no_secret t.html
assert_contains t.html "$(<t.html)" 'token ***!' '"label":"print token ***!"'
run_command env GITHUB_STEP_SUMMARY=page "$ARUN" --virtual --report github x.yaml --var GIVEN=geheim-var
no_secret page "$T/io/stdout" "$T/io/stderr"

# check and plan: the line of the script that is shown, and labels.
write bad.yaml 'secrets: [TOKEN]' 'vars: {TOKEN: hunter2-xyz, b: "${{ nope }}"}' 'jobs: [{print: x}]'
for command in check run plan 'check --report json' 'check --report github'; do
    # shellcheck disable=SC2086  # words
    run $command bad.yaml
    assert_exit 2
    no_secret "$T/io/stdout" "$T/io/stderr"
done
run plan --env-file env x.yaml --var GIVEN=geheim-var
no_secret "$T/io/stdout" "$T/io/stderr"
run plan --report json --env-file env x.yaml
no_secret "$T/io/stdout"

# From the process's environment; one name; included scripts have theirs.
write inner.yaml 'secrets: INNER' 'vars: {INNER: geheim-inner}' 'jobs: [{print: "${{ INNER }}"}]'
write outer.yaml 'secrets: OUTSIDE' 'jobs:' '  - print: "${{ env.OUTSIDE }}"' '  - include: inner.yaml'
run_command env OUTSIDE=geheim "$ARUN" outer.yaml
assert_exit 0
assert_stdout '***' '***'
# The longer one is hidden whole, whatever the order; captured and computed values count, in any type.
script '{"secrets": ["a", "b", "n"], "jobs": [{"set": {"a": "abcd", "b": "abcdefgh", "n": {"pin": 4711, "on": true}}},
  {"print": "abcdefgh abcd 4711 true"}, {"print": "later", "capture": "a"}, {"print": "later abcd"}]}'
assert_stdout '*** *** *** true' later '*** ***'
# Children: what is shown line by line, and what is kept of what was not shown; secrets of streams.
write child.yaml 'secrets: [T]' 'vars: {T: geheim}' 'jobs:' \
    '  - {name: "child ${{ T }}", run: "echo a $T b; echo $T >&2", env: {T: "${{ T }}"}, output: prefix}' \
    '  - {run: "echo end $T; exit 1", env: {T: "${{ T }}"}, output: discard}'
run --report json=child.out child.yaml
assert_exit 1
no_secret "$T/io/stdout" "$T/io/stderr" child.out
assert_stdout_contains 'child *** | a *** b'
assert_stderr_contains 'end ***'
run - < <(printf -- '---\njobs: [{set: {T: geheim}}, {print: not yet}]\n---\nsecrets: [T, OUT]\njobs: [{print: "${{ T }} geheim"}]\n---\n[{set: {T: geheim2}}, {print: geheim2}, {fail: geheim2}]\n')
assert_exit 1
no_secret "$T/io/stdout" "$T/io/stderr"
assert_stdout 'not yet' '*** ***' '***'
# Names that nothing defines, and values that are empty, hide nothing.
script '{"secrets": ["NOT_SET"], "vars": {"x": ""}, "jobs": [{"print": "plain"}]}'
assert_exit 0
assert_stdout plain
script '{"secrets": ["x"], "vars": {"x": ""}, "jobs": [{"print": "plain"}]}'
assert_stdout plain
rejected '{"secrets": [»""], "jobs": []}' 'a secret needs a name'
rejected '{"secrets": »{"a": 1}, "jobs": []}' "'secrets'"
rejected '{"secrets": [»"${{ x }}"], "jobs": []}' 'cannot be computed'

# One that an expectation's excerpt cuts in two shows nothing of itself.
run - <<<'{"secrets": ["S"], "vars": {"S": "sekretABCDEFGHIJKLMNOP"}, "jobs": [{"output": "discard",
  "run": "printf %0386d 0; printf sekretABCDEFGHIJKLMNOP; printf %0600d 0", "expect": {"stdout": "x"}}]}'
assert_exit 1
assert_stderr_contains 'got'
assert_stderr_lacks sekret
# Nor does one at the cut of a child's last words.
run - <<<'{"secrets": ["S"], "vars": {"S": "sekretABCDEFGHIJKLMNOP"}, "jobs": [{"output": "discard",
  "run": "printf sekretABCDEFGHIJKLMNOP; printf %04080d 0; exit 1"}]}'
assert_exit 1
assert_stderr_lacks sekret ABCDEFG MNOP
