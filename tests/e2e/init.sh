#!/usr/bin/env bash
# `arun init` writes a script that is correct and runs, and the schema that its first line names.
. "${BASH_SOURCE%/*}/lib.sh"

run init
assert_exit 0
assert_stderr
assert_stdout_contains 'wrote jobs.yaml'
assert_eq "$(head -n 1 jobs.yaml)" '# yaml-language-server: $schema=./arun-schema.json'
"$ARUN" schema | cmp - arun-schema.json || fail 'not the schema'
run --virtual jobs.yaml
assert_exit 0
assert_stdout_contains 'tick 3' 'number 1 has won'
# What is there stays.
echo mine >jobs.yaml
run init
assert_exit 2
assert_stdout
assert_stderr_contains "'jobs.yaml' is there already"
assert_eq "$(<jobs.yaml)" mine

for name in smoke services batch demo; do
    mkdir $name
    run init --template $name $name/x.yml
    assert_exit 0
    [ -s $name/arun-schema.json ] || fail 'no schema'
    run --strict check $name/x.yml
    assert_exit 0
    assert_stderr
done
run batch/x.yml items=a,b
assert_exit 0
assert_stdout_contains 'working on a' 'working on b' '2 items are done'
start services/x.yml
until_stdout 'all services are up'
kill -TERM "$pid"
finish
assert_exit 143
assert_stdout_contains 'database | ready for connections'
# Stopped in reverse, and all of them when one ends.
sed "s/exec sleep 1000000/trap 'echo stopped; exit' TERM; while :; do sleep 0.05; done/" services/x.yml >traps.yml
start traps.yml
until_stdout 'all services are up'
kill -INT "$pid"
finish
assert_exit 130
assert_eq "$(grep stopped <<<"$stdout")" $'web | stopped\ndatabase | stopped'
sed "s/connections'; exec sleep 1000000/connections'; until [ -e end ]; do sleep 0.05; done/" services/x.yml >ends.yml
start ends.yml
until_stdout 'all services are up'
touch end
finish
assert_exit 1
assert_stderr_contains "run 'database': it has ended, which 'on_exit: fail' makes a failure"
if command -v python3 >/dev/null; then
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    run smoke/x.yml port="$port"
    assert_exit 0
    # Another program's server is not the one that is meant.
    python3 -m http.server "$port" --bind 127.0.0.1 >server.log 2>&1 &
    server=$!
    until_true "$ARUN" -q - <<<"- {wait_for: {tcp: '127.0.0.1:$port'}}"
    run smoke/x.yml port="$port"
    kill "$server"
    assert_exit 1
fi

run init --template nothing
assert_exit 2
assert_stderr_contains 'expected smoke, services, batch or demo'
run init x.json
assert_exit 2
assert_stderr_contains 'ends with .yaml or .yml'
run init no/where.yaml
assert_exit 2
assert_stderr_contains no/where.yaml
run init a.yaml b.yaml
assert_exit 2
