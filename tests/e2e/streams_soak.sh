#!/usr/bin/env bash
# However long a stream or a loop, memory stays as it is: hundreds of thousands of lines, an hour of ticks.
LIMIT=240
. "${BASH_SOURCE%/*}/lib.sh"

[ -z "${ARUN_SANITIZED:-}" ] || skip 'a sanitizer keeps what was freed'

# memory: the most that arun has ever used, in kB.
memory() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status"; }
flat() { (($3 - $2 < 1024)) || fail "$1: $2 kB have become $3 kB"; }

# lines FROM TO: with all that a line can leave behind.
lines() {
    local i
    for ((i = $1; i < $2; i += 8)); do
        printf '%s\n' '{"set": {"x": "a text that is not very short"}}' '{"print": "${{ x }}", "id": "p"}' \
            '{"sleep": 0, "background": true, "id": "b"}' '{"wait": "b"}' \
            '{"do": [{"set": {"y": 1}}, {"assert": "y == 1"}], "context": "c"}' \
            '{"fail": "no", "continue_on_error": true, "id": "f"}' \
            '{"for_each": ["a"], "as": "z", "do": {"print": "${{ z }}"}}' \
            '{"if": "jobs.f.outcome == '"'failure'"'", "print": "${{ jobs.f.error }} ${{ jobs.p.result }}"}'
    done
}
lines 0 8000 >part
stream -q -
cat part >&9
echo '{"print": "early", "to": "stderr"}' >&9
until_stderr early
early=$(memory)
for _ in {1..24}; do cat part; done >&9
echo '{"print": "late", "to": "stderr"}' >&9
until_true grep -q late "$T/io/stderr"
late=$(memory)
end
assert_exit 0
flat '200000 lines' "$early" "$late"
((late < 12288)) || fail "200000 lines take $late kB"
[ "$(grep -c '^a text' "$T/io/stdout")" = 25000 ] || fail 'not all lines have run'

# Documents.
for ((i = 0; i < 5000; ++i)); do
    printf '%s\n' --- 'vars: {v: 1}' 'jobs:' '- print: "${{ v }}"' '- {sleep: 0, background: true, id: b}' 'finally: [set: {w: 1}]'
done >documents
stream -
head -n 3000 documents >&9
printf -- '---\n- {print: early, to: stderr}\n---\n' >&9
until_stderr early
early=$(memory)
cat documents >&9
printf -- '---\n- {print: late, to: stderr}\n---\n' >&9
until_stderr late
late=$(memory)
end
assert_exit 0
flat '5000 documents' "$early" "$late"

# Lines of a for_each, many rounds in flight; and ticks of an hour on the virtual clock.
write lines.yaml '- for_each: {lines: stdin, max_concurrent: 100, do: [{sleep: 0}, {print: "${{ item }}"}]}'
stream lines.yaml
seq 1000 >&9
until_stdout 1000
early=$(memory)
seq 1001 200000 >&9
until_stdout 200000
late=$(memory)
end
assert_exit 0
flat '200000 rounds' "$early" "$late"
write ticks.yaml '- {tick: 10ms, for: "${{ t }}", do: [{timestamp: "%X.%f"}]}' '- {print: end, to: stderr}' \
    '- for_each: {lines: stdin, do: print}'
sed -i 's/do: print/do: {print: x}/' ticks.yaml
for t in 60 3600; do
    stream --virtual --var t=$t ticks.yaml
    until_stderr end
    eval "ticks_$t=$(memory)"
    end
    assert_exit 0
done
# shellcheck disable=SC2154  # set by eval
flat 'an hour of ticks' "$ticks_60" "$ticks_3600"
