#!/usr/bin/env bash
# A duration is a number of seconds, or text: numbers with units, or a sum of them; negative, NaN and infinite are
# errors; `timeout: 0` means no limit and `every: 0` is an error.
. "${BASH_SOURCE%/*}/lib.sh"

# Each is one sleep; the time after it follows.
jobs=
expected=()
sum=0
while read -r written micros; do
    jobs+="{\"sleep\": $written}, {\"print\": \"\${{ now() }}\"}, "
    sum=$((sum + micros))
    expected+=("$((sum / 1000000)).$(printf %06d $((sum % 1000000)))")
done <<'END'
1 1000000
0 0
0.25 250000
1e1 10000000
"2" 2000000
"2.5" 2500000
".5" 500000
"250ms" 250000
"1.5s" 1500000
"1m30s" 90000000
"2h" 7200000000
"1d" 86400000000
"500us" 500
"1d2h3m4s5ms6us" 93784005006
"0.5h" 1800000000
"0s" 0
"${{1.5}}" 1500000
"${{'1m'}}" 60000000
END
script "[${jobs%, }]"
assert_stderr
assert_exit 0
assert_stdout "${expected[@]}"

# As YAML spells them.
script $'- sleep: 1m30s\n- sleep: 2\n- sleep: .5\n- sleep: 1e1\n- print: ${{ now() }}'
assert_stdout 102.500000

# What is none: told in one run, each at its place.
bad=(-1 '"-1s"' '"1x"' '"s"' '""' '"one"' '"1m 30s"' '"1m30"' '"NaN"' '"inf"' '"Infinity"' '"1h-5m"' \
    '"1s1"' '"1,5s"' '"1e999"' true '[1]' '{"a": 1}')
{
    echo '['
    for duration in "${bad[@]}"; do echo "{\"sleep\":$duration},"; done
    echo '"timestamp"]'
} >bad.json
run bad.json
assert_exit 2
assert_stdout
for ((i = 0; i < ${#bad[@]}; i++)); do
    [[ $stderr == *"bad.json:$((i + 2)):"*": error: "* ]] || fail "nothing about ${bad[i]}"
done
rejected $'- sleep: ».nan'
rejected $'- sleep: ».inf'
rejected $'- sleep: »-.inf'
rejected $'- sleep: »-1m'
# Computed ones are judged when they are used.
script '[{"set": {"d": -1}}, {"print": "before"}, {"sleep": "${{ d }}"}, {"print": "not reached"}]'
assert_exit 1
assert_stdout before
assert_stderr_contains '<stdin>:1:' negative

# Longer than any run, yet no mistake; too long for the clock is one.
script '[{"sleep": "1000d"}, {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout 86400000.000000
rejected '[{"sleep": »1e300}]'
rejected '[{"sleep": »1e999}]'

rejected '[{"tick": »0, "do": "timestamp"}]' every
rejected '[{"tick": »"0ms", "do": "timestamp"}]' every
script '[{"sleep": 5, "timeout": 0}, {"sleep": 5, "timeout": "0ms"}, {"do": [{"sleep": 5}],
  "retry": {"limit": 1, "timeout": 0}},
  {"print": "${{ now() }}"}]' --timeout 0
assert_exit 0
assert_stdout 15.000000

# Options take them too.
for bad in -1 1x nan inf '' '1 s'; do
    run --timeout "$bad" - <<<'["timestamp"]'
    assert_exit 2
    assert_stdout
    assert_stderr_contains --timeout
done
run --virtual --timeout 1m30s --grace 500ms - <<<'[{"sleep": 89}]'
assert_exit 0
