#!/usr/bin/env bash
# --report json: the whole run as data.
. "${BASH_SOURCE%/*}/lib.sh"

write x.yaml <<'END'
name: the script
jobs:
  - {print: out, id: first}
  - name: group
    do:
      - {name: "inner ${{ 1 }}", sleep: 2}
      - {sleep: 1}
      - {repeat: 3, do: {name: in a loop, sleep: 1}}
  - {name: tried, fail: no, retry: 2, continue_on_error: true}
  - {name: server, sleep: 99, background: true, id: b}
  - {name: bad, timeout: 1, sleep: 5}
  - {name: late, print: x}
finally: {print: the end}
END
run --virtual --start-time 2024-01-01T00:00:00Z --report json x.yaml x.yaml
assert_exit 124
assert_stderr_contains out 'the end'
python3 - "$T/io/stdout" <<'END' || fail 'the report is not as expected'
import json, sys
r = json.load(open(sys.argv[1]))
assert r["version"] == 1 and r["started"] == "2024-01-01T00:00:00.000Z", r
assert (r["duration"], r["exit_status"], r["signal"], r["error"]) == (9, 124, None, None), r
assert r["totals"] == {"jobs": 17, "success": 7, "failure": 1, "allowed": 1, "cancelled": 0, "skipped": 8}, r["totals"]
one, two = r["scripts"]
assert one["name"] == "the script" and one["file"] == "x.yaml" and one["outcome"] == "failure", one
assert (one["start"], one["duration"], one["error"]) == (0, 9, None)
first, group, tried, server, bad, late, end = one["jobs"]
assert first["id"] == "first" and first["name"] is None and first["title"] == "print out", first
assert (first["line"], first["column"], first["kind"]) == (3, 6, "print"), first
assert [j["title"] for j in group["jobs"]] == ["inner 1", "in a loop (round 1)", "in a loop (round 2)", "in a loop (round 3)"], group
assert group["duration"] == 6 and group["jobs"][0]["start"] == 0 and group["jobs"][0]["duration"] == 2
assert tried["attempts"] == 3 and tried["allowed"] and tried["outcome"] == "failure" and tried["duration"] == 2
assert server["background"] and server["outcome"] == "success" and server["reason"] == "stopped by the script" and server["id"] == "b"
assert bad["error"]["cause"] == "timeout" and bad["error"]["message"] == "timed out after 1s"
assert bad["error"]["file"] == "x.yaml" and bad["error"]["line"] == 11
assert late["outcome"] == "skipped" and late["reason"] == "an earlier job failed" and late["start"] is None
assert end["finally"] and end["outcome"] == "success"
assert two["outcome"] == "skipped" and {j["reason"] for j in two["jobs"]} == {"not reached"}
END
# A loop of many rounds is one case.
run --report json - <<<'[{"repeat": 20000, "do": {"name": "x", "do": []}}]'
assert_exit 0
((${#stdout} < 2000)) || fail 'the report grows with the rounds'
# A failure of a script as a whole, and of arun itself.
run --virtual --report json - <<<'{"timeout": 1, "jobs": [{"sleep": 2}]}'
assert_exit 124
assert_stdout_contains '"message": "the script timed out after 1s"' '"sleep 2 (<stdin>:1:26)"'
run --report json - <<<'{"vars": {"a": "${{ fromJSON(1 == 1 && \"[\") }}"}, "jobs": [{"print": "x"}]}'
assert_exit 1
assert_stdout_contains '"outcome": "skipped"' '"message": "fromJSON: '
