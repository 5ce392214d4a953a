#!/usr/bin/env python3
"""The floors of the house: a file includes only what its own floor or one below it has, no include goes in a circle,
each heavy library is known in few places, and core/ never prints."""

import pathlib
import re
import sys

BELOW = {
    "base": {"base"},
    "doc": {"base", "doc"},
    "rt": {"base", "rt"},
    "plan": {"base", "doc", "rt", "plan"},
    "jobs": {"base", "doc", "rt", "plan", "jobs"},
    "app": {"base", "doc", "rt", "plan", "jobs", "app"},
}

# Who may include a library's header. All of them cost seconds of compilation or drag a C library's names along.
LIBRARIES = {
    re.compile(r"CLI/"): r"app/[^/]*\.cpp",
    re.compile(r"nlohmann/"): r"(core/(doc|plan|jobs)|app)/.*\.cpp",
    re.compile(r"libfyaml\.h"): r"core/doc/.*\.cpp",
    re.compile(r"pcre2\.h"): r"core/plan/.*\.cpp",
    re.compile(r"uv\.h"): r"core/rt/.*",
    re.compile(r"curl/"): r"core/(rt|jobs)/.*",
    # Its static objects run at every start, whether or not anything is printed through them.
    re.compile(r"iostream$"): None,
}

# What prints. Formatting into memory (snprintf) and a child's file descriptors are something else.
PRINTS = re.compile(
    r"\b(?:std\s*::\s*)?(?:printf|vprintf|puts|putchar|putc|fputc|fputs|fprintf|vfprintf|dprintf|fwrite|perror|psignal)\s*\("
    r"|\bstd\s*::\s*(?:cout|cerr|clog|print|println)\b"
    r"|\bwrite\s*\(\s*(?:[12]\b|STD(?:OUT|ERR)_FILENO)"
)
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
# A comment, or a literal that might look like the start of one.
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def without_comments(text):
    def blank(match):
        token = match.group(0)
        return "\n" * token.count("\n") if token[0] == "/" else token

    return COMMENT.sub(blank, text)


def without_literals(line):
    return re.sub(r'"(?:\\.|[^"\\])*"', '""', line)


def floor_of(path):
    parts = path.split("/")
    return "app" if parts[0] == "app" else parts[1]


def resolve(path, name, files):
    """An include is relative to core/, and in app/ to app/ as well."""
    for root in ("core/", "app/") if path.startswith("app/") else ("core/",):
        if root + name in files:
            return root + name
    return None


def find_circle(graph):
    state = {}

    def visit(node, trail):
        state[node] = "open"
        for target in graph.get(node, ()):
            if state.get(target) == "open":
                return trail[trail.index(target):] + [target]
            if target not in state:
                circle = visit(target, trail + [target])
                if circle:
                    return circle
        state[node] = "done"
        return None

    for node in sorted(graph):
        if node not in state:
            circle = visit(node, [node])
            if circle:
                return circle
    return None


def main():
    files = sorted(
        str(path) for root in ("core", "app") for path in pathlib.Path(root).rglob("*") if path.suffix in (".cpp", ".hpp")
    )
    known = set(files)
    graph = {}
    errors = []
    for path in files:
        floor = floor_of(path)
        if floor not in BELOW:
            errors.append(f"{path}: {floor} is no floor of the house")
            continue
        for number, line in enumerate(without_comments(pathlib.Path(path).read_text()).split("\n"), 1):
            at = f"{path}:{number}"
            include = INCLUDE.match(line)
            if not include:
                if floor != "app" and PRINTS.search(without_literals(line)):
                    errors.append(f"{at}: core/ never prints: {line.strip()}")
                continue
            own, foreign = include.groups()
            if own is None:
                for library, place in LIBRARIES.items():
                    if library.match(foreign) and not (place and re.fullmatch(place, path)):
                        errors.append(f"{at}: <{foreign}> has no place here" + (f", only in {place}" if place else ""))
                continue
            target = resolve(path, own, known)
            if target is None:
                errors.append(f'{at}: no such file: "{own}" (includes are relative to core/, in app/ also to app/)')
                continue
            graph.setdefault(path, []).append(target)
            if floor_of(target) not in BELOW[floor]:
                errors.append(f'{at}: {floor} must not know {floor_of(target)}: "{own}"')
    circle = find_circle(graph)
    if circle:
        errors.append("includes go in a circle: " + " -> ".join(circle))
    if errors:
        print("\n".join(errors))
        return 1
    print(f"{len(files)} files on {len(BELOW)} floors")
    return 0


sys.exit(main())
