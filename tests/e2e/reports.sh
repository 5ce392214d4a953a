#!/usr/bin/env bash
# Reports, wherever they go and however the run ends.
. "${BASH_SOURCE%/*}/lib.sh"

write x.json '[{"print": "out"}, {"print": "err", "to": "stderr"}, {"name": "last", "print": "end"}]'
# Several at once; with one on standard output, jobs print on standard error.
run --report json --report junit=x.xml --report tap=x.tap --report github=x.txt x.json
assert_exit 0
assert_stderr out err end
[[ $stdout == \{* ]] || fail 'no report on standard output'
grep -q '<testsuites' x.xml && grep -q '^1..3' x.tap && [ -f x.txt ] || fail 'a report is missing'
run --report json=- x.json
assert_stderr out err end
# In a file it leaves the streams alone.
run --report json=x.out x.json
assert_stdout out end
assert_stderr err
# Two in one place.
for second in --report=tap --report=tap=- --events=- --trace=- --timeline=-; do
    run --report json "$second" x.json
    assert_exit 2
    assert_stderr_contains 'both write to standard output'
    assert_stdout
done
run --report json=same --events same x.json
assert_exit 2
assert_stderr_contains "both write 'same'"
run --report json= x.json
assert_exit 2
assert_stderr_contains "no file after 'json='"

# What cannot be written is found before anything runs.
mkdir folder
for option in --report=json=/nowhere/x --report=json=folder --report=tap=x.json/x --events=/nowhere/x --events=folder \
    --trace=/nowhere/x --timeline=/nowhere/x.svg; do
    run "$option" x.json
    assert_exit 2
    assert_stdout
    assert_stderr_contains "${option%%=*}: cannot write"
done
# What fails at the end is an error of arun's, and the other reports are written all the same.
if [ -w /dev/full ]; then
    for option in --report=json=/dev/full --report=json --events=/dev/full --trace=/dev/full; do
        run_command sh -c '"$0" "$@" >/dev/full' "$ARUN" "$option" --report tap=other.tap x.json
        assert_exit 125
        [ -f other.tap ] || fail 'no other report'
        rm other.tap
    done
    assert_stderr_contains 'no space left'
fi

# A report appears as a whole, with the usual permissions; one that was there keeps its own, and a link stays.
rm -f x.xml
run --report junit=x.xml x.json
assert_eq "$(stat -c %a x.xml)" 644 permissions
chmod 600 x.xml
ln -s x.xml link.xml
run --report junit=link.xml x.json
[ -L link.xml ] || fail 'the link is gone'
assert_eq "$(stat -c %a x.xml)" 600 permissions
set -- x.xml.*
[ ! -e "$1" ] || fail "left behind: $1"
# Pipes, and files in /dev.
mkfifo pipe
cat pipe >from_pipe &
run --report tap=pipe x.json
wait $!
grep -q '^1..3' from_pipe || fail 'nothing came through the pipe'
run --report tap=/dev/stderr x.json
assert_stderr_contains 1..3
run_command bash -c '"$0" --report tap=/dev/fd/3 x.json 3>three' "$ARUN"
grep -q '^1..3' three || fail 'nothing in descriptor 3'

# Ctrl-C: what had no turn is in it too.
write long.json '{"jobs": [{"print": "first"}, {"name": "cut", "sleep": 60}, {"name": "never", "print": "x"}],
  "finally": {"print": "clean"}}'
start --report json=long.out --report junit=long.xml --report tap=long.tap long.json
until_stdout first
kill -INT "$pid"
finish
assert_exit 130
assert_stdout first clean
python3 - long.out <<'END' || fail 'the report is not as expected'
import json, sys
r = json.load(open(sys.argv[1]))
assert r["exit_status"] == 130 and r["signal"] == "SIGINT", r
assert r["scripts"][0]["outcome"] == "cancelled"
got = [(j["title"], j["outcome"], j["reason"]) for j in r["scripts"][0]["jobs"]]
assert got == [("print first", "success", None), ("cut", "cancelled", "cancelled"), ("never", "skipped", "not reached"),
               ("print clean", "success", None)], got
END
grep -q '<error message="interrupted by SIGINT" type="signal"/>' long.xml || fail 'no error in the JUnit report'
grep -q '^not ok 5 - the run: interrupted by SIGINT' long.tap || fail 'no error in the TAP report'

