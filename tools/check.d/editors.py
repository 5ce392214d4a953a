"""Holds `arun schema` against what an editor is to make of it: 43-editors.sh runs it with the program of yaml-language-server and
the schema in a file. A server in an editor does the same, so what is asked here is what a user sees."""
import glob
import json
import os
import re
import subprocess
import sys

import yaml

ARUN = os.environ["ARUN"]

# Where a job can be. `JOB` is replaced by jobs, indented as it is. The lists are indented, because the server completes nothing in
# an empty line of other lists, whatever the schema.
PLACES = [
    "jobs:\n  JOB",
    "JOB",
    "jobs:\n  - print: a\n  JOB  - print: b\n",
    "jobs:\n  - parallel:\n      JOB      - print: b\n",
    "jobs:\n  - parallel:\n      max_concurrent: 2\n      jobs:\n        JOB",
    "jobs:\n  - race:\n      JOB",
    "jobs:\n  - tick: 1s\n    do:\n      JOB",
    "jobs:\n  - do:\n      - parallel:\n          - do:\n              JOB",
    "jobs: []\nfinally:\n  JOB",
    "jobs:\n  - print: a\n    finally:\n      JOB",
]

# What is offered at the `|` elsewhere.
OFFERED = {
    "|\n": "name description inputs vars env defaults secrets timeout ignore_warnings jobs finally",
    "jobs: []\n|\n": "name description inputs vars env defaults secrets timeout ignore_warnings finally",
    "jobs: []\ninputs:\n  a:\n    |\n": "description required type default options",
    "jobs: []\ndefaults:\n  run:\n    |\n": "shell dir output env",
    "- print: a\n  retry:\n    |\n": "limit interval backoff max_interval jitter timeout if",
    "- run: a\n  output:\n    |\n": "file append stderr",
    "- run: a\n  stdin:\n    |\n": "file",
    "- run: a\n  expect:\n    |\n": "exit stdout stderr duration",
    "- run: a\n  expect:\n    exit:\n      |\n": "equals matches not lt le gt ge",
    "- http: a\n  expect:\n    |\n": "status body headers json duration",
    "- http: a\n  expect:\n    duration:\n      |\n": "equals not lt le gt ge",
    "- http: a\n  auth:\n    |\n": "basic bearer",
    "- http: a\n  auth:\n    basic:\n      |\n": "user password",
    "- http: a\n  body:\n    |\n": "file",
}

# Wrong jobs. Each «...» is what an error is about, and there are no other errors.
WRONG = [
    "- «prnt»: a\n",
    "- «prnt»: a\n  timeout: 1s\n",
    "- «cuont»: 3\n  tick: 1s\n  do: {print: a}\n",
    "- tick: 1s\n  «cuont»: 3\n  do: {print: a}\n",
    "- tick: {every: 1s, «cuont»: 3}\n  do: {print: a}\n",
    "- tick: «1w»\n  do: {print: a}\n",
    "- tick: {every: «1w»}\n  do: {print: a}\n",
    "- tick: 1s\n  for: «1 s»\n  do: {print: a}\n",
    "- sleep: «soon»\n",
    "- sleep: {for: «soon»}\n",
    "- sleep: «-1»\n",
    "- print: a\n  timeout: «5w»\n",
    "- print: a\n  retry: {«times»: 3}\n",
    "- print: a\n  retry: {interval: «x»}\n",
    "- print: «[a]»\n",
    "- print: a\n  to: «stdin»\n",
    "- print: a\n  «sleep»: 1\n",
    "- «sleep»: 1\n  print: a\n",
    "- tick: 1s\n  «every»: 2s\n  do: {print: a}\n",
    "- repeat: «1.5»\n  do: []\n",
    "- repeat: «many»\n  do: []\n",
    "- repeat: 2\n  do: [{«prnt»: a}, {sleep: «1w»}]\n",
    "- parallel: {«prnt»: a}\n",
    "- parallel: []\n  fail_fast: «sure»\n",
    "- parallel: {jobs: [], fail_fast: «sure»}\n",
    "- for_each: [1]\n  «to»: x\n  do: []\n",
    "- run: a\n  expect: {«exti»: 0}\n",
    "- run: a\n  expect: {stdout: {«contans»: a}}\n",
    "- http: a\n  expect: {duration: {lt: «5w»}}\n",
    "- exec: [a]\n  background: true\n  ready: {«tpc»: a}\n",
    "- «tick»: {count: 1}\n  do: []\n",
    "- «t»imeout: 1\n",
    "- «s»leep:\n",
    "- «nothing»\n",
    "- «5»\n",
]
# Wrong scripts, likewise.
WRONG_SCRIPTS = [
    "jobs: []\n«job»: []\n",
    "jobs: []\ntimeout: «5w»\n",
    "«n»ame: a\n",
    "jobs: []\ninputs: {a: {«tpye»: string}}\n",
    "jobs: []\ndefaults: {run: {«sehll»: bash}}\n",
]


