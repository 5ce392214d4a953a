#!/usr/bin/env bash
# --timeline: the run as a picture, as a page, and as text.
. "${BASH_SOURCE%/*}/lib.sh"

write x.yaml <<'END'
vars: {host: web-1, n: 3, text: "two\nlines"}
jobs:
  - print: "to ${{ host }}"
  - sleep: "${{ n }}"
  - {name: "named ${{ host }}", sleep: 300us}
  - print: "${{ random() }}"
  - {context: {host: web-2}, print: "to ${{ host }}"}
  - exec: [echo, "${{ host }}"]
  - run: |
      # not an expression
      echo "${{ n }}" >&2
  - {name: two <&>, sleep: 1}
  - {name: again, retry: {limit: 3, interval: 1}, do: [{sleep: 1}, {assert: "1 == 2"}], continue_on_error: true}
  - {name: rounds, tick: 1, count: 4, do: {print: "${{ loop.index }}"}}
  - {name: each, for_each: [a, b, c], do: [{sleep: 1}, {fail: "no c", if: "item == 'c'"}], continue_on_error: true}
  - {name: first, race: [{name: winner, sleep: 1}, {name: loser, sleep: 2}]}
  - {name: limited, timeout: 1, continue_on_error: true, parallel: [{name: endless, sleep: 100}]}
  - {name: fast, continue_on_error: true, parallel: [{name: breaks, do: [{sleep: 1}, {fail: "no"}]}, {name: breaks off, sleep: 100}]}
END
run --virtual --timeline - x.yaml
assert_exit 0
python3 - "$T/io/stdout" <<'END' || fail 'the text is not as expected'
import re, sys
rows = {}
for line in open(sys.argv[1]):
    label, strokes, remark = re.match(r" *(.*?) *\|(.{50})\| (.*)\n", line).groups()
    rows[label] = strokes.strip(), remark
def check(label, strokes, remark):
    got = rows[label]
    assert (strokes is None or re.fullmatch(strokes, got[0])) and remark == got[1], (label, got)
check("print to web-1", "#", "0 s")
check("print to web-2", "#", "0 s")
check("sleep 3", "#+", "3 s")
check("named web-1", "#", "0.3 ms")
check("print ${{ random() }}", None, "0 s")
assert "exec [echo, web-1]" in rows and "run # not an expression..." in rows, rows
check("again", r"xx?x?(\.+xx?x?){3}", "7 s, 4 attempts, allowed")
check("rounds", r"##?#?(\|##?#?){3}", "4 s, 4 rounds")
check("winner", "#+", "1 s")
check("loser", "/+", "1 s, cancelled: another job won the race")
check("limited", "x+/", "1 s, timeout, allowed")
check("endless", "/+", "1 s, cancelled: parallel 'limited' timed out after 1s")
check("breaks", "x+", "1 s, allowed")
check("breaks off", "/+", "1 s, cancelled: do 'breaks' failed")
END

# As SVG.
run --virtual --timeline t.svg x.yaml
assert_exit 0
python3 - t.svg <<'END' || fail 'the picture is not as expected'
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
ns = "{http://www.w3.org/2000/svg}"
assert root.tag == ns + "svg"
groups = {g.find(ns + "text").text: g for g in root.iter(ns + "g")}
bar = lambda name: groups[name].find(ns + "rect").attrib
classes = lambda name: [r.get("class") for r in groups[name].findall(ns + "rect")]
assert bar("two <&>")["class"] == "success" and bar("breaks")["class"] == "allowed"
assert abs(float(bar("sleep 3")["width"]) - 3 * float(bar("two <&>")["width"])) < 0.05
assert classes("again") == ["allowed whole"] + 4 * ["failure"], classes("again")
assert groups["rounds"].find(ns + "path").get("d").count("M") == 3
assert classes("each") == ["allowed", "failure"], classes("each")
assert [r.get("fill") for r in groups["loser"].findall(ns + "rect")] == [None, "url(#cut)"]
assert "another job won the race" in groups["loser"].find(ns + "title").text
END

# As a page: one file that says which scripts and styles it has, and loads nothing.
cat >page.py <<'END'
import base64, hashlib, html.parser, json, re, sys
class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.texts, self.policy, self.open = [], {}, None, False
    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        self.open = True
        assert not {"src", "href", "style"} & attributes.keys() and not any(a.startswith("on") for a in attributes), attributes
        if attributes.get("http-equiv") == "Content-Security-Policy": self.policy = attributes["content"]
    def handle_endtag(self, tag):
        self.open = False
    def handle_data(self, text):
        if self.open: self.texts.setdefault(len(self.tags) - 1, []).append(text)
page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
text = lambda tag, n=0: "".join(page.texts[[i for i, t in enumerate(page.tags) if t[0] == tag][n]])
sha = lambda text: "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
assert [t[0] for t in page.tags].count("script") == 2
assert page.policy == f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src {sha(text('style'))}; script-src {sha(text('script', 1))}", page.policy
data = json.loads(text("script"))
jobs = {j["label"]: j for j in data["jobs"]}
state = lambda name: data["run"]["states"][jobs[name]["state"]]
END
run --virtual --timeline page.html x.yaml
assert_exit 0
assert_stdout_contains 'to web-1' 'web-1'
python3 - page.html <<'END' || fail 'the page is not as expected'
exec(open("page.py").read())
assert jobs["print to web-1"]["out"] == "to web-1\n"
assert jobs["exec [echo, web-1]"]["out"] == "web-1\n"
assert jobs["run # not an expression..."]["err"] == "3\n"
assert jobs["rounds"]["out"] == "1\n2\n3\n4\n" and [r[3] for r in jobs["rounds"]["rounds"][1:]] == [1, 2, 3, 4]
assert [r[5] for r in jobs["each"]["rounds"][1:]] == ["a", "b", "c"]
assert jobs["again"]["attempts"][0] == 4 and [(a[0] - jobs["again"]["start"]) / 1e9 for a in jobs["again"]["attempts"][1:]] == [0, 2, 4, 6]
assert state("loser") == "cancelled" and jobs["loser"]["cut"] and state("breaks") == "allowed" and jobs["breaks"]["message"]
assert jobs["named web-1"]["time"] == "0.3 ms" and jobs["named web-1"]["length"] == 300000
END

