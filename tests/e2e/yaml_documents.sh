#!/usr/bin/env bash
# YAML scripts are YAML 1.2 with the core schema; several documents are several scripts; `<<` merges as in Compose
# files; duplicate keys and non-core tags are errors.
. "${BASH_SOURCE%/*}/lib.sh"

# Several documents are several scripts in the same Runner: same context, same loop.
write two.yaml --- '- set: {x: 1}' '- sleep: 2' --- 'jobs:' '- print: ${{ x }} at ${{ now() }}' ...
run --virtual two.yaml
assert_exit 0
assert_stdout '1 at 2.000000'
write fails.yaml '- fail: no' '---' '- print: not reached'
run fails.yaml
assert_exit 1
assert_stdout
run -k fails.yaml
assert_exit 1
assert_stdout 'not reached'
# Each is a script of its own: an id may come again.
write ids.yaml '- {print: a, id: x}' '---' '- {print: b, id: x}'
run ids.yaml
assert_stderr
assert_exit 0
assert_stdout a b
# All are checked first.
write bad.yaml '- print: a' '---' '- prin: b'
run bad.yaml
assert_exit 2
assert_stdout
assert_stderr_contains 'bad.yaml:3:3: error: '

# The core schema: only true and false are booleans; 0o17 and 0x1F are numbers, 017 is seventeen; text keeps its
# spelling.
script $'vars: {yes: no, t: true, o: 0o17, x: 0x1F, n: 017, e: 1e3, z: 1.10, q: "1",
  tilde: ~, nothing: , s: 2024-01-01, b: 1_000}
jobs:
- assert: ["yes == \'no\'", t, o == 15, x == 31, n == 17, e == 1000, z == 1.1, "tilde == null", "nothing == null"]
- print: ${{ toJSON(s) }} ${{ toJSON(q) }} ${{ toJSON(b) }} ${{ o }} ${{ e }} ${{ z }}'
assert_stderr
assert_exit 0
assert_stdout '"2024-01-01" "1" "1_000" 0o17 1e3 1.10'
script $'vars: {a: !!str 12, b: !!int "7", c: !!float 1, d: !!bool "true", e: !!null "", f: !!seq [1], g: !!map {x: 1}}
jobs: [{print: "${{ toJSON(a) }} ${{ b }} ${{ toJSON(d) }} ${{ f }} ${{ g }}"}]'
assert_stderr
assert_exit 0
assert_stdout '"12" 7 true [1] {"x":1}'
rejected $'- print: »!secret x' secret
rejected $'- print: »!!binary aGVsbG8=' binary

# Block scalars, folding, quoting, comments, anchors.
script $'# comment
- print: |
    two
    lines
  end: ""
- print: >-
    one
    line
- print: "tab\\tand \\u00e4"  # comment
- print: \'it\'\'s\'
- &job {print: anchored}
- *job'
assert_stderr
assert_stdout two lines 'one line' $'tab\tand ä' "it's" anchored anchored

script $'- print: \'a\'\'\'\'b\'\'c\'\n- print: \'\'\'\'\n- print: \'\'\'\'\'\'\n- print: "\\\\\\"\\\\"'
assert_stderr
assert_stdout "a''b'c" "'" "''" '\"\'

# <<, of one mapping or a list of them: a key of the mapping itself wins, then the earlier one of the list.
script $'x-common: &common {to: stdout, end: "!\\n"}
x-other: &other {end: "?\\n", name: other}
jobs:
- {<<: *common, print: a}
- <<: [*other, *common]
  print: b
- print: c
  end: ".\\n"
  <<: *common
- do:
  - {<<: {print: inline}}'
assert_stderr
assert_exit 0
assert_stdout 'a!' 'b?' c. inline
rejected $'jobs:\n- print: a\n  <<: »text' '<<'
rejected $'- print: a\n  <<: {»prin: b}' prin

# Duplicate keys, also of the script.
rejected $'- print: a\n  »print: b' duplicate print
rejected $'jobs: []\n»jobs: []' duplicate jobs
rejected $'- set: {a: 1, »a: 2}' duplicate a
rejected '[{"set": {"a": 1, »"a": 2}}]' duplicate a
rejected '[{"set": {"a": 1, »"\u0061": 2}}]' duplicate a

# What is no YAML at all.
rejected $'- print: a\n- »*nowhere' nowhere
rejected $'- do:\n  - print: a\n»\t- print: b' tab
rejected $'- print: »"never closed'
