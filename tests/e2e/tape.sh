#!/usr/bin/env bash
# A recorded run is replayed to the byte, without the world; a tape that is wrong, or of something else, is an error.
. "${BASH_SOURCE%/*}/lib.sh"
. "$ARUN_SOURCE/tests/e2e/data/serve.sh"
serve http_server

# same [OPTION...] SCRIPT...: recorded and replayed, the run has the same output, status and reports.
same() {
    local reports=(events trace json junit tap timeline) made=() name
    for name in "${reports[@]}"; do
        case $name in
        events | trace) made+=("--$name" "$name") ;;
        timeline) made+=(--timeline timeline.svg) ;;
        *) made+=(--report "$name=$name") ;;
        esac
    done
    run --record tape "${made[@]}" "$@" <lines
    local recorded=$status
    mkdir -p recorded
    cp "$T/io/stdout" "$T/io/stderr" recorded
    mv events trace json junit tap timeline.svg recorded
    run replay "${made[@]}" tape </dev/null
    assert_eq "$status" "$recorded"
    for name in events trace json junit tap timeline.svg; do cmp "$name" "recorded/$name" || fail "another $name"; done
    for name in stdout stderr; do cmp "$T/io/$name" "recorded/$name" || fail "another $name"; done
}

printf 'one\ntwo\n' >lines
printf 'a line of a file\n' >input
write part.yaml 'inputs: {who: {required: true}}' 'jobs: [{print: "hello ${{ who }} from ${{ script.dir }}"}]'
write all.yaml <<END
inputs: {name: {default: nobody}}
vars: {x: 1}
jobs:
- print: "\${{ name }} \${{ now() }} \${{ date('%H:%M:%S') }} \${{ random() }} \${{ run.id }} \${{ run.host }} \${{ env.HOME }}"
- timestamp
- include: {script: part.yaml, vars: {who: "\${{ name }}"}}
- parallel:
  - {run: "for i in 1 2 3; do echo \$i; sleep 0.02; done", name: counting, output: prefix}
  - {run: "printf '\\\\377\\\\001'; echo err >&2; exit 3", continue_on_error: true}
  - {run: cat, stdin: {file: input}, output: group}
  - {tick: 15ms, count: 3, do: {print: "tick \${{ loop.index }}"}}
- {run: "echo out; echo more", capture: r}
- print: "\${{ r.stdout }} took \${{ r.duration }}"
- {run: "echo listening; sleep 60", background: true, id: server, ready: {contains: listening}}
- {for_each: {lines: stdin}, do: {print: "a line: \${{ item }}"}}
- {wait_for: {tcp: "127.0.0.1:1", timeout: 100ms}, continue_on_error: true}
- wait_for: {tcp: "127.0.0.1:$port"}
- wait_for: {file: input, contains: of a}
- {http: "http://127.0.0.1:$port/ok", capture: answer}
- print: "\${{ answer.status }} \${{ answer.timings.connect > 0 }}"
- {http: "http://127.0.0.1:1/", retry: {limit: 1, interval: 1ms, jitter: 0.5}, continue_on_error: true}
- {run: "sleep 60", timeout: 50ms, continue_on_error: true}
- {exec: [no-such-program], continue_on_error: true}
- {run: "kill -TERM \$\$", continue_on_error: true}
- {run: echo to a file, output: {file: written}}
- fail: oops
finally:
- run: echo bye
END
same all.yaml name=world
assert_eq "$status" 1
assert_stdout_contains 'hello world from' 'counting | 3' 'a line: two' bye
rm written input part.yaml all.yaml lines
run replay tape
assert_exit 1
assert_stdout_contains 'hello world from'
[ ! -e written ] || fail 'a replay has written a file'
# Other reports than the run has written, and other messages.
run replay -v --timeline - tape
assert_exit 1
assert_stdout_contains counting
assert_stderr_contains 'start' 'a line: one'

printf 'x\n' >lines
for options in --isolated --keep-going --exit-code '--virtual --start-time 2030-01-01T12:00:00Z' '--timeout 60ms'; do
    write some.yaml '- {run: "echo a; exit 4"}' '- {run: "sleep 0.05; echo b", background: true}' '- {sleep: 30ms, name: "at ${{ now() }}"}' \
        '- {run: "sleep 0.1", finally: [{print: clean}]}' '- print: "${{ now() }}"'
    # shellcheck disable=SC2086
    [ "$options" = --isolated ] && sed -i /background/d some.yaml
    same $options some.yaml
