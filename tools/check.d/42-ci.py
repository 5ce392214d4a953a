#!/usr/bin/env python3
"""The files for CI systems and packagers can be read, and whatever their commands name exists: scripts, targets of make,
presets, targets and options of CMake. Jobs in Debian run .ci/run, and every job has a time limit. What tells how to get a release has the
project's version and one address."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

try:
    import yaml
except ImportError:
    print("python3-yaml is missing")
    sys.exit(77)

WORKFLOWS = sorted(pathlib.Path(".github/workflows").glob("*.yml"))
GITLAB = pathlib.Path(".gitlab-ci.yml")
TEMPLATE = pathlib.Path("packaging/gitlab-ci.yml")
OTHER_YAML = [pathlib.Path("action.yml"), TEMPLATE, pathlib.Path(".pre-commit-hooks.yaml")]
PKGBUILD = pathlib.Path("packaging/arch/PKGBUILD")
FORMULA = pathlib.Path("packaging/homebrew/arun.rb")
SYSTEMS = {"debian:12", "debian:13"}
LIMIT = 90  # minutes

errors = []


class Loader(yaml.SafeLoader):
    """Refuses a key that occurs twice, which YAML forbids and PyYAML accepts."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(f"line {node.start_mark.line + 1}: {key!r} occurs twice")
        return super().construct_mapping(node, deep)


def load(path):
    try:
        return yaml.load(path.read_text(), Loader)
    except yaml.YAMLError as error:
        errors.append(f"{path}: {error}")
        return {}


def as_list(value):
    return value if isinstance(value, list) else [value]


def github_jobs(path):
    """Each job of a workflow, once for each row of its matrix: (name, image, minutes, commands)."""
    workflow = load(path)
    # YAML 1.1, which PyYAML reads, takes the key `on` for true.
    if workflow and not workflow.get("on", workflow.get(True)):
        errors.append(f"{path}: nothing triggers it")
    for name, job in workflow.get("jobs", {}).items():
        for row in job.get("strategy", {}).get("matrix", {}).get("include", [{}]):
            text = json.dumps(job)
            for key, value in row.items():
                text = text.replace("${{ matrix." + key + " }}", json.dumps(value)[1:-1])
            if "${{ matrix." in text:
                errors.append(f"{path}: {name}: a row of the matrix lacks a value")
            one = json.loads(text)
            container = one.get("container")
            image = container["image"] if isinstance(container, dict) else container
            commands = [step["run"] for step in one["steps"] if "run" in step]
            yield row.get("name", name), image, one.get("timeout-minutes"), commands


def gitlab_jobs(path):
    config = load(path)
    keywords = {"default", "variables", "stages", "include", "workflow"}

    def resolved(name):
        job = dict(config[name])
        base = job.pop("extends", None)
        return {**resolved(base), **job} if base else job

    for name in config:
        if name in keywords or name.startswith("."):
            continue
        job = {**config.get("default", {}), **resolved(name)}
        limit = re.fullmatch(r"(\d+) minutes", job.get("timeout", ""))
        commands = [command for key in ("before_script", "script") for command in as_list(job.get(key, []))]
        yield name, job.get("image"), int(limit[1]) if limit else None, commands


def presets():
    return {preset["name"] for preset in json.loads(pathlib.Path("CMakePresets.json").read_text())["configurePresets"]}


