"""A script as the Python that it stands for: one asyncio.Runner, one run() for each job of the script.

interpret(script) -> Outcome: what is printed and when, and the exit status. Written from the contract alone; where
the contract is silent, NOTES.md says what was chosen here.
"""

import asyncio
import contextvars
import datetime
import logging
import random
from dataclasses import dataclass, field

import groups
import kinds
import values
from modifiers import SKIPPED, run_job, run_list
from scope import Frame, JobFailed, Names, State, child_context, variable
from expressions import render
from script import Script, all_jobs
from vtloop import SECOND, Deadlock, Runaway, VirtualTimeLoop

START_TIME = datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.timezone.utc)
GRACE = 5 * SECOND

logging.getLogger("asyncio").setLevel(logging.CRITICAL)


@dataclass
class Line:
    time: int  # nanoseconds since the Runner was made
    text: str
    strand: tuple  # lines of one strand have one order, lines of several at one instant may have another


@dataclass
class Outcome:
    lines: list = field(default_factory=list)
    status: int = 0
    statuses: set = field(default_factory=set)  # where the contract leaves open which failure was the first
    deadlock: bool = False  # what is printed afterwards, while all is torn down, is not described
    runaway: bool = False  # gave up; nothing to compare
    doubts: set = field(default_factory=set)  # what the contract leaves open and this script depends on


class BackgroundRun:
    """One run of a background job."""

    def __init__(self, job):
        self.job, self.task, self.result, self.error, self.waited_for = job, None, None, None, False


class Session:
    """What all jobs of one Runner share."""

    def __init__(self, loop):
        self.kinds = {**kinds.KINDS, **groups.KINDS}
        self.loop = loop
        self.time = loop.time
        self.start_time = START_TIME
        self.context = contextvars.Context()
        self.outcome = Outcome()
        self.ids = set()
        self.states = {}
        self.backgrounds = []
        self.shields = set()
        self.named_contexts = {}
        self.grace_began = self.grace_is_over = False

    # Output

    def write(self, text, strand):
        for line in text.splitlines(keepends=True):
            lines = self.outcome.lines
            if lines and not lines[-1].text.endswith("\n"):
                lines[-1].text += line
            else:
                lines.append(Line(self.time(), line, strand))

    def doubt(self, question):
        self.outcome.doubts.add(question)

    def doubt_the_instant(self, event):
        """What is ready at the instant at which a group is cut short may take some more steps, or none."""
        if self.loop.has_work_now():
            self.doubt(f"how far the others get at the instant at which a group {event}")

    def doubt_exit(self, question):
        self.outcome.statuses |= {1, 124}

    # jobs.ID

    def started(self, job) -> dict:
        """The place for this run's outcome, result and error; jobs.ID shows the last one started."""
        entry = {}
        if job.id is not None:
            self.states[job.id] = entry
        return entry

    def job_states(self):
        return {name: self.states.get(name, {}) for name in self.ids}

    # Contexts

    def named_context(self, name, current):
        if name not in self.named_contexts:
            self.named_contexts[name] = child_context(current)
        return self.named_contexts[name]

    # Background jobs

    def start_background(self, job, frame, body):
        run = BackgroundRun(job)
        context = child_context(frame.context)
        strand = ("background", len(self.backgrounds))
        frame = frame._replace(context=context, strand=strand, ancestors=frame.ancestors + (run,))

        async def main():
            try:
                result = await body(self, job, frame)
                run.result = None if result is SKIPPED else result
            except JobFailed as error:
                run.error = error

        def ended(task):
            if task.cancelled():
                never_started["outcome"] = "cancelled"

        never_started = self.started(job)
        run.task = asyncio.create_task(main(), context=context)
        run.task.add_done_callback(ended)
        run.task.path = self.loop.next_root()
        self.backgrounds.append(run)

    def runs_of(self, name, frame):
        """The runs that live; those that failed and nobody has waited for; else the last one that ended."""
        if name == "all":
            runs = [run for run in self.backgrounds if run not in frame.ancestors]
        elif name in self.ids:
            runs = [run for run in self.backgrounds if run.job.id == name]
        else:
            raise values.ValueProblem(f"unknown job {name!r}")
        meant = [run for run in runs if not run.task.done() or (run.error is not None and not run.waited_for)]
        return meant or ([] if name == "all" else runs[-1:])

    # The grace period

    def begin_grace(self):
        """Counts from the first cancellation of the whole run."""
        if not self.grace_began:
            self.grace_began = True
            self.loop.call_later(GRACE, self.end_grace)

    def end_grace(self):
        self.grace_is_over = True
        for task in list(self.shields):
            self.doubt("what a `finally` does when the grace period ends")
            task.cancel()


