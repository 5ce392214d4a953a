"""What a running job knows: variables in a contextvars.Context, its place in the script, the state of its list."""

import contextlib
import contextvars
from typing import Any, NamedTuple

import values

# One ContextVar for each name of a variable. They live for ever, which is what the documentation asks for.
_VARIABLES: dict[str, contextvars.ContextVar] = {}


def variable(name) -> contextvars.ContextVar:
    if name not in _VARIABLES:
        _VARIABLES[name] = contextvars.ContextVar(name)
    return _VARIABLES[name]


def child_context(context, **assignments):
    """A copy of `context`, as a child task gets it, with some variables of its own."""
    copy = context.copy()
    for name, value in assignments.items():
        copy.run(variable(name).set, value)
    return copy


class JobFailed(Exception):
    """A job has failed. `timed_out`: the root cause was a timeout."""

    def __init__(self, message, timed_out=False):
        super().__init__(message)
        self.message = message
        self.timed_out = timed_out
        self.taken_over = []  # the runs of background jobs whose failures a `wait` took with it


@contextlib.contextmanager
def problems_fail_the_job():
    """An expression or a value that does not fit is a failure of the job that needed it."""
    try:
        yield
    except values.ValueProblem as problem:
        raise JobFailed(str(problem)) from problem


class State:
    """What success(), failure() and cancelled() tell: the state of a list so far, on top of an outer state."""

    def __init__(self, outer=None, error=None, cancelled=False, keep_going=False, of_job=False):
        self.outer, self.error, self.was_cancelled = outer, error, cancelled
        self.of_job = of_job  # not a list: the job that a `finally` belongs to
        self.keep_going = keep_going  # -k: a failure does not keep later jobs from running

    def success(self):
        """Of the list itself, as the implied one; in a `finally`, of its job as well."""
        return self.error is None and not self.was_cancelled and (self.outer is None or self.outer.job_succeeded())

    def job_succeeded(self):
        return self.success() if self.of_job else self.outer is None or self.outer.job_succeeded()

    def failed(self):
        return self.error is not None or (self.outer is not None and self.outer.failed())

    def cancelled(self):
        return self.was_cancelled or (self.outer is not None and self.outer.cancelled())


class Record(dict):
    """jobs.ID of one run. `run`: its BackgroundRun, if it has one; `failure`, and whether it was allowed."""

    run = failure = None
    allowed = False


class Records:
    """The runs with an id that one task started, itself or in tasks inside it: a round, a child of a group, a
    background job, or the scripts."""

    def __init__(self, outer=None):
        self.last, self.outer = {}, outer


class Frame(NamedTuple):
    """Where a job runs. Flows down the calls; only variables live in the Context, because a named context is
    shared by jobs that have nothing else in common."""

    context: contextvars.Context
    state: State
    loop: Any = None  # {"index": n} inside a loop
    strand: tuple = ("main",)  # which line of execution prints: a new one for each child of a group
    ancestors: tuple = ()  # the background jobs that this job is part of
    records: Any = None  # Records of this task
    record: Any = None  # of the background job that is to run, which has it from its start
    extras: Any = None  # attempt, result and error, for retry's `if`; error in a `finally`


class Names:
    """The names an expression can use, for one Frame."""

    def __init__(self, session, frame, **extras):
        self.session, self.frame = session, frame
        self.extras = {**(frame.extras or {}), **extras}

    def lookup(self, name):
        if name in self.extras:
            return self.extras[name]
        if name == "loop":
            if self.frame.loop is None:
                raise values.UnknownName("loop")
            return self.frame.loop
        if name == "jobs":
            return self.session.job_states(self.frame)
        try:
            return variable(name).get()
        except LookupError:
            raise values.UnknownName(f"unknown name {name!r}") from None

    def success(self):
        return self.frame.state.success()

    def failure(self):
        return self.frame.state.failed()

    def cancelled(self):
        return self.frame.state.cancelled()

    def always(self):
        return True

    def now(self):
        return self.session.now()
