#!/usr/bin/env python3
"""Damages tapes and files of tests at random, and replays, tests and explores them: each must end with a message and a status of
its own, and soon."""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

SCRIPT = """
secrets: [S]
vars: {S: hidden-one}
jobs:
- {print: "${{ now() }} ${{ random() }} ${{ env.HOME }} ${{ run.host }}"}
- parallel:
  - {run: "for i in 1 2; do echo $i; sleep 0.01; done", output: prefix}
  - {run: "printf '\\\\377'; exit 3", continue_on_error: true}
  - {tick: 5ms, count: 3, do: [print: tick]}
  - {wait_for: {tcp: "127.0.0.1:1", timeout: 20ms, interval: 5ms}, continue_on_error: true}
  - {http: "http://127.0.0.1:1/", continue_on_error: true}
- {run: "echo up; sleep 9", background: true, id: s, ready: {contains: up}}
- {for_each: {lines: stdin}, do: {print: "${{ item }}"}}
- {run: "sleep 9", timeout: 20ms, continue_on_error: true}
finally: [print: end]
"""


TESTS = """
script: script.yaml
vars: {S: hidden-two}
env: {HOME: /home/x, TZ: UTC}
stdin: [a, {after: 10ms, line: b}]
answers:
- {run: "for *", output: [{after: 1ms, stdout: "1"}, {after: 9ms, stderr: x}], times: 3}
- {run: "printf *", exit: 3}
- {run: "echo up*", stdout: up, never: true}
- {run: "sleep *", after: 2s}
- {tcp: "127.0.0.1:1", after: 5ms}
- {http: "GET http://127.0.0.1:1/", status: 200, headers: {a: b}, json: {a: [1, 2]}}
signals: {INT: 10s}
start_time: 2001-02-03T04:05:06
tests:
- name: one
  expect: {exit: 0, stdout: {contains: tick}, jobs: {s: success}, order: [s], vars: {S: {not: x}}, duration: {lt: 1m}}
- name: two
  answers: [{http: "*", error: refused}]
  expect: {exit: [0, 1], stderr: {matches: "."}}
"""


def damaged(lines, random):
    """The lines with one to three accidents."""
    lines = list(lines)
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(lines))
        accident = random.randint(0, 8)
        if accident == 0:
            del lines[at]
        elif accident == 1:
            lines.insert(at, lines[random.randrange(len(lines))])
        elif accident == 2:
            other = random.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif accident == 3:
            lines = lines[:at]
        elif accident == 4 and lines[at]:
            i = random.randrange(len(lines[at]))
            lines[at] = lines[at][:i] + bytes([random.randrange(256)]) + lines[at][i + random.randint(0, 2):]
        else:
            try:
                event = json.loads(lines[at])
            except ValueError:
                continue
            key = random.choice(list(event))
            event[key] = random.choice([0, -1, 7, 10**18, -(10**18), 10**30, 1.5, "", "x", True, None, [], {}, [1], ["a"], [["a", "b"]]])
            if accident == 5:
                del event[key]
            lines[at] = json.dumps(event).encode()
        if not lines:
            return []
    return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--arun", required=True)
    parser.add_argument("--seeds", default="1..100", help="FIRST..LAST")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no replay after that")
    options = parser.parse_args()
    first, last = map(int, options.seeds.split(".."))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="arun-damage-"))
    (folder / "script.yaml").write_text(SCRIPT)
    tape = folder / "tape"
    recorded = subprocess.run([options.arun, "--record", tape, folder / "script.yaml"], input=b"a\nb\n", capture_output=True)
    assert recorded.returncode == 0, recorded.stderr.decode()
    lines = tape.read_bytes().split(b"\n")
    tests = folder / "test.yaml"
    end = time.monotonic() + options.seconds
    counts = {}
    failed = False
    for seed in range(first, last + 1):
        if time.monotonic() > end:
            break
        tape.write_bytes(b"\n".join(damaged(lines, random.Random(seed))))
        tests.write_bytes(b"\n".join(damaged(TESTS.encode().split(b"\n"), random.Random(seed))))
        for arguments, expected in (
            (["replay", tape], (0, 1, 2, 124, 125, 129, 130, 143)),
            (["explore", "--limit", "40", tape], (0, 1, 2)),
            (["test", tests], (0, 1, 2)),
            (["explore", "--limit", "40", tests], (0, 1, 2)),
        ):
            try:
                done = subprocess.run([options.arun, *arguments], capture_output=True, timeout=20)
                status = done.returncode
                message = done.stderr.decode(errors="replace")
            except subprocess.TimeoutExpired:
                status, message = "timeout", ""
            counts[status] = counts.get(status, 0) + 1
            said = "arun: " in message or "error: " in message
            if status not in expected or (status in (2, 125) and not said):
                failed = True
                print(f"seed {seed}: {arguments[0]}: status {status}: {message[-300:]}")
    print(", ".join(f"{n} with {status}" for status, n in sorted(counts.items(), key=str)))
    return 1 if failed or not counts else 0


sys.exit(main())
