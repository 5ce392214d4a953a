#!/usr/bin/env bash
# The scripts of scripts/smoke, with a real server: they pass, fail and are interrupted as they should. In each case the
# server is gone, the report is complete and the exit status is right.
. "${BASH_SOURCE%/*}/lib.sh"

. "$ARUN_SOURCE/tests/e2e/data/serve.sh"
smoke=$ARUN_SOURCE/scripts/smoke
mkdir files
echo hello >files/hello.txt

# A port that nobody has, as far as one can know.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port)
vars=(--var "port=$port" --var "root=$PWD/files")

run --record web.tape --report junit=report.xml "${vars[@]}" "$smoke/web-server.yaml"
assert_exit 0
assert_no_processes
python3 - <<'END' || fail 'not the expected report'
import xml.etree.ElementTree as tree
root = tree.parse("report.xml").getroot()
suite = root.find("testsuite") if root.tag == "testsuites" else root
cases = suite.findall("testcase")
assert int(suite.get("failures")) == 0 and len(cases) >= 6, tree.tostring(root)
assert [c.get("name") for c in cases][:2] == ["server", "the server answers"], tree.tostring(root)
END

# No fault of the world would go unnoticed.
run explore web.tape
assert_exit 0
assert_stderr_contains '0 unnoticed'

port=$(free_port)
vars=(--var "port=$port" --var "root=$PWD/files")
run --report tap=report.tap --report json=report.json "${vars[@]}" "$smoke/failing.yaml"
assert_exit 1
assert_stdout 'stopping the server'
assert_stderr_contains 'expected status 200, got 404' "http 'the front page'"
assert_no_processes
assert_eq "$(grep -c '^not ok' report.tap)" 1
grep -q 'the front page' report.tap || fail 'the failed check is not in the report'
python3 -c 'import json; json.load(open("report.json"))' || fail 'the report is no JSON'

# Interrupted while the server runs.
port=$(free_port)
sed "s/^- name: the list of files/- name: a long time\n  do: [{print: up}, {sleep: 1h}]\n\n&/" "$smoke/web-server.yaml" >slow.yaml
for signal in INT TERM; do
    port=$(free_port)
    start --report junit=report.xml --var "port=$port" --var "root=$PWD/files" slow.yaml
    until_stdout up
    kill -$signal "$pid"
    finish
    assert_exit $((128 + $(kill -l $signal)))
    assert_no_processes
    python3 -c 'import xml.etree.ElementTree as t; r = t.parse("report.xml").getroot(); assert len(list(r.iter("testcase"))) >= 7' ||
        fail 'the report is not complete'
done

# The server ends instead of answering: that is said at once, not after 15 seconds.
from=$(milliseconds)
serve closed_port
run --var "port=$port" --var "root=$PWD/files" "$smoke/web-server.yaml"
(($(milliseconds) - from < 10000)) || fail 'it waited for a server that had ended'
assert_exit 1
assert_stderr_contains "'server' has failed (exit status 1) before this was ready: "
kill "$server"
wait "$server" 2>/dev/null
assert_no_processes

run --var "port=$(free_port)" "$smoke/redis.yaml"
assert_exit 0
if command -v redis-server >/dev/null; then
    assert_stdout_contains 'Redis works'
else
    assert_stdout_contains 'no Redis here'
fi
assert_no_processes