# A deadlock.
write dead.yaml '- {id: a, background: true, do: [{sleep: 1}, {wait: b}]}' '- {id: b, background: true, wait: a}' '- wait: all' \
    '- {name: never, print: x}'
run --virtual --report json=dead.out --report junit=dead.xml dead.yaml
assert_exit 125
python3 - dead.out <<'END' || fail 'the report is not as expected'
import json, sys
r = json.load(open(sys.argv[1]))
assert r["exit_status"] == 125 and "deadlock" in r["error"], r
assert r["scripts"][0]["jobs"][-1]["reason"] == "not reached"
END
grep -q 'type="internal"' dead.xml || fail 'no error in the JUnit report'

# Output that cannot be written.
if [ -w /dev/full ]; then
    run_command sh -c '"$0" --report json=full.out x.json >/dev/full' "$ARUN"
    assert_exit 125
    grep -q '"exit_status": 125' full.out || fail 'the report does not tell'
fi
# The reader of standard output has gone: the report is there.
write endless.json '[{"repeat": null, "do": {"print": "line"}}]'
run_command bash -c '"$0" --report json=gone.out endless.json | head -1; echo ${PIPESTATUS[0]}' "$ARUN"
assert_stdout line 141
grep -q '"outcome": "cancelled"' gone.out || fail 'no report'
# A stream: what ran, and what was wrong with the line that ended it.
run --report json=stream.out --report junit=stream.xml --report tap=stream.tap --report github=stream.txt \
    --events stream.log - < <(printf '%s\n' '{"print": "one"}' '{"name": "two", "repeat": 2, "do": {"name": "x", "print": "y"}}' \
    '{"prnt": 1}' '{"print": "not reached"}')
assert_exit 2
assert_stdout one y y
python3 - stream.out <<'END' || fail 'the report is not as expected'
import json, sys
r = json.load(open(sys.argv[1]))
assert r["exit_status"] == 2 and r["error"] == "<stdin>:3:2: unknown kind of job 'prnt'", r
got = [(j["title"], j["line"], j["outcome"]) for j in r["scripts"][0]["jobs"]]
assert got == [("print one", 1, "success"), ("two", 2, "success")], got
END
grep -qF "<error message=\"&lt;stdin&gt;:3:2: unknown kind of job 'prnt'\" type=\"script\"/>" stream.xml || fail 'no error in the JUnit report'
grep -qF 'not ok 4 - the run: <stdin>:3:2: unknown kind' stream.tap || fail 'no error in the TAP report'
assert_file stream.txt "::error file=<stdin>,line=3,col=2,title=arun::unknown kind of job 'prnt'"
grep -q '"event":"diagnostic".*"line":3' stream.log || fail 'no event'
# Documents that arrive one by one are scripts; their jobs may be gone when the report is written.
run --virtual --report json=stream.out - < <(for i in {1..30}; do printf -- '---\nname: script %d\njobs: [{name: "job %d", sleep: 1}]\n' $i $i; done)
assert_exit 0
python3 - stream.out <<'END' || fail 'the report is not as expected'
import json, sys
r = json.load(open(sys.argv[1]))
got = [(s["name"], s["file"], [j["title"] for j in s["jobs"]]) for s in r["scripts"]]
assert got == [("script %d" % i, "<stdin>", ["job %d" % i]) for i in range(1, 31)], got
END
# What a child prints takes the same way as what jobs print, and its end is in the report when it failed.
write child.json '[{"run": "echo out; echo err >&2"}, {"run": "echo kept", "capture": "x"},
  {"name": "bad", "run": "echo last words; exit 3", "output": "discard"}]'
run --report json child.json
assert_exit 1
assert_stderr_contains out err kept 'the last lines of its output:' '      last words'
assert_stdout_contains '"output": "last words"' '"message": "exit status 3"'
[[ $stdout == \{* ]] || fail 'a child writes into the report'

# With a broken script nothing runs, and no report is made.
write bad.json '[{"prnt": 1}]'
run --report json=none.out bad.json
assert_exit 2
[ ! -e none.out ] || fail 'a report of nothing'

# One file by two names.
run --events same --report json=./same x.json
assert_exit 2
assert_stderr_contains "--events and --report json both write"
[ ! -e same ] || fail 'it was made'
