#!/usr/bin/env bash
# Warnings show where a script is probably wrong, with their place. They change the exit status only with --strict, and
# `ignore_warnings` silences them where it is meant so.
. "${BASH_SOURCE%/*}/lib.sh"

# warns PART WORDS...: the script in $text warns once, where PART is, with these words, and ends with exit status 0.
warns() {
    local before=${text%%"$1"*} column
    column=${before##*$'\n'}
    before=${before//[!$'\n']/}
    set -- "$((${#before} + 1)):$((${#column} + 1))" "${@:2}"
    script "$text"
    assert_exit 0
    assert_eq "$(grep -c ': warning: ' "$T/io/stderr")" 1
    assert_stderr_contains "<stdin>:$1: warning: " "${@:2}"
    cp "$T/io/stdout" printed
    run check - <<<"$text"
    assert_exit 0
    assert_stdout
    assert_stderr_contains "<stdin>:$1: warning: " "${@:2}"
}
# silent: the script in $text does not.
silent() {
    script "$text"
    assert_exit 0
    assert_stderr
}

# A value in the text of a shell.
text='vars: {x: "a; echo b"}
jobs:
- run: echo ${{ x }}'
warns 'x }}' "the shell runs what 'x' contains [unquoted]" "'env'" '${{ quote(x) }}'
assert_eq "$(<printed)" $'a\nb'
text='vars: {x: "a; echo b"}
jobs:
- run: echo ${{ quote(x) }}'
silent
assert_stdout 'a; echo b'
text='- for_each: [a, b]
  do: {run: "echo ${{ item }}"}'
warns 'item }}' unquoted
write lines.txt a
text='- for_each: {lines: lines.txt}
  do: {run: "echo ${{ item }}"}'
warns 'item }}' unquoted
text='- run: echo "${{ env.HOME }}" >/dev/null'
warns env.HOME unquoted
text='- {run: echo a, output: discard, capture: r}
- run: test -n "${{ r.stdout }}"'
warns r.stdout "'r.stdout'"
text='vars: {x: a}
jobs: [{exec: [bash, -ec, "echo ${{ x }}"]}]'
warns 'x }}' unquoted
text='vars: {x: "true"}
jobs: [{wait_for: {run: "${{ x }} -f"}}]'
warns 'x }}' unquoted
text='vars: {x: a}
jobs: [{run: "echo ${{ format('"'{0}!'"', x) }} ${{ x && quote(x) }} ${{ x == 1 && '"'yes' || 'no'"' }}"}]'
warns 'format' unquoted
# Not of numbers, booleans and outcomes, of other texts, and of a text that is one expression.
text='vars: {n: 3, b: true, cmd: "echo hi", x: "two words"}
jobs:
- {run: exit 0, id: ok, capture: r}
- tick: {every: 1ms, count: 1}
  do: {run: "echo ${{ n }} ${{ b }} ${{ loop.index }} ${{ r.exit }} ${{ length(x) }} ${{ jobs.ok.outcome }}"}
- {for_each: {range: 2, as: i}, do: {run: "echo ${{ i }}"}}
- run: ${{ cmd }}
- {exec: [printf, "%s\n", "${{ x }}"]}
- {run: "echo \"$X\"", env: {X: "${{ x }}"}}'
silent
assert_stdout '3 true 1 0 9 success' 0 1 hi 'two words' 'two words'

# What other languages expand.
for form in '$item' '${item}' '{{ item }}' '{{item}}' '{{ item | upper }}'; do
    text='- {for_each: [1], do: {print: "<'$form'>"}}'
    warns "$form" "'$form' stays as it is [unexpanded]" "write '\${{ item }}'"
    assert_eq "$(<printed)" "<$form>"
done
text='- {set: {a: {b: 1}}}
- print: ${{ a.b }} and ${a.b}'
warns '${a.b}' '${{ a.b }}'
text='- {set: {a: 1}}
- {set: {t: {k: ["{{ a }}"]}}}
- print: ${{ t }}'
warns '{{ a' unexpanded
text='- {repeat: 1, do: {print: "{{ loop.index }}"}}'
warns '{{ loop' loop.index
text='- {set: {a: 1}}
- {exec: [echo, $a]}'
warns '$a' unexpanded
text='- {set: {a: 1}}
- {run: "echo {{ a }} $a", env: {a: shell}}'
warns '{{ a }}'
text='vars: {a: 1}
jobs: [{print: x, name: "job $a"}]'
warns '$a' unexpanded
# Names that nothing knows there, and what belongs to a shell.
text='- {set: {a: 1, m: 2}}
- print: $b ${b} {{ b }} $ab ${{ a }}$ $$a \$a ${a:-x} {{ }} $ {a} {{{ a }}} 5$
- {for_each: [1], do: {print: "${{ item }}"}}
- print: $item
- run: a=shell; echo "$a ${a}"
- {exec: [sh, -c, "a=exec; echo $a"]}'
silent
assert_stdout '$b ${b} {{ b }} $ab 1$ $$a \$a ${a:-x} {{ }} $ {a} {{{ a }}} 5$' 1 '$item' 'shell shell' exec

# A variable that is gone before anything can read it.
text='- {set: {total: 0}}
- for_each: [1, 2]
  do: {set: {total: "${{ item }}"}}
- print: ${{ total }}'
warns 'total: "' "'total' is set in a round of for_each, and nothing reads it there [unread]" jobs.ID.result
assert_eq "$(<printed)" 0
text='- {set: {n: ""}}
- {for_each: [1, 2], do: [{set: {n: "${{ n }}x"}}]}
- print: ${{ n }}'
warns 'n: "$' unread
# Not if something may read it: later, in a later entry, in another round or attempt, in a finally, after an alias.
text='x-show: &show {print: "${{ n }}"}
jobs:
- for_each: [1]
  do: [{set: {n: 1, m: "${{ n }}"}}, {print: "${{ m }}"}]
- for_each: [1]
  do: {repeat: {count: 2, do: [{print: "${{ default(r, 0) }}"}, {set: {r: 1}}]}}
- for_each: [1]
  do: {repeat: 9, until: "done", do: [{set: {done: true}}]}
- for_each: [1]
  do: {do: [{set: {f: 1}}], finally: {print: "${{ f }}"}}
- for_each: [1]
  do: [{set: {n: 3}}, *show]
- {set: {s: 1}, context: shared}
- {print: "${{ s }}", context: shared}
- {set: {nobody: 1}}
- {do: [{repeat: {count: 2, do: {set: {x: 1}}}}]}
- parallel: [do: [{set: {n: 1}}, *show]]
- {background: true, do: [{set: {n: 1}}, *show]}
- {context: {n: 1}, do: [{set: {n: 2}}, *show]}'
silent
# The same for every other context that ends.
for jobs in 'parallel: [{set: {n: 1}}]|a job of parallel' 'race: [do: {set: {n: 1}}]|a job of race' \
    'set: {n: 1}, background: true|a background job' 'set: {n: 1}, context: {m: 1}|a job with its own context'; do
    text="- set: {n: 0}
- {${jobs%|*}}
- print: \${{ n }}"
    warns 'n: 1' "'n' is set in ${jobs#*|}, and nothing reads it there [unread]" 'give the job an id'
    assert_eq "$(<printed)" 0
done

# A format of times that is always the same text.
text='- print: ${{ date("YYYY") }}'
warns '"YYYY"' "the format 'YYYY' has no '%', so it does not show the time" '%Y-%m-%d'
assert_eq "$(<printed)" YYYY
text='- timestamp: HH:MM'
warns 'timestamp' "the format 'HH:MM' has no '%'"
text='vars: {f: x}
jobs:
- {timestamp: unix, end: ""}
- {timestamp: "", end: ""}
- {timestamp: "${{ f }}", end: ""}
- print: ${{ length(date("iso8601")) }} ${{ date(f) }} ${{ date("%%") }}'
silent

# Silenced where it is meant: in a job, for all jobs in it, for a script.
text='vars: {x: a}
jobs:
- {run: "echo ${{ x }}", ignore_warnings: unquoted}
- {do: [{print: "$x"}, {for_each: [1], do: {set: {y: 1}}}], ignore_warnings: [unexpanded, unread]}
- {print: "$x {{ x }}", ignore_warnings: all}'
silent
text='ignore_warnings: [unexpanded]
vars: {x: a}
jobs: [{print: $x}]'
silent
text='vars: {x: a}
jobs:
- {print: $x, ignore_warnings: unquoted}
- {print: "no", ignore_warnings: null}'
warns '$x' unexpanded
run check - <<<'[{"print": "a", "ignore_warnings": ["unred", 5]}]'
assert_exit 2
assert_stderr_contains "1:37: error: there is no warning 'unred'; did you mean 'unread'?" "'5'" 'unquoted, unexpanded, unread, all'

# --strict: nothing runs.
for command in run check plan; do
    run $command --strict - <<<$'- print: ran\n- {for_each: [1], do: {print: $item}}'
    assert_exit 2
    assert_stdout
    assert_stderr_contains '<stdin>:2:31: error: ' unexpanded
done
run --strict - <<<'- print: ran'
assert_exit 0
assert_stdout ran
# -q hides them.
run -q - <<<$'- {for_each: [1], do: {print: $item}}'
assert_exit 0
assert_stderr
run check -q - <<<$'- {for_each: [1], do: {print: $item}}'
assert_stderr
# As data.
run check --report json - <<<'- {for_each: [1], do: {print: $item}}'
assert_exit 0
assert_stdout_contains '"warning"' unexpanded
# In a stream, when the turn of the line comes.
run --format jsonl - <<<$'{"set": {"a": 1}}\n{"print": "$a"}\n{"print": "b"}'
assert_exit 0
assert_stdout '$a' b
assert_stderr_contains '<stdin>:2:12: warning: '
run --strict --format jsonl - <<<$'{"set": {"a": 1}}\n{"print": "$a"}\n{"print": "b"}'
assert_exit 2
assert_stdout
assert_stderr_contains '<stdin>:2:12: error: '

# None of the project's own scripts does.
run check --strict "$ARUN_SOURCE"/scripts/*.json "$ARUN_SOURCE"/scripts/*.yaml "$ARUN_SOURCE"/scripts/smoke/*.yaml
assert_exit 0
assert_stderr

# Those of a stream are told once, with the document or line that they are in.
for stream in '- print: a\n- print: $item\n---\n- for_each: [1]\n  do: {print: $item}\n' '{"print": "a"}\n{"for_each": [1], "do": {"print": "$item"}}\n'; do
    # shellcheck disable=SC2059  # with its escapes
    run --events events - < <(printf -- "$stream")
    assert_exit 0
    assert_eq "$(grep -c 'unexpanded' "$T/io/stderr")" 1 "$stderr"
    assert_eq "$(grep -c 'unexpanded' events)" 1 'warnings in the events'
done
