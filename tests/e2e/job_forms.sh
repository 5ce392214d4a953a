#!/usr/bin/env bash
# A job is a mapping with exactly one kind and any modifiers; the kind's value is its arguments or a shorthand, beside
# which the other arguments may stand; a kind that needs no argument may be a bare string.
. "${BASH_SOURCE%/*}/lib.sh"

# The same in all forms.
for form in '{"tick": "1s", "count": 2, "do": {"print": "x"}}' \
    '{"tick": {"every": "1s", "count": 2, "do": [{"print": "x"}]}}' \
    '{"tick": {"every": "1s"}, "count": 2, "do": [{"print": {"text": "x"}}]}' \
    '{"do": [{"print": "x"}], "count": 2, "tick": 1}' \
    '{"tick": {"every": "1s", "count": null}, "count": 2, "do": {"print": "x"}, "if": null, "name": null}'; do
    script "[$form, {\"print\": \"\${{ now() }}\"}]"
    assert_stderr
    assert_exit 0
    assert_stdout x x 2.000000
done

# `do` beside tick, repeat or for_each is their body; alone it is a kind; a list of jobs takes a single one too.
script '[{"repeat": 2, "do": {"print": "r${{ loop.index }}"}}, {"for_each": ["a"], "do": {"print": "${{ item }}"}},
  {"do": {"print": "d"}}, {"parallel": {"print": "p"}}, {"race": {"print": "w"}}, {"do": ["timestamp", "timestamp"]}]' \
    --start-time 2024-01-01T12:00:00Z
assert_stderr
assert_stdout r1 r2 a d p w 12:00:00 12:00:00

# A bare string, a null kind, an empty mapping: no arguments.
for form in '"timestamp"' '{"timestamp": null}' '{"timestamp": {}}' '{"timestamp": null, "utc": null}'; do
    script "[$form]" --start-time 2024-01-01T12:00:00Z
    assert_stderr
    assert_stdout 12:00:00
done
script '["fail"]'
assert_exit 1
script $'- timestamp\n- timestamp:\n- fail:' --start-time 2024-01-01T12:00:00Z
assert_exit 1
assert_stdout 12:00:00 12:00:00

# One kind, known arguments, each given once.
rejected '[{"print": "a", »"sleep": 1}]' print sleep
rejected '[{»"prnt": "a"}]' prnt "did you mean 'print'"
rejected '[{»"banana": "a"}]' banana
rejected '[»{}]' kind
rejected '[»{"name": "x", "if": "true"}]' kind
rejected '[»"prnt"]' prnt
rejected '[»"sleep"]' sleep for
rejected '[{»"print": null}]' print text
rejected '[»1]' number
rejected '[»["timestamp"]]' list
rejected '[{"tick": 1, »"evry": 1}]' "unknown argument 'evry' of tick" "did you mean 'every'"
rejected '[{"tick": {»"evry": 1}}]' "unknown argument 'evry' of tick" "did you mean 'every'"
rejected '[{"tick": 1, »"every": 2}]' every twice
rejected '[{"tick": {"every": 1, "count": 1}, »"count": 2}]' count twice
rejected '[{"tick": {"every": 1, »"retry": 1}}]' retry
rejected '[{"print": »["a"]}]' print
rejected '[{"sleep": »true}]' sleep duration
rejected '[{"sleep": 1, »"nmae": "x"}]' nmae "did you mean 'name'"
rejected '[{"print": "x", "to": »"nowhere"}]' stdout stderr nowhere
rejected '[{"repeat": »1.5, "do": "timestamp"}]' 1.5
rejected '[{"repeat": »-1, "do": "timestamp"}]' -1
rejected '[{»"repeat": 3}]' "'do'"
rejected '[{"parallel": {"jobs": [], "fail_fast": »"perhaps"}}]' true false perhaps
rejected '[{"print": "x", "name": »{"a": 1}}]' name
rejected '[{"print": "x", "retry": {»"limt": 1}}]' limt "did you mean 'limit'"

# A duration inside a kind's mapping may be its timeout.
script '[{"repeat": {"count": 9, "delay": 1, "do": {"print": "r"}, "timeout": 1.5}}]'
assert_exit 124
assert_stdout r r
assert_stderr_contains '<stdin>:1:3: error: ' 'timed out after 1.5s'
script '[{"do": {"jobs": [{"sleep": 5}], "timeout": 1}}]'
assert_exit 124
# A mapping that has no argument of `do` is a job.
script '[{"do": {"print": "x", "finally": {"print": "y"}}}]'
assert_exit 0
assert_stdout x y
rejected '[{"sleep": {"for": 1, »"timeout": 2}, "timeout": 3}]' timeout twice

# Typed arguments take ${{ }} and text that spells their type.
script '[{"set": {"n": 2, "d": "250ms", "no": false, "where": "stderr"}},
  {"repeat": "${{ n }}", "delay": "${{ d }}", "do": {"print": "r"}}, {"repeat": "1", "do": {"print": "s"}},
  {"print": "shown", "to": "${{ where }}"}, {"parallel": [{"print": "t"}], "fail_fast": "${{ no }}"},
  {"parallel": [], "fail_fast": "true"}, {"sleep": "${{ n }}"}, {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout r r s t 2.250000
assert_stderr shown
script '[{"set": {"n": "many"}}, {"repeat": "${{ n }}", "do": {"print": "r"}}]'
assert_exit 1
assert_stdout
assert_stderr_contains '<stdin>:1:' 'many' 'number'
