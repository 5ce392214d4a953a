#!/usr/bin/env bash
# What `http` can send and keep: query, form, multipart, files, credentials, cookies, other addresses and sockets, and a saved body.
. "${BASH_SOURCE%/*}/lib.sh"
. "$ARUN_SOURCE/tests/e2e/data/serve.sh"
serve http_server
url=http://127.0.0.1:$port

# query and form are encoded; a list gives several, null none; what the URL has stays.
write sent.yaml <<END
vars: {name: "ä b&c=d", none: null, list: [1, "x y"]}
jobs:
- {http: {url: "$url/echo", query: {q: "\${{ name }}", n: 1, none: "\${{ none }}", l: "\${{ list }}"}}, id: q}
- print: \${{ jobs.q.result.json.path }}
- {http: {url: "$url/echo?a=1#part", query: {b: 2}}, id: q2}
- print: \${{ jobs.q2.result.json.path }}
- {http: {url: $url/echo, form: {a: "x y&z", b: [1, 2]}}, id: f}
- print: \${{ jobs.f.result.json.method }} \${{ jobs.f.result.json.headers['content-type'] }} \${{ jobs.f.result.json.body }}
- {http: {url: $url/echo, headers: {X-A: [one, two]}}, id: h}
- print: \${{ jobs.h.result.json.headers['x-a'] }}
END
run sent.yaml
assert_exit 0
assert_stderr
assert_stdout '/echo?q=%C3%A4%20b%26c%3Dd&n=1&l=1&l=x%20y' '/echo?a=1&b=2' \
    'POST application/x-www-form-urlencoded a=x%20y%26z&b=1&b=2' two

# Files: as the body, and as parts.
printf 'from\0a file' >data.bin
printf 'PNG' >'a "b".png'
write files.yaml <<END
- {http: {url: $url/echo, body: {file: data.bin}, method: put}, id: b}
- print: \${{ jobs.b.result.json.method }} \${{ jobs.b.result.json.headers['content-type'] }} \${{ length(jobs.b.result.json.body) }}
- http:
    url: $url/echo
    multipart: {note: "a\${{ 1 }}", image: {file: 'a "b".png', type: image/png}, data: {value: "{}", type: application/json, filename: x.json}, two: [1, 2]}
  id: m
- print: \${{ jobs.m.result.json.body }}
- assert: startsWith(jobs.m.result.json.headers['content-type'], 'multipart/form-data; boundary=arun-')
END
run files.yaml
assert_exit 0
assert_stdout_contains 'PUT application/octet-stream 11'
assert_eq "$(tr -d '\r' <"$T/io/stdout" | sed -n '2,$s/arun-[0-9a-f]*/B/p;2,${/^[^-]/p}' | tr '\n' '|')" \
    '--B|Content-Disposition: form-data; name="note"|a1|--B|Content-Disposition: form-data; name="image"; filename="a %22b%22.png"|Content-Type: image/png|PNG|--B|Content-Disposition: form-data; name="data"|Content-Type: application/json|{}|--B|Content-Disposition: form-data; name="two"|1|--B|Content-Disposition: form-data; name="two"|2|--B--|'
script "[{\"http\": {\"url\": \"$url/echo\", \"body\": {\"file\": \"missing\"}}}]"
assert_exit 1
assert_stderr_contains "cannot read 'missing': no such file or directory"

mkfifo fifo
script "[{\"http\": {\"url\": \"$url/echo\", \"body\": {\"file\": \"fifo\"}}}]"
assert_exit 1
assert_stderr_contains "'fifo' is no regular file"

# Credentials are hidden, and do not go to another host.
write auth.yaml <<END
- {http: {url: $url/echo, auth: {basic: {user: me, password: "p:w"}}}, id: b}
- print: \${{ jobs.b.result.json.headers.authorization }}
- assert: endsWith(jobs.b.result.json.headers.authorization, 'bWU6cDp3')
- {http: {url: $url/echo, auth: {bearer: tok7654321}}, id: t}
- print: \${{ jobs.t.result.json.headers.authorization }}
- {http: {url: "$url/to/http://localhost:$port/echo", auth: {bearer: tok7654321}}, id: r}
- assert: [jobs.r.result.json.method == 'GET', jobs.r.result.json.headers.authorization == null]
END
run auth.yaml
assert_exit 0
assert_stdout 'Basic ***' 'Bearer ***'

# Cookies only where they are asked for; what is repeated and cannot be joined is a list.
write cookies.yaml <<END
- {http: {url: $url/login, cookies: true, expect: {headers: {set-cookie: {contains: sid=7}}}}, id: l}
- {http: {url: $url/login, expect: {headers: {set-cookie: {matches: "^other="}}}}}
- {http: {url: $url/login, expect: {headers: {set-cookie: "sid=7; Path=/"}}}}
- {http: {url: $url/login, expect: {headers: {set-cookie: {not: {contains: absent}}}}}}
- {http: {url: $url/login, expect: {headers: {set-cookie: {not: {matches: "^other="}}}}}, continue_on_error: true, id: none}
- {http: {url: $url/login, expect: {headers: {set-cookie: {matches: "^a"}}}}, continue_on_error: true, id: m}
- assert: jobs.none.outcome == 'failure' && jobs.m.outcome == 'failure'
- assert: ["length(jobs.l.result.headers['set-cookie']) == 2", "jobs.l.result.headers['set-cookie'][1] == 'other=a, b; Path=/elsewhere'"]
- {http: {url: $url/echo, cookies: true}, id: w}
- print: \${{ jobs.w.result.json.headers.cookie }}
- {http: $url/echo, id: n}
- print: \${{ toJSON(jobs.n.result.json.headers.cookie) }}
- assert: [jobs.n.result.timings.first_byte >= 0, jobs.n.result.timings.tls == null, jobs.n.result.saved == null]
END
run cookies.yaml
assert_exit 0
assert_stdout sid=7 null

