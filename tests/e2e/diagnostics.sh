#!/usr/bin/env bash
# A diagnostic has the file, line and column (counted from 1, in code points), the message with a suggestion, the line
# and a caret under the place.
. "${BASH_SOURCE%/*}/lib.sh"

write smoke.yaml '# a comment' 'jobs:' '- print: "ä€😀"' '- tick: 1s' '  count: 1' '- tick:' '    evry: 1s'
run smoke.yaml
assert_exit 2
assert_stderr_contains "smoke.yaml:7:5: error: unknown argument 'evry' of tick; did you mean 'every'?
  7 |     evry: 1s
    |     ^~~~"

# Columns are code points; the caret stands right under wide characters and after tabs.
write wide.json '[{"print": "ä€😀"}, {"prin": 1}]' $'\t'
run wide.json
assert_stderr - <<'END'
wide.json:1:21: error: unknown kind of job 'prin'; did you mean 'print'?
  1 | [{"print": "ä€😀"}, {"prin": 1}]
    |                      ^~~~~~
END
write tab.json '[' $'\t{"prin": 1}]'
run tab.json
assert_stderr_contains 'tab.json:2:3: error: ' $'\n  2 |  {"prin": 1}]\n    |   ^~~~~~'
# A long line is cut around the place.
(printf '[{"print": "'; head -c 5000 /dev/zero | tr '\0' x; printf '"}, {"prin": 1}]\n') >long.json
run long.json
assert_stderr_contains 'long.json:1:5018: error: ' prin
assert_eq "$(awk 'length > 200' "$T/io/stderr")" '' 'long lines'
# Control characters of the script do not reach the terminal.
write control.json $'[{"pri\\u001bnt": 1}, {"\x7fprint": 1}]'
run control.json
assert_exit 2
assert_stderr_lacks $'\e' $'\x7f'
# In the order of the places, errors and their number without end are cut.
(echo '['; for i in $(seq 2000); do echo '{"prin": 1},'; done; echo '"timestamp"]') >many.json
run many.json
assert_exit 2
lines=$(grep -c 'error: unknown kind' "$T/io/stderr")
((lines >= 10 && lines <= 2000)) || fail "$lines errors"
[ "$lines" = 2000 ] || assert_stderr_contains "$((2000 - lines)) more errors"
assert_eq "$(grep -o '^many.json:[0-9]*' "$T/io/stderr" | head -3 | tr '\n' ' ')" 'many.json:2 many.json:3 many.json:4 '

# A failure at run time looks the same, with the jobs around it.
script '[{"do": [{"repeat": 1, "do": [{"fail": "deep"}]}], "name": "outer"}]'
assert_exit 1
assert_stderr - <<'END'
<stdin>:1:32: error: fail: deep
  1 | [{"do": [{"repeat": 1, "do": [{"fail": "deep"}]}], "name": "outer"}]
    |                                ^~~~~~
    in repeat 1 (<stdin>:1:11)
    in do 'outer' (<stdin>:1:3)
END
