#!/usr/bin/env bash
# `http` makes a request, gives what came as its result, and holds it against `expect`.
. "${BASH_SOURCE%/*}/lib.sh"
. "$ARUN_SOURCE/tests/e2e/data/serve.sh"
serve http_server
url=http://127.0.0.1:$port

# yaml TEXT: as script, for what is full of quotes.
yaml() { run --virtual --format yaml - <<<"$1"; }

# The result.
yaml "[{'http': '$url/json', 'id': 'r'},
  {'print': '\${{ jobs.r.result.status }} \${{ jobs.r.result.headers[\"content-type\"] }} \${{ jobs.r.result.json.items[0].name }}'},
  {'print': '\${{ jobs.r.result.body }}'},
  {'assert': ['jobs.r.result.duration >= 0', 'jobs.r.result.duration < 20']},
  {'http': '$url/ok', 'capture': 'o'}, {'print': '\${{ toJSON(o.json) }} \${{ toJSON(o.body) }}'},
  {'http': '$url/twice', 'capture': 't'}, {'print': '\${{ t.headers[\"x-many\"] }}; \${{ toJSON(t.headers[\"x-empty\"]) }}'},
  {'http': '$url/gzip', 'capture': 'z'}, {'print': '\${{ z.body }}'},
  {'http': '$url/full', 'capture': 'f'}, {'print': '\${{ length(f.body) }}'},
  {'http': '$url/bytes', 'capture': 'b'}, {'print': '\${{ length(b.body) }}'}]"
assert_exit 0
assert_stderr
assert_stdout '200 application/json a' '{"status": "up", "items": [{"name": "a", "count": 1.5}], "none": null}' \
    'null "fine\n"' 'a, b; ""' squeezed 1048576 7

# What is sent.
write x.yaml <<END
vars: {value: {text: "a \"b\"", list: [1, 1.10]}, path: echo}
jobs:
- http: $url/\${{ path }}
  id: plain
- assert: [jobs.plain.result.json.method == 'GET', "jobs.plain.result.json.body == ''",
    jobs.plain.result.json.headers.accept == '*/*', "contains(jobs.plain.result.json.headers['accept-encoding'], 'gzip')"]
- http: {url: $url/echo, json: "\${{ value }}"}
  id: json
- print: "\${{ jobs.json.result.json.method }} \${{ jobs.json.result.json.headers['content-type'] }} \${{ jobs.json.result.json.body }}"
- http: {url: $url/echo, method: put, body: "x=\${{ 1 }}", headers: {Content-Type: text/x, X-A: "\${{ 2 }}", X-Empty: "", Accept: null}}
  capture: put
- print: "\${{ put.json.method }} \${{ put.json.headers['content-type'] }} \${{ put.json.headers['x-a'] }} \${{ put.json.body }}"
- assert: ["put.json.headers['x-empty'] == ''", put.json.headers.accept == null, put.json.headers.expect == null]
- http: {url: $url/echo, method: POST}
  expect: {json: {method: POST, 'headers.content-length': "0"}}
- http: {url: $url/echo, method: DELETE}
  expect: {json: {method: DELETE}}
- http: {url: $url/echo, body: text}
  expect: {json: {method: POST, 'headers.content-type': text/plain; charset=utf-8}}
- http: {url: $url/json, method: HEAD}
  expect: {body: "", headers: {Content-Length: {gt: 10}}}
END
run x.yaml
assert_exit 0
assert_stderr
assert_stdout 'POST application/json {"text":"a \"b\"","list":[1,1.10]}' 'PUT text/x 2 x=1'

# Redirects are followed, as a browser does, or not at all.
yaml "[{'http': '$url/to//ok', 'expect': {'body': 'fine', 'headers': {'location': null}}},
  {'http': {'url': '$url/to//echo', 'body': 'b'}, 'expect': {'json': {'method': 'GET', 'body': ''}}},
  {'http': '$url/to//ok', 'follow': false, 'expect': {'status': 302, 'headers': {'Location': '/ok'}}}]"
assert_exit 0

# Without an expected status, any from 200 to 299 is well; the failure shows what the server says of it.
yaml "[{'http': '$url/status/204'}, {'http': '$url/status/299'}]"
assert_exit 0
yaml "[{'http': '$url/missing', 'capture': 'c', 'continue_on_error': true}, {'print': '\${{ c.status }} \${{ c.json.error }}'}]"
assert_exit 0
assert_stdout '404 no such thing'
assert_stderr_contains 'http: expected status 200 to 299, got 404 (allowed)' 'body: {"error": "no such thing"}'
yaml "[{'http': '$url/status/304'}]"
assert_exit 1
assert_stderr_contains 'expected status 200 to 299, got 304'

