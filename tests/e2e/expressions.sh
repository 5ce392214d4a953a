#!/usr/bin/env bash
# The language of ${{ }} is GitHub Actions' expressions plus arithmetic and more functions, with case-sensitive comparison of
# strings and deep comparison of lists and mappings.
. "${BASH_SOURCE%/*}/lib.sh"

# Each line is true.
cat >true.txt <<'END'
1 == 1.0
0x10 == 16
1e3 == 1000
-1 < 0
-1.5 <= -1.5
!false
!!1
'a' != 'A'
"a" == 'a'
'it''s' == "it's"
"say ""hi""" == 'say "hi"'
'a' < 'b'
2 < 10
!(1 == 2) && (1 == 2 || 2 == 2)
1 == 2 || 1 == 1 && 2 == 2
(1 == 1 || 1 == 1) && !(1 == 2)
!1 == 2 || true
(false || 'x') == 'x'
('a' && 'b') == 'b'
(null && 'b') == null
null == null
null == 0
true == 1
'1' == 1
'' == 0
'a' != 0
null != 'null'
l[0] == 1
l[1].k == 'v'
m.list[1] == 'b'
m['list'][0] == 'a'
m['key with blank'] == 1
m.missing == null
m.missing.deeper == null
l[99] == null
l[-1] == null
env.NOT_SET_ANYWHERE == null
env['HOME'] != null
l == fromJSON('[1, {"k": "v"}]')
l != fromJSON('[1, {"k": "w"}]')
m.sub == fromJSON('{"y": [2], "x": 1}')
contains('hello', 'ell')
!contains('hello', 'ELL')
contains(m.list, 'b')
!contains(m.list, 'c')
contains(l, fromJSON('{"k": "v"}'))
startsWith('hello', 'he')
!startsWith('hello', 'lo')
endsWith('hello', 'lo')
STARTSWITH('hello', 'he')
format('{0} and {1}, {0}', 'a', 2) == 'a and 2, a'
format('{{0}} {0}', 1) == '{0} 1'
join(m.list) == 'a,b'
join(m.list, ' + ') == 'a + b'
join('x', '-') == 'x'
fromJSON(toJSON(m)) == m
toJSON('a"b') == '"a\"b"'
toJSON(null) == 'null'
fromJSON('"x"') == 'x'
length('häß') == 3
length(m.list) == 2
length(m.sub) == 2
length('') == 0
default(m.missing, 'd') == 'd'
default(m.list[0], 'd') == 'a'
default(null, 1) == 1
default('', 1) == ''
default(false, 1) == false
default(maybe, 'never set') == 'never set'
default(1, maybe) == 1
now() == 0
success()
always()
!failure()
!cancelled()
END
# Each as a bare condition, in ${{ }} and as a text; in JSON and in YAML.
python3 - <<'END'
import json
lines = open("true.txt").read().splitlines()
vars = {"l": [1, {"k": "v"}], "m": {"list": ["a", "b"], "sub": {"x": 1, "y": [2]}, "key with blank": 1}}
jobs = [{"set": {"maybe": 1}, "if": "false"}]
for e in lines:
    jobs += [{"assert": e}, {"assert": "${{ " + e + " }}"}, {"print": "${{ " + e + " }}"}]
json.dump({"vars": vars, "jobs": jobs}, open("true.json", "w"), indent=1)
with open("true.yaml", "w") as yaml:
    print("vars:", json.dumps(vars), file=yaml)
    print("jobs:", file=yaml)
    for job in jobs:
        for kind, value in job.items():
            value = value if kind == "set" else "'" + value.replace("'", "''") + "'"
            print(" " if kind == "if" else "-", kind + ":", value, file=yaml)
END
for form in json yaml; do
    run --virtual -k true.$form
    assert_stderr
    assert_exit 0
    assert_eq "$(grep -vcx true "$T/io/stdout")" 0 'expressions that do not print true'
    assert_eq "$(wc -l <"$T/io/stdout")" "$(wc -l <true.txt)" 'lines'
done

# && and || give the value that decides, and leave the rest alone; default is lazy.
script '[{"set": {"u": 1}, "if": "false"},
  {"print": "${{ true && 2 }} ${{ 0 || \"x\" }} ${{ false && u }} ${{ 1 || u }} ${{ default(1, u) }}", "end": " "},
  {"print": "${{ null || null }}|"}]'
assert_exit 0
assert_stdout '2 x false 1 1 |'
# loop.index, the loop variable, jobs and env.
script '{"env": {"A": "b"}, "jobs": [{"for_each": [5],
  "as": "n", "do": {"print": "${{ loop.index }} ${{ n }} ${{ env.A }} ${{ loop.index == 1 && n == 5 }}"}}]}'
assert_stdout '1 5 b true'
# now(): seconds since the Runner was made, six decimals in a string.
script '[{"sleep": 1.5}, {"print": "${{ now() }}"}, {"set": {"t": "${{ now() }}"}}, {"assert": "t == 1.5"},
  {"sleep": "${{ t }}"}, {"print": "at ${{ now() }}"}]'
assert_exit 0
assert_stdout 1.500000 'at 3.000000'

# Percentiles and counters without a shell; a variable may have the name of a function.
script '{"vars": {"first": 0, "failed": 0}, "jobs": [
  {"for_each": {"range": 100}, "as": "n", "do": {"set": {"x": 1}}},
  {"repeat": 3, "do": {"set": {"first": "${{ first + loop.index }}"}}},
  {"print": "${{ first }}"},
  {"set": {"runs": [{"d": 0.3}, {"d": 0.1}, {"d": 0.2}]}},
  {"set": {"sorted": "${{ sort(runs.*.d) }}"}},
  {"print": "${{ sorted[ceil(length(sorted) * 0.5) - 1] }} of ${{ length(sorted) }}"}]}'
