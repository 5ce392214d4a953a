"""Random scripts with real children, each hit by a signal at a random moment: run.py --arun ARUN --seeds A..B

Children ignore SIGTERM, are trees, or print a megabyte on their way out. Whatever the moment is, also in the first and
the last milliseconds: nothing is lost that a child has written before it ended, each `finally` runs once, the exit
status is right, and no process is left.
"""

import argparse
import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ENDING = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]
MARK = "ARUN_RANDOM_SIGNALS"

# Each child says numbered lines, and notes which of them it has said. Its first line says that it has begun.
PRELUDE = r"""
n=0
say() { n=$((n+1)); echo "$ID $n"; echo "$n" >>"said.$ID"; }
pause() { sleep 0.01 || :; }
say
"""
END_OF_CHILD = r"""
echo ok >"ended.$ID"
"""
CHILDREN = {
    "short": "for i in $(seq $LOOPS); do say; pause; done" + END_OF_CHILD,
    "quick": END_OF_CHILD,
    "deaf": "trap '' TERM INT HUP; for i in $(seq $LOOPS); do say; pause; done" + END_OF_CHILD,
    "writer": r"""
trap 'seq -f "$ID %.0f" $((n+1)) $((n+100000)); echo $((n+100000)) >>"said.$ID"; exit 0' TERM
for i in $(seq $LOOPS); do pause; done
trap '' TERM
seq -f "$ID %.0f" $((n+1)) $((n+100000)); n=$((n+100000)); echo "$n" >>"said.$ID"
""" + END_OF_CHILD,
    "tree": r"""
(sleep 600 & trap '' TERM; sleep 600) &
sh -c 'sleep 600 & sleep 600' &
for i in $(seq $LOOPS); do say; pause; done
kill -KILL 0
""",
    "daemon": "setsid sh -c 'trap \"\" TERM; sleep 600' & for i in $(seq $LOOPS); do say; pause; done" + END_OF_CHILD,
    "leaver": r"""
(trap '' TERM; sleep 0.03 || :; echo "$ID 2"; echo 2 >>"said.$ID"; echo ok >"ended.$ID") &
""",
    "failing": "for i in $(seq $LOOPS); do say; pause; done; exit 3",
}
WEIGHTS = {"short": 4, "quick": 2, "deaf": 2, "writer": 4, "tree": 2, "daemon": 1, "leaver": 2, "failing": 1}


class Script:
    def __init__(self, rng, in_tree):
        self.rng = rng
        self.kinds = [k for k in CHILDREN if in_tree or k not in ("tree", "daemon")]
        self.children = {}  # name: (kind, output)
        self.concurrent = False
        jobs = [self.job(top=True) for _ in range(rng.randint(1, 3))]
        self.text = json.dumps({"jobs": jobs, "finally": {"print": "finally script"}})

    def job(self, top=False):
        shape = self.rng.random()
        if top and shape < 0.3:
            return {"parallel": [self.child() for _ in range(self.rng.randint(2, 4))]}
        if top and shape < 0.45:
            return {"do": [self.child(background=True), {"sleep": self.rng.randint(0, 60) / 1000}]}
        return self.child(alone=top)

    def child(self, background=False, alone=False):
        name = f"c{len(self.children)}"
        kind = self.rng.choices(self.kinds, [WEIGHTS[k] for k in self.kinds])[0]
        # Lines of several children in one pipe are whole only with `prefix`.
        self.concurrent |= background
        alone = alone and not self.concurrent
        output = self.rng.choice(["prefix", "discard", "inherit"] if alone else ["prefix", "discard"])
        self.children[name] = (kind, output)
        job = {
            "run": PRELUDE + CHILDREN[kind],
            "name": name,
            "id": name,
            "env": {"ID": name, "LOOPS": str(self.rng.randint(1, 15))},
            "output": output,
            "kill_after": "5s" if kind in ("writer", "leaver") else "50ms",
            "max_output": "100MiB",
            "continue_on_error": True,
            "finally": {"print": f"finally {name}"},
        }
        if background:
            job["background"] = True
        return job


def marked_processes(value):
    wanted = f"{MARK}={value}".encode()
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            environment = Path("/proc", entry, "environ").read_bytes()
            state = Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if wanted in environment.split(b"\0") and state not in "ZX":
            found.append(int(entry))
    return found


def last_said(folder, name):
    try:
        lines = (folder / f"said.{name}").read_text().split("\n")[:-1]
    except OSError:
        return 0
    return int(lines[-1]) if lines else 0


