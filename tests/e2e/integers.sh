#!/usr/bin/env bash
# Integers are exact to 64 bits, wherever they come from, and a number that is neither such an integer nor a double keeps
# its spelling when it is passed on.
. "${BASH_SOURCE%/*}/lib.sh"

# From the output of a child: printed, compared, and written as JSON again.
script '
- run: '"'"'echo "{\"id\": 9007199254740993, \"big\": 18446744073709551615}"'"'"'
  output: discard
  capture: r
- print: "${{ fromJSON(r.stdout).id }} ${{ fromJSON(r.stdout).big }} ${{ toJSON(fromJSON(r.stdout)) }}"
- assert: fromJSON(r.stdout).id != 9007199254740992
- assert: fromJSON(r.stdout).id == '"'9007199254740993'"'
- assert: fromJSON(r.stdout).big > 18446744073709551614
- assert: 9007199254740993 > 9007199254740992
- assert: 9007199254740993 == 9007199254740992'
assert_exit 1
assert_stdout '9007199254740993 18446744073709551615 {
  "id": 9007199254740993,
  "big": 18446744073709551615
}'
assert_stderr_contains '9007199254740993 == 9007199254740992'

# holds EXPR, fails EXPR: whether the assertion holds.
holds() {
    script "[{\"assert\": \"$1\"}]"
    assert_exit 0
}
fails() {
    script "[{\"assert\": \"$1\"}]"
    assert_exit 1
}
fails '403263854001401857 == 403263854001401858'
fails "fromJSON('403263854001401857') == 403263854001401858"
fails "403263854001401857 == '403263854001401858'"
fails "fromJSON('[403263854001401857]') == fromJSON('[403263854001401858]')"
fails "contains(fromJSON('[403263854001401857]'), 403263854001401858)"
fails '18446744073709551615 == 18446744073709551614'
fails '-9223372036854775808 == -9223372036854775807'
fails '9223372036854775808 == -9223372036854775808'
holds '18446744073709551615 > -1'
holds '9223372036854775807 < 9223372036854775808'
# A double is compared with an integer as what it is, not the integer as a double.
fails '9007199254740993 == 9007199254740992.0'
holds '9007199254740993 > 9007199254740992.0'
holds '9007199254740993.0 == 9007199254740993'
fails '9223372036854775807 == 9.223372036854775808e18'
holds '9223372036854775807 < 9.223372036854775808e18'
holds '1 < 1.5 && 2 > 1.5 && 1 == 1.0'
fails "fromJSON('18446744073709551616') == fromJSON('18446744073709551617')"
holds "fromJSON('18446744073709551616') < fromJSON('18446744073709551617')"

# Through variables, captures, --var and the reports.
script '[{"set": {"n": 403263854001401857, "m": {"k": [18446744073709551615, -9223372036854775808]}}},
         {"do": [{"print": "${{ n }} ${{ m }}"}], "capture": "c"}, {"print": "${{ c }}"},
         {"set": {"copy": "${{ n }}"}}, {"assert": "copy == 403263854001401857 && copy != 403263854001401858"}]'
assert_exit 0
line='403263854001401857 {"k":[18446744073709551615,-9223372036854775808]}'
assert_stdout "$line" "$line"
for n in 403263854001401857 18446744073709551615 -9223372036854775808 18446744073709551616 1.10; do
    run --var n="$n" - <<<'{"vars": {"n": 1}, "jobs": [{"print": "${{ n }} ${{ toJSON(n) }}"}]}'
    assert_stdout "$n $n"
    run --var l="[$n, 2.50]" - <<<'{"vars": {"l": []}, "jobs": [{"print": "${{ l }} ${{ l[0] == 403263854001401858 }}"}]}'
    [ "$n" = 1.10 ] && n=1.1
    assert_stdout "[$n,2.5] false"
done
# What is neither is passed on as it was written; what a double is, is one.
script "[{\"print\": \"\${{ fromJSON('[18446744073709551616, -9223372036854775809, 0.1000000000000000055, 12345678901234567890123e4, 1e3, 1.10]') }}\"}]"
assert_stdout '[18446744073709551616,-9223372036854775809,0.1000000000000000055,12345678901234567890123e4,1000,1.1]'
# Also beyond the range of a double, but not as a part of a text.
script "[{\"print\": \"\${{ fromJSON('{\\\"1e999\\\": [1E400, -2.5e+500, 7], \\\"a\\\": \\\"\\\\\\\\ 1e400\\\"}') }}\"}]"
assert_stdout '{"1e999":[1E400,-2.5e+500,7],"a":"\\ 1e400"}'
script "[{\"print\": \"\${{ fromJSON('[1E400] x') }}\"}]"
assert_exit 1
assert_stderr_contains 'not JSON'

# An `expect` on an exit status and on text that spells a number.
script '[{"run": "echo 403263854001401857", "output": "discard", "expect": {"stdout": {"lt": 403263854001401858}}}]'
assert_exit 0
script '[{"run": "echo 403263854001401857", "output": "discard", "expect": {"stdout": {"ge": 403263854001401858}}}]'
assert_exit 1

# As a count, an index and a range they are checked, not wrapped or rounded.
script '[{"for_each": {"range": [9223372036854775806, 9223372036854775809]}, "do": {"print": "${{ item }}"}}]'
assert_exit 0
assert_stdout 9223372036854775806 9223372036854775807 9223372036854775808
script '[{"for_each": {"range": [-9223372036854775808, -9223372036854775806]}, "do": {"print": "${{ item }}"}}]'
assert_stdout -9223372036854775808 -9223372036854775807
script '[{"set": {"l": ["a", "b"]}}, {"print": "<${{ l[18446744073709551615] }}${{ l[9007199254740993] }}${{ l[1] }}>"}]'
assert_stdout '<b>'
script '[{"repeat": 18446744073709551615, "do": {"fail": "no"}}]'
assert_exit 2
assert_stderr_contains 'a whole number from'
script '[{"set": {"n": 18446744073709551615}}, {"repeat": "${{ n }}", "do": {"fail": "no"}}]'
assert_exit 1
assert_stderr_contains 'a whole number from'

# In the body of a request, in the answer, and in what is expected of it.
. "$ARUN_SOURCE/tests/e2e/data/serve.sh"
serve http_server
answer() {
    script "[{\"http\": {\"url\": \"http://127.0.0.1:$port/number/403263854001401857\", \"expect\": {\"json\": $1}}}]"
}
answer '{"id": 403263854001401857}'
assert_exit 0
answer '{"id": 403263854001401858}'
assert_exit 1
assert_stderr_contains 403263854001401857
answer '{"equals": {"id": 403263854001401856}}'
assert_exit 1
answer '{"id": {"lt": 403263854001401857}}'
assert_exit 1
answer '{"id": {"gt": 403263854001401856, "le": 403263854001401857}}'
assert_exit 0
run - <<<"{\"vars\": {\"big\": 18446744073709551615}, \"jobs\": [
  {\"set\": {\"big\": \"\${{ fromJSON('18446744073709551616') }}\"}},
  {\"http\": {\"url\": \"http://127.0.0.1:$port/echo\", \"json\": {\"id\": 403263854001401857, \"big\": \"\${{ big }}\"}}, \"capture\": \"r\"},
  {\"print\": \"\${{ r.json.body }} \${{ fromJSON(r.json.body).big }}\"}]}"
assert_exit 0
assert_stdout '{"id":403263854001401857,"big":18446744073709551616} 18446744073709551616'
