#!/usr/bin/env bash
# --report junit: a suite for each script, a case for each top-level job and each named one outside of loops with many rounds.
. "${BASH_SOURCE%/*}/lib.sh"

write shop.v2.yaml <<'END'
jobs:
  - print: hello
  - print: hello
  - name: shop
    parallel:
      - {name: one, sleep: 2}
      - {name: "two <&> \"quoted\"", sleep: 1}
      - {name: three, fail: "no\n<second> \u0001 line"}
    continue_on_error: true
  - name: loop
    for_each: {range: 5, do: {name: in the loop, print: x}}
  - {fail: fine, continue_on_error: true}
  - {fail: bad, retry: 1}
  - {name: late, sleep: 1}
finally: {print: the end}
END
write other.json '[{"name": "never", "print": "x"}]'
run --virtual --report junit=out.xml shop.v2.yaml other.json
assert_exit 1
assert_stdout hello hello x x x x x 'the end'

# What the schema of Jenkins' xUnit plugin says.
cat >schema.py <<'END'
import re, sys
import xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
time = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$")
known = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "time", "skipped", "timestamp", "file"}, {"testcase"}),
    "testcase": ({"name", "time", "classname"}, {"skipped", "error", "failure", "system-out"}),
    "failure": ({"type", "message"}, set()), "error": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()), "system-out": (set(), set()),
}
def check(element):
    attributes, children = known[element.tag]
    assert set(element.attrib) <= attributes, element.attrib
    assert {c.tag for c in element} <= children, element.tag
    if "time" in element.attrib: assert time.match(element.attrib["time"])
    if element.tag == "testsuite":
        assert {"name", "tests", "failures", "errors"} <= set(element.attrib)
        for attribute, tag in (("tests", None), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            found = sum(1 for c in element if tag is None or c.find(tag) is not None)
            assert int(element.attrib[attribute]) == found, (attribute, found, element.attrib)
        assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$", element.attrib["timestamp"])
    if element.tag == "testcase": assert element.attrib["name"] and element.attrib["classname"]
    for child in element: check(child)
check(root)
assert root.tag == "testsuites"
for key in ("tests", "failures", "errors"):
    assert int(root.attrib[key]) == sum(int(s.attrib[key]) for s in root), key
END
python3 schema.py out.xml || fail 'against the schema'
python3 - out.xml <<'END' || fail 'the report is not as expected'
import sys, xml.etree.ElementTree as tree
shop, other = tree.parse(sys.argv[1]).getroot()
def of(suite):
    return {c.attrib["name"]: (c.attrib["classname"], [e.tag for e in c]) for c in suite}
cases = of(shop)
assert cases == {
    "print hello": ("shop_v2", []), "print hello (2)": ("shop_v2", []),
    "one": ("shop_v2.shop", ["skipped"]), 'two <&> "quoted"': ("shop_v2.shop", ["skipped"]),
    "three": ("shop_v2.shop", ["skipped"]),  # its group may fail
    **{f"in the loop ({i})": ("shop_v2.loop", []) for i in range(5)}, "fail fine": ("shop_v2", ["skipped"]), "fail bad": ("shop_v2", ["failure"]),
    "late": ("shop_v2", ["skipped"]), "print the end": ("shop_v2", []),
}, cases
bad = [c for c in shop if c.attrib["name"] == "fail bad"][0][0]
assert bad.attrib == {"message": "bad", "type": "fail"}, bad.attrib
assert "shop.v2.yaml:13:" in bad.text, bad.text
late = [c for c in shop if c.attrib["name"] == "late"][0][0]
assert late.attrib["message"] == "an earlier job failed"
assert of(other) == {"never": ("other", ["skipped"])}
END

# A timeout has its type; that of the script or the run, a deadlock and a signal are errors of the suite.
run --virtual --report junit - <<<'[{"sleep": 9, "timeout": 1, "name": "slow"}]'
assert_exit 124
assert_stdout_contains '<failure message="timed out after 1s" type="timeout">'
run --virtual --report junit - <<<'{"timeout": 1, "jobs": [{"sleep": 9}, {"sleep": 9}]}'
assert_exit 124
assert_stdout_contains '<testcase name="the script"' '<error message="the script timed out after 1s" type="timeout"' \
    'message="cancelled"' 'message="not reached"'
run --virtual --report junit - <<<'[{"wait": "b"}, {"do": [{"sleep": 1}], "id": "b", "background": true}]'
assert_exit 0
# A job that was retried and is well in the end.
run --virtual --report junit - <<<'[{"set": {"n": 0}}, {"name": "flaky", "do": [{"set": {"n": "${{ length(format(\"{0}x\", n)) }}"}},
  {"assert": "n != 2"}], "retry": 1}]'
printf '%s\n' "$stdout" >flaky.xml
python3 schema.py flaky.xml || fail 'against the schema'
# No jobs at all.
run --report junit - <<<'[]'
assert_exit 0
printf '%s\n' "$stdout" >empty.xml
python3 schema.py empty.xml || fail 'against the schema'
