#!/usr/bin/env python3
"""Records random runs and replays them: standard output, standard error, the exit status, events and reports must be equal
to the byte, twice.

The scripts have real children, requests to a local server, lines of standard input, files, background jobs, limits, retries
and clean-up; some runs get a signal. With --keep the failed ones stay.
"""
import argparse
import concurrent.futures
import http.server
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers /STATUS/MILLISECONDS with a JSON body."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        _, status, wait = self.path.split("?")[0].split("/")
        time.sleep(int(wait) / 1000)
        body = json.dumps({"path": self.path, "n": 7}).encode()
        self.send_response(int(status))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PUT = do_GET

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a request that was cut short


class Generator:
    def __init__(self, seed, port):
        self.random = random.Random(seed)
        self.port = port
        self.ids = []
        self.names = 0
        self.depth = 0

    def pick(self, *choices):
        return self.random.choice(choices)

    def some(self, share):
        return self.random.random() < share

    def ms(self, most=40):
        return f"{self.random.randint(0, most)}ms"

    def name(self, prefix):
        self.names += 1
        return f"{prefix}{self.names}"

    def shell(self):
        r = self.random.randint
        wait = f"sleep 0.0{r(0, 4)}"
        return self.pick(
            f"echo out{r(1, 9)}", f"echo err{r(1, 9)} >&2; {wait}", f"exit {r(0, 3)}", f"{wait}; printf part; {wait}; echo end",
            f"for i in 1 2 3; do echo line $i; {wait}; done", "kill -TERM $$", f"{wait}; kill -KILL $$", "cat",
            f"head -c {r(1, 200000)} /dev/zero | tr '\\0' x; echo", "printf '\\377\\001\\n'", f"(sleep 0.0{r(1, 5)}; echo late) & echo early",
            f"trap 'echo caught; exit {r(0, 2)}' TERM; echo ready; sleep 0.{r(1, 3)} & wait", "sleep 3", "echo $V$W; pwd >/dev/null",
            "read -r a && echo got $a", "no-such-command", "echo 'warning: \u00e9\u2028 \"q\"'")

    def output(self):
        return self.pick("prefix", "group", "discard", "inherit", {"file": self.name("file")}, {"file": "shared", "append": True})

    def leaf(self):
        kind = self.random.randint(0, 15)
        if kind <= 4:
            job = {"run": self.shell()} if self.some(0.8) else {"exec": [self.pick("echo", "false", "no-such"), "${{ now() > 0 }}"]}
            if self.some(0.4):
                job["output"] = self.output()
            if self.some(0.2):
                job["env"] = {"V": self.pick("1", "${{ random(100) }}"), "W": None}
            if self.some(0.2):
                job["stdin"] = self.pick("text\nmore\n", {"file": "lines.txt"})
            if self.some(0.2):
                job["expect"] = {"exit": self.pick(0, [0, 1, 2, 3])}
            if self.some(0.2):
                job["stop_signal"], job["kill_after"] = "INT", "50ms"
            return job
        if kind <= 6:
            job = {"http": f"http://127.0.0.1:{self.port}/{self.pick(200, 200, 404, 503)}/{self.random.randint(0, 40)}"}
            if self.some(0.3):
                job["expect"] = self.pick({"status": 200}, {"json": {"n": 7}}, {"body": {"contains": "nothing"}})
            if self.some(0.2):
                job["json"] = {"a": 1}
            if self.some(0.15) and "expect" not in job:
                job["save"] = self.name("saved")
            if self.some(0.1):
                job["http"] = "http://127.0.0.1:1/"
            return job
        if kind == 7:
            wait = self.pick({"tcp": f"127.0.0.1:{self.pick(1, self.port)}"}, {"file": "lines.txt"}, {"file": "never"}, {"run": "exit 1"},
                             {"file": "lines.txt", "contains": self.pick("two", "nine")})
            wait |= {"interval": "20ms", "timeout": self.pick("50ms", "100ms")}
            return {"wait_for": wait}
        if kind == 8:
            return {"sleep": self.ms()}
        if kind == 9:
            return self.pick({"timestamp": None}, {"print": "${{ now() }} ${{ date('%H:%M:%S') }}"}, {"print": "${{ random() }} ${{ run.id }}"})
        if kind == 10:
            return {"set": {"x": self.pick(1, "${{ now() }}", "${{ random(1000) }}", "${{ env.HOME }}")}}
        if kind == 11:
            return self.pick({"fail": "no"}, {"assert": "now() < 0.02"}, {"assert": "true"}, {"print": "x is ${{ default(x, 0) }}"})
        if kind == 12 and self.ids:
            return {self.pick("wait", "cancel"): self.pick(*self.ids, "all")}
        if kind == 13:
            return {"print": self.pick("text", "error"), "to": self.pick("stdout", "stderr")}
        return {"print": "at ${{ now() }}"}

    def modify(self, job):
        if "background" not in job and "wait_for" not in job and self.some(0.12):
            job["timeout"] = self.pick("10ms", "30ms", "100ms")
        if self.some(0.1):
            job["retry"] = {"limit": self.random.randint(1, 2), "interval": self.ms(20), "jitter": self.pick(0, 0.5)}
        if self.some(0.25):
            job["continue_on_error"] = True
        if self.some(0.1):
            job["finally"] = self.jobs(2)
        if self.some(0.15):
            job["name"] = self.name("name ") + self.pick("", "", " ${{ now() }}", " ${{ run.id }}", " ${{ env.PATH }}")
        if self.some(0.1):
            job["if"] = self.pick("success()", "always()", "random() < 0.5", "failure()")
        return job

    def job(self):
        self.depth += 1
        kind = self.random.randint(0, 16) if self.depth < 4 else 16
        if kind <= 1:
            job = {"parallel": self.foreground(3)}
            if self.some(0.3):
                job["fail_fast"] = False
            if self.some(0.2):
                job["max_concurrent"] = 1
        elif kind == 2:
            job = {"race": self.foreground(2)}
        elif kind == 3:
            job = {"do": self.jobs(3)}
        elif kind == 4:
            job = {"tick": self.pick("10ms", "25ms"), "count": self.random.randint(1, 3), "do": self.jobs(2)}
        elif kind == 5:
            job = {"for_each": self.pick([1, 2], ["a", "b", "c"]), "max_concurrent": self.pick(1, 2), "do": self.jobs(2)}
        elif kind == 6:
            job = {"for_each": {"lines": self.pick("stdin", "lines.txt")}, "do": self.jobs(1)}
        elif kind == 7:
            job = {"repeat": self.random.randint(1, 3), "do": self.jobs(2)}
        elif kind <= 9:
            job = self.leaf()
            if self.some(0.8):
                job["id"] = self.name("id")
                self.ids.append(job["id"])
            job["background"] = True
            if "run" in job and self.some(0.4):
                job["ready"] = {"contains": self.pick("line", "ready", "out"), "timeout": "60ms"}
        else:
            job = self.leaf()
        self.depth -= 1
        return self.modify(job)

    def jobs(self, most):
        return [self.job() for _ in range(self.random.randint(1, most))]

    def foreground(self, most):
        return [{"do": [job]} if "background" in job else job for job in self.jobs(most)]

    def script(self):
        script = {"vars": {"x": 0}, "jobs": self.jobs(7)}
        if self.some(0.3):
            script["finally"] = self.jobs(2)
        if self.some(0.2):
            script["timeout"] = self.pick("100ms", "300ms")
        if self.some(0.2):
            script["env"] = {"V": "script"}
        return script