assert_exit 0
assert_stdout 6 '0.2 of 3'
# Functions that a script would otherwise need a shell for; their names are free for variables.
script '{"vars": {"match": 1, "avg": 2, "base64": 3}, "jobs": [
  {"set": {"runs": [0.3, 0.1, 0.2, 0.4], "v": "${{ match(\"arun 1.20\", \"([0-9]+)[.]([0-9]+)\") }}"}},
  {"print": "${{ v[1] }} ${{ v[2] }} ${{ match(\"x\", \"y\") == null }} ${{ match + avg + base64 }}"},
  {"print": "${{ avg(runs) }} ${{ percentile(runs, 50) }} ${{ percentile(runs, 100) }}"},
  {"print": "${{ base64(\"a:b\") }} ${{ base64_decode(\"YTpi\") }}"},
  {"print": "${{ basename(\"/a/b.txt\") }} ${{ dirname(\"/a/b.txt\") }}"},
  {"print": "${{ (parse_date(\"Jun  1 12:00:00 2027 GMT\") - parse_date(\"2027-05-31T12:00:00Z\")) / 3600 }}"}]}'
assert_exit 0
assert_stdout '1 20 true 6' '0.25 0.25 0.4' 'YTpi a:b' 'b.txt /a' 24
script '[{"print": "${{ percentile(1, 2) }}"}]'
assert_exit 1
assert_stderr_contains "percentile: expected a list, not '1'"

# random() is seeded on the virtual clock.
script '[{"print": "${{ random(1000000) }} ${{ random() }}"}]'
first=$(<"$T/io/stdout")
script '[{"print": "${{ random(1000000) }} ${{ random() }}"}]'
assert_stdout "$first"

# What is wrong with one is told at its place.
rejected '[{"print": "a ${{ 1 »? 2 }}"}]' '?'
rejected '[{"print": "${{ 1 »= 2 }}"}]' =
rejected '[{"print": "${{ (1 == 2 »}}"}]'
rejected '[{"print": "${{ 1 == »}}"}]'
rejected '[{"print": "${{ ») }}"}]'
rejected '[{"print": "${{ »}}"}]' empty
rejected '[{"print": "x »${{ 1"}]' '}}'
rejected '[{"print": "»${{ '"'"'open }}"}]' '}}'
rejected '[{"print": "${{ »loop }}"}]' loop.index
rejected '[{"print": "${{ »jobs }}"}]' jobs.ID
rejected '[{"for_each": [1], "do": {"print": "${{ loop.»x }}"}}]' loop.index
rejected '[{"print": "${{ »hello world }}"}]' hello
rejected '[{"print": "${{ »lenght(1) }}"}]' lenght "length"
rejected '[{"print": "${{ »length() }}"}]' length
rejected '[{"print": "${{ »length(1, 2) }}"}]' length
rejected '[{"print": "${{ »now(1) }}"}]' now
rejected '[{"print": "${{ »now }}"}]' "'now' is a function" 'write now()'
rejected '[{"set": {"n": 1}}, {"print": "${{ »n-1 }}"}]' "'n - 1'"
rejected '[{"print": "${{ 1 + »'"'x'"' }}"}]' 'arithmetic takes numbers' 'format('
rejected '[{"exec": ["true"], "id": "x"}, {"print": "${{ »jobs.x.result + 1 }}"}]' 'a mapping'
rejected '[{"exec": ["true"], "id": "x"}, {"print": "${{ »jobs.x.result.stdout.* }}"}]' 'a filter needs'
rejected '[{"exec": ["true"], "id": "x"}, {"print": "${{ jobs.x.result.»exit-1 }}"}]' "'jobs.x.result.exit - 1'"
rejected '[{"assert": "matches(1, »'"'('"')"}]' 'not a regular expression'
rejected '[{"print": "${{ »default(1) }}"}]' default
rejected '[{"print": "${{ »$x }}"}]'
rejected $'- print: a ${{ 1 }}\n- print: "b ${{ 1 }} ${{ »+ }}"'
# An unknown name is an error when nothing in the script can define it; with a suggestion.
rejected '[{"set": {"host": 1}}, {"print": "${{ »hots }}"}]' "unknown name 'hots'" "did you mean 'host'"
rejected '[{"print": "${{ »something }}"}]' "unknown name 'something'"
rejected '[{"assert": "»hello"}]' hello
# If only a child of a group sets it, the message says that it is not visible outside and names jobs.ID.result.
for group in '{"parallel": [JOB]}' '{"race": [JOB]}' '{"for_each": [1], "do": JOB}' \
    '{"do": JOB, "background": true}' '{"do": JOB, "context": {"y": 1}}'; do
    rejected "[${group/JOB/{\"set\": {\"x\": 1\}\}}, {\"print\": \"\${{ »x }}\"}]" \
        "'x'" 'is not visible outside' jobs.ID.result 'line 1'
done
# Defined somewhere, but not yet set: an error when it is used.
fails '[{"set": {"x": 1}, "if": "false"}, {"print": "before"}, {"print": "${{ »x }}"}]' "'x' is not set"
assert_stdout before
# What can only be known at run time fails the job.
fails '[{"set": {"n": null}}, {"print": "${{ »n + 1 }}"}]' 'expected a number, not null'
fails '[{"set": {"n": 0}}, {"print": "${{ »1 / n }}"}]' 'division by zero'
fails "[{\"print\": \"\${{ »fromJSON('{') }}\"}]" fromJSON
fails "[{\"print\": \"\${{ 1 }} \${{ »format('{1}', 0) }}\"}]" format
