#!/usr/bin/env python3
"""Measures arun against peers in one run and prints a table: medians, and the ratio of arun to the peer.

The pairs take turns, so that whatever else the machine does hits both. Needs python3 and what `make bench` builds.
"""

import json
import os
import statistics
import sys
import tempfile
import time

ARUN = os.environ["ARUN"]
PEERS = os.path.join(os.path.dirname(ARUN), "bench")
MILLION = 1_000_000
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}


def run(argv, output=None):
    """(seconds, kilobytes at most) of one process, from spawn to wait."""
    target = os.open(output or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    actions = [(os.POSIX_SPAWN_DUP2, target, 1)]
    begin = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, ENVIRONMENT, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    taken = time.perf_counter() - begin
    os.close(target)
    if status != 0:
        sys.exit(f"{' '.join(argv)}: wait status {status}")
    return taken, usage.ru_maxrss


def compare(ours, peer, rounds):
    """Medians of both, and the most memory that ours took."""
    times, others, memory = [], [], 0
    for _ in range(rounds):
        seconds, kilobytes = run(ours)
        times.append(seconds)
        memory = max(memory, kilobytes)
        if peer:
            others.append(run(peer)[0])
    return statistics.median(times), statistics.median(others) if peer else None, memory


def show(what, ours, peer, name="", memory=0, unit=1e3, unit_name="ms"):
    row = f"{what:<44} {ours * unit:10.3f} {unit_name}"
    row += f"  {peer * unit:10.3f} {unit_name}  {ours / peer:6.2f}  {name}" if peer else " " * 24
    print(row + (f"  {memory / 1024:.0f} MB" if memory else ""), flush=True)


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def lateness(folder):
    """p50 and p99 in seconds of a tick of 1 ms, and of clock_nanosleep in C."""
    count = 3000
    script, output = os.path.join(folder, "tick.json"), os.path.join(folder, "ticks")
    with open(script, "w", encoding="utf-8") as file:
        json.dump([{"tick": "1ms", "count": count, "do": {"print": "${{ now() }}"}}], file)
    run([ARUN, script], output)
    with open(output, encoding="utf-8") as file:
        times = [float(line) for line in file]
    # The grid starts at the first tick, which is not waited for.
    ours = [t - times[0] - k / 1000 for k, t in enumerate(times)][1:]
    run([os.path.join(PEERS, "nanosleep"), str(count)], output)
    with open(output, encoding="utf-8") as file:
        theirs = [int(line) / 1e9 for line in file]
    return ours, theirs


def main():
    with tempfile.TemporaryDirectory() as folder:

        def script(name, text):
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return path

        print(f"{'':<44} {'arun':>13}  {'peer':>13}  {'ratio':>6}")
        three = script("three.json", '[{"print": "a"}, {"print": "b"}, {"print": "c"}]')
        ours, peer, memory = compare([ARUN, three], ["/bin/true"], 300)
        show("start to end of a three-job script", ours, peer, "/bin/true", memory)

        for count in (1000, 31_623, MILLION):
            prints = [f'{{"print": "hello {i}"}}' for i in range(count)]
            path = script("prints.json", "[" + ",\n".join(prints) + "]\n")
            ours, peer, memory = compare([ARUN, path], [os.path.join(PEERS, "sax"), path], 5)
            show(f"{count} print jobs in JSON", ours, peer, "bare SAX pass", memory)
        path = script("prints.yaml", "".join(f"- print: hello {i}\n" for i in range(MILLION)))
        ours, peer, memory = compare([ARUN, path], [os.path.join(PEERS, "events"), path], 5)
        show(f"{MILLION} print jobs in YAML", ours, peer, "bare event pass", memory)

        rounds = 10 * MILLION
        path = script("repeat.json", json.dumps([{"repeat": rounds, "do": {"print": "x"}}]))
        ours, _, _ = compare([ARUN, path], None, 5)
        show("a job in a running loop", ours / rounds, None, unit=1e9, unit_name="ns")

        path = script("sleeps.json", json.dumps([{"for_each": {"range": MILLION, "max_concurrent": 0, "do": {"sleep": 1}}}]))
        python = "import asyncio\nasync def main():\n async with asyncio.TaskGroup() as g:\n  for _ in range(100000): g.create_task(asyncio.sleep(1))\nasyncio.run(main())"
        ours, _, memory = compare([ARUN, path], None, 3)
        show(f"{MILLION} concurrent sleeps of 1 s", ours, None, memory=memory)
        path = script("fewer.json", json.dumps([{"for_each": {"range": 100_000, "max_concurrent": 0, "do": {"sleep": 1}}}]))
        ours, peer, memory = compare([ARUN, path], [sys.executable, "-c", python], 3)
        show("100000 concurrent sleeps of 1 s", ours, peer, "asyncio", memory)

        ours, theirs = lateness(folder)
        for part in (0.5, 0.99):
            show(f"lateness of a 1 ms tick, p{part * 100:.0f}", percentile(ours, part), percentile(theirs, part), "clock_nanosleep", unit=1e6, unit_name="us")


main()
