"""Runs random scripts through arun and through the interpreter, and compares.

    python3 tests/equivalence/run.py --arun build/arun --seeds 0..1000
"""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter

import compare
from generate import case as generate
from shrink import shrink


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arun", default="build/arun", metavar="PATH")
    parser.add_argument("--seeds", default="0..1000", metavar="A..B", help="from A up to, not including, B; or one seed")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes")
    parser.add_argument("--keep", metavar="DIR", help="write each script that differs there, as it was and shrunk")
    parser.add_argument("--strict", action="store_true", help="within an instant too, only the interpreter's own order")
    parser.add_argument("--seconds", type=float, metavar="N", help="start no more seeds after N seconds")
    parser.add_argument("--failures", type=int, default=10, metavar="N", help="stop after N differences (default 10)")
    parser.add_argument("--no-shrink", action="store_true")
    parser.add_argument("-v", action="store_true", help="show also what is only a tie, or where the contract is silent")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("..")
    options.range = range(int(first), int(last) if last else int(first) + 1)
    options.arun = os.path.abspath(options.arun)
    return options


class Worker:
    """Judges one seed at a time; each process has one, with a directory of its own."""

    def __init__(self, options, directory):
        self.options = options
        self.arun = compare.Arun(options.arun, tempfile.mkdtemp(dir=directory))

    def judge(self, case, seed):
        return compare.judge(case, self.arun.run(case, suffix_of(seed)), self.options.strict)

    def __call__(self, seed):
        case = generate(seed)
        verdict = self.judge(case, seed)
        shown = {"different"} | ({"tie", "doubtful"} if self.options.v else set())
        if verdict.kind not in shown:
            return seed, verdict.kind, ""
        original = case
        if not self.options.no_shrink:
            bad_script = verdict.actual.status == 2

            def fails(smaller):
                try:
                    other = self.judge(smaller, seed)
                except Exception:
                    return False  # what was taken away was needed
                return other.kind == verdict.kind and (other.actual.status == 2) == bad_script

            case = shrink(case, fails)
            verdict = self.judge(case, seed)
        if self.options.keep:
            keep(self.options.keep, f"{seed}", original)
            keep(self.options.keep, f"{seed}-small", case)
        return seed, verdict.kind, compare.explain(case, verdict)


def suffix_of(seed):
    """JSON is YAML, and both readers have to understand the same."""
    return ".yaml" if seed % 4 == 3 else ".json"


def keep(directory, name, case):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, name + ".json"), "w", encoding="utf-8") as file:
        json.dump(case, file, indent=1)


def in_process(options, directory, worker=None):
    global _worker
    _worker = Worker(options, directory)


def work(seed):
    return _worker(seed)


def main():
    options = arguments()
    if not os.access(options.arun, os.X_OK):
        sys.exit(f"no program at {options.arun}")
    counts = Counter()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        in_process(options, directory)
        pool = multiprocessing.Pool(options.jobs, in_process, (options, directory)) if options.jobs > 1 else None
        results = pool.imap(work, options.range, 8) if pool else map(work, options.range)
        for seed, kind, text in results:
            counts[kind] += 1
            if text:
                print(f"seed {seed}: {kind}:\n{text}\n", flush=True)
            if counts["different"] >= options.failures:
                print(f"stopped at {options.failures} differences")
                break
            if options.seconds and time.monotonic() - begin > options.seconds:
                break
        if pool:
            pool.terminate()
            pool.join()
    passed = counts["same"] + counts["tie"] + counts["doubtful"]
    print(
        f"{passed} passed, {counts['different']} failed"
        f" ({counts['tie']} by another order within an instant, {counts['doubtful']} differ where the contract is"
        f" silent, {counts['runaway']} too long to compare; {time.monotonic() - begin:.1f} s)"
    )
    return 1 if counts["different"] or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
