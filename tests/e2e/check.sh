#!/usr/bin/env bash
# `arun check` finds every error and runs nothing; with --report json it gives them as data.
. "${BASH_SOURCE%/*}/lib.sh"

write good.json '[{"print": "ran"}, {"sleep": 60}]'
write good.yaml '- print: ran'
run check good.json good.yaml
assert_exit 0
assert_stdout
assert_stderr
write bad.yaml '- print: "ä"' '- {tick: 1s, evry: 2}' '- prnt: x'
run check good.json bad.yaml
assert_exit 2
assert_stdout
assert_stderr_contains 'bad.yaml:2:14: error: ' 'bad.yaml:3:3: error: '
# An expression that can only fail when it runs is no error of the script.
run check - <<<'[{"set": {"x": 1}, "if": "false"}, {"print": "${{ x }}"}]'
assert_exit 0
# What comes from outside is known.
run check - <<<'[{"print": "${{ x }}"}]'
assert_exit 2
run check --var x=1 - <<<'[{"print": "${{ x }}"}]'
assert_exit 0

run check --report json good.json bad.yaml missing.json
assert_exit 2
assert_stderr
python3 - "$T/io/stdout" <<'END' || fail 'the report is not as expected'
import json, sys
report = json.load(open(sys.argv[1]))
assert report["errors"] == 3, report
bad = [d for d in report["diagnostics"] if d["file"] == "bad.yaml"]
where = [[d[k] for k in ("line", "column", "end_line", "end_column", "severity")] for d in bad]
assert where == [[2, 14, 2, 18, "error"], [3, 3, 3, 7, "error"]], where
assert bad[0]["message"] == "unknown argument 'evry' of tick" and bad[0]["hint"] == "did you mean 'every'?", bad
(other,) = [d for d in report["diagnostics"] if d["file"] != "bad.yaml"]
assert "missing.json" in other["message"], other
END
run check --report=json good.json
assert_exit 0
assert_stderr
assert_eq "$(tr -d ' \n' <"$T/io/stdout")" '{"diagnostics":[],"errors":0}'
run check --report xml good.json
assert_exit 2
assert_stdout
assert_stderr_contains --report xml
# Bytes that are not UTF-8 in a name do not spoil the data.
write $'caf\xe9.json' '['
run check --report json $'caf\xe9.json'
assert_exit 2
python3 -c 'import json, sys; sys.exit(json.load(sys.stdin)["errors"] != 1)' <"$T/io/stdout" || fail 'not JSON'
