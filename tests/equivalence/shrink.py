"""Makes a failing script smaller: takes away jobs, modifiers and arguments as long as it keeps failing."""

import copy
import re

from script import JOB_LISTS, LOOPS, SHORTHANDS

_LISTS = JOB_LISTS + ("finally", "parallel", "race", "tick", "repeat", "for_each")


def shrink(case, fails, most=600):
    """`fails(case)` tells whether a smaller case still shows the difference; it is asked at most `most` times."""
    left = most
    shrunk = True
    while shrunk and left > 0:
        shrunk = False
        for smaller in _smaller(case):
            left -= 1
            if fails(smaller):
                case, shrunk = smaller, True
                break
            if left <= 0:
                break
    return case


def _smaller(case):
    for option in case["options"]:
        yield {**case, "options": [other for other in case["options"] if other != option]}
    for index in range(len(case["scripts"]) if len(case["scripts"]) > 1 else 0):
        yield {**case, "scripts": case["scripts"][:index] + case["scripts"][index + 1 :]}
    for part in ("scripts", "files"):
        keys = range(len(case[part])) if part == "scripts" else list(case[part])
        for key in keys:
            for path in _places(case[part][key], ()):
                for edit in _edits(_at(case[part][key], path)):
                    smaller = copy.deepcopy(case[part])
                    if edit(smaller[key], path):
                        yield {**case, part: smaller}


def _places(node, path):
    """The paths of all job lists, jobs and mappings of arguments, outermost first."""
    yield path
    if isinstance(node, dict):
        for key in ("jobs",) + _LISTS:
            if isinstance(node.get(key), (list, dict)):
                yield from _places(node[key], path + (key,))
    elif isinstance(node, list):
        for index, item in enumerate(node):
            if isinstance(item, dict):
                yield from _places(item, path + (index,))


def _at(node, path):
    for key in path:
        node = node[key]
    return node


def _edits(node):
    if isinstance(node, list):
        for index in range(len(node)):
            yield lambda script, path, index=index: _remove(script, path, index)
        for index in range(len(node)):
            yield lambda script, path, index=index: _hoist(script, path, index)
    elif isinstance(node, dict):
        for key in node:
            yield lambda script, path, key=key: _drop(script, path, key)
        for key in node:
            yield lambda script, path, key=key: _simplify(script, path, key)


def _remove(script, path, index):
    jobs = _at(script, path)
    if len(jobs) == 1 and path and path[-1] in ("parallel", "race", "jobs"):
        return False
    del jobs[index]
    return True


def _hoist(script, path, index):
    """Puts a job's children in its place."""
    jobs = _at(script, path)
    job = jobs[index]
    if not isinstance(job, dict):
        return False
    for key in _LISTS:
        inner = job.get(key)
        if isinstance(inner, dict):
            inner = inner.get("jobs") or inner.get("do") or (inner if key not in LOOPS else None)
        if isinstance(inner, dict):
            inner = [inner]
        if isinstance(inner, list) and all(isinstance(item, dict) for item in inner) and inner:
            jobs[index : index + 1] = inner
            return True
    return False


def _drop(script, path, key):
    node = _at(script, path)
    if (not path and key == "jobs") or (path and key in SHORTHANDS and key != "do"):
        return False
    if key == "do" and not any(loop in node for loop in LOOPS + ("every",)):
        return False
    del node[key]
    return True


def _simplify(script, path, key):
    """A print keeps its label and its time only."""
    node = _at(script, path)
    match = isinstance(node[key], str) and key == "print" and re.match(r"(L\d+ \$\{\{ now\(\) \}\}) .", node[key])
    if not match:
        return False
    node[key] = match[1]
    return True
