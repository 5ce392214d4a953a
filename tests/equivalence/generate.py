"""Random command lines from a seed: case(seed) -> {"options": [...], "scripts": [{...}], "files": {name: {...}}}.

A script uses only what the contract describes, and ends by itself. Every print has a label of its own and the
time on the loop's clock. Half of the scripts keep to a grid of 250 ms, so that instants often coincide; the
others have lengths that hardly ever do.

    python3 generate.py SEED        prints that script
"""

import json
import random
import sys
from typing import NamedTuple

GRID = (0, 250, 250, 500, 500, 750, 1000, 1000, 1250, 1500, 2000, 3000)
VARIABLES = {"n1": 1, "n2": 2, "n3": 0.5, "s1": "red", "l1": [1, 2, 3], "flag": True, "r1": None, "r2": None}


class Place(NamedTuple):
    """Where a job stands in the script, as far as that limits what it may be."""

    depth: int
    in_loop: bool = False
    items: tuple = ()  # loop variables that can be read
    direct_child: bool = False  # of parallel or race
    in_background: bool = False
    in_finally: bool = False
    can_have_failed: bool = False  # an earlier job of the list


class Generator:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.on_grid = self.rng.random() < 0.5
        self.labels = 0
        self.ids = 0
        self.budget = self.rng.choice((6, 12, 20, 40, 80))  # jobs
        self.waitable, self.cancellable, self.readable, self.open = [], [], [], []
        self.endless_background = False
        self.failing = self.rng.choice((0, 0.03, 0.08, 0.15))
        self.isolated = self.maybe(0.08)
        self.plain = False  # no ids, no background jobs
        self.files = {}

    def maybe(self, chance):
        return self.rng.random() < chance

    # Values

    def milliseconds(self, low=0):
        if self.on_grid:
            return self.rng.choice([length for length in GRID if length >= low])
        return max(low, self.rng.randint(1, 3000))

    def duration(self, low=0):
        length = self.milliseconds(low)
        seconds = int(length / 1000) if length % 1000 == 0 else length / 1000
        choice = self.rng.random()
        if choice < 0.4:
            return seconds
        if choice < 0.7:
            return f"{length}ms"
        if choice < 0.8:
            return f"{seconds}s"
        if choice < 0.85 and length > 1000:
            return f"{length // 1000}s{length % 1000}ms"
        if choice < 0.9:
            return f"{seconds}"
        if choice < 0.95:
            return "${{ n3 }}"
        return f"${{{{ '{length}ms' }}}}"

    def count(self, most=4):
        choice = self.rng.random()
        if choice < 0.85:
            return self.rng.randint(1, most)
        return self.rng.choice(("${{ n1 }}", "${{ n2 }}", "2", "${{ length(l1) }}"))

    def condition(self, place):
        atoms = ["true", "false", "n1 < 2", "n1 >= n2", "s1 == 'red'", "s1 != 'red' && flag", "!flag || n2 > 1"]
        atoms += ["contains(l1, 2)", "length(l1) > 2", "startsWith(s1, 'r')", "r1 == null", "default(r2, 1) == 1"]
        atoms += [f"jobs.{name}.outcome == 'success'" for name in self.readable[-2:]]
        if place.in_loop:
            atoms += ["loop.index < 3", "loop.index == 2"]
        if place.can_have_failed or place.in_finally:
            atoms += ["failure()", "always()", "success()", "failure() && flag", "always() && n1 == 1"] * 2
        if place.in_finally:
            atoms += ["cancelled()", "cancelled() || failure()"] * 2
        text = self.rng.choice(atoms)
        if text in ("true", "false") and self.maybe(0.5):
            return text == "true"
        return f"${{{{ {text} }}}}" if self.maybe(0.3) else text

    def text(self, place):
        self.labels += 1
        text = f"L{self.labels} ${{{{ now() }}}}"
        extras = ["n1=${{ n1 }}", "n2=${{ n2 }}", "s=${{ s1 }}", "l=${{ l1 }}", "r1=${{ r1 }}", "r2=${{ r2 }}"]
        extras += [f"{name}=${{{{ jobs.{name}.outcome }}}}" for name in self.readable[-2:]]
        extras += [f"{name}=${{{{ jobs.{name}.result }}}}" for name in self.readable[-1:]]
        if place.in_loop:
            extras += ["i=${{ loop.index }}"] * 4
        extras += [f"{name}=${{{{ {name} }}}}" for name in place.items] * 3
        if place.in_finally:
            extras += ["f=${{ failure() }}", "c=${{ cancelled() }}", "s=${{ success() }}"]
        for extra in self.rng.sample(extras, self.rng.choice((0, 0, 1, 2))):
            text += " " + extra
        return text

    # Jobs

    def jobs(self, place, least=1, most=4):
        count = self.rng.randint(least, most)
        jobs = []
        for index in range(count):
            if self.budget <= 0 and len(jobs) >= least:
                break
            jobs.append(self.job(place._replace(can_have_failed=index > 0)))
            if not place.direct_child and self.maybe(0.3):
                jobs.append({"print": self.text(place)})
        return jobs

    def body(self, place, most=3):
        jobs = self.jobs(place, 1, most)
        return jobs[0] if len(jobs) == 1 and self.maybe(0.5) else jobs

    def job(self, place):
        self.budget -= 1
        if self.maybe(self.failing):
            job = self.failing_job()
        elif place.depth >= 4 or self.budget <= 0 or self.maybe(0.45):
            job = self.leaf(place)
        else:
            return self.compound(place)
        return self.modified(job, place)

    def failing_job(self):
        if self.maybe(0.2):
            return {"assert": "n1 == 17"}
        if self.maybe(0.1):
            return {"sleep": "${{ s1 }}"}  # not a duration: fails when it is evaluated
        return {"fail": f"broken {self.rng.randint(1, 9)}"}

    def leaf(self, place):
        if self.files and self.maybe(0.15):
            return self.leaf_include(place)
        kinds = ["print"] * 6 + ["sleep"] * 6 + ["set", "set", "assert", "timestamp"]
        if (self.waitable or self.cancellable) and not (self.isolated and place.depth == 0):
            kinds += ["wait", "wait", "cancel"]
        return getattr(self, "leaf_" + self.rng.choice(kinds))(place)

    def leaf_print(self, place):
        text = self.text(place)
        if self.maybe(0.9):
            return {"print": text}
        return {"print": {"text": text, "end": ";\n"}} if self.maybe(0.5) else {"print": text, "to": "stderr"}

    def leaf_sleep(self, place):
        return {"sleep": self.duration()} if self.maybe(0.9) else {"sleep": {"for": self.duration()}}

    def leaf_set(self, place):
        values = {
            "n1": [1, 2, 3, "${{ n2 }}"],
            "n2": [1, 2, 3, "${{ n1 }}"],
            "s1": ["red", "blue", "s${{ n1 }}", "${{ format('{0}-{1}', n1, n2) }}"],
            "l1": [[1, 2], [2, 3, 4], ["${{ n1 }}", 9], []],
            "flag": [True, False, "${{ n1 == n2 }}"],
        }
        names = self.rng.sample(sorted(values), self.rng.choice((1, 1, 2)))
        return {"set": {name: self.rng.choice(values[name]) for name in names}}

    def leaf_assert(self, place):
        truths = ["length(s1) > 0", "now() >= 0", "n1 < 10", "!(n2 > 10)"]
        return {"assert": self.rng.choice(truths) if self.maybe(0.6) else self.rng.sample(truths, 2)}

    def leaf_timestamp(self, place):
        self.labels += 1
        if self.maybe(0.1):
            return "timestamp"
        pattern = self.rng.choice(("%X", "%H:%M:%S.%3f", "%S.%f", "unix", "unix_ms", "%Y-%m-%dT%X", f"T{self.labels} %X"))
        return {"timestamp": pattern} if self.maybe(0.8) else {"timestamp": {"format": pattern, "utc": True}}

    def leaf_wait(self, place):
        names = [name for name in self.waitable if name not in self.open]
        if self.maybe(0.1 if place.in_background else 0.25) and not self.endless_background:
            return {"wait": "all"}
        if not names:
            return self.leaf_sleep(place)
        return {"wait": self.rng.choice(names) if self.maybe(0.7) else self.rng.sample(names, self.rng.randint(1, min(3, len(names))))}

    def leaf_cancel(self, place):
        names = [name for name in self.cancellable if name not in self.open]
        if not names:
            return self.leaf_print(place)
        return {"cancel": self.rng.choice(names) if self.maybe(0.8) else names[-2:]}

    def leaf_include(self, place):
        job = {"include": "part.json"}
        if self.maybe(0.6):
            values = {"n1": (4, "${{ n2 }}"), "s1": ("green", "${{ s1 }}"), "r1": ("given", None)}
            names = self.rng.sample(sorted(values), self.rng.randint(1, 2))
            job["vars"] = {name: self.rng.choice(values[name]) for name in names}
        return job

    def compound(self, place):
        """Modifiers first: an `id` has to be known while the inside is made."""
        background = not place.direct_child and not self.plain and self.maybe(0.15)
        background = background and not (self.isolated and place.depth == 0)
        name = None
        if background or (self.maybe(0.1) and not self.plain):
            self.ids += 1
            name = f"j{self.ids}"
            self.open.append(name)
        kinds = ["do"] * 4 + ["parallel"] * 4 + ["race"] * 3 + ["tick"] * 3 + ["repeat"] * 2 + ["for_each"] * 3
        inner = place._replace(
            depth=place.depth + 1,
            direct_child=False,
            in_background=place.in_background or background,
            can_have_failed=False,
        )
        job = getattr(self, "compound_" + self.rng.choice(kinds))(inner)
        endless = job.pop("endless", False)
        if endless and not background:
            job["timeout"] = self.duration(250)
        job = self.modified(job, place, compound=True, background=background)
        if name:
            self.open.remove(name)
            job["id"] = name
            self.readable.append(name)
            if background:
                job["background"] = True
                self.cancellable.append(name)
                self.endless_background |= endless
                if not endless or "timeout" in job:
                    self.waitable.append(name)
        return job

    def compound_do(self, place):
        return {"do": self.body(place, 4)}

    def compound_parallel(self, place):
        job = {"parallel": self.jobs(place._replace(direct_child=True), 1, 4)}
        if self.maybe(0.3):
            job["fail_fast"] = self.rng.choice((True, False, False))
        if self.maybe(0.3):
            job["max_concurrent"] = self.rng.randint(1, 3)
        if self.maybe(0.15):
            job["jobs"] = job.pop("parallel")
            job = {"parallel": job}
        return job

    def compound_race(self, place):
        job = {"race": self.jobs(place._replace(direct_child=True), 1, 4)}
        if self.maybe(0.4):
            job["first"] = self.rng.choice(("finished", "success", "success"))
        return job

    def compound_tick(self, place):
        job = {"tick": self.duration(100)}
        if self.maybe(0.4):
            job["missed"] = self.rng.choice(("skip", "burst", "delay"))
        limit = self.rng.random()
        if limit < 0.65:
            job["count"] = self.count()
        elif limit < 0.85:
            job["for"] = self.duration(100)
        else:
            job["endless"] = True
        if self.maybe(0.9):
            job["do"] = self.body(place._replace(in_loop=True))
        self.add_until(job, place)
        if self.maybe(0.2):
            job["tick"] = {"every": job["tick"], **{key: job.pop(key) for key in ("count", "do") if key in job}}
        return job

    def compound_repeat(self, place):
        job = {"repeat": self.count(), "do": self.body(place._replace(in_loop=True))}
        if self.maybe(0.1):
            return {"repeat": {"until": "loop.index >= 3", "do": job["do"]}}
        if self.maybe(0.5):
            job["delay"] = self.duration()
        self.add_until(job, place)
        return job

    def add_until(self, job, place):
        if self.maybe(0.2):
            job["until"] = self.rng.choice(("loop.index >= 2", "${{ loop.index == 3 }}", "n1 > 2", "false"))

    def compound_for_each(self, place):
        name = self.rng.choice(("item", "item", "x", "y"))
        inner = place._replace(in_loop=True, items=place.items + (name,))
        job = {"do": self.body(inner)}
        choice = self.rng.random()
        if choice < 0.4:
            job["for_each"] = self.rng.choice(([1, 2], ["a", "b", "c"], "${{ l1 }}", [{"k": 1}, {"k": 2}], []))
        else:
            extent = self.rng.choice((2, 3, [1, 4], [4, 0, -2], "${{ n2 }}"))
            job["for_each"] = {"range": extent}
        if self.maybe(0.2) and not isinstance(job["for_each"], dict):
            job["for_each"] = {"in": job["for_each"], "do": job.pop("do")}
        if name != "item":
            job["as"] = name
        if self.maybe(0.5):
            job["max_concurrent"] = self.rng.choice((0, 1, 2, 3))
        if self.maybe(0.3):
            job["fail_fast"] = self.rng.choice((True, False))
        return job

    def modified(self, job, place, compound=False, background=False):
        if isinstance(job, str):
            return job
        inside = place._replace(depth=place.depth + 1, direct_child=False, in_finally=True, can_have_failed=False)
        if self.maybe(0.12) and not background:
            job["if"] = self.condition(place)
        if compound and self.maybe(0.12):
            job["context"] = {"n1": self.rng.choice((1, 5, "${{ n2 }}"))}
        if compound and not place.items and self.maybe(0.04):
            job["context"] = self.rng.choice(("shared", "other"))
        if self.maybe(0.12) and "timeout" not in job:
            job["timeout"] = self.duration(0 if self.maybe(0.1) else 100)
        if self.maybe(0.02):
            job.update(name=f"job {self.labels}", context=job.get("context"))  # null is as if absent
        if self.maybe(0.1):
            job["retry"] = self.retry()
        if self.maybe(0.4 if "fail" in job or "timeout" in job else 0.15):
            job["continue_on_error"] = True
        if self.maybe(0.1):
            job["capture"] = self.rng.choice(("r1", "r2"))
        if self.maybe(0.12) and not place.in_finally and self.budget > 0:
            job["finally"] = self.body(inside, 2)
        return job

    def retry(self):
        if self.maybe(0.3):
            return self.rng.randint(1, 2)
        retry = {"limit": self.rng.randint(1, 3)}
        if self.maybe(0.7):
            retry["interval"] = self.duration()
        if self.maybe(0.3):
            retry["backoff"] = self.rng.choice((1, 2, 1.5))
        if self.maybe(0.2):
            retry["max_interval"] = self.duration(100)
        if self.maybe(0.25):
            retry["timeout"] = self.duration(100)
        if self.maybe(0.2):
            retry["if"] = self.rng.choice(("attempt < 2", "true", "n1 < 3", "result == null"))
        return retry

    def crossed_waits(self):
        """Two background jobs that wait for each other: a deadlock, unless something ends one of them."""
        lengths = [self.duration() for _ in range(4)]
        jobs = [
            {"background": True, "id": "left", "do": [{"sleep": lengths[0]}, {"wait": "right"}]},
            {"background": True, "id": "right", "do": [{"sleep": lengths[1]}, {"wait": "left"}]},
            {"sleep": lengths[2]},
            {"wait": "left"},
        ]
        if self.maybe(0.4):
            jobs[0]["timeout"] = lengths[3]
        if self.maybe(0.3):
            jobs[3] = {"cancel": "right"}
        return jobs

    def included_script(self):
        """A file for `include`. Its jobs have no ids: they stand in every script that includes it."""
        ids = self.waitable, self.cancellable, self.readable
        self.waitable, self.cancellable, self.readable = [], [], []
        self.plain = True
        script = {"jobs": self.jobs(Place(depth=2), 1, 3)}
        self.plain = False
        self.waitable, self.cancellable, self.readable = ids
        if self.maybe(0.7):
            names = self.rng.sample(sorted(VARIABLES), self.rng.randint(1, 2))
            script["vars"] = {name: VARIABLES[name] for name in names}
        if self.maybe(0.2):
            script["timeout"] = f"{self.milliseconds(250)}ms"
        if self.maybe(0.2):
            script["finally"] = {"print": self.text(Place(depth=3, in_finally=True))}
        return script

    def script(self):
        script = {"vars": dict(VARIABLES), "jobs": self.jobs(Place(depth=0), 1, 9)}
        if self.maybe(0.04) and not self.isolated:
            script["jobs"] += self.crossed_waits()
        if self.maybe(0.15):
            script["timeout"] = f"{self.milliseconds(250)}ms"
        if self.maybe(0.2):
            script["finally"] = self.jobs(Place(depth=2, in_finally=True), 1, 3)
        return script

    def command_line(self):
        options = ["-k"] if self.maybe(0.15) else []
        if self.isolated:
            options.append("--isolated")
        if self.maybe(0.12):
            options.append(f"--timeout={self.milliseconds(250)}ms")
        if self.maybe(0.12):
            options.append(f"--grace={self.milliseconds()}ms")
        count = self.rng.choice((1, 1, 1, 1, 1, 2, 2, 3))
        self.budget = max(4, self.budget // count)
        budget = self.budget
        self.files = {}
        if self.maybe(0.2):
            self.budget = 6
            self.files = {"part.json": self.included_script()}
        scripts = []
        for _ in range(count):
            self.budget = budget
            scripts.append(self.script())
        return {"options": options, "scripts": scripts, "files": self.files}


def case(seed):
    return Generator(seed).command_line()


if __name__ == "__main__":
    print(json.dumps(case(int(sys.argv[1])), indent=1))
