#!/usr/bin/env bash
# `wait_for` tries until something is ready, says in the end what it saw last, and does not wait for who has ended.
. "${BASH_SOURCE%/*}/lib.sh"
. "$ARUN_SOURCE/tests/e2e/data/serve.sh"
serve closed_port
closed=127.0.0.1:$port
serve http_server
open=127.0.0.1:$port

# What is ready is not waited for; the result is the seconds.
write ready.yaml "- wait_for: {tcp: '$open'}" '  id: w' '- assert: [jobs.w.result >= 0, jobs.w.result < 20]' \
    "- wait_for: {tcp: 'localhost:$port'}" "- wait_for: {http: 'http://$open/ok'}" \
    "- wait_for: {http: {url: 'http://$open/status/404', expect: {status: 404}}}" \
    "- wait_for: {file: ready.yaml}" "- wait_for: {run: 'test -e ready.yaml'}" "- wait_for: {exec: [test, -e, ready.yaml]}" \
    "- wait_for: {tcp: '$closed', invert: true}" "- wait_for: {file: nothing, invert: true}" '- print: done'
run ready.yaml
assert_exit 0
assert_stdout done
assert_stderr

# What is not ready yet is tried again: the third request goes well, the file comes later.
write later.yaml "- wait_for: {http: 'http://$open/third', interval: 10ms}" '- do: [{sleep: 50ms}, {run: touch there}]' '  background: true' \
    '- wait_for: {file: there, interval: 10ms}' '- do: [{sleep: 50ms}, {run: rm there}]' '  background: true' \
    '- wait_for: {file: there, interval: 10ms, invert: true}' \
    '- wait_for: {run: "echo x >>tries; test $(wc -l <tries) -ge 3", interval: 1ms}' '- print: done'
run later.yaml
assert_exit 0
assert_stdout done
assert_file tries x x x

# In vain: what was seen last, and how often it was tried. The limit is 30 seconds unless there is a timeout.
vain() {
    run --virtual --format yaml - <<<"[{'wait_for': $1}]"
    assert_exit 124
    assert_stdout
    assert_stderr_contains "$2"
}
vain "{'file': 'nothing'}" '<stdin>:1:3: error: wait_for: timed out after 30s: nothing: not there; 150 tries'
vain "{'file': 'nothing', 'interval': '20s'}" 'timed out after 30s: nothing: not there; 2 tries'
vain "{'file': 'nothing', 'timeout': '1s'}" 'timed out after 1s: nothing: not there; 5 tries'
vain "{'file': '.', 'invert': true}" 'timed out after 30s: .: still there; 150 tries'
vain "{'tcp': '$closed', 'timeout': '1s'}" "timed out after 1s: $closed: connection refused; "
vain "{'tcp': 'no-such-host.invalid:80', 'timeout': '1s'}" 'timed out after 1s: no-such-host.invalid:80: cannot resolve the name: '
vain "{'http': 'http://$closed/', 'timeout': '1s'}" "http://$closed/: cannot connect to $closed: connection refused; "
vain "{'http': 'http://$open/status/404', 'timeout': '1s'}" 'expected status 200 to 299, got 404; '
vain "{'run': 'echo not yet; exit 3', 'timeout': '1s'}" 'run: exit status 3: not yet; '
vain "{'exec': [false], 'timeout': '1s'}" 'exec: exit status 1; '
vain "{'exec': [no-such-program], 'timeout': '1s'}" 'exec: '
run --virtual --format yaml - <<<"[{'wait_for': {'file': 'nothing'}, 'timeout': 0, 'background': true, 'id': 'w'}, {'sleep': '1h'}, {'cancel': 'w'}]"
assert_exit 0

# A try is cut off, and the next one begins.
run --format yaml - <<<"[{'wait_for': {'http': 'http://$open/never', 'interval': '1ms'}, 'timeout': '5200ms'}]"
assert_exit 124
assert_stderr_contains "timed out after 5.2s: http://$open/never: nothing within 5s (connected, no response yet); 2 tries"

# With `while`, nobody waits for a job that has ended.
run --format yaml - <<<"[{'exec': [false], 'background': true, 'id': 'server', 'continue_on_error': true},
  {'wait_for': {'tcp': '$closed', 'while': 'server', 'timeout': '50s'}}]"
assert_exit 1
assert_stderr_contains "wait_for: 'server' has failed (exit status 1) before this was ready: $closed: "
run --virtual --format yaml - <<<"[{'do': [{'sleep': 1}], 'background': true, 'id': 's'}, {'wait_for': {'file': 'nothing', 'while': 's'}}]"
assert_exit 1
assert_stderr_contains "wait_for: 's' has succeeded before this was ready: nothing: not there; "
run --format yaml - <<<"[{'run': 'true', 'background': true, 'id': 's'}, {'wait_for': {'file': 'nothing', 'while': 's'}}]"
assert_exit 1
assert_stderr_contains "wait_for: 's' has succeeded (exit status 0) before this was ready: nothing: not there; "
run --format yaml - <<<"[{'exec': [sh, -c, exit 3], 'expect': {'exit': [0, 3]}, 'background': true, 'id': 's'},
  {'wait_for': {'file': 'nothing', 'while': 's'}}]"