class Interpreter:
    def __init__(self, source, options, loop):
        self.script = Script(source)
        self.options = options
        self.loop = loop
        self.session = Session(loop)
        self.session.ids = {job.id for job in all_jobs(self.script.jobs + self.script.final) if job.id is not None}
        self.runner = asyncio.Runner(loop_factory=lambda: loop)
        self.failures = []

    def run(self, coroutine):
        return self.runner.run(coroutine, context=self.session.context)

    def main(self):
        outcome = self.session.outcome
        try:
            self.jobs_and_finally()
            if self.loop.has_work_now():
                outcome.doubts.add("what a background job does at the instant at which the Runner closes")
            self.run(self.cancel_backgrounds())
            self.failures += [run.error for run in self.session.backgrounds if run.error and not run.waited_for]
            self.runner.close()
        except Deadlock:
            outcome.deadlock = True
            outcome.status = 125
            self.loop.close()
            return outcome
        except Runaway:
            outcome.runaway = True
            self.loop.close()
            return outcome
        if self.failures:
            outcome.status = 124 if self.failures[0].timed_out else 1
        outcome.statuses = {outcome.status} | (outcome.statuses if self.failures else set())
        return outcome

    def jobs_and_finally(self):
        state = State(keep_going="-k" in self.options)
        frame = Frame(context=self.session.context, state=state)
        for name, value in self.script.variables.items():
            value = render(value, Names(self.session, frame))
            self.session.context.run(variable(name).set, value)
        limit = values.duration(self.script.timeout or 0)
        deadline = self.loop.time() + limit if limit else None
        grace = self.loop.call_at(deadline, self.session.begin_grace) if limit else None
        for job in self.script.jobs:
            try:
                self.run(self.top_level_job(job, frame, deadline))
            except JobFailed as error:
                state.error = state.error or error
            except TimeoutError:
                state.error = state.error or JobFailed("timed out", timed_out=True)
                break  # the timeout is for the jobs together: there is no time left for any of them
        else:
            if grace is not None:
                grace.cancel()
        if state.error:
            self.failures.append(state.error)
        if self.script.final:
            owner = State(error=state.error, of_job=True)
            extras = {"error": state.error.message if state.error else None}
            try:
                self.run(self.final_jobs(frame._replace(state=owner, extras=extras)))
            except JobFailed as error:
                self.failures.append(error)
            except asyncio.CancelledError:
                pass  # the grace period is over

    async def final_jobs(self, frame):
        self.session.shields.add(asyncio.current_task())
        try:
            await run_list(self.session, self.script.final, frame)
        finally:
            self.session.shields.discard(asyncio.current_task())

    async def top_level_job(self, job, frame, deadline):
        async with asyncio.timeout_at(deadline):
            await run_job(self.session, job, frame)

    async def cancel_backgrounds(self):
        """What closing the Runner does to the jobs that still run; theirs may start others."""
        live = [run.task for run in self.session.backgrounds if not run.task.done()]
        if live:
            self.session.begin_grace()
        while live:
            for task in live:
                task.cancel()
            await asyncio.wait(live)
            live = [run.task for run in self.session.backgrounds if not run.task.done()]
            if live:
                self.session.doubt("a background job that starts while the Runner closes")


def interpret(source, options=(), jitter_seed=None, shuffle_timers=False, max_turns=100_000) -> Outcome:
    """`jitter_seed` None: the order of asyncio and of the script. Otherwise one of the other orders that the
    contract allows for things that happen at one instant."""
    jitter = None if jitter_seed is None else random.Random(jitter_seed)
    loop = VirtualTimeLoop(jitter, shuffle_timers, max_turns)
    return Interpreter(source, options, loop).main()
