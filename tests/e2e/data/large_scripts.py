"""Writes scripts of N jobs into the present folder, each with many of one thing: large_scripts.py N"""

import json
import sys

count = int(sys.argv[1])


def write(name, script):
    with open(name + ".json", "w") as file:
        json.dump(script, file)


def write_lines(name, lines):
    with open(name + ".jsonl", "w") as file:
        file.writelines(json.dumps(line) + "\n" for pair in lines for line in pair)


def each(job):
    """A list of `count` jobs; in texts, N is the number of the job."""
    text = json.dumps(job)
    return [json.loads(text.replace("N", str(i))) for i in range(count)]


expression = "${{ %s }}"
capture = {"print": "a", "capture": "x"}
read_x = {"print": expression % "x", "to": "stderr"}

# One name in many places that cannot see each other.
write("groups", [{"parallel": each({"do": [capture, read_x]})}])
write("background", each({"do": [capture, read_x], "background": True}))
write("rounds", each({"for_each": [1], "do": [{"set": {"x": 1}}, read_x]}))
write("contexts", each({"set": {"x": 1}, "context": "cN"}) + each({"print": expression % "x", "context": "cN"}))
write("unread", [{"set": {"x": 0}}, {"for_each": [1], "do": each(read_x) + each({"set": {"x": 1}})}])
write("optional", [{"parallel": each({"set": {"x": 1}})}, {"do": each({"assert": "default(x, 1) == 1"})}])
write("invisible", [{"parallel": each({"set": {"x": 1}})}, {"do": each(read_x)}])
write("dollar", [{"parallel": each({"do": [{"set": {"x": 1}}, {"print": "$x"}]})}])

# Many names, of which none is known.
write("unknown", each({"set": {"xN": 1}}) + each({"print": expression % "yN"}))
write("unknown_ids", each({"print": 1, "id": "xN"}) + each({"assert": "jobs.yN.result == 1"}))

# Many variables of an include.
write("included", {"vars": {"x%d" % i: i for i in range(count)}, "jobs": each({"set": {"xN": 1}})})
write("include", [{"include": "included.json"}])

# Long texts.
write("braces", [{"print": "{{ a " * 10 * count}, {"print": "${ a" * 10 * count}])
write("escaped", [{"set": {"x": 1}}, {"print": (expression % "x") * 10 * count}])
with open("escaped.json") as file:
    text = file.read().replace("${{", "\\u0024{{")
with open("escaped.json", "w") as file:
    file.write(text)

# Large values.
entries = {"k%d" % i: i for i in range(count)}
backwards = dict(reversed(entries.items()))
write("values", [{"set": {"m": entries, "n": backwards}}, {"assert": "m == n"}, {"do": each({"assert": "m.kN == N"})}])
write("environment", {"env": {"X%d" % i: None for i in range(count)}, "jobs": each({"assert": "env.XN == ''"})})
nested = list(range(count))
for _ in range(100):
    nested = [nested]
write("nested", [{"set": {"m": nested}}])

# Many background jobs, at once.
sleepers = each({"sleep": 1, "id": "sN", "background": True})
ids = ["s%d" % i for i in range(count)]
write("wait", sleepers + each({"wait": "sN"}))
write("wait_list", sleepers + [{"wait": ids}])
write("cancel", sleepers + each({"cancel": "sN"}))
write("left", sleepers)
write("wait_failed", [{"fail": "no", "id": "s", "background": True}] + each({"wait": "s", "continue_on_error": True}))

# A large group whose jobs fail: messages name it.
write("failing", [{"parallel": each({"fail": "no"}), "fail_fast": False}])
write("failing_late", [{"race": each({"do": [{"sleep": 1}, {"fail": "no"}]}), "first": "success"}])

# Streams: what a line needs does not depend on the lines before it.
write_lines("bound", [[{"set": {"x%d" % i: 1}, "if": "1 == 2"},
                       {"for_each": [1], "do": {"print": expression % "item"}}] for i in range(count)])
write_lines("ids", [[{"print": 1, "id": "x%d" % i, "background": True}, {"wait": "x%d" % i}] for i in range(count)])