OUTPUTS = ("stdout", "stderr", "status", "events", "json", "junit", "tap", "timeline.svg", "trace")


def run(arun, folder, which, arguments, stdin=None, interrupt=None):
    out = folder / which
    out.mkdir()
    reports = []
    if which != "bare":
        reports = ["--events", out / "events", "--trace", out / "trace", "--timeline", out / "timeline.svg"]
        for name in ("json", "junit", "tap"):
            reports += ["--report", f"{name}={out / name}"]
    with open(out / "stdout", "wb") as stdout, open(out / "stderr", "wb") as stderr:
        process = subprocess.Popen([arun, *arguments[:1], *reports, *arguments[1:]], cwd=folder, stdout=stdout, stderr=stderr,
                                   stdin=subprocess.PIPE if stdin else subprocess.DEVNULL)
        if stdin:
            threading.Thread(target=feed, args=(process.stdin, stdin), daemon=True).start()
        if interrupt:
            time.sleep(interrupt[1])
            process.send_signal(interrupt[0])
        try:
            status = process.wait(100)
        except subprocess.TimeoutExpired:
            process.kill()
            status = "timeout"
    (out / "status").write_text(str(status))


def feed(pipe, lines):
    try:
        for line, wait in lines:
            pipe.write(line)
            pipe.flush()
            time.sleep(wait)
        pipe.close()
    except OSError:
        pass  # nobody reads


