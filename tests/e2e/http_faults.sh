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

# raw LINE...: the URL of an answer that is exactly these lines.
raw() {
    local text
    text=$(printf '%s\r\n' "$@" | sed 's/%/%25/g; s/ /%20/g; s#/#%2F#g; s/\r$/%0D%0A/' | tr -d '\n')
    echo "$at/raw/${text%"%0D%0A"}"
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
for line in 'HTTP/1.1 abc' HTTP/1.1 'HTTP/1.1 99 No' 'HTTP/9.9 200 OK'; do
    fault "'$(raw "$line" '' '')'" "the reply from ${at#http://} is not HTTP: its status line is malformed ("
done
fault "'$(raw 'HTTP/1.1 200 OK' 'Content-Length: abc' '' '')'" "the reply from ${at#http://} is not HTTP: invalid Content-Length"
fault "'$(raw 'HTTP/1.1 200 OK' 'Transfer-Encoding: chunked' '' zz '')'" "the response from ${at#http://} is malformed: "
# A response that ends within its headers is none, though it looks like one without a body.
fault "'$(raw 'HTTP/1.1 200 OK' 'X-Half: way')'" "the connection to ${at#http://} was closed before all headers arrived"

# Redirects. The URL that was requested last is named, and the end of a long one is shown.
fault "'$at/loop'" "more than 10 redirects; the last one led to '$at/loop'"
fault "'$at/to/ftp://127.0.0.1/x'" "'$at/to/ftp://127.0.0.1/x' redirects to 'ftp://127.0.0.1/x', which is neither http nor https"
fault "'$at/to/file:///etc/passwd'" "redirects to 'file:///etc/passwd', which is neither"
fault "'$at/to/unheard-of:x'" "redirects to 'unheard-of:x', which is neither"
fault "'$at/to/http://'" "redirects to 'http://', which is not a URL"
fault "'$at/to/http://a:99999/'" "redirects to 'http://a:99999/', which is not a URL"
fault "'$at/to/http://$closed/'" "cannot connect to $closed: connection refused (redirected to 'http://$closed/')"
fault "'$at/to//empty'" "the connection to ${at#http://} was closed before a response arrived (redirected to '$at/empty')"
fault "'$at/to/$(raw 'HTTP/1.1 abc' '' '')'" "is not HTTP: its status line is malformed (" "(redirected to '$at/raw/HTTP%2F1.1%20abc"
fault "'$at/to//missing'" "expected status 200 to 299, got 404 (redirected to '$at/missing')"
fault "'$at/status/302'" 'expected status 200 to 299, got 302; the redirect does not say where to'
fault "'$at/to//missing/$(printf 'x%.0s' {1..200})/the-end'" "(redirected to '$at/missing/x" "/the-end')"
# What failed has no answer, and the answer of the redirect is not taken for one.
run --format yaml - <<<"[{'http': '$at/to//empty', 'id': 'e', 'continue_on_error': true}, {'print': '\${{ toJSON(jobs.e.result) }}'}]"
assert_stdout null

# Sizes.
fault "'$at/big'" 'the body is larger than 1 MiB (max_body)'
fault "'$at/bomb'" 'the body is larger than 1 MiB (max_body)'
fault "{url: '$at/ok', max_body: 3}" 'the body is larger than 3 bytes (max_body)'
fault "'$at/headers'" 'the response headers are too large'
fault "'$at/line'" 'the response headers are too large'
fault "'$at/line/status'" 'the response headers are too large'
fault "'$at/continue'" 'the response headers are too large'
fault "'$at/chunks'" 'the body is larger than 1 MiB (max_body)'
run --format yaml - <<<"[{'http': '$at/many', 'expect': {'headers': {'x3999': ''}}}]"
assert_exit 0
run --format yaml - <<<"[{'http': '$(raw 'HTTP/1.1 200 OK' 'X-Folded: a' ' b' '' '')', 'expect': {'headers': {'x-folded': 'a b'}}}]"
assert_exit 0
# What is too large to be sent is refused, whoever refuses it: it is the job that fails.
write large.yaml "vars: {x: $(printf '%*s' 1100000 | tr ' ' x)}" 'jobs:' '- continue_on_error: true' "  http: {url: '$at/ok', headers: {X-Large: '\${{ x }}'}}" \
    '- continue_on_error: true' "  http: '$at/\${{ x }}'" '- print: on'
run large.yaml
assert_exit 0
assert_stdout on
assert_stderr_contains 'the URL is too long'
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
run --format yaml - <<<"[{'http': '$at/to//never', 'timeout': '300ms'}]"
assert_exit 124
assert_stderr_contains "http: timed out after 300ms (connected, no response yet; redirected to '$at/never')"
# Nothing listens to what comes in: the kernel takes the connection, and nobody answers.
serve deaf_port
run --format yaml - <<<"[{'http': {'url': 'https://127.0.0.1:$port/', 'insecure': true}, 'timeout': '300ms'}]"
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
# Of two environments that name certificates, the one nearer to the job decides, whichever of the two names it uses; in one,
# CURL_CA_BUNDLE. An empty one names nothing.
: >none.pem
echo "SSL_CERT_FILE=$pem" >pem.env
certificates() { run_command env "$1" "$ARUN" "${@:3}" --format yaml - <<<"{'env': {$2}, 'jobs': [{'http': 'https://localhost:$port/'}]}"; }
certificates CURL_CA_BUNDLE=none.pem "'SSL_CERT_FILE': '$pem'"
assert_exit 0
certificates SSL_CERT_FILE=none.pem "'CURL_CA_BUNDLE': '$pem'"
assert_exit 0
certificates CURL_CA_BUNDLE=none.pem '' --env-file pem.env
assert_exit 0
certificates "SSL_CERT_FILE=$pem" "'CURL_CA_BUNDLE': ''"
assert_exit 0
certificates "CURL_CA_BUNDLE=$pem" "'SSL_CERT_FILE': none.pem"
assert_exit 1
assert_stderr_contains "'none.pem'"
certificates A=b "'SSL_CERT_FILE': none.pem, 'CURL_CA_BUNDLE': '$pem'"
assert_exit 0
write tls.yaml "env: {SSL_CERT_FILE: '$pem'}" "jobs: [{http: 'https://localhost:$port/'}]"
run --format yaml - <<<"{'env': {'CURL_CA_BUNDLE': none.pem}, 'jobs': [{'include': 'tls.yaml'}]}"
assert_exit 0
# Many connections that are still open at the end, some of them busy, are closed without a word.
run --format yaml - <<<"{'env': {'SSL_CERT_FILE': '$pem'}, 'jobs': [{'for_each': {'range': 8}, 'max_concurrent': 0, 'do': {'http': 'https://localhost:$port/'}},
  {'http': 'https://localhost:$port/never', 'background': true, 'id': 'b'}, {'http': 'https://localhost:$port/'}]}"