# save: under its name only if the response is as expected.
script "[{\"http\": {\"url\": \"$url/full\", \"save\": \"got\"}, \"id\": \"s\"},
  {\"print\": \"\${{ jobs.s.result.saved }} \${{ toJSON(jobs.s.result.body) }}\"}]"
assert_exit 0
assert_stdout 'got null'
assert_eq "$(wc -c <got)" 1048576
# Through a link, with the mode of the file that it replaces.
install -m 600 /dev/null private
ln -s private link
script "[{\"http\": {\"url\": \"$url/full\", \"save\": \"link\"}}]"
assert_exit 0
assert_eq "$(stat -c '%s %a %F' private) $(stat -c %F link)" '1048576 600 regular file symbolic link'
script "[{\"http\": {\"url\": \"$url/missing\", \"save\": \"not\"}}]"
assert_exit 1
assert_stderr_contains 'expected status 200 to 299, got 404' 'no such thing'
script "[{\"http\": {\"url\": \"$url/missing\", \"save\": \"not\"}, \"capture\": \"r\", \"continue_on_error\": true}, {\"assert\": \"r.saved == null\"}]"
assert_exit 0
assert_eq "$(echo not*)" 'not*'
script "[{\"http\": {\"url\": \"$url/cut\", \"save\": \"got\"}}]"
assert_exit 1
assert_eq "$(wc -c <got)$(echo got.*)" '1048576got.*'
script "[{\"http\": {\"url\": \"$url/ok\", \"save\": \"no/where\"}}]"
assert_exit 1
assert_stderr_contains "cannot write 'no/where': no such file or directory"
script "[{\"http\": {\"url\": \"$url/full\", \"save\": \"not\", \"max_body\": 1000}}]"
assert_exit 1
assert_stderr_contains 'the body is larger than 1000 bytes (max_body)'

# Another address for a name, and a socket.
script "[{\"http\": {\"url\": \"http://shop.invalid:$port/echo\", \"resolve\": {\"shop.invalid:$port\": \"127.0.0.1\"}}, \"id\": \"r\"},
  {\"print\": \"\${{ jobs.r.result.json.headers.host }}\"}]"
assert_exit 0
assert_stdout "shop.invalid:$port"
serve http_server "$PWD/web.sock"
script '[{"http": {"url": "http://anywhere/echo", "unix_socket": "web.sock"}, "id": "u"}, {"print": "${{ jobs.u.result.json.headers.host }}"}]'
assert_exit 0
assert_stdout anywhere

# TLS with an own authority.
pem=$ARUN_SOURCE/tests/e2e/data/localhost.pem
serve http_server "$pem"
script "[{\"http\": {\"url\": \"https://localhost:$port/ok\", \"ca\": \"$pem\", \"cert\": \"$pem\", \"key\": \"$pem\"}, \"id\": \"c\"},
  {\"assert\": \"jobs.c.result.timings.tls > 0\"}]"
assert_exit 0
script "[{\"http\": {\"url\": \"https://localhost:$port/ok\", \"ca\": \"$pem\", \"cert\": \"missing.pem\"}}]"
assert_exit 1
assert_stderr_contains "missing.pem"

rejected '[{"http": {"url": "http://a", "query": »["a"]}}]' 'a mapping of names and texts'
rejected '[{"http": {"url": "http://a", "query": »{"a": {"b": 1}}}}]' 'a text or a list'
rejected '[{»"http": {"url": "http://a", "form": {"a": 1}, "body": "x"}}]' 'only one of body, json, form and multipart'
rejected '[{"http": {"url": "http://a", "multipart": »{"a": {"fiel": "x"}}}}]' "not 'fiel'"
rejected '[{"http": {"url": "http://a", "multipart": »{"a": {"type": "x"}}}}]' 'either file or value'
rejected '[{"http": {"url": "http://a", "body": {»"fiel": "x"}}}]' "did you mean 'file'"
rejected '[{"http": {"url": "http://a", "auth": »{}}}]' 'either basic or bearer'
rejected '[{"http": {"url": "http://a", "auth": {"basic": »{"user": "x"}}}}]' "needs 'password'"
rejected '[{»"http": {"url": "http://a", "auth": {"bearer": "x"}, "headers": {"authorization": "y"}}}]' 'leave one of them out'
rejected '[{»"http": {"url": "http://a", "key": "x"}}]' "add 'cert'"
rejected '[{»"http": {"url": "http://a", "save": "x", "expect": {"body": "y"}}}]' "with 'save' the body is in a file"
rejected '[{"http": {"url": "http://a", "resolve": »{"a": "127.0.0.1"}}}]' 'is not host:port'
rejected '[{"http": {"url": "http://a", "expect": {"json": {»"items[*].a": 1}}}}]' 'selects several values'
