#!/usr/bin/env bash
# A property that cannot exist, an outcome that no job has and a negative index are found before anything runs.
. "${BASH_SOURCE%/*}/lib.sh"

# found PART EXPRESSION WORDS...: the check of a script with that expression finds an error where PART is.
found() {
    local expression=$2 before=${2%%"$1"*}
    set -- "$((${#before} + 11))" "${@:2}"
    write x.yaml \
        '- {run: "true", capture: r, id: x, retry: {limit: 0, if: "result.exit > 1 && attempt < 2"}}' \
        '- {http: "http://127.0.0.1:1/", capture: h, continue_on_error: true}' \
        '- {race: [{sleep: 0}, {sleep: 1}], id: race}' \
        '- {do: [{parallel: [{sleep: 0}], id: p}, {for_each: [1], id: f, do: {print: a}}]}' \
        '- {print: t, capture: t}' \
        '- {tick: {every: 1s, count: 0}, id: n}' \
        '- {set: {list: [1], map: {a: 1}, number: 1}}' \
        "- assert: $expression"
    run check x.yaml
    [ $# -gt 2 ] || {
        assert_exit 0
        assert_stderr
        return
    }
    assert_exit 2
    assert_stderr_contains "x.yaml:8:$1: error: " "${@:3}"
    run x.yaml
    assert_exit 2
    assert_stdout
}
found 'exitcode ==' 'r.exitcode == 0' "'r' has no property 'exitcode'; did you mean 'exit'?"
found 'foo ==' 'r.foo == 0' 'it has exit, signal, stdout, stderr, duration'
found "'std_out'" "r['std_out'] == 0" "did you mean 'stdout'?"
found 'code ==' 'jobs.x.result.code == 0' "'jobs.x.result' has no property 'code'"
found '"results"' 'jobs.x["results"] == 0' 'results'
found 'id ==' 'r.stdout.id == 1' "'r.stdout' is text, which has no properties; write fromJSON(r.stdout)"
found 'length ==' 'r.stdout.length == 1' 'write length(r.stdout)'
found 'lines' 'length(r.stdout.lines)' 'write lines(r.stdout)'
found 'count ==' 'jobs.p.result.count == 1' 'write length(jobs.p.result)'
found 'third ==' 'jobs.p.result.third == 1' 'write jobs.p.result[0] for its first item'
found 'X-CSRF ==' 'h.headers.X-CSRF == 1' "no property 'X-CSRF': the names in it are in lower case; write h.headers.x-csrf"
found '"Set-Cookie"' 'h.headers["Set-Cookie"] == 1' 'write h.headers.set-cookie'
found 'value ==' 'r.exit.value == 1' "'r.exit' is a number"
found 'code ==' 'h.code == 200' "'h' has no property 'code'"
found 'id ==' 'h.body.id == 1' text
found 'winner ==' 'jobs.race.result.winner == 1' "did you mean 'index'?"
found 'first ==' 'jobs.p.result.first == 1' "a list, which has no properties; write first(jobs.p.result)"
found 'length ==' 't.length == 1' "'t' is text"
found 'count ==' 'jobs.n.result.count == 0' number
found 'x ==' 'env.HOME.x == 1' text
found 'message ==' 'jobs.x.error.message == 1' "'jobs.x.error' is text"
found '-1' 'jobs.f.result[-1] == 1' 'numbered from 0'
found '-1' 'contains(r.stdout, jobs.p.result[-1])' 'numbered from 0'
found '0]' 'r.stdout[0] == 1' 'has no items'
found '"failed"' 'jobs.x.outcome == "failed"' "no job has the outcome 'failed'; did you mean 'failure'?"
found '"ok"' '("ok" != jobs.x.outcome)' "did you mean 'success'?"
found '"sucess"' 'jobs.x.outcome == "sucess"' "did you mean 'success'?"
found '"Failure"' 'jobs.x.outcome == "Failure"' "did you mean 'failure'?"
found '"green"' 'jobs.x.outcome == "green"' 'success, failure, cancelled and skipped'
# What can exist, or is not known.
found '' 'r.exit == 0 && r.signal == null && r.stdout == "" && jobs.x.result.duration >= 0 && jobs.x.result.stderr == ""'
found '' 'h.headers["x-any"] == null && h.json.id == null && h.status == 1'
found '' 'jobs.race.result.index == 0 && jobs.race.result.result.any == null && jobs.p.result[0] == null'
found '' 'map.b == null && map["-1"] == null && list[5] == null && list[-1] == null && number.x == null && fromJSON(t).x == 1'
found '' 'jobs.x.outcome == "success" || jobs.x.outcome == null || jobs.x.outcome == ""'
found '' 'default(r.exitcode, 0) == 0'
# Not if another value may be in the variable.
for other in '{set: {r: {exitcode: 1}}}' '{http: "http://x/", capture: r}' '{for_each: [{exitcode: 1}], as: r, do: {print: a}}' \
    '{include: inc.yaml}'; do
    write inc.yaml '[{set: {r: "${{ fromJSON(env.X) }}"}}]'
    write y.yaml '- {run: "true", capture: r}' "- $other" '- assert: r.exitcode == 0'
    run check y.yaml
    assert_exit 0
done
write y.yaml '- {run: "true", capture: r}' '- assert: r.exitcode == 0'
run check --var 'r={}' y.yaml
assert_exit 0
run check y.yaml
assert_exit 2
# A null is a value that any type may have.
write y.yaml 'vars: {r: null}' 'jobs: [{run: "true", capture: r}, {assert: r.exitcode == 0}]'
run check y.yaml
assert_exit 2
assert_stderr_contains 'exitcode'
# Of the items of a loop.
script '[{"for_each": {"lines": "x.yaml"}, "do": {"print": "${{ item.name }}"}}]'
assert_exit 2
assert_stderr_contains "'item' is text, which has no properties; write fromJSON(item)"
script '[{"for_each": {"range": 3}, "do": {"print": "${{ item.name }}"}}]'
assert_exit 2
assert_stderr_contains "'item' is a number"
# In the condition of a retry and in a stream.
script '[{"run": "true", "retry": {"if": "result.status == 1"}}]'
assert_exit 2
assert_stderr_contains "'result' has no property 'status'"
script '[{"print": 1, "finally": {"print": "${{ error.message }}"}}]'
assert_exit 2
assert_stderr_contains "'error' is text"
run --format jsonl - <<<$'{"run": "true", "id": "a"}\n{"print": "${{ jobs.a.result.exitcode }}"}'
assert_exit 2
assert_stderr_contains '<stdin>:2:' exitcode
