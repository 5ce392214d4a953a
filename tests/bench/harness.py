"""Running programs and comparing them: each pair takes turns, so that whatever else the machine does hits both."""

import os
import statistics
import sys
import tempfile

ARUN = os.environ["ARUN"]
PEERS = os.path.join(os.path.dirname(ARUN), "bench")
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}


def peer(name):
    """One of the programs that are built beside arun."""
    return os.path.join(PEERS, name)


def run(argv, output=None, source=None, quiet=False):
    """(seconds, kilobytes at most) of one process, from its start to its end."""
    target = os.open(output or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    origin = os.open(source or os.devnull, os.O_RDONLY)
    actions = [(os.POSIX_SPAWN_DUP2, origin, 0), (os.POSIX_SPAWN_DUP2, target, 1)]
    if quiet:
        actions.append((os.POSIX_SPAWN_DUP2, target, 2))
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as result:
        command = [peer("measure"), result.name, *argv]
        pid = os.posix_spawn(command[0], command, ENVIRONMENT, file_actions=actions)
        _, status = os.waitpid(pid, 0)
        os.close(target)
        os.close(origin)
        if status != 0:
            sys.exit(f"{' '.join(argv)}: wait status {status}")
        seconds, kilobytes = result.read().split()
    return float(seconds), int(kilobytes)


def lines_of(argv, output):
    """What it prints, as numbers."""
    run(argv, output)
    with open(output, encoding="utf-8") as file:
        return [float(line) for line in file]


def compare(ours, theirs, rounds, source=None, quiet=False):
    """Medians of both, and the most memory in kilobytes that ours took."""
    times, others, memory = [], [], 0
    for _ in range(rounds):
        seconds, kilobytes = run(ours, source=source, quiet=quiet)
        times.append(seconds)
        memory = max(memory, kilobytes)
        if theirs:
            others.append(run(theirs)[0])
    return statistics.median(times), statistics.median(others) if theirs else None, memory


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def header():
    print(f"{'':<46} {'arun':>13}  {'peer':>13}  {'ratio':>6}  {'':<22} {'memory':>7}")


def show(what, ours, theirs=None, name="", memory=0, unit="ms"):
    """One row of the table. Times are in seconds."""
    factor = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9, "/s": 1}[unit]
    row = f"{what:<46} {ours * factor:10.3f} {unit:<2}"
    if theirs is None:
        row += " " * 24
    else:
        row += f"  {theirs * factor:10.3f} {unit:<2}  {ours / theirs:6.2f}"
    row += f"  {name:<22}"
    if memory:
        row += f" {memory / 1024:4.0f} MB"
    print(row.rstrip(), flush=True)