def known_names():
    """What an argument of each command may be: a pattern of the command -> the names."""
    makefile = pathlib.Path("Makefile").read_text()
    packages = pathlib.Path("tools/install-packages").read_text()
    checks = {path.stem.split("-", 1)[1] for path in pathlib.Path("tools/check.d").glob("[0-9]*")}
    cmake = "\n".join(path.read_text() for path in [pathlib.Path("CMakeLists.txt"), pathlib.Path("tests/CMakeLists.txt"),
                                                    *pathlib.Path("cmake").glob("*.cmake")])
    words = r"((?: +[\w-]+)*)"
    return {
        r"(?:^|[;&|]) *make" + words: set(re.findall(r"^([a-z]+):", makefile, re.M)),
        r"tools/check" + words: checks,
        r"tools/install-packages" + words: set(re.findall(r"^    ([a-z-]+)\)", packages, re.M)),
        r"tools/(?:test|build) +([\w-]+)": presets(),
        r"--preset +([\w-]+)": presets(),
        r"--target" + words: set(re.findall(r"add_(?:executable|custom_target)\((\w+)", cmake)),
        r"(?<![\w-])-D(?!CMAKE_|FETCHCONTENT_|HOMEBREW_)(\w+)=": set(re.findall(r"(?:option|set|find_path|find_library)\((\w+)", cmake)),
    }


def check_text(where, text, names):
    for path in re.findall(r"(?<![\w./-])((?:\.ci|tools|tests)/[\w./-]*\w)", text):
        if not os.access(path, os.X_OK):
            errors.append(f"{where}: {path} is no program")
    for pattern, known in names.items():
        for arguments in re.findall(pattern, text, re.M):
            for name in arguments.split():
                if name not in known:
                    errors.append(f"{where}: unknown name '{name}'")


def check_job(where, image, minutes, commands, names):
    if minutes != LIMIT:
        errors.append(f"{where}: the time limit is {minutes} minutes, not {LIMIT}")
    for command in commands:
        # Expressions of the CI system are not the shell's.
        done = subprocess.run(["bash", "-n"], input=re.sub(r"\$\{\{.*?\}\}", "x", command), text=True, capture_output=True)
        if done.returncode != 0:
            errors.append(f"{where}: {done.stderr.strip()}")
        check_text(where, command, names)
    if image and image.startswith("debian:"):
        if not any("git config --system --add safe.directory" in command for command in commands):
            errors.append(f"{where}: git will not trust the checkout, which belongs to another user")


def check_releases(names):
    """The files that a releaser edits, see RELEASING.md."""
    version = re.search(r"^project\(arun VERSION ([\d.]+)", pathlib.Path("CMakeLists.txt").read_text(), re.M)[1]
    address = re.search(r"^url=(.*)$", PKGBUILD.read_text(), re.M)[1]
    for path in (PKGBUILD, FORMULA, TEMPLATE, pathlib.Path("man/arun-ci.7")):
        text = path.read_text()
        for found in re.findall(r"(?<![\d.])\d+\.\d+\.\d+(?!\.?\d)", text) or ["no version"]:
            if found != version:
                errors.append(f"{path}: {found} is not {version}, the version of CMakeLists.txt")
        for found in re.findall(r"https://[^\s\"]+", text) or ["no address"]:
            if not (found + "/").startswith(address + "/"):
                errors.append(f"{path}: {found} is not below {address}, the address of {PKGBUILD}")
    for path in (PKGBUILD, FORMULA):
        check_text(path, path.read_text(), names)
    for program, *options in (["bash", "-n", PKGBUILD], ["ruby", "-c", FORMULA]):
        if shutil.which(program):
            done = subprocess.run([program, *options], text=True, capture_output=True)
            if done.returncode != 0:
                errors.append(done.stderr.strip())


names = known_names()
count = 0
for path in [*WORKFLOWS, GITLAB]:
    full = set()
    for name, image, minutes, commands in (gitlab_jobs if path == GITLAB else github_jobs)(path):
        check_job(f"{path}: {name}", image, minutes, commands, names)
        count += 1
        if ".ci/run" in commands:
            full.add(image)
    if path.name != "release.yml" and not full >= SYSTEMS:
        errors.append(f"{path}: .ci/run does not run on {', '.join(sorted(SYSTEMS - full))}")
for path in OTHER_YAML:
    load(path)
check_releases(names)

print("\n".join(errors) or f"{count} jobs, {len(OTHER_YAML)} other files of YAML, 2 recipes")
sys.exit(1 if errors else 0)
