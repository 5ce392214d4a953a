#!/usr/bin/env bash
# What a process leaves behind in its group when it exits gets until kill_after to end; then it is named and stopped.
. "${BASH_SOURCE%/*}/lib.sh"

# Its output is shown, and kept.
for output in inherit prefix; do
    write x.yaml "- {name: x, shell: bash, output: $output, run: 'exec > >(sleep 0.2; sed s/^/log:/); echo one; echo two'}"
    run x.yaml
    assert_exit 0
    assert_eq "${stdout//x | /}" $'log:one\nlog:two'
    assert_stderr
done
run - <<<'[{"shell": "bash", "run": "exec > >(sleep 0.2; sed s/^/log:/); echo one; exit 3", "output": "discard",
  "expect": {"exit": 3, "stdout": "log:one"}}]'
assert_exit 0
assert_stderr
# So is what a failing one says.
run - <<<'[{"shell": "bash", "run": "exec > >(sleep 0.2; sed s/^/log:/); echo why; exit 1"}]'
assert_exit 1
assert_stdout log:why

# It need not hold our pipes in order to have something to do.
run - <<<'[{"shell": "bash", "run": "echo x | tee >(sleep 0.2; cat >copy) >/dev/null 2>&1", "output": "discard"}]'
assert_exit 0
assert_file copy x

# What has left the group and still writes is read too.
run - <<<'[{"name": "x", "run": "setsid sh -c \"sleep 0.2; echo late\" &", "output": "prefix"}]'
assert_exit 0
assert_stdout 'x | late'

# What does not end is named, with advice, and stopped: by SIGTERM, so that it can clean up. The time it got counts.
write server.sh 'trap "echo stopped; exit" TERM' 'echo started' 'while :; do sleep 0.01; done'
for output in inherit prefix; do
    run_limited started '[{"name": "build", "run": "sh server.sh &", "kill_after": "LIMIT", "output": "'$output'"}, {"print": "next"}]' \
        --report json=report.json
    assert_exit 0
    assert_eq "${stdout//build | /}" $'started\nstopped\nnext'
    assert_stderr_contains "arun: stopping what 'build' left behind: " 'sh (pid ' 'background: true'
    assert_eq "$(jq ".scripts[0].jobs[0].duration * 1000 >= $limit_ms" report.json)" true 'the time was given'
    assert_no_processes
done

# By default after two seconds; SIGTERM may be ignored, and -q says nothing.
from=$(milliseconds)
run -q - <<<'[{"run": "nohup sleep 600 >/dev/null 2>&1 &"}, {"print": "next"}]'
took=$(($(milliseconds) - from))
assert_exit 0
assert_stdout next
assert_stderr
((took >= 2000 && took < 20000)) || fail "took $took ms"
assert_no_processes

# Names come from outside: no control characters reach the terminal.
cp "$(command -v sleep)" $'sl\e[31mx'
run - <<<'[{"run": "./sl*x 600 &", "kill_after": "100ms"}]'
assert_stderr_contains 'left behind: sl' '[31mx (pid '
case $stderr in *$'\e'*) fail 'an escape sequence was printed' ;; esac

# A timeout still counts, and so does the end of the run.
from=$(milliseconds)
run_limited done '[{"run": "sleep 600 & echo done", "kill_after": "1m", "timeout": "LIMIT"}]'
assert_exit 124
assert_stdout done
(($(milliseconds) - from < 59000)) || fail 'the timeout did not count'
assert_no_processes
