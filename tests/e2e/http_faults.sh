#!/usr/bin/env bash
# Whatever a server does, an `http` job ends in time, with a failure that says what happened, and leaves nothing behind.
. "${BASH_SOURCE%/*}/lib.sh"
. "$ARUN_SOURCE/tests/e2e/data/serve.sh"
serve http_server
at=http://127.0.0.1:$port

# fault URL PART...: the request fails within a few seconds, with these PARTs in what is said.
fault() {
    local begin
    begin=$(milliseconds)
    run --format yaml - <<<"[{'http': $1, 'timeout': '20s'}]"
    assert_exit 1
    assert_stdout
    assert_stderr_contains '<stdin>:1:3: error: http: ' "${@:2}"
    (($(milliseconds) - begin < 15000)) || fail "$1 took too long"
}

# connections_to PORT: somebody has one.
connections_to() { [ -n "$(awk -v p="$(printf '%04X' "$1")" '$4 == "01" && $3 ~ ":" p "$"' /proc/net/tcp)" ]; }

# How a connection can fail.
serve closed_port
fault "'http://127.0.0.1:$port/'" "cannot connect to 127.0.0.1:$port: connection refused"
fault "'http://[::1]:$port/'" "cannot connect to [::1]:$port: "
fault "'http://no-such-host.invalid/'" "cannot resolve the host name 'no-such-host.invalid'"
closed=127.0.0.1:$port
fault "'$at/empty'" "the connection to ${at#http://} was closed before a response arrived"
fault "'$at/cut'" "the connection to ${at#http://} was closed before the whole body arrived"
fault "'$at/chunk'" "the connection to ${at#http://} was closed before the whole body arrived"
fault "'$at/reset'" "the connection to ${at#http://} was closed before "
fault "'$at/garbage'" "the reply from ${at#http://} is not HTTP"
fault "'$at/badgzip'" 'the body cannot be decoded'

# Redirects.
fault "'$at/loop'" "more than 10 redirects; the last one led to $at/loop"
fault "'$at/to/ftp://127.0.0.1/x'" "a redirect leads to 'ftp://127.0.0.1/x'; only http and https are followed"
fault "'$at/to/file:///etc/passwd'" "a redirect leads to 'file:///etc/passwd'"
fault "'$at/to/http://$closed/'" "cannot connect to $closed: connection refused"

# Sizes.
fault "'$at/big'" 'the body is larger than 1 MiB (max_body)'
fault "'$at/bomb'" 'the body is larger than 1 MiB (max_body)'
fault "{url: '$at/ok', max_body: 3}" 'the body is larger than 3 bytes (max_body)'
fault "'$at/headers'" 'the response headers are too large'
run --format yaml - <<<"[{'http': '$at/big', 'max_body': '2MiB'}]"
assert_exit 0

# What came before it failed is the result.
run --format yaml - <<<"[{'http': '$at/cut', 'id': 'c', 'continue_on_error': true}, {'print': '\${{ jobs.c.result.status }} \${{ jobs.c.result.body }}'},
  {'http': 'http://$closed/', 'id': 'd', 'continue_on_error': true}, {'print': '\${{ toJSON(jobs.d.result) }}'}]"
assert_exit 0
assert_stdout '200 only this' null

# Bytes that are no text do no harm where they are shown.
run --format yaml - <<<"[{'http': '$at/bytes', 'expect': {'body': 'a'}}]"
assert_exit 1
assert_stderr_contains 'expected body "a", got "'
assert_stderr_lacks $'\x1b' $'\xff'

# Time.
run --format yaml - <<<"[{'http': '$at/never', 'timeout': '300ms'}]"
assert_exit 124
assert_stderr_contains 'http: timed out after 300ms (connected, no response yet)'
run --format yaml - <<<"[{'http': '$at/drip', 'timeout': '300ms'}]"
assert_exit 124
assert_stderr_contains 'http: timed out after 300ms (receiving the response, ' ' bytes of the body so far)'
run --format yaml - <<<"[{'http': '$at/never', 'retry': {'limit': 1, 'interval': 0, 'timeout': '100ms'}}]"
assert_exit 124
assert_stderr_contains 'timed out after 100ms (connected, no response yet)'
# On a connection that has been used before.
run --format yaml - <<<"[{'http': '$at/ok'}, {'http': '$at/never', 'timeout': '300ms'}]"
assert_exit 124
assert_stderr_contains 'http: timed out after 300ms (connected, no response yet)'
# Nothing listens to what comes in: the kernel takes the connection, and nobody answers.
serve deaf_port
run --format yaml - <<<"[{'http': 'https://127.0.0.1:$port/', 'timeout': '300ms'}]"
assert_exit 124
assert_stderr_contains 'timed out after 300ms (no TLS session yet)'