assert_exit 0
fault "'http://127.0.0.1:$port/'" "127.0.0.1:$port"
fault "'https://${at#http://}/'" "the TLS handshake with ${at#http://} failed: "

# Out of descriptors, that is what is said, and not that a name cannot be resolved. How many a request needs depends on the
# libraries. (Not under a sanitizer: UBSan looks at memory through a pipe, and without one it takes exceptions for broken.)
if [ -z "${ARUN_SANITIZED:-}" ]; then
    cat >few.py <<'END'
import os, resource, sys
limit = 60
resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
os.closerange(3, limit)
for fd in range(3, limit - int(sys.argv[1])):
    os.dup2(0, fd)
os.execv(sys.argv[2], sys.argv[2:])
END
    write few.yaml '- {http: "http://localhost:1/", continue_on_error: true}' '- {wait_for: {tcp: "localhost:1"}, timeout: 100ms, continue_on_error: true}'
    for free in {3..13}; do
        run_command python3 few.py "$free" "$ARUN" few.yaml
        [ "$status" = 0 ] || [ "$status" = 125 ] || fail "with $free descriptors: exit status $status"
        assert_stderr_lacks resolve
        cat "$T/io/stderr" >>few.out
    done
    grep -q 'http: cannot connect to localhost:1: too many open files' few.out || fail 'http: too many open files'
    grep -q 'wait_for: .*localhost:1: cannot look up the name: too many open files' few.out || fail 'wait_for: too many open files'
fi

# Without libcurl it is the job that fails. (A static arun contains it.)
ldd "$ARUN" >/dev/null 2>&1 || exit 0
mkdir lib
: >lib/libcurl.so.4
: >lib/libcurl-gnutls.so.4
run_command env LD_LIBRARY_PATH="$PWD/lib" "$ARUN" --format yaml - <<<"[{'print': 'first'}, {'http': '$at/ok'}]"
assert_exit 1
assert_stdout first
assert_stderr_contains 'http: libcurl, which sends HTTP requests, cannot be opened: ' 'libcurl4'
run_command env LD_LIBRARY_PATH="$PWD/lib" "$ARUN" --version
assert_exit 0
assert_stdout_contains 'no libcurl'