done
write dead.yaml '- {do: [{sleep: 1ms}, {wait: b}], id: a, background: true}' '- {do: [{sleep: 1ms}, {wait: a}], id: b, background: true}' '- wait: a'
same dead.yaml
assert_eq "$status" 125

# Whatever reports the run had, and the replay has.
write names.yaml '- {sleep: 1ms, name: "n ${{ run.id }} ${{ now() }}"}' '- {print: "${{ run.id }} ${{ random() }}", name: "m ${{ random() }} ${{ env.HOME }}"}' \
    '- {run: "echo ${{ 1 }}", name: "at ${{ now() }}"}' '- print: "${{ now() }}"'
for record in '' '-v' '--events events --timeline timeline.html --report junit=junit'; do
    # shellcheck disable=SC2086
    run --record tape $record names.yaml
    assert_exit 0
    recorded=$stdout
    for replay in '' '-v' '--trace trace --report json=json --timeline timeline.svg'; do
        # shellcheck disable=SC2086
        run replay $replay tape
        assert_exit 0
        assert_eq "$stdout" "$recorded"
    done
done
# What is cut short before it has begun; the time zone; bytes that are no text; a number as it was written.
printf 'x' >file
write cut.yaml '- race: [{print: x}, {wait_for: {tcp: "127.0.0.1:1"}}]' '- race: [{print: y}, {run: cat, stdin: {file: file}}]' \
    '- print: "${{ date(QQ%H %ZQQ) }} ${{ n }} ${{ b }}"' '- {exec: [printf, "%s", "${{ b }}"], output: discard, capture: r}' '- print: "${{ r.stdout }}"'
sed -i "s/QQ/'/g" cut.yaml
printf '{"n": 1.50}' >vars.json
TZ=Asia/Tokyo run --record tape --vars-file vars.json --var b=$'a\xff' cut.yaml
assert_exit 0
assert_stdout_contains JST 1.50
cp "$T/io/stdout" recorded/stdout
TZ=America/New_York run replay tape
assert_exit 0
cmp "$T/io/stdout" recorded/stdout || fail 'another output'
run replay <(cat tape)
assert_exit 0
run replay /dev/zero
assert_exit 2
assert_stderr_contains 'this is no tape'

# Another version of the script has the answers that the tape has for what it asks, as long after it.
write old.yaml '- {run: "sleep 0.2; echo one; exit 3", id: a, continue_on_error: true}' '- {run: "echo two", capture: b}' \
    '- {run: "sleep 60", timeout: 100ms, continue_on_error: true}' "- {http: 'http://127.0.0.1:$port/ok', id: h}" \
    '- {for_each: {lines: stdin}, do: {print: "${{ item }}"}}' '- wait_for: {file: lines}' '- print: "${{ b.duration }}"' '- {fail: oops, id: f}'
run --record tape old.yaml <lines
assert_exit 1
after=$(tail -n 1 <<<"$stdout")
write new.yaml '- {run: "echo two", capture: r}' "- print: '\${{ r.stdout }} at \${{ abs(now() - $after) < 0.01 }}'" \
    "- {http: 'http://127.0.0.1:$port/ok', expect: {status: 200}}" '- {run: "sleep 0.2; echo one; exit 3", expect: {exit: 3, duration: {ge: 0.2}}}' \
    '- {run: "sleep 60", background: true, id: long}' '- sleep: 50ms' '- {cancel: long}' '- {for_each: {lines: stdin}, do: {print: "${{ item }}"}}'
run replay --report json=json tape new.yaml
assert_exit 0
assert_stdout 'two' 'two at true' one x
for asked in 'run: echo three|the command .* which the tape does not have; closest is .*echo two' \
    'do: [{run: echo two}, {run: echo two}]|the command .*echo two. once more: the tape has it once' \
    "http: http://127.0.0.1:$port/okay|the request .*closest is" 'wait_for: {tcp: "localhost:99"}|a connection to' \
    'print: "${{ env.NOT_ON_TAPE }}"|the environment variable' 'wait_for: {file: other}|the file'; do
    write new.yaml "- ${asked%|*}" '- print: never'
    run replay tape new.yaml
    assert_exit 125
    assert_stdout_lacks never
    grep -qE "error: the script asks for ${asked#*|}" "$T/io/stderr" || fail "<$asked>"
