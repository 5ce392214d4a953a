#!/usr/bin/env python3
"""Damages tapes at random, and replays them: each must end with a message and status 2 or 125, or as the run did, and soon."""
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
    end = time.monotonic() + options.seconds
    counts = {}
    failed = False
    for seed in range(first, last + 1):
        if time.monotonic() > end:
            break
        tape.write_bytes(b"\n".join(damaged(lines, random.Random(seed))))
        try:
            done = subprocess.run([options.arun, "replay", tape], capture_output=True, timeout=20)
            status = done.returncode
            message = done.stderr.decode(errors="replace")
        except subprocess.TimeoutExpired:
            status, message = "timeout", ""
        counts[status] = counts.get(status, 0) + 1
        said = "arun: " in message
        if status not in (0, 1, 2, 124, 125, 129, 130, 143) or (status in (2, 125) and not said):
            failed = True
            print(f"seed {seed}: status {status}: {message[-300:]}")
    print(", ".join(f"{n} with {status}" for status, n in sorted(counts.items(), key=str)))
    return 1 if failed or not counts else 0


sys.exit(main())
