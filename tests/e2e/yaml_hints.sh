#!/usr/bin/env bash
# YAML's traps get a hint of their own: %X and !x unquoted, {a: ${{ x }}}, a: b: c, text cut by ' #' beside ${{.
. "${BASH_SOURCE%/*}/lib.sh"

rejected '- timestamp: »%X' '%' quotes '"%X"'
rejected $'- print: x\n  if: »!x' '!x' quotes
rejected $'- print: x\n  if: »!failure()' quotes
rejected $'- set: {x: 1}\n- set: {a: »${{ x }}}' quotes '"${{ x }}"'
rejected '- print: a»: b: c' '"a: b: c"'
rejected $'- print: a\n  name: b»: c' '"b: c"'
rejected '- print: »@x' quotes
rejected '- print: »`x`' quotes
rejected '- print: »*x' quotes
rejected '- print: "a»\d"' '\d'
rejected $'- print: \'it\'»s\'' quote
rejected '- print: "x" »y' quote
rejected $'- do:\n  - print: a\n»\t- print: b' tab
rejected '- »print:a' "'print'"
rejected '- print: »[a' '['
rejected $'- print: a\n  »print: b' duplicate
rejected $'- print: x\n  background: »yes' 'true or false'
rejected '- sleep: {»{ x }}' quotes
# Cut by a comment.
rejected '- print: value »${{ 1 # comment }}' '}}' ' #'
script '- print: value ${{ 1 }} # comment'
assert_exit 0
assert_stdout 'value 1'
# The JSON author in YAML and the YAML author in JSON.
write a.json '- print: a'
run a.json
assert_exit 2
assert_stderr_contains 'a.json:1:1: ' YAML
write b.json '[{"print": "a"},]'
run b.json
assert_exit 2
assert_stderr_contains 'b.json:1:16: ' ','
write c.json '[{"print": "a"} {"print": "b"}]'
run c.json
assert_exit 2
assert_stderr_contains 'c.json:1:16: ' comma
write d.json "[{'print': 'a'}]"
run d.json
assert_stderr_contains 'd.json:1:3: ' 'double quotes'
write e.json '[{"print": “a”}]'
run e.json
assert_stderr_contains 'e.json:1:12: ' 'double quotes'
write f.json '[{"print": "a"}, {"print": True}, {"print": None}, {"print": NaN}]'
run f.json
assert_exit 2
assert_stderr_contains 'f.json:1:28: ' true
write g.json '[{"print": "a"}'
run g.json
assert_stderr_contains 'g.json:1:1: ' closed
write h.json '[{"print": "a'
run h.json
assert_stderr_contains 'h.json:1:12: '
write i.json '[{"print": "a' 'b"}]'
run i.json
assert_stderr_contains 'i.json:1:'
write j.json '[{"print": "a"}] [{"print": "b"}]'
run j.json
assert_stderr_contains 'j.json:1:18: '
