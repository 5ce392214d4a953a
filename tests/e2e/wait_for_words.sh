#!/usr/bin/env bash
# wait_for waits for words in the output of a background job or in a file, and `ready` starts the jobs after a background job
# when it is ready; on_exit: fail makes its end a failure.
. "${BASH_SOURCE%/*}/lib.sh"

# From the start of the job, on both streams, in an unfinished line, and shown at the same time.
write words.yaml '- {id: s, background: true, run: "echo starting; echo warning >&2; printf listening; while [ ! -e go ]; do sleep 0.01; done; echo gone"}' \
    '- wait_for: {output: s, contains: listening}' \
    '- wait_for: {output: s, matches: "^start.*g$"}' \
    '- wait_for: {output: s, contains: warning}' \
    '- run: touch go' \
    '- {wait_for: {output: s, contains: "listeninggone"}, id: w}' \
    '- assert: jobs.w.result >= 0' \
    '- wait: s'
run words.yaml
assert_exit 0
assert_stdout starting listeninggone
assert_stderr warning
# What a group prints counts, also what arun prints for it.
script '[{"id": "g", "background": true, "do": [{"sleep": 1}, {"print": "one", "end": ""}, {"print": "two"}, {"sleep": 9}]},
  {"wait_for": {"output": "g", "contains": "onetwo"}}, {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout onetwo 1.000000
# Lines of JSON Lines do not know what comes.
printf '%s\n' '{"id": "s", "background": true, "run": "echo up; sleep 60"}' '{"wait_for": {"output": "s", "contains": "up"}}' \
    '{"print": "seen"}' >lines.jsonl
run lines.jsonl
assert_exit 0
assert_stdout_contains seen

# It fails when the job ends without them, and with the time limit; the last lines are shown.
script '[{"id": "s", "background": true, "run": "echo a\"\"lmost; exit 3", "continue_on_error": true, "output": "discard"},
  {"wait_for": {"output": "s", "contains": "never"}}]'
assert_exit 1
assert_stderr_contains "'s' has ended before its output had 'never'" '      almost'
run_limited '      almost' '[{"id": "s", "background": true, "run": "echo a\"\"lmost; sleep 60", "output": "discard"},
  {"wait_for": {"output": "s", "matches": "^ne+ver", "timeout": "LIMIT"}}]'
assert_exit 124
assert_stderr_contains "the output of 's' does not have /^ne+ver/" '      almost'

script '[{"id": "s", "background": true, "run": "true", "if": "false"}, {"wait_for": {"output": "s", "contains": "x"}}]'
assert_exit 1
assert_stderr_contains "'s' was skipped before its output had 'x'"
script '[{"set": {"none": null}}, {"background": true, "run": "sleep 60", "ready": {"contains": "${{ none }}"}}]'
assert_exit 1
assert_stderr_contains "'contains' is empty"

# In a file that grows, or is written anew.
script '[{"background": true, "run": "sleep 0.1; echo one >log; sleep 0.1; echo two >>log; sleep 0.1; echo three >log", "id": "w"},
  {"wait_for": {"file": "log", "contains": "two", "interval": "10ms"}}, {"print": "two"},
  {"wait_for": {"file": "log", "matches": "^three$", "interval": "10ms"}}, {"print": "three"},
  {"wait_for": {"file": "log", "contains": "two", "invert": true}}, {"wait": "w"}]'
assert_exit 0
assert_stdout two three
script '[{"wait_for": {"file": ".", "contains": "x", "timeout": "100ms"}}]'
assert_exit 124
assert_stderr_contains 'no regular file'
script '[{"run": "echo x >small"}, {"wait_for": {"file": "small", "contains": "y", "timeout": "300ms"}}]'
assert_exit 124
assert_stderr_contains "no 'y' in it"

# ready: the jobs after it start when it holds.
write ready.yaml '- {id: db, background: true, run: "sleep 0.1; echo READY; touch db; sleep 60", ready: {contains: READY}}' \
    '- assert: jobs.db.outcome == null' \
    '- {background: true, run: "sleep 0.1; touch up; sleep 60", ready: {file: up, interval: 10ms}}' \
    '- run: "[ -e up ] && [ -e db ]"' \
    '- {background: true, do: [{print: hello}], ready: {contains: hello}}' \
    '- print: all are ready'
rm -f db up
run ready.yaml
assert_exit 0
assert_stdout READY hello 'all are ready'
# It fails, and so does the list, if the job fails or ends first, or is not ready in time.
script '[{"name": "srv", "background": true, "run": "exit 3", "ready": {"tcp": "127.0.0.1:1"}}, {"print": "never"}]' --report tap=tap
assert_exit 1
assert_stdout
assert_stderr_contains "run 'srv': exit status 3"
assert_eq "$(grep -c '^not ok' tap) $(grep -c SKIP tap)" '1 1'
script '[{"name": "srv", "background": true, "run": "true", "ready": {"contains": "up"}}, {"print": "never"}]'
assert_exit 1
assert_stdout
assert_stderr_contains 'it has ended before it was ready'
run_limited '      words' '[{"name": "srv", "background": true, "run": "echo w\"\"ords; sleep 60", "output": "discard",
  "ready": {"contains": "up", "timeout": "LIMIT"}, "finally": {"print": "stopped"}}, {"print": "never"}]'