# Labels and output that try to get out of where they are.
write hostile.yaml <<'END'
- {name: "</script><script>alert(1)</script><!--", print: "</SCRIPT ><!--<script>\u2028\u2029\u0007]]>&amp;\"'"}
- run: 'printf "\377\033[31mred\033[0m\0</script>"'
- {name: "\u202Eback\u001b[31m", sleep: 1}
END
run --virtual --timeline hostile.html hostile.yaml
assert_exit 0
python3 - hostile.html <<'END' || fail 'the page is broken by what is in it'
exec(open("page.py").read())
raw = open("hostile.html", encoding="utf-8").read()
assert "\u2028" not in raw and "\u2029" not in raw
job = jobs["</script><script>alert(1)</script><!--"]
assert job["out"] == "</SCRIPT ><!--<script>\u2028\u2029\a]]>&amp;\"'\n", job
assert data["jobs"][2]["out"].startswith("\ufffd\x1b[31mred") and data["jobs"][2]["out"].endswith("</script>"), data["jobs"][2]
END
for file in hostile.svg -; do
    run --virtual --timeline $file hostile.yaml
    assert_exit 0
done
[[ $stdout != *$'\e'* ]] || fail 'the text has control sequences of a label'
python3 -c 'import xml.etree.ElementTree as t; t.parse("hostile.svg")' || fail 'the picture is broken'

# What is interrupted says by what.
write waits.yaml '- {name: waits, sleep: 100}'
run --virtual --timeout 5 --timeline - waits.yaml
assert_exit 124
assert_stdout_contains '//| 5 s, cancelled: the run timed out after 5s'
start -v --timeline signal.html - <<<'[{"name": "waits", "sleep": 100}, {"name": "never", "print": "x"}]'
until_stderr waits
kill -INT "$pid"
finish
python3 - signal.html <<'END' || fail 'the page does not say what interrupted the run'
exec(open("page.py").read())
assert jobs["waits"]["reason"] == "interrupted by SIGINT" and jobs["never"]["reason"] == "not reached", jobs
assert data["run"]["interruption"] == "interrupted by SIGINT"
END

# A million rounds take no more room than a few hundred; much output keeps its end; secrets are masked.
write much.yaml <<'END'
secrets: [TOKEN]
vars: {TOKEN: s3cret-word}
jobs:
  - {name: "many ${{ TOKEN }}", repeat: 100000, do: {set: {a: 1}}}
  - {name: prints, run: "seq 100000; echo s3cret-word"}
  - print: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ${{ TOKEN }}"
  - {name: each, for_each: ["a${{ TOKEN }}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaas3cret-word"], do: {print: x}}
END
run --virtual --timeline much.html much.yaml
assert_exit 0
! grep -qE 's3cr' much.html || fail 'the page has a secret'
python3 - much.html <<'END' || fail 'too much, or too little, is kept'
exec(open("page.py").read())
rounds = jobs["many ***"]["rounds"]
assert rounds[0] == 100000 and 128 <= len(rounds) - 1 <= 256, len(rounds)
assert rounds[1][3] == 1 and rounds[-1][4] == 100000 and all(a[4] + 1 == b[3] for a, b in zip(rounds[1:], rounds[2:]))
out = jobs["prints"]["out"]
assert jobs["prints"]["out_cut"] and out.endswith("\n100000\n***\n") and 8000 < len(out) <= 16384 and out.split("\n")[0].isdigit()
END

# On a terminal: as wide as that, and in colours.
for columns in 60 120; do
    run_command TERM=xterm script -qec "stty cols $columns; '$ARUN' --virtual --timeline - '$PWD/x.yaml' 2>/dev/null" /dev/null </dev/null
    assert_stdout_contains $'\e[32m#' $'\e[33mx'
    plain=$(tr -d '\r' <<<"$stdout" | sed 's/\x1b\[[0-9;]*[mK]//g' | grep '| ')
    longest=$(awk '{ if (length($0) > n) n = length($0) } END { print n }' <<<"$plain")
    ((longest <= columns && longest > columns - 8)) || fail "a line has $longest columns of $columns"
done

# Several at once.
run --virtual --timeline several.html --timeline several.svg --timeline - x.yaml
assert_exit 0
grep -q '<html' several.html && grep -q '<svg' several.svg || fail 'one is missing'
[ -n "$stdout" ] || fail 'the text is missing'
run --timeline x.svg --timeline x.svg x.yaml
assert_exit 2
assert_stderr_contains "both write 'x.svg'"
run --timeline x.png x.yaml
assert_exit 2
assert_stderr_contains "'x.png' is no name for a timeline; it is a page, FILE.html, or a picture, FILE.svg"
[ ! -e x.png ] || fail 'it was written'

# Nothing ran, nothing took time.
run --timeline - - <<<'[]'
assert_exit 0
assert_stdout_contains '<stdin>' 's'
