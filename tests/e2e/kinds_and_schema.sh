#!/usr/bin/env bash
# `arun kinds` lists the kinds, or shows one with its arguments and an example; `arun schema` prints the JSON Schema of
# a script.
. "${BASH_SOURCE%/*}/lib.sh"

run kinds
assert_exit 0
assert_stderr
listed=$stdout
schema=$("$ARUN" schema)
for file in "$ARUN_SOURCE"/core/jobs/kinds/*.cpp; do
    kind=${file##*/}
    kind=${kind%.cpp}
    [[ $'\n'$listed == *$'\n'"$kind "* ]] || fail "kinds does not list $kind"
    run kinds $kind
    assert_exit 0
    assert_stderr
    grep -q "\"$kind\"" <<<"$schema" || fail "the schema lacks $kind"
    [[ $stdout == "$kind: "* ]] || fail "kinds $kind does not begin with it"
    assert_stdout_contains Example:
    # The example is a script that is right. (What it includes is not there.)
    sed -n '/^Example:/,$p' "$T/io/stdout" | sed '1,2d; s/^  //' >example.yaml
    [ $kind = include ] || run check example.yaml
    assert_exit 0
done
run kinds tick
assert_stdout_contains every count for until missed 'skip|burst|delay' 'default: skip' required
run kinds sleep print
assert_stdout_contains 'sleep: ' 'print: '
run kinds nothing
assert_exit 2
assert_stdout
assert_stderr_contains nothing
run kinds tikc
assert_exit 2
assert_stderr_contains "did you mean 'tick'"

run schema
assert_exit 0
assert_stderr
cp "$T/io/stdout" schema.json
python3 - <<'END' || fail 'the schema is not as expected'
import json
schema = json.load(open("schema.json"))
assert "json-schema.org" in schema["$schema"], schema["$schema"]
text = json.dumps(schema)
for word in "retry finally vars jobs continue_on_error".split():
    assert f'"{word}"' in text, word
END
