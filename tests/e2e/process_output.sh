#!/usr/bin/env bash
# Where a child's output goes: inherit, prefix, group, discard, a file; the kept copy and its cap.
. "${BASH_SOURCE%/*}/lib.sh"

# What was printed before is there before the child writes, and what the child wrote before what comes after.
run - <<<'[{"print": "1", "end": ""}, {"run": "printf 2"}, {"print": "3"}, {"run": "echo 4", "capture": "x"}, {"print": "5"}]'
assert_stdout 123 4 5

# Whole lines, each after the label; the last one may lack its newline.
write p.yaml <<'END'
- name: web
  run: printf 'a\nb'; sleep 0.05; printf 'c\n\nd'; echo err >&2
  output: prefix
- run: printf x
  output: prefix
- parallel:
  - {name: one, run: "for i in $(seq 200); do printf 1; printf '1\n'; done", output: prefix}
  - {name: two, run: "for i in $(seq 200); do printf 2; printf '2\n'; done", output: prefix}
END
run p.yaml
assert_exit 0
printf 'web | %s\n' a bc '' d >expected
echo 'run printf x | x' >>expected
grep -v '^one\|^two' "$T/io/stdout" | cmp - expected || fail 'not the expected lines'
assert_eq "$(grep -c '^one | 11$' "$T/io/stdout") $(grep -c '^two | 22$' "$T/io/stdout")" '200 200'
assert_eq "$(wc -l <"$T/io/stdout")" 405
assert_stderr 'web | err'

# Nothing is shown, but the end of it when the job fails.
script '[{"run": "echo fine", "output": "discard"}]'
assert_stdout
assert_stderr
script '[{"run": "seq 100; echo err >&2; exit 1", "output": "discard"}]'
assert_exit 1
assert_stdout
assert_stderr_contains '99' '100' 'err'
assert_stderr_lacks '70'
script '[{"run": "echo sh\"\"own; exit 1"}]'
assert_stdout shown
assert_stderr_lacks shown

# The copy: newlines at the end are stripped; both streams; up to max_output.
script '[{"run": "printf \"a\\n\\n\\n\"; printf \"e\\n\" >&2", "capture": "r", "output": "discard"},
  {"print": "[${{ r.stdout }}] [${{ r.stderr }}]"}]'
assert_stdout '[a] [e]'
script '[{"run": "head -c 65536 /dev/zero | tr \"\\0\" x", "capture": "r", "max_output": "64KiB", "output": "discard"},
  {"assert": "length(r.stdout) == 65536"}]'
assert_exit 0
script '[{"run": "head -c 65537 /dev/zero | tr \"\\0\" x >&2", "capture": "r", "max_output": 65536, "output": "discard"}]'
assert_exit 1
assert_stderr_contains 'run: stderr is larger than 64 KiB (max_output)'
# It is stopped, not read to the end of its days.
from=$(milliseconds)
script '[{"run": "yes", "capture": "r", "output": "discard"}]'
assert_exit 1
assert_stderr_contains 'stdout is larger than 1 MiB (max_output)'
(($(milliseconds) - from < 50000)) || fail 'it took too long'
# Where nothing can read it, there is no limit.
script '[{"run": "head -c 3000000 /dev/zero", "output": "discard"}, {"run": "head -c 3000000 /dev/zero | wc -c"}]'
assert_exit 0
assert_stdout 3000000

# A reader that goes away ends the run by SIGPIPE, after the clean-up.
run_command bash -c '"$ARUN" - | head -n 1; echo "${PIPESTATUS[0]}"' \
    <<<'[{"run": "yes", "output": "prefix", "name": "y", "finally": {"run": "echo tidy >tidied"}}]'
assert_stdout 'y | y' 141
[ -e tidied ] || fail 'finally did not run'

# Retries and finally see what was captured.
script '[{"run": "echo no; exit 3", "output": "discard", "retry": {"limit": 5, "interval": 0, "if": "result.exit == 3 && attempt < 3"},
  "capture": "r", "finally": {"print": "${{ r.stdout }} ${{ r.exit }} ${{ error }}"}}]'
assert_exit 1
assert_stdout 'no 3 exit status 3'
assert_stderr_contains 'attempt 2 failed'

# One that is cut off by a timeout: what it had said is shown, and kept.
run_limited '      partial' '[{"run": "echo part\"\"ial; sleep 60", "output": "discard", "timeout": "LIMIT", "capture": "r",
  "finally": {"print": "${{ r.stdout }}"}}]'