# Everything that is expected and is not so is told.
write e.yaml "- http: $url/json" '  expect:' '    status: [201, 202]' '    headers: {Content-Type: {matches: ^text/}, X-None: a}' \
    '    body: {not: {contains: up}}' '    json: {status: down, "items[0].count": {gt: 2}, "items[1]": null}' '    duration: {gt: 1h}'
run e.yaml
assert_exit 1
assert_stdout
assert_stderr_contains 'e.yaml:1:3: error: http: expected status 201 or 202, got 200' \
    '    header content-type does not match "^text/"' '    expected header x-none "a", got nothing' \
    '    expected body not containing "up", got ' '    expected json.status "down", got "up"' \
    '    expected json.items[0].count above 2, got 1.5' '    expected duration above 1h, got '
assert_stderr_lacks 'items[1]'
yaml "[{'http': '$url/ok', 'expect': {'json': {'a': 1}}}]"
assert_exit 1
assert_stderr_contains 'http: the body is not JSON' 'body: fine'

# It is checked on each attempt of a retry, which sees the answer.
yaml "[{'http': '$url/third', 'retry': {'limit': 5, 'interval': '10ms', 'if': 'result.status == 503'}, 'capture': 'c'},
  {'print': '\${{ c.body }}'},
  {'http': '$url/third/b', 'retry': {'limit': 5, 'interval': 0, 'if': 'result.status == 404'}, 'continue_on_error': true}]"
assert_exit 0
assert_stdout 3
assert_stderr_contains 'attempt 1 failed: expected status 200 to 299, got 503; retrying in 10ms'

# Connections are used again, and many requests run at once.
yaml "[{'for_each': {'range': 200}, 'max_concurrent': 50, 'do': {'http': '$url/ok', 'expect': {'body': 'fine'}}}, {'print': 'all'}]"
assert_exit 0
assert_stdout all

# Nothing of it in a plan.
run plan --format yaml - <<<"[{'http': 'http://127.0.0.1:1/'}]"
assert_exit 0
assert_stdout_contains http

# What is wrong is found before anything runs.
rejected '[{"print": "a"}, {"http": »"127.0.0.1:1/"}]' 'is not a URL: it has no scheme' "write 'http://127.0.0.1"
rejected '[{"http": »"file:///etc/passwd"}]' "http jobs do not speak 'file'; a URL begins with http:// or https://"
rejected '[{"http": {"url": »"http://"}}]' 'it names no host'
rejected '[{"http": {"url": »"http://a:99999/"}}]' 'its port is no number'
rejected '[{"http": {"url": »"http://a/b c"}}]' 'a blank'
rejected '[{"http": »""}]' 'the URL is empty'
rejected '[{"http": {"url": "http://a", "method": »"GET IT"}}]' "'GET IT' is no method of HTTP"
rejected '[{"http": {"url": "http://a", "headers": {»"a b": 1}}}]' "'a b' is not the name of a header"
rejected '[{»"http": {"url": "http://a", "body": "", "json": 1}}]' 'takes only one of body, json, form and multipart'
rejected '[{"http": "http://a", "expect": {»"satus": 200}}]' "did you mean 'status'?"
rejected '[{"http": "http://a", "expect": {"body": {»"match": "a"}}}]' "did you mean 'matches'?"
rejected '[{"http": "http://a", "expect": {"body": {"matches": "a»("}}}]' 'missing closing parenthesis'
rejected '[{"http": "http://a", "expect": »200}]' 'expected a mapping, not a number'
fails '[{»"http": "${{ format(\"{0}\", \"localhost\") }}"}]' 'it has no scheme'
fails "[{»\"http\": {\"url\": \"$url/\", \"headers\": {\"a\": \"\${{ fromJSON('\\\"x\\\\r\\\\ny\\\"') }}\"}}}]" "the header 'a' has more than one line"

# libcurl is opened by the first request, not before. A static arun contains it.
if [ -r /proc/self/maps ] && ldd "$ARUN" >/dev/null 2>&1; then
    mapped='grep -c libcurl /proc/$PPID/maps || true'
    yaml "[{'run': '$mapped', 'output': discard, 'capture': 'before'}, {'http': '$url/ok'},
      {'run': '$mapped', 'output': discard, 'capture': 'after'},
      {'assert': ['before.stdout == 0', 'after.stdout > 0']}]"
    assert_exit 0
fi