assert_exit 124
assert_stdout stopped
assert_stderr_contains "it was not ready within $limit: its output does not have 'up'" '      words'
script '[{"background": true, "run": "exit 3", "ready": {"contains": "up"}, "continue_on_error": true}, {"print": "goes on"}]'
assert_exit 0
assert_stdout 'goes on'
# A retry gets it ready after all, and what the job sets it sees itself.
script '[{"background": true, "do": [{"run": "[ -e second ] || { touch second; exit 1; }; touch third; sleep 60"}],
  "ready": {"file": "third", "interval": "10ms"}, "retry": {"limit": 1, "interval": "10ms"}}, {"print": "ready"}]'
assert_exit 0
assert_stdout ready
# Nothing waits for it in a plan, where what comes after it may come later.
run plan ready.yaml
assert_exit 0
assert_stdout_contains '0s+'

# on_exit: fail
script '[{"background": true, "run": "true", "on_exit": "fail", "id": "s"}, {"wait": "s", "continue_on_error": true}, {"print": "x"}]'
assert_exit 0
assert_stderr_contains "it has ended, which 'on_exit: fail' makes a failure"
script '[{"background": true, "run": "true", "on_exit": "fail"}, {"sleep": 60}]'
assert_exit 1
script '[{"background": true, "run": "sleep 60", "on_exit": "fail", "id": "s"}, {"cancel": "s"}]'
assert_exit 0
script '[{"background": true, "run": "true", "on_exit": "ignore"}, {"sleep": 60}]'
assert_exit 0

# What has failed before it was stopped has failed, also while what it left behind was given time.
script '[{"run": "sleep 60 & echo $$; exit 3", "background": true, "id": "s", "output": "discard", "kill_after": "20s"},
  {"wait_for": {"output": "s", "matches": "."}}, {"sleep": 0.3}, {"cancel": "s"}]'
assert_exit 1
assert_stderr_contains 'exit status 3'

# A server may print for ever.
script '[{"id": "s", "background": true, "run": "head -c 3000000 /dev/zero | tr \"\\0\" x; echo; echo ready; sleep 60", "output": "discard"},
  {"wait_for": {"output": "s", "contains": "ready"}}, {"print": "seen"}]'
assert_exit 0
assert_stdout seen
assert_stderr_contains 'is larger than 1 MiB (max_output): its result does not have it'

rejected '[{"id": "s", "run": "true"}, {"wait_for": {"output": »"s", "contains": "a"}}]' 'not a background job'
rejected '[{"wait_for": {"output": »"x", "contains": "a"}}]' 'no job has the id'
rejected '[{"id": "s", "background": true, "run": "a"}, {»"wait_for": {"output": "s"}}]' 'what is waited for'
rejected '[{»"wait_for": {"contains": "a"}}]' 'needs tcp'
rejected '[{»"wait_for": {"tcp": "a:1", "contains": "a"}}]' 'in an output or a file'
rejected '[{»"wait_for": {"file": "a", "contains": "a", "matches": "b"}}]' 'not both'
rejected '[{"wait_for": {"file": "a", "matches": »"("}}]' 'not a regular expression'
rejected '[{"id": "s", "background": true, "run": "a"}, {»"wait_for": {"output": "s", "contains": "a", "invert": true}}]' invert
rejected '[{"print": "a", »"ready": {"contains": "a"}}]' "add 'background: true'"
rejected '[{"print": "a", »"on_exit": "fail"}]' "add 'background: true'"
rejected '[{"run": "a", "background": true, "ready": »{}}]' 'contains or matches'
rejected '[{"run": "a", "background": true, "ready": »3}]' 'expected a mapping'
rejected '[{"run": "a", "background": true, "ready": {»"tpc": 3}}]' "did you mean 'tcp'"
rejected '[{"run": "a", "background": true, "on_exit": »"stop"}]' 'expected fail or ignore'

# While it is not ready, it is one job that waits.
script '[{"background": true, "run": "echo up; sleep 60", "ready": {"contains": "never"}}]' --timeout 200ms
assert_exit 124
assert_eq "$(grep -c 'still running: run echo up' <<<"$stderr")" 1

# What is not there is no pattern: everything would match it.
write words.txt words
for wait in 'wait_for: {file: words.txt, matches: "${{ env.NOT_THERE }}"}' 'wait_for: {file: words.txt, contains: "${{ env.NOT_THERE }}"}' \
    'background: true, run: "echo x; sleep 100", ready: {matches: "${{ env.NOT_THERE }}"}'; do
    run - <<<"- {$wait}"
    assert_exit 1
    assert_stderr_contains "is empty, which every"
done
run - <<<"- {wait_for: {file: words.txt, matches: ''}}"
assert_exit 2
assert_stderr_contains "'matches' is empty: what is waited for?"
run - <<<"- assert: matches('abc', env.NOT_THERE)"
assert_exit 1
assert_stderr_contains 'matches: the pattern is null'