done
# Nor is what was cut short, or not recorded, or asked of something else.
printf 'x\n' >words
write cut.yaml "- race: [{http: 'http://127.0.0.1:$port/never'}, {sleep: 200ms}]" '- race: [{run: sleep 60}, {sleep: 100ms}]' \
    '- {run: "grep -q good", stdin: good}' '- {run: "grep -q good", stdin: bad, continue_on_error: true}' \
    '- {run: "echo first; (sleep 0.2; echo late) &", capture: r}' '- wait_for: {file: words, contains: x}' \
    "- {http: 'http://127.0.0.1:$port/ok', json: {n: 1}}" '- race: [{run: "trap \"echo stopping; exit 0\" TERM; echo up; echo x >up; while :; do sleep 0.02; done"}, {wait_for: {file: up, interval: 2s}}]'
run --record tape cut.yaml
assert_exit 0
run replay tape cut.yaml
assert_exit 0
assert_stdout first late up stopping
for asked in "race: [{http: 'http://127.0.0.1:$port/never'}, {sleep: 20}]|waits for the request .* no more: after [0-9.]+m?s" \
    'run: sleep 60|waits for the command .* no more: after [0-9.]+m?s' '{run: "grep -q good", stdin: worse}|asks for the command' \
    '{run: "grep -q good", stdin: good, dir: /}|asks for the command' '{run: "grep -q good", stdin: good, env: {A: b}}|asks for the command' \
    "{http: 'http://127.0.0.1:$port/ok', json: {n: 2}}|asks for the request" 'wait_for: {file: other, contains: x}|asks for the file'; do
    write new.yaml "- ${asked%|*}" '- print: never'
    run replay --report json=json tape new.yaml
    assert_exit 125
    assert_stdout_lacks never
    grep -qE "error: the script ${asked#*|}" "$T/io/stderr" || fail "<$asked>"
    assert_eq "$(jq .exit_status json)" 125
done
write new.yaml '- {run: "grep -q good", stdin: bad}'
run replay tape new.yaml
assert_exit 1
write new.yaml '- {run: "echo first; (sleep 0.2; echo late) &", capture: r}' '- assert: contains(r.stdout, "late")' '- wait_for: {file: words, contains: x}' \
    '- {wait_for: {file: words, contains: y, timeout: 1s}, id: y}'
sed -i 's/"late"/'"'late'"'/' new.yaml
run replay tape new.yaml
assert_exit 124
assert_stderr_contains "no 'y' in it"
# A tape that is cut says so, also to one who has another script.
write few.yaml '- {run: echo a}' '- {run: "sleep 0.1; echo b"}'
run --record tape few.yaml
assert_exit 0
sed '/"out":2/,$d' tape >short.tape
run replay short.tape few.yaml
assert_exit 125
assert_stderr_contains 'the tape ends'
run replay tape missing.yaml
assert_exit 2
run replay --speed 2 tape new.yaml
assert_exit 2
run replay tape - <<<'{"print": "a"}
{"print": "b"}'
assert_exit 2
assert_stderr_contains 'there as a whole'

# A signal.
write wait.yaml '- {print: ready}' '- {run: "echo up; sleep 60", finally: [{run: echo cleaned}]}'
start --record tape wait.yaml
until_true grep -q up "$T/io/stdout"
kill -INT "$pid"
finish
recorded=$stdout
assert_eq "$status" 130
assert_stdout ready up cleaned
run replay tape
assert_eq "$status" 130
assert_eq "$stdout" "$recorded"

# Killed: what was visible is there.
start --record tape wait.yaml
until_true grep -q up "$T/io/stdout"
{ kill -KILL "$pid" && finish; } 2>/dev/null
run replay tape
assert_exit 125
assert_stdout ready up
assert_stderr_contains 'the tape ends here'

# Secrets are not on the tape, and the replay does not show them either.
write secret.yaml 'secrets: [PW, token]' 'vars: {token: abc123xyz}' 'jobs:' \
    '- {run: "printf %.3s $PW; sleep 0.02; echo ${PW#???} $T", env: {T: "${{ token }}"}, capture: r}' '- print: "${{ r.stdout }} ${{ env.PW }}"' \
    '- {run: "printf late-; echo secret", output: discard, capture: login}' \
    "- {http: 'http://127.0.0.1:$port/ok', auth: {bearer: '\${{ env.TOK }}'}}" \
    "- {http: 'http://127.0.0.1:$port/ok', auth: {bearer: '\${{ login.stdout }}'}}"
