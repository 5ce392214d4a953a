#!/usr/bin/env bash
# --report github: annotations, and a page for the workflow where there is one.
. "${BASH_SOURCE%/*}/lib.sh"

write a,b.yaml <<'END'
- {name: "a: 100%, b", fail: "100%\nsecond: line, with a comma"}
- {name: well, print: out, if: always()}
- {fail: fine, continue_on_error: true, if: failure()}
END
run --virtual --report github a,b.yaml
assert_exit 1
assert_stdout \
    '::error file=a%2Cb.yaml,line=1,col=24,title=a%3A 100%25%2C b::100%25%0Asecond: line, with a comma' \
    '::warning file=a%2Cb.yaml,line=3,col=4,title=fail fine::fine'
assert_stderr_contains out

printf 'what was there\n' >page.md
run_command env GITHUB_STEP_SUMMARY=page.md "$ARUN" --virtual --report github a,b.yaml
assert_exit 1
page=$(<page.md)
assert_contains page "$page" 'what was there' '### a,b.yaml' '1 passed, 1 failed, 1 failed but allowed, in 0s' \
    '| :x: | a: 100%, b |' '| :white_check_mark: | well |' '| :warning: |' '<details>' 'second: line'
# Without the report there is no page; one that cannot be written is an error of arun's.
rm page.md
run_command env GITHUB_STEP_SUMMARY=page.md "$ARUN" --virtual a,b.yaml
[ ! -e page.md ] || fail 'a page that nobody asked for'
run_command env GITHUB_STEP_SUMMARY=/nowhere/page.md "$ARUN" --virtual --report github a,b.yaml
assert_exit 125
assert_stderr_contains "cannot write '/nowhere/page.md'"

# check: what is wrong with a script.
write bad.yaml '- sleep: 1' '- {tick: 1, cout: 2}' '- {print: x,' '   unknown: 1}'
run check --report github bad.yaml
assert_exit 2
assert_stdout \
    "::error file=bad.yaml,line=2,col=13,endLine=2,endColumn=17,title=arun::unknown argument 'cout' of tick; did you mean 'count'?" \
    "::error file=bad.yaml,line=4,col=4,endLine=4,endColumn=11,title=arun::unknown argument 'unknown' of print; 'arun help print' shows its arguments"
assert_stderr
# run: nothing has run, and there is no other report of that.
run --report github --report json=data bad.yaml
assert_exit 2
assert_stdout_contains '::error file=bad.yaml,line=2,'
assert_stderr_contains bad.yaml:2:13
[ ! -e data ] || fail 'a report of nothing'
run check --report github=notes --report json=data bad.yaml
assert_exit 2
assert_stdout
assert_stderr_contains bad.yaml:2:13
[ "$(wc -l <notes)" = 2 ] && grep -q '"errors": 2' data || fail 'the files are not as expected'
run plan --report github bad.yaml
assert_exit 2
assert_stderr_contains --report json
