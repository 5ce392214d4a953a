#!/usr/bin/env bash
# What observes a run takes time in proportion to the number of its jobs, also if the script is one long line and if
# all of them run at the same time or are scripts of their own.
LIMIT=300
. "${BASH_SOURCE%/*}/lib.sh"
. "$ARUN_SOURCE/tests/e2e/data/in_time.sh"

count=60000
# scripts FOLDER COUNT
scripts() {
    mkdir "$1"
    (printf '[{"name":"ä","print":"a"}'; yes ',{"name":"ä","print":"a"}' 2>/dev/null | head -n $(($2 - 1)) | tr -d '\n'; printf ']') >"$1/line.json"
    (printf '[{print: a}'; yes ', {print: a}' 2>/dev/null | head -n $(($2 - 1)) | tr -d '\n'; printf ']') >"$1/line.yaml"
    yes -- $'---\n- print: a' 2>/dev/null | head -n $(($2 / 2)) >"$1/documents.yaml"
    echo '[{"for_each": {"range": '$(($2 / 2))', "max_concurrent": 0, "do": {"sleep": 1}}}]' >"$1/many.json"
}
scripts small $((count / 20))
scripts large $count
cd large

in_time 0 line.yaml --events events
for option in -v '--events events' '--trace trace' '--timeline picture.svg' '--timeline -' '--report junit' \
    '--report tap' '--report json' '--report github'; do
    # shellcheck disable=SC2086  # an option and its value
    in_time 0 line.json $option
done
assert_eq "$(wc -l <events)" $((2 * count + 4)) 'lines of events'
in_time 0 plan line.json
in_time 0 plan --report json line.json
in_time 0 documents.yaml --report json -v
in_time 0 --virtual many.json --trace trace --events events -v
# The place of the last one is right, with its characters of two bytes.
run plan --report json line.json
assert_eq "$(jq -c '.scripts[0].jobs[-1] | [.line, .column]' <"$T/io/stdout")" \
    "[1,$((14 + (count - 1) * 25))]" 'place of the last job'

# A stream that is not a script is refused soon: one with NUL bytes, one whose line does not end.
for format in yaml jsonl; do
    run --format $format - </dev/zero
    assert_exit 2
    assert_stderr_contains '<stdin>:1:1: error: a NUL byte'
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