PW=hunter22 TOK=pass-word-1 run --record tape secret.yaml
assert_exit 0
recorded=$stdout
for secret in hunter22 '"hun' ter22 abc123 pass-word-1 'late-sec'; do ! grep -q "$secret" tape || fail "$secret is on the tape"; done
run replay tape
assert_exit 0
assert_eq "$stdout" "$recorded"

# Whatever name the tape has, the file does not keep what became a secret later.
mkdir names
ln -s names/real link.tape
ln -s names/real.gz link.tape.gz
PW=hunter22 TOK=pass-word-1 run --record link.tape secret.yaml
PW=hunter22 TOK=pass-word-1 run --record link.tape.gz secret.yaml
[ -L link.tape ] && [ -L link.tape.gz ] || fail 'the link was replaced'
: >names/twice
ln names/twice other-name
PW=hunter22 TOK=pass-word-1 run --record other-name secret.yaml
PW=hunter22 TOK=pass-word-1 run_command bash -c '"$ARUN" --record /dev/fd/3 secret.yaml 3>names/third'
assert_exit 0
install -m 600 /dev/null names/private
PW=hunter22 TOK=pass-word-1 run --record names/private secret.yaml
assert_eq "$(stat -c %a names/private)" 600
gzip -dc names/real.gz >names/fourth
for name in real twice third private fourth; do
    ! grep -q 'late-sec' "names/$name" || fail "a secret is in names/$name"
    run replay "names/$name"
    assert_exit 0
done
# Nor can they be guessed from what a request sends, which is the same with other secrets.
write parts.yaml 'secrets: [PW]' "jobs: [{http: 'http://127.0.0.1:$port/echo', multipart: {pw: '\${{ env.PW }}', file: {file: lines}}}]"
for PW in hunter22 hunter33; do
    PW=$PW run --record "$PW.tape" parts.yaml
    assert_exit 0
    run replay "$PW.tape" parts.yaml
    assert_exit 0
done
assert_eq "$(grep '"request"' hunter22.tape | sed 's/"ns":[0-9]*//')" "$(grep '"request"' hunter33.tape | sed 's/"ns":[0-9]*//')"
PW=hunter22 TOK=pass-word-1 run --record tape --record-secrets secret.yaml
assert_exit 0
assert_eq "$stdout" "$recorded"
for secret in hunter22 abc123 pass-word-1; do grep -q "$secret" tape || fail "$secret is not on the tape"; done
run replay tape
assert_exit 0
assert_eq "$stdout" "$recorded"
assert_eq "$(stat -c %a tape)" 600 'the mode of a tape with secrets'
# What is more than text cannot be replayed without its secrets, and that is said.
write typed.yaml 'inputs: {pin: {type: number}}' 'secrets: [pin]' 'jobs: [{print: "${{ pin > 4000 }}"}]'
run --record tape typed.yaml pin=4711
assert_exit 0
run replay tape
assert_exit 2
assert_stderr_contains "expected a number, not '***'" "'--record --record-secrets' keeps them"
write url.yaml 'secrets: [HOOK]' 'jobs: [{http: "${{ env.HOOK }}"}]'
HOOK="http://127.0.0.1:$port/ok?key=pass-word-2" run --record tape url.yaml
assert_exit 0
run replay tape
assert_exit 125
assert_stderr_contains 'is not a URL' "'--record --record-secrets' keeps them"
run --record tape --record-secrets typed.yaml pin=4711
run replay tape
assert_exit 0
assert_stdout true
run --record-secrets secret.yaml
assert_exit 2
assert_stderr_contains 'it needs --record'

# What may begin a secret stays in its place, and in its stream when a daemon still has the pipe.
write begun.yaml 'secrets: [PW]' 'jobs:' '- for_each: {range: 50}' '  max_concurrent: 10' '  do:' \
    '  - {exec: [printf, "abc\\nhun"], output: discard, capture: r}' '  - assert: r.stdout == fromJSON(env.WANTED)'
