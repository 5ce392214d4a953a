"""Holds `arun schema` against scripts that are good and scripts that are not: 41-schema.sh runs it with the scripts of
scripts/ as one JSON document a line on standard input."""
import json
import os
import re
import subprocess
import sys

import jsonschema

ARUN = os.environ["ARUN"]
AS_JSON = "build/tools/script_as_json"

# What the schema must not forbid, one script a line. `arun check` says the same.
GOOD = """
[]
["timestamp", "fail", {"timestamp": null}, {"print": 1.5}, {"print": true, "name": 7}, {"sleep": "${{ 1 }}"}]
[{"sleep": 0}, {"sleep": "1m30s"}, {"sleep": " .5s "}, {"sleep": "+1e-3s"}, {"sleep": {"for": "2"}}, {"sleep": 1, "timeout": null}]
[{"tick": {"every": 1, "count": "2", "do": "timestamp", "timeout": "1s"}}, {"tick": "1s", "missed": "burst", "for": 2, "until": true}]
[{"tick": null, "every": "1s", "do": [{"print": "a"}]}, {"tick": {"count": 1}, "every": 1}, {"tick": 1, "missed": "${{ 'skip' }}"}]
[{"repeat": "3", "do": {"print": "a"}}, {"repeat": null, "until": "1 == 1", "do": "timestamp"}, {"repeat": {"do": []}}]
[{"do": {"print": "a"}}, {"do": {"jobs": "timestamp"}}, {"do": [{"do": []}], "finally": "timestamp"}, {"do": {"print": "a", "timeout": 1}}]
[{"parallel": []}, {"parallel": {"jobs": {"print": "a"}, "fail_fast": "false"}}, {"parallel": {"print": "a"}, "max_concurrent": 2}]
[{"race": [{"print": "a"}], "first": "success"}, {"for_each": [1, "a", null], "as": "x", "do": {"print": "${{ x }}"}}]
[{"for_each": {"range": [1, 5, 2], "do": []}}, {"for_each": {"in": "${{ fromJSON('[1]') }}"}, "do": []}]
[{"set": {"a": 1, "b": [{"c": null}]}}, {"assert": "a == 1"}, {"assert": true}, {"assert": ["a", 1, "${{ b }}"]}, {"if": false, "fail": null}]
[{"print": "a", "id": "x", "background": true}, {"wait": "x"}, {"wait": ["x"]}, {"cancel": "all"}, {"wait": {"for": "all"}}]
[{"fail": "a", "retry": 2}, {"fail": "a", "retry": "2"}, {"fail": "a", "retry": {"limit": "${{ 1 }}", "backoff": 1.5, "jitter": "0.5", "if": "attempt < 2"}}]
[{"print": "a", "context": {"v": 1}}, {"print": "a", "context": "named"}, {"print": "a", "continue_on_error": "${{ true }}", "capture": "c"}]
[{"set": null, "variables": {"a": 1}}, {"do": null, "jobs": []}, {"parallel": null, "jobs": "timestamp", "fail_fast": null}, {"print": null, "text": "a"}]
[{"do": {"tick": "1s", "do": []}}, {"parallel": {"do": []}}, {"wait_for": {"tcp": "a:1"}}, {"wait_for": null, "file": "a", "timeout": 1}, {"tick": {"count": 1, "do": []}, "every": "1s"}]
[{"sleep": {"for": 1, "timeout": 2}, "name": null}, {"timestamp": {}}, {"timestamp": {"utc": null}}, {"repeat": {}, "until": null, "count": 1, "if": null, "do": []}]
{"jobs": "timestamp", "x-more": [1], "vars": {"v": {}}, "env": {"A": 1, "B": null}, "timeout": "2m", "finally": [], "name": "n"}
{"jobs": [{"print": "a"}], "name": null, "vars": null, "env": null, "timeout": null, "finally": null}
"""

