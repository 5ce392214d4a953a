#!/usr/bin/env python3
"""Measures arun against peers in one run and prints a table: medians, and the ratio of arun to the peer.

Peers that are not installed are left out. Needs python3 and what `make bench` builds. With arguments, only the groups of
that name: start read reports loop sleeps time spawn cancel soak.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time as clock

from harness import ARUN, compare, header, lines_of, peer, percentile, run, show

MILLION = 1_000_000
GROUPS = {}


def group(function):
    GROUPS[function.__name__] = function
    return function


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text if isinstance(text, str) else json.dumps(text))
    return path


def installed(*names):
    return [path for path in map(shutil.which, names) if path]


@group
def start(folder):
    three = write(folder, "three.json", [{"print": "a"}, {"print": "b"}, {"print": "c"}])
    ours, theirs, memory = compare([ARUN, three], ["/bin/true"], 300)
    show("start to end of a three-job script", ours, theirs, "/bin/true", memory)
    static = os.path.join(os.path.dirname(ARUN), "..", "build-dist", os.uname().machine, "stripped", "arun")
    if os.path.exists(static):  # after `make dist`
        ours_static, theirs, memory = compare([static, three], ["/bin/true"], 300)
        show("the same, the static executable", ours_static, theirs, "/bin/true", memory)
    for shell in installed("dash"):
        theirs = compare([ARUN, three], [shell, "-c", "echo a; echo b; echo c"], 100)[1]
        show("", ours, theirs, "dash, three echos")
    program = "import asyncio\nasync def job(t): print(t)\nwith asyncio.Runner() as r:\n for t in 'abc': r.run(job(t))"
    show("", ours, compare([ARUN, three], [sys.executable, "-c", program], 10)[1], "asyncio.Runner")
    for node in installed("node"):
        theirs = compare([ARUN, three], [node, "-e", "for (const t of 'abc') console.log(t)"], 10)[1]
        show("", ours, theirs, "node")


@group
def read(folder):
    memory_of = {}
    for count in (1000, 31_623, MILLION):
        jobs = [f'{{"print": "hello {i}"}}' for i in range(count)]
        array = write(folder, "prints.json", "[" + ",\n".join(jobs) + "]\n")
        rounds = 5 if count == MILLION else 30
        ours, theirs, memory = compare([ARUN, array], [peer("sax"), array], rounds)
        show(f"{count} prints, a JSON array", ours, theirs, "bare SAX pass", memory)
        lines = write(folder, "prints.jsonl", "\n".join(jobs) + "\n")
        ours, _, memory = compare([ARUN, "--format", "jsonl", "-"], None, rounds, source=lines)
        show(f"{count} prints, JSON Lines on stdin", ours, theirs, "bare SAX pass", memory)
        yaml = write(folder, "prints.yaml", "".join(f"- print: hello {i}\n" for i in range(count)))
        ours, theirs, memory = compare([ARUN, yaml], [peer("events"), yaml], rounds)
        show(f"{count} prints, YAML", ours, theirs, "bare libfyaml pass", memory)
        memory_of[count] = run([ARUN, "check", array])[1]
    size = os.path.getsize(os.path.join(folder, "prints.json"))
    per_job = (memory_of[MILLION] - memory_of[1000]) * 1024 / MILLION
    print(f"memory for each compiled print: {per_job:.0f} bytes, {size / MILLION:.0f} of them its text")


REPORTS = {
    "plain": [],
    "-v": ["-v"],
    "--events": ["--events", "/dev/null"],
    "--trace": ["--trace", "/dev/null"],
    "--timeline": ["--timeline", "/dev/null"],
    "--timeline -": ["--timeline", "-"],
    "--report junit": ["--report", "junit"],
    "--report tap": ["--report", "tap"],
    "--report json": ["--report", "json"],
    "--report github": ["--report", "github"],
    "plan": ["plan"],
    "plan --report json": ["plan", "--report", "json"],
}


@group
def reports(folder):
    """The curve of each report, over a script that is one long line: the time for a job must not grow with their number."""
    counts = (1000, 10_000, 100_000, MILLION)
    limits = {"plan": 100_000, "plan --report json": 100_000}
    paths = {}
    for count in counts:
        paths[count] = write(folder, f"{count}.json", json.dumps([{"name": "é", "print": "a"}] * count, ensure_ascii=False))
    empty = {name: compare([ARUN, *options, write(folder, "one.json", [{"print": "a"}])], None, 10, quiet=True)[0]
             for name, options in REPORTS.items()}
    for name, options in REPORTS.items():
        before = None
        for count in counts:
            if count > limits.get(name, MILLION):
                continue
            seconds, _, memory = compare([ARUN, *options, paths[count]], None, 1 if count == MILLION else 5, quiet=True)
            each = max(seconds - empty[name], 1e-6) / count
            label = f"a job in a line of {count}, {name}"
            show(label, each, before, "ten times fewer", memory, unit="us")
            before = each


@group
def loop(folder):
    for rounds in (10_000, 10 * MILLION):
        path = write(folder, "repeat.json", [{"repeat": rounds, "do": {"print": "x"}}])
        empty = write(folder, "empty.json", [{"repeat": 1, "do": {"print": "x"}}])
        ours = compare([ARUN, path], None, 5)[0] - compare([ARUN, empty], None, 20)[0]
        show(f"a job in a running loop, {rounds} rounds", ours / rounds, unit="ns")


@group
def sleeps(folder):
    program = (
        "import asyncio\nasync def main():\n async with asyncio.TaskGroup() as g:\n"
        "  for _ in range(%d): g.create_task(asyncio.sleep(1))\nasyncio.run(main())"
    )
    for count in (1000, 100_000, MILLION):
        script = [{"for_each": {"range": count, "max_concurrent": 0, "do": {"sleep": 1}}}]
        path = write(folder, "sleeps.json", script)
        ours, theirs, memory = compare([ARUN, path], [peer("uvsleeps"), str(count)], 3)
        show(f"{count} concurrent sleeps of 1 s", ours, theirs, "libuv's timers in C", memory, unit="s")
        if count <= 100_000:
            theirs = compare([ARUN, path], [sys.executable, "-c", program % count], 1)[1]
            show("", ours, theirs, "asyncio", unit="s")


def lateness(times, step):
    """Of ticks on a grid that begins at the first, which is not waited for. A tick that was slept through is left out, so the
    one after it was due at the first point of the grid that was still to come."""
    start = times[0]
    return [t - (start + step * (int((before - start) / step) + 1)) for before, t in zip(times, times[1:])]


@group
def time(folder):
    output = os.path.join(folder, "times")
    for every, count in ((1, 3000), (10, 300), (100, 30)):
        script = [{"tick": f"{every}ms", "count": count, "do": {"print": "${{ now() }}"}}]
        times = lines_of([ARUN, write(folder, "tick.json", script)], output)
        ours = lateness(times, every / 1000)
        theirs = [t / 1e9 for t in lines_of([peer("nanosleep"), str(count), str(every * 1000), "grid"], output)]
        for part in (0.5, 0.99):
            name = f"lateness of a {every} ms tick, p{part * 100:.0f}"
            show(name, percentile(ours, part), percentile(theirs, part), "clock_nanosleep", unit="us")
    body = [{"print": "${{ now() }}"}, {"sleep": "500us"}, {"print": "${{ now() }}"}]
    times = lines_of([ARUN, write(folder, "sleep.json", [{"repeat": 1000, "do": body}])], output)
    ours = [end - begin for begin, end in zip(times[::2], times[1::2])]
    theirs = [t / 1e9 + 500e-6 for t in lines_of([peer("nanosleep"), "1000", "500", "each"], output)]
    show("a sleep of 500 us, p50", percentile(ours, 0.5), percentile(theirs, 0.5), "nanosleep", unit="us")
    body = [{"print": "${{ now() }}"}, {"sleep": 5}, {"print": "${{ now() }}"}]
    times = lines_of([ARUN, write(folder, "five.json", [{"repeat": 3, "do": body}])], output)
    ours = [end - begin - 5 for begin, end in zip(times[::2], times[1::2])]
    theirs = [t / 1e9 for t in lines_of([peer("nanosleep"), "3", "5000000", "each"], output)]
    show("lateness of a sleep of 5 s, p50", percentile(ours, 0.5), percentile(theirs, 0.5), "nanosleep", unit="us")


@group
def spawn(folder):
    output = os.path.join(folder, "times")
    for megabytes in (0, 500):
        for at_once in (1, 8):
            count, turns = (400, 15) if megabytes == 0 else (2000, 5)
            jobs = [
                {"print": "${{ now() }}"},
                {"for_each": {"range": count, "max_concurrent": at_once, "do": {"exec": ["/bin/true"]}}},
                {"print": "${{ now() }}"},
            ]
            path = write(folder, "spawn.json", {"x-heap": "x" * (megabytes << 20), "jobs": jobs})
            command = [peer("spawn"), str(count), str(at_once), str(megabytes)]
            rates, theirs = [], []
            for _ in range(turns):
                begin, end = lines_of([ARUN, path], output)
                rates.append(count / (end - begin))
                theirs.append(count / lines_of(command, output)[0])
            name = f"spawns of /bin/true, {at_once} at once, heap of {megabytes} MB"
            show(name, percentile(rates, 0.5), percentile(theirs, 0.5), "posix_spawn in C", unit="/s")
            if megabytes == 0 and at_once == 8:
                spawn_peers(folder, percentile(rates, 0.5), count)


def spawn_peers(folder, rate, count):
    numbers = write(folder, "numbers", "".join(f"{i}\n" for i in range(count)))
    makefile = write(folder, "Makefile", "all: $(shell seq %d)\n%%:\n\t@/bin/true\n.PHONY: all\n" % count)
    commands = {
        "make -j8": [["make"], ["-s", "-j8", "-f", makefile]],
        "xargs -P8": [["xargs"], ["-P8", "-n1", "-a", numbers, "/bin/true"]],
        "GNU parallel -j8": [["parallel"], ["-j8", "-a", numbers, "/bin/true"]],
    }
    for name, (program, arguments) in commands.items():
        for path in installed(*program):
            show("", rate, count / run([path, *arguments])[0], name, unit="/s")


@group
def cancel(folder):
    program = (
        "import asyncio\nasync def main():\n g = asyncio.gather(*[asyncio.sleep(60) for _ in range(%d)])\n"
        " await asyncio.sleep(0)\n g.cancel()\n try: await g\n except asyncio.CancelledError: pass\nasyncio.run(main())"
    )
    for count in (1000, 100_000):
        many = {"for_each": {"range": count, "max_concurrent": 0, "do": {"sleep": 60}}}
        path = write(folder, "cancel.json", [{"race": [many, {"do": [{"sleep": 0}, {"sleep": 0}]}]}])
        ours, theirs, memory = compare([ARUN, path], [sys.executable, "-c", program % count], 5)
        show(f"starting and cancelling {count} jobs", ours, theirs, "asyncio", memory)


@group
def tape(folder):
    """What it costs to record a run, and to replay it: its peer is the run itself."""
    children = write(folder, "children.json", [{"repeat": 400, "do": {"exec": ["/bin/true"], "output": "discard"}}])
    recorded = os.path.join(folder, "run.tape")
    ours, theirs, _ = compare([ARUN, "--record", recorded, children], [ARUN, children], 5)
    show("400 children, recorded", ours, theirs, "not recorded")
    ours, theirs, memory = compare([ARUN, "replay", recorded], [ARUN, children], 5)
    show("400 children, replayed", ours, theirs, "run", memory)
    # Ten minutes: the virtual clock makes the tape in no time.
    minutes = [{"tick": "100ms", "count": 6000, "do": {"print": "${{ now() }}"}}]
    subprocess.run([ARUN, "--virtual", "--record", recorded, write(folder, "minutes.json", minutes)], stdout=subprocess.DEVNULL, check=True)
    ours, _, memory = compare([ARUN, "replay", recorded], None, 5)
    show("10 minutes with 6,000 ticks, replayed", ours, memory=memory)


@group
def explore(folder):
    """All single faults of a script with 50 awaits; its peer is one run of it without a fault."""
    jobs = [{"run": f"step {i}", "timeout": "1m"} for i in range(50)]
    path = write(folder, "steps.json", jobs)
    answers = write(folder, "steps.test.json", {"script": "steps.json", "answers": [{"run": "*"}], "tests": [{}]})
    ours, theirs, memory = compare([ARUN, "-q", "explore", path], [ARUN, "test", "-q", answers], 5)
    show("all faults of a script with 50 awaits", ours, theirs, "one run of it", memory)


@group
def soak(folder):
    """A minute of ticks, lines and children on the real clock: what it has in memory must not grow."""
    jobs = [
        {"tick": "10ms", "for": "60s", "background": True, "do": {"exec": ["/bin/true"]}},
        {"for_each": {"lines": "stdin", "do": [{"print": "${{ item }}"}, {"sleep": "1ms"}]}, "timeout": "59s",
         "continue_on_error": True},
    ]
    script = write(folder, "soak.json", jobs)
    process = subprocess.Popen([ARUN, "-q", script], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    feeder = threading.Thread(target=feed, args=(process.stdin,), daemon=True)
    feeder.start()
    clock.sleep(10)
    early = resident(process.pid)
    clock.sleep(45)
    late = resident(process.pid)
    process.wait()
    print(f"memory after 10 s of ticks, lines and children: {early} kB; after 55 s: {late} kB")
    if process.returncode != 0 or late > early * 1.1 + 64:
        sys.exit(f"the soak ended with {process.returncode}")


def feed(pipe):
    try:
        while True:
            pipe.write(b"a line of text\n" * 1000)
    except (BrokenPipeError, ValueError):
        pass


def resident(pid):
    """Of its own: pages of the program and of libraries come in as they are used."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(next(line for line in file if line.startswith("RssAnon")).split()[1])


def main():
    names = sys.argv[1:] or list(GROUPS)
    header()
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            GROUPS[name](folder)


if __name__ == "__main__":
    main()
