#!/usr/bin/env bash
# A secret is hidden in whatever form it comes: encoded, with control characters, over two prints, in a line of a script
# that cannot be read. Nobody's password in a URL is shown, and no escape sequence reaches the terminal.
. "${BASH_SOURCE%/*}/lib.sh"

no_secret() {
    local file
    for file; do
        ! grep -qaiE 'hunter|geheim|pass:?word' "$file" || fail "$file has a secret: $(grep -naiE 'hunter|geheim|pass:?word' "$file" | head -3)"
    done
}
no_escapes() {
    local file
    for file; do
        ! grep -qaP '\x1b' "$file" || fail "$file has an escape sequence: $(grep -naP '\x1b' "$file" | head -2 | cat -v)"
    done
}
reports=(--report junit=a.xml --report json=a.json --report tap=a.tap --report github=a.txt --events log --trace trace
    --timeline a.svg)
files=(a.xml a.json a.tap a.txt log trace a.svg)

# Encoded, as the runner of GitHub Actions hides it.
secret='hunter2 & geheim/<7>'
base64() { printf %s "$1$secret${2-}" | command base64 -w0; }
encoded=$(python3 -c 'import urllib.parse, sys; print(urllib.parse.quote(sys.argv[1], safe=""), urllib.parse.quote_plus(sys.argv[1]))' "$secret")
run - --var S="$secret" <<END
{"secrets": ["S"], "jobs": [{"print": "$(base64 '' '') $(base64 u: '') $(base64 a '!') $(base64 ab x)"}, {"print": "$encoded"}]}
END
assert_exit 0
no_secret "$T/io/stdout"
for prefix in '' u: a ab; do
    part=$(base64 "$prefix" "")
    assert_stdout_lacks "${part:4:16}"
done

# With control characters, which messages and reports replace.
write control.yaml 'secrets: [S]' 'vars: {S: "hunt\x1b[1m\x07er2"}' 'jobs:' \
    '- {name: "a ${{ S }}", print: "${{ S }}"}' '- {fail: "no ${{ S }}"}'
sed -i 's/hunt/geheim/; s/er2/-rest/' control.yaml
run -v "${reports[@]}" control.yaml
assert_exit 1
no_secret "$T/io/stdout" "$T/io/stderr" "${files[@]}"
for file in "$T/io/stdout" "$T/io/stderr" "${files[@]}"; do
    ! grep -q -- -rest "$file" || fail "$file has the rest of a secret"
done

# Over several prints of one stream.
run --virtual - <<<'{"secrets": ["S"], "vars": {"S": "hunter2"}, "jobs": [{"print": "a hun", "end": ""}, {"print": "ter2 b"},
  {"print": "hu", "end": ""}, {"print": "nt", "end": ""}, {"print": "er2!"}, {"print": "hunt", "end": ""}, {"print": "s hu", "end": ""},
  {"print": "", "to": "stderr"}, {"print": "man"}, {"print": "hunt", "end": ""}, {"sleep": 1}, {"print": "er2."}, {"print": "end hu", "end": ""}, {"print": ""}]}'
assert_exit 0
assert_stdout - <<'END'
a *** b
***!
hunts human
***.
end hu
END

# In the line of a script that cannot be read.
while IFS= read -r line; do
    printf '%b\n' "$line" >broken
    run check --format yaml broken
    assert_exit 2
    no_secret "$T/io/stderr"
    run --format yaml --report github - <broken
    no_secret "$T/io/stderr" "$T/io/stdout"
done <<'END'
secrets: [S]\nvars: {S: hunter2, b: [}\njobs: []
secrets: S\nvars: {S: "hunter2", b: "x}\njobs: []
secrets:\n  - A\n  - S\nvars:\n  S: hunter2: x\njobs: []
{"secrets": ["S"], "vars": {"S": "hunter2" "b": 1}, "jobs": []}
secrets: [S]\nenv:\n  S: 'hunter2' x\njobs: []
END

# The user and password of a URL and of a proxy, secret or not.
closed=127.0.0.1:1
write url.yaml "- {http: \"http://geheim:hunter2@$closed/x\", continue_on_error: true, timeout: 2}" \
    "- {name: \"of http://geheim:hunter2@$closed\", print: x}" \
    "- {http: \"http://example.invalid/\", env: {http_proxy: \"http://geheim:hunter2@$closed\"}}"
run -v "${reports[@]}" url.yaml
no_secret "$T/io/stderr" "${files[@]}"
assert_stderr_contains "http://***@$closed"
run plan url.yaml
no_secret "$T/io/stdout" "$T/io/stderr"

# Escape sequences from outside: names, files, values, what a server says.
name=$'a\x1b[31m.yaml'
write "$name" 'name: "s\e[2J"' 'jobs:' '- {name: "n\e[1m", print: x}' '- {id: b, name: "b\e]0;t\a", background: true, sleep: 9}' \
    '- {for_each: ["i\e[5m"], do: {fail: "no\e[3m"}}'
run -v "${reports[@]}" "$name"
assert_exit 1
no_escapes "$T/io/stderr" "${files[@]}"
run plan "$name" "$name"
no_escapes "$T/io/stdout"
run $'no\x1b[31m.yaml'
no_escapes "$T/io/stderr"

# As quote() writes it.
write quoted.yaml 'secrets: [pw]' "vars: {pw: \"it's one\"}" 'jobs: [{print: "${{ quote(pw) }}"}, {run: "echo ${{ quote(pw) }}", output: prefix}]'
run -v quoted.yaml
assert_exit 0
case $stdout$stderr in *one*) fail 'it shows' ;; esac