# What it must find, with what is wrong.
BAD = """
unknown argument: [{"tick": "1s", "evry": 1}]
unknown argument in a mapping: [{"tick": {"evry": "1s"}}]
unknown kind: [{"prnt": "a"}]
two kinds: [{"print": "a", "sleep": 1}]
no kind: [{"timeout": 1}]
missing argument: [{"sleep": null}]
missing argument, bare: ["sleep"]
missing argument in a mapping: [{"tick": {"count": 1}}]
missing body: [{"repeat": 3}]
a list for a text: [{"print": ["a"]}]
a negative duration: [{"sleep": -1}]
a duration with an unknown unit: [{"sleep": "1w"}]
a duration with a blank inside: [{"sleep": "1 s"}]
a fraction for a count: [{"repeat": 1.5, "do": []}]
a word for a count: [{"repeat": "many", "do": []}]
a word for a boolean: [{"timestamp": null, "utc": "yes"}]
an unknown word: [{"print": "a", "to": "stdin"}]
a name that is none: [{"print": "a", "capture": "a b"}]
an id that is no text: [{"print": "a", "id": 1}]
a computed background: [{"print": "a", "background": "${{ true }}"}]
an unknown key of retry: [{"print": "a", "retry": {"times": 3}}]
an unknown key of the script: {"jobs": [], "job": []}
a number for a job: [1]
null for a job: [null]
no value: [{"do": null}]
an argument given twice: [{"tick": "1s", "every": "1s", "do": []}]
two kinds, one of them also an argument: [{"wait_for": null, "http": "http://127.0.0.1"}]
a shorthand for a kind that has none: [{"wait_for": "a"}]
a mapping for a duration: [{"sleep": 1, "timeout": {"for": 1}}]
units without a number: [{"sleep": "s"}]
a number after a unit: [{"sleep": "1m30"}]
an unknown key of an expectation: [{"run": "a", "expect": {"exti": 0}}]
an unknown key of an input: {"jobs": [], "inputs": {"a": {"tpye": "string"}}}
an unknown key of the defaults: {"jobs": [], "defaults": {"run": {"sehll": "bash"}}}
no jobs: {"name": "a"}
a text for a script: "timestamp"
a job for a script: {"print": "a"}
a wrong job deep inside: [{"parallel": [{"do": [{"repeat": 2, "do": {"prnt": "a"}}]}]}]
a wrong job in finally: [{"print": "a", "finally": [{"sleep": "soon"}]}]
"""


def arun(*arguments, **options):
    return subprocess.run([ARUN, *arguments], capture_output=True, text=True, check=False, **options)


def check(text):
    return arun("check", "--format", "json", "-", input=text).returncode


def examples():
    for kind in re.findall(r"^(\w+) {2,}", arun("kinds").stdout, re.MULTILINE):
        example = re.sub(r"^  ", "", arun("kinds", kind).stdout.split("\nExample:\n\n")[1], flags=re.MULTILINE)
        done = subprocess.run([AS_JSON, "/dev/stdin"], input=example, capture_output=True, text=True, check=True)
        yield from done.stdout.splitlines()


schema = json.loads(arun("schema").stdout)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
errors = []

good = GOOD.strip().splitlines()
for text in good:
    if check(text) != 0:
        errors.append(f"'arun check' refuses what is good here: {text}")
good += examples()
good += sys.stdin.read().splitlines()
for text in good:
    if not validator.is_valid(json.loads(text)):
        errors.append(f"the schema refuses a good script: {text}")

bad = BAD.strip().splitlines()
for line in bad:
    why, text = line.split(": ", 1)
    if check(text) != 2:
        errors.append(f"'arun check' finds nothing wrong: {line}")
    if validator.is_valid(json.loads(text)):
        errors.append(f"the schema allows {why}: {text}")

# Every definition is used, and every reference leads somewhere.
text = json.dumps(schema)
used = set(re.findall(r'"#/\$defs/([\w.]+)"', text))
for name in sorted(used ^ set(schema["$defs"])):
    errors.append(f"the definition {name} is " + ("missing" if name in used else "never used"))

if errors:
    sys.exit("\n".join(errors))
print(f"{len(good)} good scripts, {len(bad)} bad ones")