class Server:
    """yaml-language-server, which is asked one thing after the other, each with a document of its own."""

    def __init__(self, program, schema):
        self.process = subprocess.Popen(["node", program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.settings = {"schemas": {"file://" + schema: "*"}, "schemaStore": {"enable": False}}
        self.asked = self.opened = 0
        self.published = {}
        markdown = {"documentationFormat": ["markdown"], "snippetSupport": True}
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {
            "textDocument": {"completion": {"completionItem": markdown}}, "workspace": {"configuration": True}}})
        self.send(method="initialized", params={})

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def receive(self):
        """The next message, after what the server itself wants to know is answered."""
        length = 0
        while line := self.process.stdout.readline().strip():
            name, value = line.split(b":", 1)
            if name.lower() == b"content-length":
                length = int(value)
        if length == 0:
            sys.exit("yaml-language-server has ended")
        message = json.loads(self.process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.published[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            wanted = [item.get("section") for item in message["params"]["items"]]
            self.send(id=message["id"], result=[self.settings if section == "yaml" else {} for section in wanted])
        elif "method" in message and "id" in message:
            self.send(id=message["id"], result=None)
        return message

    def ask(self, method, params):
        self.asked += 1
        self.send(id=self.asked, method=method, params=params)
        while True:
            message = self.receive()
            if "method" not in message and message.get("id") == self.asked:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']}")
                return message["result"]

    def open(self, text):
        self.opened += 1
        uri = f"file:///script{self.opened}.yaml"
        self.send(method="textDocument/didOpen",
                  params={"textDocument": {"uri": uri, "languageId": "yaml", "version": 1, "text": text}})
        return uri

    def diagnostics(self, texts):
        """For each text the errors in it: pairs of where the error begins and ends, and its message."""
        for uri, text in [(self.open(text), text) for text in texts]:
            while uri not in self.published:
                self.receive()
            lines = text.splitlines(keepends=True)
            yield sorted(
                ([sum(map(len, lines[:at["line"]])) + at["character"] for at in (item["range"]["start"], item["range"]["end"])],
                 item["message"]) for item in self.published[uri])

    def completions(self, text):
        """What is offered at the `|` of the text."""
        before, after = text.split("|")
        result = self.ask("textDocument/completion", {
            "textDocument": {"uri": self.open(before + after)},
            "position": {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}})
        return result["items"]

    def hover(self, uri, line, character):
        """What is shown, without the title and the address of the schema."""
        result = self.ask("textDocument/hover",
                          {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}})
        text = result["contents"]["value"] if result else ""
        return "\n".join(row for row in text.splitlines() if row and not row.startswith(("####", "Source:")))


class Kind:
    def __init__(self, name):
        text = subprocess.run([ARUN, "kinds", name], capture_output=True, text=True, check=True).stdout
        head, example = text.split("\nExample:\n\n")
        self.name = name
        self.example = re.sub(r"^  ", "", example, flags=re.MULTILINE)
        arguments = head.split("\n\n")[1]
        self.fields = re.findall(r"^  (\w+) {2,}\S", arguments, re.MULTILINE)
        self.modifiers = re.sub(r"\s*\(.*", "", head.split("\nModifiers: ")[1], flags=re.DOTALL).replace(",", " ").split()
        if name == "set":  # its one argument has no name
            self.fields = []
        short = re.search(r"is short\s+for\s+'" + name + r":\s+\{(\w+):", head)
        self.shorthand = short.group(1) if short else None


def place(where, job):
    indent = re.search(r"^ *(?=JOB)", where, re.MULTILINE).group()
    return where.replace("JOB", job.replace("\n", "\n" + indent).removesuffix(indent))


def keys(node, path=()):
    """The keys of a document with their paths, apart from those of values that are the author's own."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, key.value)
            yield key, here
            if key.value not in ("set", "vars", "context", "json", "query", "form", "multipart", "default", "in"):
                yield from keys(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from keys(item, path)


def check_completions(server, kinds, modifiers):
    names = [kind.name for kind in kinds]
    checked = 0

    def expect(text, wanted):
        nonlocal checked
        checked += 1
        items = server.completions(text)
        labels = [item["label"] for item in items]
        if sorted(labels) != sorted(wanted):
            missing = sorted(set(wanted) - set(labels))
            extra = [label for label in labels if label not in wanted or labels.count(label) > 1]
            errors.append(f"completion in {text!r}: missing {missing}, too many {extra}")
        for item in items:
            if not item.get("documentation"):
                errors.append(f"completion in {text!r}: {item['label']} has no documentation")
            if not item["insertText"].startswith(item["label"] + ":"):
                errors.append(f"completion in {text!r}: {item['label']} inserts {item['insertText']!r}")

    for where in PLACES:
        for start in ("- |\n", "- pr|\n", "- t|\n"):
            expect(place(where, start), names + modifiers)
        expect(place(where, "- name: a\n  |\n"), names + [name for name in modifiers if name != "name"])
    for text, wanted in OFFERED.items():
        expect(text, wanted.split())
    for kind in kinds:
        beside = [name for name in kind.fields if name not in names or name == "do"]
        beside = [name for name in beside if name not in modifiers] + modifiers
        given = [name for name in beside if name != kind.shorthand]
        for where in PLACES[:4]:
            if kind.fields:
                expect(place(where, f"- {kind.name}:\n  |\n"), beside)
            expect(place(where, f"- {kind.name}: a\n  |\n"), given)
            expect(place(where, f"- {kind.name}: a\n  t|\n"), given)
        if kind.name not in ("set", "do", "parallel", "race", "for_each"):
            expect(f"- {kind.name}:\n    |\n", {*kind.fields, "timeout"})
    return checked


def check_hovers(server, scripts):
    checked = 0
    for name, text in scripts:
        uri = server.open(text)
        for document in yaml.compose_all(text):
            for key, path in keys(document):
                checked += 1
                if not server.hover(uri, key.start_mark.line, key.start_mark.column):
                    errors.append(f"{name}:{key.start_mark.line + 1}: nothing is shown about {'.'.join(path)}")
    return checked


def check_diagnostics(server, scripts):
    wrong = [place(where, job) for where in PLACES for job in WRONG] + WRONG_SCRIPTS
    texts = [re.sub("[«»]", "", marked) for marked in wrong]
    for marked, text, found in zip(wrong, texts, server.diagnostics(texts)):
        wanted = [[m.start() - 2 * i, m.end() - 2 * i - 2] for i, m in enumerate(re.finditer("«.*?»", marked))]
        if [where for where, _ in found] != wanted:
            shown = [(text[begin:end], message) for (begin, end), message in found]
            errors.append(f"the errors in {marked!r} are {shown}")
    for (name, text), found in zip(scripts, server.diagnostics(text for _, text in scripts)):
        for (begin, _), message in found:
            errors.append(f"{name}:{text.count(chr(10), 0, begin) + 1}: {message}")
    return len(wrong)


def every_key(kinds, modifiers):
    """Scripts with every argument of every kind, whose values do not matter."""
    names = [kind.name for kind in kinds]
    for kind in kinds:
        beside = [name for name in kind.fields if name not in names and name not in modifiers and name != kind.shorthand]
        for form in (" a", "") if kind.fields else ("",):
            rows = [f"- {kind.name}:{form}", *(f"  {name}: a" for name in beside + modifiers)]
            yield f"every key of {kind.name}", "\n".join(rows) + "\n"
        if kind.fields:
            rows = [f"- {kind.name}:", *(f"    {name}: a" for name in {*kind.fields, "timeout"})]
            yield f"every argument of {kind.name}", "\n".join(rows) + "\n"


errors = []
listed = subprocess.run([ARUN, "kinds"], capture_output=True, text=True, check=True).stdout
kinds = [Kind(name) for name in re.findall(r"^(\w+) {2,}", listed, re.MULTILINE)]
modifiers = kinds[0].modifiers
scripts = [(f"the example of {kind.name}", kind.example) for kind in kinds]
for name in sorted(glob.glob("scripts/**/*.y*ml", recursive=True)):
    with open(name, encoding="utf-8") as file:
        scripts.append((name, file.read()))
server = Server(*sys.argv[1:])
list(server.diagnostics(["jobs: 1\n"]))  # it has read the schema then
completions = check_completions(server, kinds, modifiers)
hovers = check_hovers(server, [*scripts, *every_key(kinds, modifiers)])
wrong = check_diagnostics(server, scripts)
server.process.kill()
if errors:
    sys.exit("\n".join(errors))
print(f"{completions} completions, {hovers} keys explained, {wrong} mistakes, {len(scripts)} good scripts")
