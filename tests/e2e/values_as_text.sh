#!/usr/bin/env bash
# As text a scalar written in the script keeps its spelling, a computed number is an integer up to 2^53, else the
# shortest that reads back the same; null is empty; lists and mappings are compact JSON.
. "${BASH_SOURCE%/*}/lib.sh"

# says VALUE TEXT: a JSON value put into a string, through a variable and directly.
says() {
    script "[{\"set\": {\"v\": $1}}, {\"print\": \"<\${{ v }}>\"}]"
    assert_exit 0
    assert_stdout "<$2>"
}
says 1.10 1.10
says 1e3 1e3
says -0.0 -0.0
says 9223372036854775807 9223372036854775807
says true true
says null ''
says '"x"' x
says '[]' '[]'
says '{}' '{}'
says '[1.10, "a\"b", null, true, {"k": [], "ä": "\n"}]' '[1.10,"a\"b",null,true,{"k":[],"ä":"\n"}]'
script '[{"print": 1.10}, {"print": false}, {"print": "1.10"}]'
assert_stdout 1.10 false 1.10

# Computed.
jobs=
expected=()
while read -r expression text; do
    jobs+="{\"print\": \"<\${{ $expression }}>\"}, "
    expected+=("<$text>")
done <<'END'
fromJSON('1.10') 1.1
fromJSON('1e3') 1000
fromJSON('9007199254740992') 9007199254740992
fromJSON('1e21') 1e+21
fromJSON('9007199254740993') 9007199254740993
fromJSON('0.1') 0.1
fromJSON('1e-7') 1e-07
fromJSON('-0.5') -0.5
fromJSON('null')
fromJSON('[1.50,2]') [1.5,2]
length('abc') 3
1==1 true
END
script "[${jobs%, }]"
assert_stderr
assert_stdout "${expected[@]}"

# Alone in a string the value keeps its type, also inside of lists and mappings.
script '[{"set": {"n": 5, "l": ["${{ n }}", " ${{ n }}", {"k": "${{ n }}"}]}}, {"print": "${{ l }}"}]'
assert_stdout '[5," 5",{"k":5}]'
# Typed places take numbers and text alike; text takes numbers.
script '[{"set": {"v": "2"}}, {"repeat": "${{ v }}", "do": {"print": "r"}}, {"fail": 404}]'
assert_exit 1
assert_stdout r r
assert_stderr_contains 'fail: 404'
# In YAML too.
script $'vars: {version: 1.10, zip: 01234, when: 2024-01-01, big: 12e03, flag: true, text: yes}
jobs:
- print: ${{ version }} ${{ zip }} ${{ when }} ${{ big }} ${{ flag }} ${{ text }}'
assert_stdout '1.10 01234 2024-01-01 12e03 true yes'
# A dollar without two braces is nothing special.
script '[{"print": "$HOME ${HOME} $ { } {{ }} $${{ 1 }} ${{ 1 }}$"}]'
assert_stdout '$HOME ${HOME} $ { } {{ }} $1 1$'
