#!/usr/bin/env bash
# All errors of a script are found in one pass before anything runs, the same for JSON and YAML, each at its line and
# column; exit status 2.
. "${BASH_SOURCE%/*}/lib.sh"

write ten.json '{' \
    ' "vars": {"ok": 1, "now": 2},' \
    ' "jobs": [' \
    '  {"print": "must not run"},' \
    '  {"tick": "1s", "evry": 2},' \
    '  {"sleep": "soon"},' \
    '  {"prnt": "x"},' \
    '  {"print": "${{ unknown }}"},' \
    '  {"print": "${{ 1 == }}"},' \
    '  {"wait": "nobody"},' \
    '  {"race": []},' \
    '  {"print": "x", "if": "${{ ok }} == 1"},' \
    '  {"repeat": -1, "do": "timestamp"},' \
    '  {"print": "x", "sleep": 1}' \
    ' ],' \
    ' "finaly": []' \
    '}'
write ten.yaml 'vars: {ok: 1, now: 2}' \
    'jobs:' \
    '- print: must not run' \
    '- tick: 1s' \
    '  evry: 2' \
    '- sleep: soon' \
    '- prnt: x' \
    '- print: ${{ unknown }}' \
    '- print: ${{ 1 == }}' \
    '- wait: nobody' \
    '- race: []' \
    '- print: x' \
    '  if: ${{ ok }} == 1' \
    '- repeat: -1' \
    '  do: timestamp' \
    '- print: x' \
    '  sleep: 1' \
    'finaly: []'
for command in run check; do
    run $command ten.json
    assert_exit 2
    assert_stdout
    assert_eq "$(sed -n 's/^ten.json:\([0-9:]*\): error: .*/\1/p' "$T/io/stderr" | tr '\n' ' ')" \
        '2:20 5:18 6:13 7:4 8:18 9:23 10:12 11:4 12:24 13:14 14:18 16:2 ' 'places of errors'
    messages=$(sed -n 's/^ten.json:[0-9:]* error: //p' "$T/io/stderr")
    run $command ten.yaml
    assert_exit 2
    assert_stdout
    assert_eq "$(sed -n 's/^ten.yaml:\([0-9:]*\): error: .*/\1/p' "$T/io/stderr" | tr '\n' ' ')" \
        '1:15 5:3 6:10 7:3 8:14 9:19 10:9 11:3 13:7 14:11 17:3 18:1 ' 'places of errors'
    assert_eq "$(sed -n 's/^ten.yaml:[0-9:]* error: //p' "$T/io/stderr")" "$messages" 'messages in YAML as against JSON'
done

# In several scripts and included ones all are found too, and none of the scripts runs.
write good.json '[{"print": "must not run"}]'
write one.json '[{"prin": 1}]'
write inc.json '[{"sleep": "x"}]'
write two.json '[{"include": "inc.json"}, {"fial": 1}]'
run good.json one.json missing.json two.json good.json
assert_exit 2
assert_stdout
assert_stderr_contains 'one.json:1:3: error: ' missing.json 'inc.json:1:12: error: ' 'two.json:1:28: error: '

# Mistakes of the form itself: several in one run as well.
write form.json '[' '  {"print": "a",},' "  {'print': 'b'}," '  {"print": "c"} // comment' \
    '  {"print": "d"},' '  {print: "e"}' ']'
run form.json
assert_exit 2
assert_stdout
assert_stderr_contains form.json:2:16: form.json:3:4: form.json:4:18: form.json:6:4:
