#!/usr/bin/env bash
# --events: every event as a line of JSON, as it happens.
. "${BASH_SOURCE%/*}/lib.sh"

write x.yaml <<'END'
- print: a
- {name: loop, repeat: 2, do: {print: x}}
- {fail: no, retry: {limit: 1, interval: 1s}, continue_on_error: true}
- {id: b, sleep: 9, background: true}
- {print: skipped, if: "false"}
- fail: bad
END
run --virtual --start-time 2024-01-01T00:00:00Z --events log x.yaml
assert_exit 1
python3 - log <<'END' || fail 'the events are not as expected'
import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
names = [e["event"] for e in events]
assert names[:3] == ["run_started", "script_started", "job_started"], names
assert names[-1] == "run_finished" and "script_finished" in names and "notice" in names
assert events[0]["version"] == 1 and events[0]["started"] == "2024-01-01T00:00:00.000Z"
assert all(a["time"] <= b["time"] for a, b in zip(events, events[1:]))
started = {e["run"]: e for e in events if e["event"] == "job_started"}
finished = [e for e in events if e["event"] == "job_finished"]
assert set(started) == {e["run"] for e in finished if e["outcome"] != "skipped"}
loop = next(e for e in started.values() if e["name"] == "loop")
rounds = [e for e in started.values() if e["parent"] == loop["run"]]
assert [e["round"] for e in rounds] == [1, 2] and loop["parent"] is None and loop["round"] is None
retry = next(e for e in events if e["event"] == "retrying")
assert retry["attempt"] == 1 and retry["wait"] == 1 and retry["error"]["message"] == "no"
skipped = next(e for e in finished if e["outcome"] == "skipped")
assert skipped["run"] is None and skipped["duration"] is None
cut = next(e for e in finished if e["outcome"] == "cancelled")
assert cut["id"] == "b"
contexts = [(e["context"], e["error"]["message"]) for e in events if e["event"] == "failed"]
assert contexts == [("allowed", "no"), ("fatal", "bad")], contexts
bad = next(e for e in finished if e["outcome"] == "failure" and not e["allowed"])
assert bad["error"]["line"] == 6 and bad["error"]["cause"] == "failure"
assert events[-1]["exit_status"] == 1 and events[-1]["signal"] is None and events[-1]["error"] is None
END
# On standard output, with what the jobs print on standard error; in a place that is no file.
run --virtual --events - x.yaml
[[ $stdout == '{"event":"run_started"'* ]] || fail 'no events on standard output'
assert_stderr_contains a
run --virtual -q --events /dev/stderr - <<<'[{"print": "a"}]'
assert_stdout a
[[ $stderr == '{"event":"run_started"'*'"run_finished"'* ]] || fail 'no events on standard error'
mkfifo pipe
cat pipe >from_pipe &
run --virtual --events pipe x.yaml
wait $!
grep -q run_finished from_pipe || fail 'nothing came through the pipe'
# They are there while the run goes on.
write long.json '[{"print": "first"}, {"sleep": 60}]'
start --events live long.json
until_true grep -qs '"job_started".*"kind":"sleep"' live
kill -INT "$pid"
finish
assert_exit 130
tail -1 live | grep -q '"signal":"SIGINT"' || fail 'the end is missing'
# A reader that has gone is an error, but the run goes on.
mkfifo short
head -1 short >/dev/null &
write many.json '[{"repeat": 2000, "do": {"print": "x"}}, {"sleep": "10ms"}, {"print": "end"}]'
run --events short many.json
assert_exit 125
assert_stdout_contains end
assert_stderr_contains "cannot write 'short'"