def read(path):
    return path.read_bytes() if path.exists() else b""


def try_seed(arun, seed, port, keep):
    generator = Generator(seed, port)
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"arun-tape-{seed}-"))
    (folder / "script.json").write_text(json.dumps(generator.script(), indent=1))
    (folder / "lines.txt").write_text("one\ntwo\nthree\n")
    options = [option for option in ("--keep-going", "--isolated", "--exit-code", "--virtual") if generator.some(0.15)]
    if generator.some(0.2):
        options += ["--timeout", generator.pick("50ms", "200ms")]
    options += ["--grace", "500ms"]
    stdin = [(f"line {i}\n".encode(), generator.random.random() / 50) for i in range(4)] if generator.some(0.5) else None
    interrupt = (generator.pick(signal.SIGINT, signal.SIGTERM, signal.SIGHUP), generator.random.random() / 4) if generator.some(0.25) else None
    run(arun, folder, "recorded", ["run", *options, "--record", folder / "tape", folder / "script.json"], stdin, interrupt)
    checked = subprocess.run([arun, "check", *[o for o in options if o == "--isolated"], folder / "script.json"], capture_output=True)
    if checked.returncode == 2:
        shutil.rmtree(folder)
        return "invalid", None
    # A run that a signal has killed at once has no end on its tape.
    if interrupt and b'"end":' not in (read(folder / "tape").splitlines() or [b""])[-1]:
        shutil.rmtree(folder)
        return "killed", None
    # The files of the run must not be needed.
    (folder / "lines.txt").unlink()
    problems = []
    # A run without reports, too.
    for which, outputs in (("first", OUTPUTS), ("second", OUTPUTS), ("bare", OUTPUTS[:3])):
        run(arun, folder, which, ["replay", folder / "tape"])
        problems = [name for name in outputs if read(folder / "recorded" / name) != read(folder / which / name)]
        if problems:
            break
    if problems:
        last = (folder / which / "stderr").read_text(errors="replace").splitlines()[-1:]
        message = f"seed {seed}: different {', '.join(problems)} ({folder}): {' '.join(last)}"
        if not keep:
            shutil.rmtree(folder)
        return "different", message
    shutil.rmtree(folder)
    return "equal", None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--arun", required=True, type=os.path.abspath)
    parser.add_argument("--seeds", default="1..100", help="FIRST..LAST")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no run after that")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    first, last = map(int, options.seeds.split(".."))
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    end = time.monotonic() + options.seconds
    counts = {}

    def try_one(seed):
        if time.monotonic() > end:
            return "not begun", None
        return try_seed(options.arun, seed, port, options.keep)

    failed = False
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for result, message in pool.map(try_one, range(first, last + 1)):
            counts[result] = counts.get(result, 0) + 1
            if message:
                failed = True
                print(message, flush=True)
    print(", ".join(f"{n} {result}" for result, n in sorted(counts.items())))
    # Too few would prove nothing.
    return 1 if failed or counts.get("equal", 0) < min(20, (last - first + 1) // 3) else 0


sys.exit(main())
