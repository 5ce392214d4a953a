#!/usr/bin/env bash
# --report tap: what prove and other readers of TAP take.
. "${BASH_SOURCE%/*}/lib.sh"

write x.yaml <<'END'
- {name: "a #hash and a \\", print: out}
- {name: group, do: [{name: inner, print: x}]}
- {name: allowed, fail: no, continue_on_error: true}
- {name: skipped, print: x, if: "false"}
- {name: cut, sleep: 5, background: true}
- {name: bad, fail: "first: line\nsecond"}
- {name: late, print: x}
END
run --virtual --report tap x.yaml
assert_exit 1
assert_stderr_contains out 'x.yaml:6:15'
assert_stdout - <<'END'
TAP version 13
1..7
ok 1 - a \#hash and a \\
ok 2 - group > inner
not ok 3 - allowed # TODO allowed to fail
  ---
  message: "no"
  severity: fail
  at:
    file: "x.yaml"
    line: 3
    column: 19
  details: "at x.yaml:3:19\n"
  duration_ms: 0
  ...
ok 4 - skipped # SKIP its 'if' is false
ok 5 - cut
not ok 6 - bad
  ---
  message: "first: line"
  severity: fail
  at:
    file: "x.yaml"
    line: 6
    column: 15
  details: "at x.yaml:6:15\nsecond\n"
  duration_ms: 0
  ...
ok 7 - late # SKIP an earlier job failed
END
run --virtual --report tap=two.tap x.yaml x.yaml
grep -qF 'ok 8 - x.yaml: ' two.tap || fail 'the second script is not told apart'

command -v prove >/dev/null || skip 'no prove'
cp "$T/io/stdout" bad.tap
run --virtual --report tap=bad.tap x.yaml
run_command prove -e cat bad.tap
assert_exit 1
assert_stdout_contains 'Failed test:  6'
assert_stdout_lacks 'Parse errors'
write good.yaml '- print: hello' '- {fail: x, continue_on_error: true}' '- {print: x, if: "false"}' 'x'
sed -i '$d' good.yaml
run --virtual --report tap=good.tap good.yaml
assert_exit 0
run_command prove -e cat good.tap
assert_exit 0
assert_stdout_contains 'All tests successful' 'Result: PASS'
# Nothing at all, and a run that was cut short by itself.
run --report tap - <<<'[]'
assert_stdout 'TAP version 13' 1..0
run --virtual --report tap=dead.tap - < <(printf '[{"fail": "%0100000d"}]' 0)
run_command prove -e cat dead.tap
assert_exit 1
assert_stdout_lacks 'Parse errors'
run --virtual --report tap=dead.tap - <<<'{"timeout": 1, "jobs": [{"sleep": 2}]}'
assert_exit 124
run_command prove -e cat dead.tap
assert_exit 1
