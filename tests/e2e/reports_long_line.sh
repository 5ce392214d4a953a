#!/usr/bin/env bash
# What observes a run takes time in proportion to the number of its jobs, also if the script is one long line and if
# all of them run at the same time or are scripts of their own.
LIMIT=300
. "${BASH_SOURCE%/*}/lib.sh"

count=60000
(printf '[{"name":"ä","print":"a"}'; yes ',{"name":"ä","print":"a"}' 2>/dev/null | head -n $((count - 1)) | tr -d '\n'; printf ']') >line.json
(printf '[{print: a}'; yes ', {print: a}' 2>/dev/null | head -n $((count - 1)) | tr -d '\n'; printf ']') >line.yaml
yes -- $'---\n- print: a' 2>/dev/null | head -n $((count / 2)) >documents.yaml
write many.json '[{"for_each": {"range": 30000, "max_concurrent": 0, "do": {"sleep": 1}}}]'

# in_time ARGUMENT...: a quadratic step takes from half a minute on.
in_time() {
    local from=$SECONDS
    run "$@"
    assert_exit 0
    ((SECONDS - from < 12)) || fail "arun $*: took $((SECONDS - from)) s"
}
in_time line.yaml --events events
for option in -v '--events events' '--trace trace' '--timeline picture.svg' '--timeline -' '--report junit' \
    '--report tap' '--report json' '--report github'; do
    # shellcheck disable=SC2086  # an option and its value
    in_time line.json $option
done
assert_eq "$(wc -l <events)" $((2 * count + 4)) 'lines of events'
in_time plan line.json
in_time plan --report json line.json
in_time documents.yaml --report json -v
in_time --virtual many.json --trace trace --events events -v
# The place of the last one is right, with its characters of two bytes.
run plan --report json line.json
assert_eq "$(jq -c '.scripts[0].jobs[-1] | [.line, .column]' <"$T/io/stdout")" \
    "[1,$((14 + (count - 1) * 25))]" 'place of the last job'

# A stream that is not a script is refused soon: one with NUL bytes, one whose line does not end.
for format in yaml jsonl; do
    from=$SECONDS
    run --format $format - </dev/zero
    assert_exit 2
    assert_stderr_contains '<stdin>:1:1: error: a NUL byte'
    ((SECONDS - from < 12)) || fail "$format: took $((SECONDS - from)) s"
done
run check - </dev/zero
assert_exit 2
run --format yaml - < <(yes -- '- print: a' 2>/dev/null | tr -d '\n')
assert_exit 2
assert_stderr_contains "the document in line 1 of '<stdin>' has a line that is longer than a stream of YAML may have, 64 MiB"
# What came before it has run.
run --format yaml - < <(printf -- '---\n- print: first\n---\n- print: \0'; cat /dev/zero)
assert_exit 2
assert_stdout first
assert_stderr_contains '<stdin>:4:10: error: a NUL byte'