PW=hunter22 WANTED='"abc\nhun"' run --record tape begun.yaml
assert_exit 0
run replay tape
assert_exit 0
if linux_calls; then
    write held.yaml 'secrets: [PW]' 'jobs:' \
        '- {run: "printf hun >&2; setsid sleep 60 & sleep 0.05", kill_after: 50ms, output: discard, capture: r}' \
        '- print: "out [${{ r.stdout }}] err [${{ r.stderr }}]"'
    PW=hunter22 run --record tape held.yaml
    assert_exit 0
    assert_stdout 'out [] err [hun]'
    run replay tape
    assert_exit 0
    assert_stdout 'out [] err [hun]'
fi

# In the time that it took, or a part of it; the virtual clock's too.
write slow.yaml '- {sleep: 200ms}' '- print: one' '- {sleep: 10m}' '- print: two'
run --virtual --record tape slow.yaml
begin=$(date +%s%N)
run replay --speed 2 --until 1m tape
took=$(($(date +%s%N) - begin))
assert_exit 0
assert_stdout one
assert_stderr_contains 'stopped at 1m of the run'
[ $took -ge 100000000 ] || fail "it took $took ns"
run replay --until 0s tape
assert_exit 0
assert_stdout

# What is wrong is said, with a status that is not that of the run.
write few.yaml '- {run: echo a}' '- {sleep: 1ms}' '- {run: echo b}'
run --record good few.yaml
assert_exit 0
refused() { # STATUS MESSAGE COMMAND...
    "${@:3}" <good >tape || fail "${*:3}"
    run replay tape
    assert_exit "$1"
    assert_stderr_contains "$2"
}
refused 125 'the tape ends here' sed '/"end"/d'
refused 125 'the tape ends' head -c -5
refused 125 'the script asks for the command' sed '2,$s/echo a/echo z/'
refused 125 'the exit status is 0, but on the tape 1' sed 's/"end":0/"end":1/'
refused 125 "'text' is no text" sed 's/"text":"a[^"]*"/"text":5/'
refused 125 "'text' is no text" sed 's/"text":"a[^"]*"/"text":{"64":"?"}/'
refused 125 "unknown kind 'clck'" sed '2,$s/"clock"/"clck"/'
refused 125 "'clock' is no time of a run" sed '2,$s/"clock":[0-9]*/"clock":-5/'
refused 2 "'start' is no time of a run" sed '1s/"start":[0-9]*/"start":9000000000000000000/'
refused 125 "lacks 'pid'" sed 's/,"pid":[0-9]*//'
refused 125 'tape:9: not JSON' sed '9s/.*/oops/'
refused 125 'but on the tape comes' sed '/"exit":1/d'
refused 2 'this is no tape' sed 1d
refused 2 'this is no tape' head -c 20
refused 2 'a newer arun can replay it' sed '1s/"arun-tape":1/"arun-tape":2/'
refused 2 "lacks 'start'" sed '1s/"start":[0-9]*,//'
: >empty
run replay empty
assert_exit 2
assert_stderr_contains 'this is no tape'
run replay missing
assert_exit 2
assert_stderr_contains "cannot read 'missing'"
run replay
assert_exit 2
assert_stderr_contains 'expected a tape'
for speed in 0 -1 fast; do
    run replay --speed $speed good
    assert_exit 2
    assert_stderr_contains '--speed: expected a number above 0'
done
run --record - few.yaml
assert_exit 2
assert_stderr_contains 'a tape goes to a file'
run --record no/folder few.yaml
assert_exit 2
assert_stderr_contains "--record: cannot write 'no/folder'"
for options in '--record few.yaml' '--record ./few.yaml' '--events few.yaml'; do
    # shellcheck disable=SC2086
    run $options few.yaml
    assert_exit 2
    assert_stderr_contains "would overwrite 'few.yaml'"
done
run replay --events good good
assert_exit 2
assert_stderr_contains "--events would overwrite 'good'"
run --record tape --events tape few.yaml
assert_exit 2
assert_stderr_contains "both write 'tape'"
run --record tape - <<<'{"print": "a"}
{"print": "b"}'
assert_exit 2
assert_stdout
assert_stderr_contains '--record needs scripts that are there as a whole'
if [ -c /dev/full ]; then
    run --record /dev/full few.yaml
    assert_exit 125
    assert_stdout a b
    assert_stderr_contains "cannot write '/dev/full': no space left on device"
fi
