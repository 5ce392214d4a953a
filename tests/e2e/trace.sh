#!/usr/bin/env bash
# --trace: trace events for Perfetto.
. "${BASH_SOURCE%/*}/lib.sh"

write x.yaml <<'END'
- sleep: 1
- parallel:
    - {name: one, do: [{sleep: 1}, {sleep: 1}]}
    - {name: two <&>, sleep: 3}
- {id: b, sleep: 9, background: true}
- {fail: no, retry: 1, continue_on_error: true}
- fail: bad
- {name: never, print: x}
END
run --virtual --trace t.json x.yaml
assert_exit 1
python3 - t.json <<'END' || fail 'the trace is not as expected'
import json, sys
trace = json.load(open(sys.argv[1]))
slices = [e for e in trace["traceEvents"] if e["ph"] == "X"]
by_name = {e["name"]: e for e in slices}
assert by_name["two <&>"]["ts"] == 1e6 and by_name["two <&>"]["dur"] == 3e6, by_name
assert by_name["fail bad"]["args"]["outcome"] == "failure" and by_name["fail bad"]["args"]["error"] == "bad"
assert any(e["ph"] == "i" and e["name"] == "attempt 1 failed" for e in trace["traceEvents"])
# Slices of one track lie one beside or one inside the other.
for track in {e["tid"] for e in slices}:
    ends = []
    for e in sorted((e for e in slices if e["tid"] == track), key=lambda e: (e["ts"], -e["dur"])):
        while ends and ends[-1] <= e["ts"]: ends.pop()
        assert not ends or e["ts"] + e["dur"] <= ends[-1], (e, ends)
        ends.append(e["ts"] + e["dur"])
assert by_name["one"]["tid"] != by_name["two <&>"]["tid"]
END
run --virtual --trace empty.json - <<<'[]'
python3 -c 'import json; assert json.load(open("empty.json"))["traceEvents"] == []' || fail 'no trace'
