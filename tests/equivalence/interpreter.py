"""Scripts as the Python that they stand for: one asyncio.Runner, one run() for each job of each script.

interpret(scripts, options) -> Outcome: what is printed and when, and the exit status. Written from the contract alone; where
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
import options as command_line
import values
from modifiers import SKIPPED, run_job, run_list
from scope import Frame, JobFailed, Names, Record, Records, State, child_context, variable
from expressions import render
from script import Script, all_jobs
from vtloop import Deadlock, Runaway, VirtualTimeLoop

START_TIME = datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.timezone.utc)

logging.getLogger("asyncio").setLevel(logging.CRITICAL)


@dataclass
class Line:
    time: int  # nanoseconds since the run began
    text: str
    strand: tuple  # lines of one strand have one order, lines of several at one instant may have another


@dataclass
class Outcome:
    lines: list = field(default_factory=list)
    status: int = 0
    statuses: set = field(default_factory=set)  # where the contract leaves open which failure was the first
    deadlock: bool = False
    torn_down: bool = False  # the clean-up after a deadlock is one again: what is printed from there on is not described
    runaway: bool = False  # gave up; nothing to compare
    doubts: set = field(default_factory=set)  # what the contract leaves open and this script depends on


class BackgroundRun:
    """One run of a background job."""

    def __init__(self, job):
        self.job, self.task, self.result, self.error, self.waited_for = job, None, None, None, 0
        self.failed_at = None


class Session:
    """What all jobs of one Runner share."""

    def __init__(self, grace, files):
        self.kinds = {**kinds.KINDS, **groups.KINDS}
        self.grace = grace
        self.files = files  # the scripts that `include` reads, by name
        self.start_time = START_TIME
        self.outcome = Outcome()
        self.ids = set()

    def enter(self, loop):
        """A new Runner."""
        self.loop = loop
        self.time = loop.time
        self.created = loop.time()
        self.context = contextvars.Context()
        self.records = Records()
        self.backgrounds = []
        self.shields = set()
        self.named_contexts = {}
        self.grace_began = self.grace_is_over = self.closing = False
        self.grace_timer = None

    def now(self):
        return values.Instant((self.time() - self.created) / 1e9)

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

    def started(self, job, frame):
        """The place for this run's outcome, result and error."""
        record = Record()
        if job.id is not None:
            records = frame.records
            while records is not None:
                records.last[job.id] = record
                records = records.outer
        return record

    def find_record(self, name, frame):
        """jobs.ID: the run that was started last in this round or task, else in those around it, else anywhere."""
        records = frame.records
        while records is not None:
            if name in records.last:
                return records.last[name]
            records = records.outer
        return None

    def job_states(self, frame):
        return {name: self.find_record(name, frame) or {} for name in self.ids}

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
        record = self.started(job, frame)
        record.run = run
        frame = frame._replace(
            context=context,
            strand=strand,
            ancestors=frame.ancestors + (run,),
            records=Records(frame.records),
            record=record,
        )

        async def main():
            try:
                result = await body(self, job, frame)
                run.result = None if result is SKIPPED else result
            except JobFailed as error:
                run.error, run.failed_at = error, self.time()

        def ended(task):
            if task.cancelled():
                record["outcome"] = "cancelled"

        run.task = asyncio.create_task(main(), context=context)
        run.task.add_done_callback(ended)
        run.task.path = self.loop.next_root()
        self.backgrounds.append(run)

    def runs_of(self, name, frame):
        """The runs that live, and those that failed and nobody has waited for."""
        if name == "all":
            runs = [run for run in self.backgrounds if run not in frame.ancestors]
        elif name in self.ids:
            runs = [run for run in self.backgrounds if run.job.id == name]
        else:
            raise values.ValueProblem(f"unknown job {name!r}")
        return [run for run in runs if not run.task.done() or (run.error is not None and not run.waited_for)]

    def first_failure(self, runs):
        """In time; of several at one instant that of the run that was started first."""
        failed = [run for run in self.backgrounds if run in runs and run.error is not None]
        first = min(failed, key=lambda run: run.failed_at, default=None)
        if len({run.error.timed_out for run in failed if run.failed_at == first.failed_at}) > 1:
            self.doubt_exit("which failure of one instant is the first")
        return first and first.error

    def unreported(self):
        return [run for run in self.backgrounds if run.error is not None and not run.waited_for]

    # The grace period

    def begin_grace(self):
        """Counts from the first cancellation of the whole run."""
        if not self.grace_began:
            self.grace_began = True
            self.grace_timer = self.loop.call_later(self.grace, self.end_grace)

    def end_grace(self):
        self.grace_is_over = True
        for task in list(self.shields):
            self.doubt("what a `finally` does when the grace period ends")
            task.cancel()

    def reset_grace(self):
        """The jobs that start from now on are not concerned."""
        if self.grace_timer is not None:
            self.grace_timer.cancel()
        self.grace_began = self.grace_is_over = False


class Limit:
    """A time limit on several jobs: a script's `timeout`, or --timeout."""

    def __init__(self, length, begin):
        self.end = begin + length if length else None
        self.passed = False