class Run:
    def __init__(self, arun, script, folder, value):
        self.script, self.folder, self.value = script, folder, value
        (folder / "script.json").write_text(script.text)
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", MARK: value}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                environment[name] = os.environ[name]
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [arun, "script.json"], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        # Both pipes are read as arun writes, or it would wait for us.
        self.texts = {}
        self.readers = [threading.Thread(target=self.read, args=(name,)) for name in ("stdout", "stderr")]
        for reader in self.readers:
            reader.start()

    def read(self, name):
        with getattr(self.process, name) as stream:
            self.texts[name] = stream.read().decode(errors="replace")

    def finish(self, limit):
        """The exit status as a shell shows it, or None."""
        try:
            status = self.process.wait(limit)
        except subprocess.TimeoutExpired:
            return None
        self.seconds = time.monotonic() - self.began
        return status if status >= 0 else 128 - status

    def close(self):
        for pid in marked_processes(self.value):
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                os.kill(pid, signal.SIGKILL)
        for reader in self.readers:
            reader.join()


def check(run, status, signo):
    """What is wrong, as a list of texts."""
    wrong = []
    complete = status == 0
    if signo in ENDING:
        if status not in (0, 128 + signo):
            wrong.append(f"exit status {status}")
    elif signo in (signal.SIGQUIT, signal.SIGKILL):
        if status not in (0, 128 + signo):
            wrong.append(f"exit status {status}")
    elif status != 0:
        wrong.append(f"exit status {status}")
    deadline = time.monotonic() + 1
    while (left := marked_processes(run.value)) and signo == signal.SIGKILL and time.monotonic() < deadline:
        time.sleep(0.01)
    if left:
        wrong.append(f"processes are left: {left}")
    run.close()
    if not complete and signo in (signal.SIGQUIT, signal.SIGKILL):
        return wrong
    lines = run.texts["stdout"].split("\n")
    begun = [name for name in run.script.children if last_said(run.folder, name)]
    for name in [*begun, *(["script"] if begun or complete else [])]:
        count = lines.count(f"finally {name}")
        if count != 1:
            wrong.append(f"the finally of {name} ran {count} times")
    for name, (kind, output) in run.script.children.items():
        if complete and kind not in ("tree", "failing", "daemon") and not (run.folder / f"ended.{name}").exists():
            if not any("cancelling" in line for line in run.texts["stderr"].split("\n")):
                wrong.append(f"{name} has not ended by itself")
        if output == "discard":
            continue
        pattern = re.compile(rf"(?:{name} \| )?{name} (\d+)")
        shown = [int(m[1]) for line in lines if (m := pattern.fullmatch(line))]
        said = last_said(run.folder, name)
        if shown[:said] != list(range(1, said + 1)):
            wrong.append(f"{name} ({kind}, {output}) said {said} lines, of which {len(shown)} are shown")
    return wrong


def moment(rng, arun, seed):
    """How long to wait before the signal."""
    choice = rng.random()
    if choice < 0.25:
        return rng.uniform(0, 0.005)
    if choice < 0.75:
        return rng.uniform(0, 0.4)
    # The last milliseconds: as long as the same script takes without a signal.
    with tempfile.TemporaryDirectory(prefix="arun-signals.") as folder:
        run = Run(arun, Script(random.Random(seed), in_tree(seed)), Path(folder), f"{os.getpid()}-{seed}-dry")
        run.finish(60)
        run.close()
        return max(0, run.seconds + rng.uniform(-0.005, 0.002))


def signal_of(seed):
    return random.Random(-seed - 1).choice(
        [*ENDING, *ENDING, signal.SIGQUIT, signal.SIGKILL, signal.SIGSTOP])


def in_tree(seed):
    # Linux kills the children of a process that is killed, but not theirs.
    return signal_of(seed) != signal.SIGKILL


def try_seed(arun, seed):
    script = Script(random.Random(seed), in_tree(seed))
    signo = signal_of(seed)
    rng = random.Random(f"moment {seed}")
    delay = moment(rng, arun, seed)
    with tempfile.TemporaryDirectory(prefix="arun-signals.") as folder:
        run = Run(arun, script, Path(folder), f"{os.getpid()}-{seed}")
        try:
            time.sleep(max(0, run.began + delay - time.monotonic()))
            run.process.send_signal(signo)
            if signo == signal.SIGSTOP:
                time.sleep(rng.uniform(0, 0.05))
                run.process.send_signal(signal.SIGCONT)
            status = run.finish(30)
            wrong = ["it does not end"] if status is None else check(run, status, signo)
        finally:
            run.close()
        if not wrong:
            return None
        return (f"seed {seed}, {signal.Signals(signo).name} after {delay * 1000:.1f} ms: {'; '.join(wrong)}\n"
                f"  {json.dumps(script.children)}\n{run.texts.get('stderr', '')[-1000:]}")  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--arun", required=True)
    parser.add_argument("--seeds", default="0..200")
    parser.add_argument("--seconds", type=float, default=600, help="stop after this time")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    first, last = map(int, options.seeds.split(".."))
    end = time.monotonic() + options.seconds
    arun = os.path.abspath(options.arun)

    def one(seed):
        return (False, None) if time.monotonic() > end else (True, try_seed(arun, seed))

    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(one, range(first, last)))
    failures = [why for tried, why in results if why]
    print(*failures, sep="\n", end="\n" if failures else "")
    print(f"{sum(tried for tried, _ in results)} scripts hit by a signal, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
