#!/usr/bin/env bash
# Every recipe of arun-cookbook(7) is a script without a warning that does what it says.
. "${BASH_SOURCE%/*}/lib.sh"
. "$ARUN_SOURCE/tests/e2e/data/serve.sh"
serve http_server "$ARUN_SOURCE/tests/e2e/data/localhost.pem"
tls_port=$port
serve http_server

# NAME.yaml for each section, with the port of our server.
PORT=$port TLS_PORT=$tls_port python3 - "$ARUN_SOURCE/man/arun-cookbook.7" <<'END'
import os, re, sys
page = open(sys.argv[1]).read()
for title, body in re.findall(r"^\.Ss (.*)\n((?:(?!\.Ss ).*\n)*)", page, re.M):
    script = re.search(r"^\.Bd .*\n((?:(?!\.Ed).*\n)*)", body, re.M)[1].replace("\\e", "\\")
    name = re.sub(r"[^a-z]+", "-", title.lower()).strip("-")
    script = script.replace("127.0.0.1:8080", "127.0.0.1:" + os.environ["PORT"])
    open(name + ".yaml", "w").write(script.replace("localhost:8443", "localhost:" + os.environ["TLS_PORT"]))
END
count=0
# cooks NAME [LINE...]: it succeeds, and prints these lines among others.
cooks() {
    local name=$1
    shift
    count=$((count + 1))
    mkdir -p "$name"
    mv "$name.yaml" "$name/script.yaml"
    cd "$name" || fail "no $name"
    run --strict check script.yaml
    assert_exit 0
    assert_stderr
    run script.yaml
    assert_exit 0
    assert_stdout_contains "$@"
    cd ..
}
cooks services-that-start-in-order 'database | ready for connections' 'web | listening' 'both are up'
cooks a-watchdog 'the daemon is ready' listening
assert_eq "$(wc -l <a-watchdog/starts)" 3 'how often the daemon was started'
assert_stderr_contains 'attempt 2 failed'
cooks stop-all-when-one-ends 'the worker has ended'
cooks clean-up-at-ctrl-c-in-order data 'cleaning up'
[ ! -e clean-up-at-ctrl-c-in-order/work ] || fail 'it is not cleaned up'
if command -v flock >/dev/null; then
    cooks one-run-at-a-time 'only one run gets here'
    cd one-run-at-a-time || exit 1
    run_command flock lock "$ARUN" script.yaml
    cd ..
    assert_exit 1
    assert_stdout
    assert_stderr_contains 'no other run'
else
    rm one-run-at-a-time.yaml
    count=$((count + 1))
fi
cooks a-switch-that-goes-back 'green is live'
cd a-switch-that-goes-back || exit 1
sed -i 's,/ok,/status/500,' script.yaml
run script.yaml
assert_exit 1
assert_eq "$(readlink live)" green 'what is live after a check that failed'
cd ..
cooks parameters '1.10 to localhost'
mkdir staging-and-production-from-one-file
write staging-and-production-from-one-file/check.yaml 'inputs: {host: {required: true}, level: {options: [low, high]}}' \
    'jobs: [{print: "${{ host }} ${{ level }}"}]'
cooks staging-and-production-from-one-file 'staging.test low' 'www.test high'
cooks a-matrix
cooks checks-from-a-table
cooks a-batch-with-its-failures-in-a-file 3
cooks a-filter-of-json-lines
run a-filter-of-json-lines/script.yaml <<'END'
{"level": "error", "time": "12:00", "text": "no answer"}
{"level": "info", "time": "12:01", "text": "an answer"}
END
assert_exit 0
assert_stdout '12:00: no answer'
assert_stderr '2 lines'
cooks a-canary-with-an-error-rate '0 of 20 failed'
cooks a-benchmark-with-percentiles
cooks a-hunter-of-flaky-tests
cooks polling-with-jitter
cooks a-retry-for-certain-failures-only
assert_stderr_contains 'attempt 2 failed: expected status 200 to 299, got 503'
cooks a-rate-limit
cooks a-schedule-that-skips-missed-ticks 'rounds in 5 slots'
run --virtual a-schedule-that-skips-missed-ticks/script.yaml
assert_stdout_contains 'round 4' '4 rounds in 5 slots'
cooks json-from-one-command-into-the-next '7 has a and b'
cooks an-upload
cooks a-login-with-cookies
export PASSWORD='a secret'
cooks a-login-with-a-token
cooks a-download '1048576 full.bin'
mkdir tls-with-an-own-authority
cp "$ARUN_SOURCE/tests/e2e/data/localhost.pem" tls-with-an-own-authority/ca.pem
cooks tls-with-an-own-authority trusted
if command -v openssl >/dev/null; then
    cooks a-certificate-that-expires-soon notAfter=
    run a-certificate-that-expires-soon/script.yaml days=100000
    assert_exit 1
else
    rm a-certificate-that-expires-soon.yaml
    count=$((count + 1))
fi
cooks watching-a-log 'two requests are done'
sed -i 's,default: \.,default: ..,' a-backup-with-steps.yaml
touch some.txt
cooks a-backup-with-steps
[ -s a-backup-with-steps/backup.tar ] || fail 'no backup'
cooks an-exit-status-for-a-monitor 'the disk is 93 % full'
cooks a-demo-with-typed-prompts '$ arun hello.yaml' hello
assert_eq "$(echo ./*.yaml)" './*.yaml' 'recipes that are not tried'
[ $count -ge 30 ] || fail "only $count recipes"
