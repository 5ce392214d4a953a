#!/usr/bin/env bash
# `arun plan` shows the timed plan on a virtual clock, as a tree: start and end of each job, loops folded, the total, and a
# warning where a job cannot end within its timeout. Nothing is printed, written or waited for.
. "${BASH_SOURCE%/*}/lib.sh"

write clock.yaml '- tick: 1s' '  count: 10' '  do: {timestamp: "%X"}' '- sleep: 5' '- print: hello after 5 seconds'
from=$(milliseconds)
run plan clock.yaml
(($(milliseconds) - from < 14000)) || fail "it took real time"
assert_exit 0
assert_stdout - <<'END'
START  END  JOB
0s     10s  tick 1s
0s     9s     timestamp %X  x10
10s    15s  sleep 5
15s    15s  print hello after 5 seconds
total: 15s
END
assert_stderr

# Children stand below their group, names are shown, what is skipped has no time, a background job says so.
write groups.yaml <<'END'
vars: {deep: false}
jobs:
- {sleep: 10, id: clock, background: true, name: heartbeat}
- name: checks
  parallel:
  - {sleep: 2}
  - do: [{sleep: 1}, {fail: broken, continue_on_error: true}]
- {print: never, if: deep}
- {cancel: clock}
END
run plan groups.yaml
assert_exit 0
assert_stdout - <<'END'
START  END  JOB
0s     2s   sleep 'heartbeat'  (background, cancelled)
0s     2s   parallel 'checks'
0s     2s     sleep 2
0s     1s     do [{sleep: 1}, {fail: broken, continue_on_...
0s     1s       sleep 1
1s     1s       fail broken  (fails)
-      -    print never  (skipped)
2s     2s   cancel clock
total: 2s
END

# A job that cannot end within its timeout.
write late.json '[{"sleep": 5, "timeout": 2, "continue_on_error": true}, {"print": "on"}]'
run plan late.json
assert_exit 0
assert_stdout - <<'END'
START  END  JOB
0s     2s   sleep 5  (times out)
2s     2s   print on
total: 2s
END
assert_stderr_contains "late.json:1:3: warning: 'sleep 5' cannot end within its timeout"

# What never ends is followed for a while; nobody knows its end.
write endless.json '[{"tick": 1, "do": {"print": "x"}}, {"print": "never"}]'
run plan endless.json
assert_exit 0
assert_stdout_contains 'total: ?' '?'
assert_stdout_lacks never
assert_stderr_contains 'does not seem to end'

# As data, times in seconds.
run plan --report json late.json
assert_exit 0
assert_stdout_contains '"total": 2' '"complete": true' '"outcome": "timeout"' '"line": 1' 'cannot end within its timeout'
run plan --report json endless.json
assert_stdout_contains '"total": null' '"complete": false' '"end": null'

# Several scripts, the variables and the mistakes of the command line.
write one.json '{"name": "one", "vars": {"n": 1}, "jobs": [{"sleep": "${{ n }}"}]}'
run plan --var n=3 one.json clock.yaml
assert_exit 0
assert_stdout_contains 'one:' '0s     3s   sleep ${{ n }}' 'clock.yaml:' 'total: 18s'
write wrong.json '[{"slep": 1}]'
run plan wrong.json
assert_exit 2
assert_stdout
assert_stderr_contains "wrong.json:1:3: error: unknown kind of job 'slep'; did you mean 'sleep'?"

# A deadlock is said as it would be when run.
write dead.json '[{"do": [{"sleep": 1}, {"wait": "b"}], "id": "a", "background": true},' \
    '{"do": [{"sleep": 2}, {"wait": "a"}], "id": "b", "background": true}, {"wait": "all"}]'
run plan dead.json
assert_exit 0
assert_stdout_contains 'total: ?'
assert_stderr_contains deadlock

# What a plan does not run has no known end, and times after it may be later; nothing of it happens.
write effects.yaml <<'END'
- sleep: 1
- run: touch ran
  id: r
- if: jobs.r.result.exit == 0
  sleep: 2
- assert: jobs.r.result.stdout == 'x'
- set: {a: "${{ jobs.r.result.stdout }}"}
- print: "${{ a }}"
- {run: sleep 60, background: true}
END
run plan effects.yaml
assert_exit 0
assert_stdout 'START  END  JOB' '0s     1s   sleep 1' '1s     ?    run touch ran' '1s+    ?    sleep 2' \
    "1s+    ?    assert jobs.r.result.stdout == 'x'" '1s+    1s+  set {a: "${{ jobs.r.result.stdout }}"}' \
    '1s+    ?    print ${{ a }}' '1s+    ?    run sleep 60  (background)' 'total: 1s+'
[ ! -e ran ] || fail 'the plan has run it'
# A job whose `if` is not known does not end the plan.
write guard.yaml '- {run: uname, id: os}' '- {fail: no, if: "jobs.os.result.stdout != 1"}' '- sleep: 10'
run plan guard.yaml
assert_stdout_contains '0s+    10s+  sleep 10' 'total: 10s+'
run plan --report json effects.yaml
assert_stdout_contains '"exact": false' '"outcome": "unknown"'
printf -- '- {run: sleep 60, background: true}\n- sleep: 1\n' >background.yaml
run plan background.yaml
assert_stdout_contains '0s     1s   sleep 1' 'total: 1s'
