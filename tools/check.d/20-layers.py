#!/usr/bin/env python3
"""The layers: a file includes only files of its own layer or of one below, includes form no cycle,
each heavy library is included in few places, and core/ never prints."""

import pathlib
import re
import sys

BELOW = {
    "base": {"base"},
    "syntax": {"base", "syntax"},
    "rt": {"base", "rt"},
    "script": {"base", "syntax", "rt", "script"},
    "world": {"base", "rt", "world"},
    "tape": {"base", "syntax", "rt", "script", "world", "tape"},
    "jobs": {"base", "syntax", "rt", "script", "world", "jobs"},
    "app": {"base", "syntax", "rt", "script", "world", "tape", "jobs", "app"},
}

# Who may include a library's header. All of them cost seconds of compilation or drag a C library's names along.
LIBRARIES = {
    re.compile(r"CLI/"): r"app/cli/options\.cpp",
    re.compile(r"nlohmann/"): r"core/(syntax|script)/.*\.cpp",
    re.compile(r"libfyaml\.h"): r"core/syntax/.*\.cpp",
    re.compile(r"pcre2\.h"): r"core/script/.*\.cpp",
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


def layer_of(path):
    parts = path.split("/")
    return "app" if parts[0] == "app" else parts[1]


def resolve(path, name, files):
    """An include is relative to core/, and in app/ to app/ as well."""
    for root in ("core/", "app/") if path.startswith("app/") else ("core/",):
        if root + name in files:
            return root + name
    return None


def find_cycle(graph):
    state = {}

    def visit(node, trail):
        state[node] = "open"
        for target in graph.get(node, ()):
            if state.get(target) == "open":
                return trail[trail.index(target):] + [target]
            if target not in state:
                cycle = visit(target, trail + [target])
                if cycle:
                    return cycle
        state[node] = "done"
        return None

    for node in sorted(graph):
        if node not in state:
            cycle = visit(node, [node])
            if cycle:
                return cycle
    return None


def main():
    files = sorted(
        str(path) for root in ("core", "app") for path in pathlib.Path(root).rglob("*") if path.suffix in (".cpp", ".h", ".hpp")
    )
    known = set(files)
    graph = {}
    errors = []
    for path in files:
        layer = layer_of(path)
        if layer not in BELOW:
            errors.append(f"{path}: there is no layer {layer}")
            continue
        for number, line in enumerate(without_comments(pathlib.Path(path).read_text()).split("\n"), 1):
            at = f"{path}:{number}"
            include = INCLUDE.match(line)
            if not include:
                if layer != "app" and PRINTS.search(without_literals(line)):
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
            if layer_of(target) not in BELOW[layer]:
                errors.append(f'{at}: {layer} must not depend on {layer_of(target)}: "{own}"')
    cycle = find_cycle(graph)
    if cycle:
        errors.append("include cycle: " + " -> ".join(cycle))
    if errors:
        print("\n".join(errors))
        return 1
    print(f"{len(files)} files in {len(BELOW)} layers")
    return 0


sys.exit(main())
