#!/usr/bin/env python3
"""Makes json.jsonl and yaml.jsonl of clones of the two suites: import.py JSON_TEST_SUITE YAML_TEST_SUITE

YAML_TEST_SUITE is a checkout of the branch `data`. Bytes that are not UTF-8 are written as base64; the two inputs that
repeat one text very often as that text and its number.
"""
import base64
import json
import pathlib
import re
import sys


def encoded(data):
    repeated = re.fullmatch(rb"(.{1,8}?)\1{999,}\n?", data, re.DOTALL)
    if repeated:
        return {"text": repeated[1].decode(), "times": len(data) // len(repeated[1])}
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def write(name, cases):
    path = pathlib.Path(__file__).parent / name
    with path.open("w", encoding="utf-8") as out:
        for case in cases:
            out.write(json.dumps(case, ensure_ascii=True) + "\n")


def json_cases(top):
    for path in sorted((top / "test_parsing").iterdir()):
        yield {"name": path.stem} | encoded(path.read_bytes())


def yaml_cases(top):
    for path in sorted(top.rglob("in.yaml")):
        folder = path.parent
        name = str(folder.relative_to(top))
        if name.startswith(("name/", "tags/")):  # links to the others
            continue
        case = {"name": name, "title": (folder / "===").read_text().strip()} | encoded(path.read_bytes())
        if (folder / "error").exists():
            case["error"] = True
        elif (folder / "in.json").exists():
            case["json"] = (folder / "in.json").read_text()
        yield case


write("json.jsonl", json_cases(pathlib.Path(sys.argv[1])))
write("yaml.jsonl", yaml_cases(pathlib.Path(sys.argv[2])))