assert_exit 124
assert_stdout partial
assert_stderr_contains "timed out after $limit" '      partial'

# A name cannot tear a line.
script '[{"name": "a\nb\u001b[31m", "run": "echo x", "output": "prefix"}]'
assert_stdout 'a b\x1b[31m | x'

# group: all at once at the end, whatever becomes of the job.
script '[{"parallel": [
  {"name": "one", "run": "echo 1; echo e1 >&2; while [ ! -e two ]; do sleep 0.01; done; echo 1b", "output": "group"},
  {"name": "two", "run": "echo 2; echo 2b", "output": "group", "finally": {"run": "touch two"}}]}]'
assert_exit 0
assert_stdout 2 2b 1 1b
assert_stderr e1
script '[{"run": "echo sh\"\"own; exit 3", "output": "group"}]'
assert_exit 1
assert_stdout shown
assert_stderr_lacks shown
run_limited shown '[{"run": "echo sh\"\"own; sleep 60", "output": "group", "timeout": "LIMIT"}]'
assert_exit 124
assert_stdout shown

# A file gets both streams, is emptied first unless it is appended to, and is relative to dir.
mkdir -p folder
script '[{"run": "echo a; echo b >&2", "output": {"file": "log"}, "dir": "folder"},
  {"run": "echo c", "output": {"file": "log", "append": true}, "dir": "folder"},
  {"run": "echo d; echo e >&2", "output": {"file": "folder/other", "stderr": "inherit"}, "id": "x"},
  {"print": "${{ jobs.x.result.stdout }} ${{ jobs.x.result.stderr }}"}]'
assert_exit 0
assert_stdout 'd e'
assert_stderr e
assert_eq "$(tr '\n' ' ' <folder/log)$(<folder/other)" 'a b c d'
script '[{"run": "echo new", "output": {"file": "folder/log"}}]'
assert_eq "$(<folder/log)" new
# Its end is shown if the job fails: only what the job wrote.
script '[{"run": "seq 100; exit 1", "output": {"file": "folder/log", "append": true}}]'
assert_exit 1
assert_stdout
assert_stderr_contains 99 100
assert_stderr_lacks new 70
script '[{"run": "echo x; exit 1", "output": {"file": "/dev/null"}}]'
assert_exit 1
# A FIFO waits for its reader.
mkfifo fifo
script '[{"parallel": [{"run": "echo through", "output": {"file": "fifo"}}, {"exec": ["cat", "fifo"]}]}]'
assert_exit 0
assert_stdout through
script '[{"run": "echo x", "output": {"file": "missing/log"}}]'
assert_exit 1
assert_stderr_contains "cannot write 'missing/log': no such file or directory"
script '[{"run": "echo x", "output": {"file": "."}}]'
assert_exit 1
assert_stderr_contains "cannot write '.': is a directory"
if [ -e /dev/full ]; then
    script '[{"run": "echo x", "output": {"file": "/dev/full"}, "id": "x"}]'
    assert_exit 1
    assert_stderr_contains "cannot write '/dev/full': no space left on device"
fi
rejected '[{"run": "true", "output": »"files"}]' 'expected inherit, prefix, group, discard or {file: PATH}'
rejected '[{"run": "true", "output": {"file": "x", »"apend": true}}]' "did you mean 'append'"
rejected '[{"run": "true", "output": »{"append": true}}]' "needs 'file'"

# Colours for labels only where they are wanted.
write colours.yaml '- {name: a, run: echo 1, output: prefix}' '- {name: b, run: echo 2, output: prefix}' \
    '- {name: a, run: echo 3, output: prefix}'
run --color always colours.yaml
assert_stdout $'\e[36ma |\e[0m 1' $'\e[33mb |\e[0m 2' $'\e[36ma |\e[0m 3'
run colours.yaml
assert_stdout 'a | 1' 'b | 2' 'a | 3'

# An unfinished line is shown in time, and one that others interrupt goes on after a line feed.
write unfinished.yaml '- parallel:' '  - {name: ask, run: "printf name?; while ! grep -q seen unfinished.out; do sleep 0.01; done; echo bob", output: prefix}' \
    '  - {name: see, run: "while ! grep -q name unfinished.out; do sleep 0.01; done; echo seen", output: prefix}'
"$ARUN" unfinished.yaml >unfinished.out
assert_eq "$(<unfinished.out)" $'ask | name?\nsee | seen\nask | bob'
