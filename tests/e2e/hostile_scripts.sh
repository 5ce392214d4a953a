#!/usr/bin/env bash
# Limits stop a hostile script with an error, never a crash: nesting depth, alias expansion, document size, include
# cycles.
. "${BASH_SOURCE%/*}/lib.sh"

# What is slow is so beside an honest script of 1 MB, on this machine and in this build.
awk 'BEGIN { printf "[{\"print\": 0}"; for (i = 0; i < 40000; ++i) printf ", {\"print\": \"%d\"}", i; print "]" }' >honest.json
from=$(milliseconds)
run check honest.json
assert_exit 0
limit=$((100 * ($(milliseconds) - from) + 2000))

# refused FILE TEXT...: in time, with an error and without a word on stdout.
refused() {
    local from
    from=$(milliseconds)
    run check "$1"
    assert_exit 2
    assert_stdout
    assert_stderr_contains "$1" 'error: ' "${@:2}"
    (($(milliseconds) - from < limit)) || fail "took $(($(milliseconds) - from)) ms"
    assert_eq "$(awk 'length > 1000' "$T/io/stderr" | head -c 100)" '' 'long lines'
}
times() { head -c "$2" /dev/zero | sed "s/\x00/$1/g"; }

# Nesting: of brackets, of jobs, of expressions, of blocks.
times '[' 100000 >brackets.json
refused brackets.json
times '{"do":' 100000 >jobs.json
refused jobs.json
(printf '['; times '{"do":' 2000; printf '"timestamp"'; times '}' 2000; printf ']') >closed.json
refused closed.json nest
times '[' 100000 >brackets.yaml
refused brackets.yaml
times '- ' 100000 >blocks.yaml
refused blocks.yaml
(printf '[{"assert": "'; times '(' 100000; printf '1'; times ')' 100000; printf '"}]') >parentheses.json
refused parentheses.json
(printf '[{"assert": "'; times '!' 100000; printf '1"}]') >not.json
refused not.json
(printf '[{"set": {"a": 1}}, {"assert": "a'; times '[0]' 100000; printf '"}]') >index.json
run check index.json
[ "$status" = 0 ] || [ "$status" = 2 ] || fail "exit $status"
(printf '[{"assert": "1'; times ' == 1' 100000; printf '"}]') >chain.json
run check chain.json
[ "$status" = 0 ] || [ "$status" = 2 ] || fail "exit $status"
# A value made at run time is as deep as it likes to be, but no crash.
(printf '[{"set": {"x": "${{ fromJSON(deep) }}"}}, {"print": "ran"}]') >deep.json
(printf '{"vars": {"deep": "'; times '[' 100000; times ']' 100000; printf '"},
  "jobs": [{"set": {"x": "${{ fromJSON(deep) }}"}}, {"print": "ran"}]}') >deep.json
run deep.json
[ "$status" = 0 ] || [ "$status" = 1 ] || fail "exit $status"

# Aliases: nine levels of nine are four hundred million, a cycle has no end.
{
    echo 'x-a: &a [x, x, x, x, x, x, x, x, x]'
    last=a
    for name in b c d e f g h i; do
        echo "x-$name: &$name [*$last, *$last, *$last, *$last, *$last, *$last, *$last, *$last, *$last]"
        last=$name
    done
    echo "jobs: [{set: {v: *i}}]"
} >laughs.yaml
refused laughs.yaml alias
write cycle.yaml 'jobs: &a' '- do: *a'
refused cycle.yaml
write merge.yaml 'x-a: &a' '  <<: *a' 'jobs: []'
refused merge.yaml

# Size: what is larger than a script may be is not read. (It takes no place on the disk.)
truncate -s 2G large.json
refused large.json larger
truncate -s 2G large.yaml
refused large.yaml larger

# Many of everything is no reason to give up, or to take long.
(printf '['; for i in $(seq 20000); do printf '{"print":"%s","end":""},' 1; done; printf '"timestamp"]') >many.json
run check many.json
assert_exit 0
(printf '[{"set": {'; for i in $(seq 20000); do printf '"k%s": 1,' "$i"; done; printf '"end": 1}}]') >keys.json
run check keys.json
assert_exit 0
(for i in $(seq 20000); do printf -- '- {print: a, id: j%s}\n' "$i"; done) >ids.yaml
run check ids.yaml
assert_exit 0