assert_stderr_contains "wait_for: 's' has succeeded (exit status 3) before this was ready: nothing: not there; "
run --virtual --format yaml - <<<"[{'sleep': 9, 'timeout': 1, 'background': true, 'id': 's', 'continue_on_error': true},
  {'wait_for': {'file': 'nothing', 'while': 's'}}]"
assert_stderr_contains "wait_for: 's' has failed (timed out after 1s) before this was ready: nothing: not there; "
# That of the run that it watched, though another has begun at that instant.
run --virtual --format yaml - <<<"[{'parallel': [{'repeat': 2, 'do': [{'sleep': 1, 'background': true, 'id': 's'}, {'wait': 's'}]},
  {'wait_for': {'file': 'nothing', 'while': 's'}}]}]"
assert_stderr_contains "wait_for: 's' has succeeded before this was ready: nothing: not there; "
# Cancelled before its first step.
run --virtual --format yaml - <<<"[{'parallel': [{'do': [{'sleep': 1s}, {'sleep': 1, 'background': true, 'id': 's'}, {'cancel': 's'}]},
  {'wait_for': {'file': 'nothing', 'while': 's', 'interval': '1s'}}]}]"
assert_stderr_contains "wait_for: 's' was cancelled before this was ready: nothing: not there; "
run --virtual --format yaml - <<<"[{'sleep': 9, 'background': true, 'id': 's'}, {'cancel': 's'}, {'wait_for': {'file': 'nothing', 'while': 's'}}]"
assert_stderr_contains "'s' was cancelled before this was ready: nothing: not there; 1 try"
run --virtual --format yaml - <<<"[{'sleep': 9, 'background': true, 'id': 's', 'if': false}, {'wait_for': {'file': 'nothing', 'while': 's'}}]"
assert_stderr_contains "'s' was skipped before this was ready"
run --virtual --format yaml - <<<"[{'sleep': 9, 'background': true, 'id': 's'}, {'wait_for': {'file': '.', 'while': 's'}}, {'cancel': 's'}, {'print': 'done'}]"
assert_exit 0
assert_stdout done

# It looks once more: what the job did last may be what is waited for.
run - <<<'[{"id": "gen", "background": true, "run": "sleep 0.2; touch made"}, {"wait_for": {"file": "made", "while": "gen", "interval": "9s"}}]'
assert_exit 0
run --virtual - <<<'[{"id": "gen", "background": true, "do": [{"sleep": 2}, {"fail": "no\nmore"}], "continue_on_error": true},
  {"wait_for": {"run": "echo look; exit 1", "while": "gen", "interval": "9s"}}]'
assert_exit 1
assert_stderr_contains "'gen' has failed (no) before this was ready: run: exit status 1: look; 2 tries"

# Cancelled in the middle of a try, it leaves nothing behind.
run --format yaml - <<<"[{'race': [{'wait_for': {'http': 'http://$open/never'}}, {'wait_for': {'run': 'sleep 600'}}, {'sleep': '50ms'}]}]"
assert_exit 0
# shellcheck disable=SC2046  # a list of ids
kill $(jobs -p)
wait 2>/dev/null
assert_no_processes

# What is wrong is found before anything runs.
rejected '[{»"wait_for": {}}]' "'wait_for' needs tcp, http, file, run, exec or output"
rejected '[{»"wait_for": {"file": "a", "run": "b"}}]' 'takes only one of'
rejected '[{"wait_for": {"tcp": »"localhost"}}]' "expected host:port, such as 127.0.0.1:8080, not 'localhost'"
rejected '[{"wait_for": {"tcp": »"::1:80"}}]' 'an IPv6 address needs brackets: [::1]:80'
rejected '[{"wait_for": {"tcp": »"a:0"}}]' 'expected host:port'
rejected '[{"wait_for": {"tcp": »"http://a:80"}}]' 'expected host:port'
rejected '[{"wait_for": {"http": »"a:80"}}]' "write 'http://a:80'"
rejected '[{"wait_for": {"http": {»"ulr": "http://a"}}}]' "did you mean 'url'?"
rejected '[{"wait_for": {"file": "a", "while": »"x"}}]' "no job has the id 'x'"
rejected '[{"print": 1, "id": "x"}, {"wait_for": {"file": "a", "while": »"x"}}]' "'x' is not a background job"
rejected '[{"wait_for": {"file": "a", "interval": »0}}]' 'expected a duration above 0'
rejected '[{"wait_for": »"a"}]' 'takes a mapping of arguments'
