#!/usr/bin/env bash
# --debug logs slow callbacks and the loop's decisions on stderr, and changes nothing else.
. "${BASH_SOURCE%/*}/lib.sh"

text='[{"print": "x"}, {"sleep": 1}, {"parallel": [{"sleep": 2}, {"print": "y"}]}]'
script "$text" --debug
assert_exit 0
assert_stdout x y
assert_stderr_contains debug:
script "$text"
assert_stdout x y
assert_stderr
# A step that takes long is told: here a job that computes for a second without waiting.
{
    printf '{"vars": {"t": "'
    head -c 2000000 /dev/zero | tr '\0' x
    printf '"}, "jobs": [{"set": {'
    for i in {1..600}; do printf '"l%d": "${{ length(t) }}", ' "$i"; done
    printf '"end": 1}}, {"sleep": 0}]}'
} >slow.json
run --debug slow.json
assert_exit 0
assert_stderr_contains 'took'
run --debug - <<<'["timestamp", {"sleep": "1ms"}]'
assert_stderr_lacks took

# Which calls of the operating system are used, and what it cannot do.
run --debug - <<<'[{"print": "x"}]'
assert_exit 0
assert_stderr_contains "debug: the system's calls: "
