"""Holds what man/ and README.md say against what the binary says: 40-manual.sh runs it."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ARUN = os.environ["ARUN"]
errors = []


def arun(*arguments, **options):
    return subprocess.run([ARUN, *arguments], capture_output=True, text=True, check=False, **options)


def differences(what, page, binary):
    errors.extend(f"{what}: {name} is not in the manual" for name in sorted(binary - page))
    errors.extend(f"{what}: arun knows nothing of {name}" for name in sorted(page - binary))


def help_options(command):
    """The long names with their letters, or None, from the lines '  -k, --keep-going   go on...'."""
    text = arun(command, "--help").stdout
    return {m[2]: m[1] for m in re.finditer(r"^  (?:    |(-\w), )(--[\w-]+)", text, re.MULTILINE)}


def section(page, begin, end):
    return page[page.index(begin) : page.index(end)]


def flags(line):
    """The options that a line of mdoc names: `Fl -var Ar K`, `Fl kqv`, `Fl k , Fl -keep-going`."""
    for word in re.findall(r"\bFl (\S+)", line):
        yield from ["-" + word] if word.startswith("-") else ["-" + letter for letter in word]


def check_options(page):
    commands = set(re.findall(r"^  arun \[?(\w+)", arun("--help").stdout, re.MULTILINE))
    differences("commands", set(re.findall(r"^\.It Cm (\w+)", section(page, ".Ss Commands", ".Ss Options"), re.M)), commands)

    of_command = {command: help_options(command) for command in commands}
    known = {}
    for options in of_command.values():
        known.update(options)
    described = {f for line in re.findall(r"^\.It Fl .*", section(page, ".Ss Options", ".Ss Streams"), re.M) for f in flags(line)}
    differences("options", described, set(known) | {letter for letter in known.values() if letter})

    long_name = {letter: name for name, letter in known.items() if letter}
    synopses = dict.fromkeys(commands)
    for part in section(page, ".Sh SYNOPSIS", ".Sh DESCRIPTION").split(".Nm\n")[1:]:
        word = re.match(r"\.(?:Op )?Cm (\w+)", part)
        if word:
            synopses[word[1]] = {long_name.get(f, f) for f in flags(part)}
    for command in sorted(commands):
        if synopses[command] is None:
            errors.append(f"{command}: not in the synopsis")
        else:
            differences(f"synopsis of {command}", synopses[command], set(of_command[command]) - {"--help", "--version"})


def check_script(what, text):
    with tempfile.TemporaryDirectory() as folder:
        for path in re.findall(r"[\w/]+\.yaml", text):  # what it includes
            pathlib.Path(folder, path).parent.mkdir(exist_ok=True)
            pathlib.Path(folder, path).write_text("- print: here\n")
        # A file, because some read standard input.
        pathlib.Path(folder, "example.of.manual.yaml").write_text(text)
        done = arun("check", "example.of.manual.yaml", cwd=folder)
    if done.returncode != 0 or done.stderr:
        errors.append(f"{what} is no good script:\n{text}{done.stderr}")


def check_examples(kinds, pages):
    for kind in kinds:
        example = arun("kinds", kind).stdout.split("\nExample:\n\n")[1]
        check_script(f"the example of {kind}", re.sub(r"^  ", "", example, flags=re.MULTILINE))
    number = 0
    for path, page in pages.items():
        for block in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", page, re.MULTILINE | re.DOTALL):
            workflow = re.search(r"^on: ", block, re.MULTILINE)  # of GitHub Actions
            if re.match(r"- |\[|name: ", block) and not workflow:
                number += 1
                check_script(f"an example in {path}", block.replace("\\e", "\\").replace("\\&", ""))
    return number


def check_readme(kinds):
    readme = pathlib.Path("README.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|$", readme, re.MULTILINE))
    if rows != kinds:
        for kind in sorted(rows.items() ^ kinds.items()):
            errors.append(f"README.md and 'arun kinds' differ: {kind[0]}: {kind[1]}")


pages = {str(path): path.read_text() for path in sorted(pathlib.Path("man").glob("*.[1-9]"))}
kinds = dict(re.findall(r"^(\w+) {2,}(.+)$", arun("kinds").stdout, re.MULTILINE))
check_options(pages["man/arun.1"])
examples = check_examples(kinds, pages)
check_readme(kinds)
if errors:
    sys.exit("\n".join(errors))
print(f"{len(pages)} pages, {len(kinds)} kinds, {examples} examples")