# Cancelled at any moment, it is gone: by a race, by `cancel`, by a signal.
run --format yaml - <<<"[{'race': [{'http': '$at/never'}, {'http': '$at/drip'}, {'http': '$at/ok'}], 'id': 'r'}, {'print': '\${{ jobs.r.result.index }}'},
  {'http': '$at/never', 'background': true, 'id': 'b'}, {'http': '$at/ok'}, {'cancel': 'b'}, {'print': 'cancelled'}]"
assert_exit 0
assert_stdout 2 cancelled
start --format yaml - <<<"[{'http': '$at/never', 'finally': {'print': 'finally'}}]"
until_true connections_to "${at##*:}"
kill -INT "$pid"
finish
assert_exit 130
assert_stdout finally

# Proxies are those of the job's environment.
proxy() { run --format yaml - <<<"{'env': {$1}, 'jobs': [{'http': '$2', 'capture': 'c'}, {'print': '\${{ c.body }}'}]}"; }
proxy "'http_proxy': '$at'" http://there.invalid/x
assert_exit 0
assert_stdout 'by the proxy: http://there.invalid/x'
proxy "'all_proxy': '$at', 'no_proxy': '127.0.0.1'" "$at/ok"
assert_stdout fine ''
proxy "'HTTP_PROXY': 'http://$closed'" "$at/ok"
assert_stdout fine ''
proxy "'http_proxy': 'http://$closed'" http://there.invalid/
assert_exit 1
assert_stderr_contains "cannot connect to the proxy $closed: connection refused"
proxy "'http_proxy': 'http://no-such-proxy.invalid:1'" http://there.invalid/
assert_stderr_contains "cannot resolve the host name of the proxy 'no-such-proxy.invalid'"
proxy "'https_proxy': '$at'" https://there.invalid/
assert_exit 1
assert_stderr_contains "the proxy ${at#http://} cannot connect: "
run_command env "http_proxy=$at" "$ARUN" --format yaml - <<<"[{'http': 'http://there.invalid/y', 'capture': 'c'}, {'print': '\${{ c.body }}'}]"
assert_stdout 'by the proxy: http://there.invalid/y'

# Certificates are verified, unless the script does not want it.
pem=$ARUN_SOURCE/tests/e2e/data/localhost.pem
serve http_server "$pem"
fault "'https://localhost:$port/'" "the certificate of localhost:$port was rejected: " "'insecure: true' skips the verification"
run --format yaml - <<<"[{'http': {'url': 'https://localhost:$port/', 'insecure': true}, 'expect': {'body': 'fine'}}]"
assert_exit 0
run --format yaml - <<<"{'env': {'SSL_CERT_FILE': '$pem'}, 'jobs': [{'http': 'https://localhost:$port/'}]}"
assert_exit 0
run --format yaml - <<<"{'env': {'SSL_CERT_FILE': '$pem'}, 'jobs': [{'http': 'https://127.0.0.1:$port/'}]}"
assert_exit 1
assert_stderr_contains 'was rejected'
fault "'http://127.0.0.1:$port/'" "127.0.0.1:$port"
fault "'https://${at#http://}/'" "the TLS handshake with ${at#http://} failed: "

# Without libcurl it is the job that fails.
mkdir lib
: >lib/libcurl.so.4
: >lib/libcurl-gnutls.so.4
run_command env LD_LIBRARY_PATH="$PWD/lib" "$ARUN" --format yaml - <<<"[{'print': 'first'}, {'http': '$at/ok'}]"
assert_exit 1
assert_stdout first
assert_stderr_contains 'http: libcurl, which sends HTTP requests, cannot be opened: ' 'libcurl4'
