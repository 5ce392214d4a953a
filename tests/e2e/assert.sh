#!/usr/bin/env bash
# `assert` fails unless its expressions are true, showing the expression and the values in it; its result is true.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"set": {"stock": 3, "list": [1]}}, {"assert": "stock > 2", "capture": "r"}, {"print": "${{ r }}"},
  {"assert": ["stock == 3", "${{ length(list) == 1 }}", true]}, {"assert": {"that": "stock"}},
  {"assert": "${{ stock == 3 }}"}]'
assert_stderr
assert_exit 0
assert_stdout true

fails "[{\"set\": {\"stock\": 3, \"want\": \"four\"}},
  {»\"assert\": \"stock > 5 && want != 'x'\", \"name\": \"enough\"}]" \
    "stock > 5 && want != 'x'" 'stock is 3' 'want is "four"' enough
fails '[{"set": {"m": {"list": [1, 2]}}}, {»"assert": "m.list[0] == 2 || length(m.list) > 2"}]' \
    'm.list[0] is 1' 'length(m.list) is 2'
# Of a list the first that is false is shown.
fails '[{"set": {"x": 1}}, {»"assert": ["x == 1", "x == 2", "x == 3"]}, {"print": "not reached"}]' 'x == 2' 'x is 1'
assert_stderr_lacks 'failed: x == 3'
# What is false: false, null, 0 and the empty text.
for value in false null 0 "''"; do
    script "[{\"assert\": \"$value\"}]"
    assert_exit 1
done
for value in true 1 "'0'" "'false'" "fromJSON('[]')"; do
    script "[{\"assert\": \"$value\"}]"
    assert_exit 0
done

rejected '[{"assert": »"${{ 1 }} == 1"}]' '${{ }}'
rejected '[{"assert": »""}]'
rejected '[{"assert": »[]}]'
rejected '[{"assert": {»"x": 1}}]'

# Whatever escapes the document needed, the expression is shown as it is.
fails '[{"set": {"stock": 3, "want": "four"}}, {»"assert": "stock > 5 && want != \"x\"", "name": "enough"}]' \
    'stock > 5 && want != "x"' 'stock is 3' enough

# Parentheses belong to what is shown.
run --keep-going - <<'END'
- assert: (20 - length('abc')) / 20 < 0.05
- assert: (1 == 2) || (2 == 3)
- assert: "!((1) == 1)"
END
assert_exit 1
assert_stderr_contains "assertion failed: (20 - length('abc')) / 20 < 0.05" 'assertion failed: (1 == 2) || (2 == 3)' \
    'assertion failed: !((1) == 1)'
