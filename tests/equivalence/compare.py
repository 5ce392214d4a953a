"""Compares what arun did with what the interpreter says, line by line and instant by instant."""

import itertools
import json
import os
import subprocess
from collections import Counter
from dataclasses import dataclass

from interpreter import interpret

START = "2024-01-01T12:00:00Z"
# Other orders of one instant that are tried before a difference is called one: (seed, shuffle the timers).
JITTERS = [(seed, seed % 2 == 1) for seed in range(64)]


@dataclass
class Actual:
    stdout: list
    status: int
    stderr: str
    report: str = ""  # TAP; empty if nothing ran

    def contradiction(self):
        """What the report says of the exit status, if that is wrong: whoever reads only one of them must not be misled."""
        failures = [line for line in self.report.splitlines() if line.startswith("not ok") and " # TODO" not in line]
        if self.status == 0 and failures:
            return f"exit status 0, but the report has '{failures[0]}'"
        if self.status in (1, 124) and self.report and not failures and "Bail out!" not in self.report:
            return f"exit status {self.status}, but the report has no failure"
        return None


@dataclass
class Verdict:
    """`kind`: same, tie (another order within an instant explains it), doubtful (the contract leaves open
    what this script depends on), runaway (not compared), different."""

    kind: str
    message: str = ""
    expected: object = None
    actual: object = None


class Arun:
    def __init__(self, path, directory, extra=()):
        self.path, self.directory, self.extra = path, directory, list(extra)

    def run(self, case, suffix=".json", timeout=10) -> Actual:
        for name, script in case["files"].items():
            self.write(name, script)
        scripts = [self.write(f"script-{i}{suffix}", script) for i, script in enumerate(case["scripts"])]
        report = os.path.join(self.directory, "report.tap")
        command = [self.path, "--virtual", "--start-time", START, "--report", "tap=" + report, *self.extra]
        command += [*case["options"], *scripts]
        if os.path.exists(report):
            os.remove(report)
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=timeout,
                env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
            )
        except subprocess.TimeoutExpired as late:
            return Actual((late.stdout or b"").decode().splitlines(True), -1, f"no end after {timeout} s")
        stdout = done.stdout.decode("utf-8", "replace").splitlines(True)
        actual = Actual(stdout, done.returncode, done.stderr.decode("utf-8", "replace"))
        if os.path.exists(report):
            with open(report, encoding="utf-8") as file:
                actual.report = file.read()
        return actual

    def write(self, name, script):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(script, file)
        return path


def difference(outcome, actual, strict=False) -> str | None:
    """None if `actual` is one of the things that `outcome` allows."""
    expected = outcome.lines
    if actual.status not in ({125} if outcome.deadlock else outcome.statuses):
        return f"exit status {actual.status} instead of {' or '.join(map(str, sorted(outcome.statuses or {125})))}"
    found = actual.stdout[: len(expected)] if outcome.torn_down else actual.stdout
    position = 0
    for time, group in itertools.groupby(expected, key=lambda line: line.time):
        group = list(group)
        here = found[position : position + len(group)]
        position += len(group)
        wanted = [line.text for line in group]
        if here == wanted:
            continue
        if strict or Counter(here) != Counter(wanted) or not in_order(group, here):
            return f"the lines at {time / 1e9:g} s differ"
    if position != len(found):
        return f"{len(found) - position} lines too many"
    return None


def in_order(group, found) -> bool:
    """Whether each strand, with the strands that it is a child of, prints in `found` in the order it has to."""
    for strand in {line.strand for line in group}:
        rest = iter(found)
        if not all(line.text in rest for line in group if strand[: len(line.strand)] == line.strand):
            return False
    return True


def judge(case, actual, strict=False) -> Verdict:
    outcome = interpret(case["scripts"], case["options"], case["files"])
    if outcome.runaway:
        return Verdict("runaway")
    if contradiction := actual.contradiction():
        return Verdict("different", contradiction, outcome, actual)
    message = difference(outcome, actual, strict)
    if message is None:
        return Verdict("same", expected=outcome, actual=actual)
    doubts = set(outcome.doubts)
    for seed, shuffle in () if strict else JITTERS:
        other = interpret(case["scripts"], case["options"], case["files"], seed, shuffle)
        if not other.runaway and difference(other, actual) is None:
            return Verdict("tie", message, outcome, actual)
        doubts |= other.doubts
    return Verdict("doubtful" if doubts else "different", message, outcome, actual)


def explain(case, verdict) -> str:
    """A difference for people: the script, and both outcomes side by side."""
    expected = [f"{line.time / 1e9:>8.3f}  {line.text.rstrip()}" for line in verdict.expected.lines]
    expected.append(f"     exit  {' or '.join(map(str, sorted(verdict.expected.statuses or {125})))}")
    expected += [f"    doubt  {doubt}" for doubt in sorted(verdict.expected.doubts)]
    actual = [line.rstrip() for line in verdict.actual.stdout] + [f"exit {verdict.actual.status}"]
    stderr = verdict.actual.stderr.strip().splitlines()[:12]
    parts = [f"  {verdict.message}", f"  options {case['options']}"]
    parts += [f"  file {name}: {json.dumps(script)}" for name, script in case["files"].items()]
    for script in case["scripts"]:
        script = dict(script)
        jobs = [f"    {json.dumps(job)}" for job in script.pop("jobs")]
        parts += [f"  script {json.dumps(script)}", "  jobs:", *jobs]
    parts += ["  expected:"] + ["    " + line for line in expected]
    parts += ["  arun:"] + ["    " + line for line in actual]
    parts += ["  arun's stderr:"] + ["    " + line for line in stderr] if stderr else []
    return "\n".join(parts)
