"""A script as a tree of Jobs: kind, arguments, modifiers; shorthands and siblings put in one shape."""

from expressions import bare

# The argument that a kind's shorthand stands for.
SHORTHANDS = {
    "sleep": "for",
    "print": "text",
    "timestamp": "format",
    "tick": "every",
    "repeat": "count",
    "do": "jobs",
    "parallel": "jobs",
    "race": "jobs",
    "for_each": "in",
    "wait": "ids",
    "cancel": "ids",
    "set": "entries",
    "assert": "conditions",
    "fail": "message",
    "include": "script",
}
LOOPS = ("tick", "repeat", "for_each")
JOB_LISTS = ("jobs", "do")
MODIFIERS = (
    "name",
    "id",
    "if",
    "context",
    "timeout",
    "retry",
    "continue_on_error",
    "capture",
    "finally",
    "background",
)
# Kinds whose shorthand may itself be a mapping; it is a mapping of arguments when it has the key "jobs".
_LISTS_OF_JOBS = ("do", "parallel", "race")


class Job:
    __slots__ = ("kind", "arguments", "modifiers", "condition", "runs_after_failure", "line")

    def __init__(self, source):
        if isinstance(source, str):
            source = {source: None}
        self.kind = next((key for key in LOOPS if key in source), None) or next(
            key for key in SHORTHANDS if key in source
        )
        value = source[self.kind]
        rest = {key: item for key, item in source.items() if key != self.kind and item is not None}
        self.modifiers = {key: rest.pop(key) for key in MODIFIERS if key in rest}
        if value is None:
            arguments = {}
        elif self.kind == "set":
            arguments = {"entries": value}
        elif isinstance(value, dict) and (self.kind not in _LISTS_OF_JOBS or "jobs" in value):
            arguments = {key: item for key, item in value.items() if item is not None}
        else:
            arguments = {SHORTHANDS[self.kind]: value}
        arguments.update(rest)
        if self.kind != "set" and "timeout" in arguments:
            self.modifiers["timeout"] = arguments.pop("timeout")
        for key in JOB_LISTS:
            if key in arguments:
                arguments[key] = job_list(arguments[key])
        if "finally" in self.modifiers:
            self.modifiers["finally"] = job_list(self.modifiers["finally"])
        self.arguments = arguments
        self.condition = bare(self.modifiers["if"]) if "if" in self.modifiers else None
        self.runs_after_failure = self.condition is not None and bool(
            self.condition.calls & {"failure", "always", "cancelled"}
        )

    @property
    def id(self):
        return self.modifiers.get("id")


class Script:
    def __init__(self, source):
        if isinstance(source, list):
            source = {"jobs": source}
        self.variables = source.get("vars") or {}
        self.timeout = source.get("timeout")
        self.jobs = job_list(source["jobs"])
        self.final = job_list(source.get("finally") or [])


def job_list(source):
    return [Job(item) for item in (source if isinstance(source, list) else [source])]


def all_jobs(jobs):
    for job in jobs:
        yield job
        for children in [job.arguments.get(key) for key in JOB_LISTS] + [job.modifiers.get("finally")]:
            if children:
                yield from all_jobs(children)