class Interpreter:
    def __init__(self, sources, files, options, make_loop):
        self.scripts = [Script(source) for source in sources]
        self.options = command_line.parse(options)
        self.make_loop = make_loop
        self.session = Session(self.options.grace, {name: Script(source) for name, source in files.items()})
        self.session.ids = {
            job.id for script in self.scripts for job in all_jobs(script.jobs + script.final) if job.id is not None
        }
        self.failures = []
        self.run_limit = Limit(self.options.timeout, 0)
        self.interrupted = False  # no job starts any more
        self.open_runner(0)

    def open_runner(self, now):
        self.loop = self.make_loop(now)
        self.session.enter(self.loop)
        self.runner = asyncio.Runner(loop_factory=lambda: self.loop)
        self.runner.get_loop()

    def main(self):
        outcome = self.session.outcome
        try:
            for script in self.scripts:
                if self.interrupted or (self.failures and not self.options.keep_going):
                    break
                self.run_script(script)
            self.close_runner()
        except Deadlock:
            outcome.torn_down = True
            self.loop.close()
        except Runaway:
            outcome.runaway = True
            self.loop.close()
            return outcome
        if outcome.deadlock:
            outcome.status = 125
            outcome.statuses = {125}
            return outcome
        if self.failures:
            outcome.status = 124 if self.failures[0].timed_out else 1
        outcome.statuses = {outcome.status} | (outcome.statuses if self.failures else set())
        return outcome

    def close_runner(self):
        if not self.interrupted and self.session.backgrounds:
            while self.loop.has_work_now():
                self.run(asyncio.sleep(0))
        self.run(self.cancel_backgrounds())
        if error := self.session.first_failure(self.session.unreported()):
            self.failures.append(error)
        self.runner.close()

    # Scripts

    def run_script(self, script):
        limit = Limit(values.duration(script.timeout or 0), self.loop.time())
        state = State(keep_going=self.options.keep_going)
        for index, job in enumerate(script.jobs):
            if self.interrupted or limit.passed:
                break
            if index > 0 and self.options.isolated:
                self.close_runner()
                self.open_runner(self.loop.now)
            if index == 0 or self.options.isolated:
                self.declare_variables(script)
            self.run_top(job, state, limit)
        if state.error:
            self.failures.append(state.error)
        if script.final:
            self.run_finally(script, state)
        if limit.passed and not self.interrupted:
            self.session.reset_grace()  # the time that this script had for its clean-up is not the next one's

    def declare_variables(self, script):
        frame = self.frame(State())
        for name, value in script.variables.items():
            value = render(value, Names(self.session, frame))
            self.session.context.run(variable(name).set, value)

    def frame(self, state):
        return Frame(context=self.session.context, state=state, records=self.session.records)

    def run_top(self, job, state, script_limit):
        limits = [limit for limit in (self.run_limit, script_limit) if limit.end is not None]
        limit = min(limits, key=lambda limit: limit.end, default=None)
        try:
            self.drive(run_job(self.session, job, self.frame(state)), limit)
        except JobFailed as error:
            state.error = state.error or error
        except asyncio.CancelledError:
            pass
        if limit is not None and limit.passed:
            state.error = state.error or JobFailed("timed out", timed_out=True)
        if self.run_limit.passed:
            self.interrupted = True

    def run_finally(self, script, state):
        owner = State(error=state.error, cancelled=self.interrupted, of_job=True)
        extras = {"error": state.error.message if state.error else None}
        try:
            limit = self.run_limit if self.run_limit.end is not None and not self.interrupted else None
            self.drive(self.final_jobs(script, self.frame(owner)._replace(extras=extras)), limit, shielded=True)
        except JobFailed as error:
            self.failures.append(error)
        except asyncio.CancelledError:
            pass  # the grace period is over
        if self.run_limit.passed and not self.interrupted:
            self.failures.append(JobFailed("timed out", timed_out=True))
            self.interrupted = True

    async def final_jobs(self, script, frame):
        self.session.shields.add(asyncio.current_task())
        try:
            await run_list(self.session, script.final, frame)
        finally:
            self.session.shields.discard(asyncio.current_task())

    # Coroutines

    def run(self, coroutine):
        return self.runner.run(coroutine, context=self.session.context)

    def drive(self, coroutine, limit, shielded=False):
        """run() within a limit. After a deadlock all jobs are cancelled, and have ended when this returns."""
        try:
            self.run(self.limited(coroutine, limit, shielded))
        except Deadlock:
            self.session.outcome.deadlock = True
            self.interrupted = True
            self.session.begin_grace()
            self.run(self.cancel_all())

    async def limited(self, coroutine, limit, shielded):
        if limit is None:
            return await coroutine
        timer = self.loop.call_at(limit.end, self.session.begin_grace)
        try:
            if shielded:
                return await coroutine
            async with asyncio.timeout_at(limit.end):
                return await coroutine
        except TimeoutError:
            raise asyncio.CancelledError from None
        finally:
            limit.passed = self.loop.time() >= limit.end
            if not limit.passed:
                timer.cancel()

    async def cancel_all(self):
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        await self.cancel_until_ended(lambda: sorted((t for t in tasks if not t.done()), key=lambda t: t.path))
        await self.cancel_backgrounds()

    async def cancel_backgrounds(self):
        """What closing the Runner does to the jobs that still run; theirs may start others."""
        self.session.closing = True
        await self.cancel_until_ended(lambda: [run.task for run in self.session.backgrounds if not run.task.done()])

    async def cancel_until_ended(self, living):
        live = living()
        if live:
            self.session.begin_grace()
        while live:
            for task in live:
                task.cancel()
            await asyncio.wait(live)
            live = living()
            if live:
                self.session.doubt("a background job that starts while the Runner closes")


def interpret(
    scripts, options=(), files=None, jitter_seed=None, shuffle_timers=False, max_turns=100_000
) -> Outcome:
    """`files`: the scripts that `include` reads, by name. `jitter_seed` None: the order of asyncio and of the script.
    Otherwise one of the other orders that the contract allows for things that happen at one instant."""
    jitter = None if jitter_seed is None else random.Random(jitter_seed)

    def make_loop(now):
        return VirtualTimeLoop(jitter, shuffle_timers, max_turns, now)

    return Interpreter(scripts, files or {}, options, make_loop).main()
