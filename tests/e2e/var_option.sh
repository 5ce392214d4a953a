#!/usr/bin/env bash
# `--var K=V` has the type of the declared variable, else text, and beats every script.
. "${BASH_SOURCE%/*}/lib.sh"

write types.json '{"vars": {"n": 1, "b": false, "t": "x", "l": [1], "m": {}, "z": null}, "jobs": [
  {"assert": ["n == 2", "b == true", "t == \"007\"", "l == fromJSON(\"[3]\")", "m.k == 1"]},
  {"print": "${{ n }} ${{ b }} ${{ t }} ${{ l }} ${{ m }} ${{ z }} ${{ toJSON(z) }}"}]}'
run --var n=2 --var b=true --var t=007 --var 'l=[3]' --var 'm={"k": 1}' --var z=9 types.json
assert_stderr
assert_exit 0
assert_stdout '2 true 007 [3] {"k":1} 9 "9"'
# An undeclared one is text, and known to the check.
run --var x=1 - <<<'[{"print": "${{ toJSON(x) }}"}]'
assert_exit 0
assert_stdout '"1"'
run --var x= - <<<'[{"print": "<${{ x }}>"}]'
assert_stdout '<>'
run --var 'x=a=b c' --var=y=z - <<<'[{"print": "${{ x }} ${{ y }}"}]'
assert_stdout 'a=b c z'
# The last of several wins.
run --var x=1 --var x=2 - <<<'[{"print": "${{ x }}"}]'
assert_stdout 2
# It beats every script's vars, those of an include and of later scripts; not a `set`.
write inc.json '{"vars": {"x": "included"}, "jobs": [{"print": "${{ x }}"}]}'
write a.json '{"vars": {"x": "a"}, "jobs": [{"print": "${{ x }}"}, {"include": "inc.json"}]}'
write b.json '{"vars": {"x": "b"}, "jobs": [{"print": "${{ x }}"}, {"set": {"x": "set"}}, {"print": "${{ x }}"}]}'
run --var x=mine a.json b.json
assert_exit 0
assert_stdout mine mine mine set
run a.json b.json
assert_stdout a included b set
# Others of the script's vars see it.
run --var host=h - <<<'{"vars": {"host": "default", "url": "http://${{ host }}/"}, "jobs": [{"print": "${{ url }}"}]}'
assert_stdout http://h/
# It is no code: an expression in it stays text.
run --var 'x=${{ 1 }}' - <<<'[{"print": "${{ x }}"}]'
assert_stdout '${{ 1 }}'

# A value that has not the declared type: nothing runs.
for bad in n=many n= b=maybe 'l={"a": 1}' 'l=x' 'm=[1]'; do
    run --var "$bad" - <<<'{"vars": {"n": 1, "b": false, "l": [], "m": {}}, "jobs": [{"print": "ran"}]}'
    assert_stdout
    [ "$status" = 1 ] || [ "$status" = 2 ] || fail "exit $status"
    assert_stderr_contains "--var ${bad%%=*}"
done
for bad in x =1 '' 1a=2 'a b=1' all=1 env=1 now=1; do
    run --var "$bad" - <<<'["timestamp"]'
    assert_exit 2
    assert_stdout
    assert_stderr_contains --var
done
run --var
assert_exit 2
assert_stderr_contains --var

# One that no script declares or reads is an error, with a suggestion.
write host.json '{"vars": {"host": "a", "port": 1}, "jobs": [{"print": "${{ host }}"}]}'
write reads.json '[{"print": "${{ name }}"}]'
for command in run check plan; do
    run $command --var hsot=b host.json
    assert_exit 2
    assert_stdout
    assert_stderr_contains "error: --var hsot: no script declares or reads this variable; did you mean 'host'?"
    run $command --var nosuch=1 host.json
    assert_exit 2
    assert_stdout
    assert_stderr_contains nosuch 'the variables are host, port'
done
run --var a=1 --var host=b --var b=2 host.json
assert_exit 2
assert_stderr_contains '--var a:' '--var b:'
run check --report json --var nosuch=1 host.json
assert_exit 2
assert_stdout_contains nosuch
# A name that is only set, or that a loop or an include of its own has, is not used.
run --var x=1 - <<<'[{"set": {"x": 2}}]'
assert_exit 2
run --var x=1 - <<<'[{"for_each": [1], "as": "x", "do": {"print": "${{ x }}"}}]'
assert_exit 2
# One script of several is enough; what an include declares counts, and so does a secret.
run --var name=n host.json reads.json
assert_exit 0
assert_stdout a n
run --var host=b host.json - <<<'[{"print": "x"}]'
assert_exit 0
write includes.json '[{"include": {"script": "host.json", "vars": {"port": 2}}}]'
run --var host=b --var port=3 includes.json
assert_exit 0
assert_stdout b
run --var x=1 - <<<'{"secrets": ["x"], "jobs": [{"print": "a"}]}'
assert_exit 0
run --var x=1 - <<<'[{"print": "${{ default(x, 2) }}"}]'
assert_stdout 1
# When a script arrives on a stream, that is known only at its end.
run --var x=1 --format jsonl - <<<$'{"print": "a"}\n{"print": "b"}'
assert_exit 0
assert_stdout a b
assert_stderr_contains 'warning: --var x: no script declares or reads this variable'
run --strict --var x=1 --format jsonl - <<<$'{"print": "a"}\n{"print": "b"}'
assert_exit 2
assert_stdout a b
run -q --var x=1 --format jsonl - <<<'{"print": "a"}'
assert_stderr
run --var x=1 --format jsonl - <<<$'{"print": "a"}\n{"print": "${{ x }}"}'
assert_exit 0
assert_stderr
run --var x=1 - < <(printf -- '- print: a\n---\n- print: b\n')
assert_exit 0
assert_stdout a b
assert_stderr_contains 'warning: --var x:'
run --var x=1 - < <(printf -- '- print: a\n---\nvars: {x: 2}\njobs: [{print: b}]\n')
assert_stderr
run check --var x=1 --format jsonl - <<<'{"print": "a"}'
assert_exit 2
assert_stderr_contains 'error: --var x:'
# A stream that is cut short may have had it.
run --var x=1 --format jsonl - <<<$'{"fail": "no"}\n{"print": "${{ x }}"}'
assert_exit 1
if [[ $stderr == *--var* ]]; then fail 'a warning'; fi
