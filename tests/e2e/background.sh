#!/usr/bin/env bash
# `background: true` starts a job and goes on; its failure is reported when it happens and fails the script, at its
# wait or when the Runner closes; closing the Runner cancels what still runs, and says so.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"do": [{"sleep": 0.5}, {"print": "b ${{ now() }}"}, {"sleep": 1}, {"print": "b ${{ now() }}"}],
  "id": "b", "background": true}, {"print": "on"},
  {"sleep": 2}, {"print": "end ${{ now() }}"}]'
assert_stderr
assert_exit 0
assert_stdout on 'b 0.500000' 'b 1.500000' 'end 2.000000'

# It starts with a copy of the context; what it sets stays in it.
script '[{"set": {"x": 1}}, {"do": [{"sleep": 1}, {"print": "in ${{ x }}"}, {"set": {"x": 3}}],
  "id": "b", "background": true},
  {"set": {"x": 2}}, {"wait": "b"}, {"print": "out ${{ x }}"}]'
assert_stdout 'in 1' 'out 2'

# Closing the Runner cancels what still runs, after the script's finally, waits for it, and names it.
script '{"jobs": [{"tick": 1, "do": {"print": "t"}, "id": "clock", "background": true, "finally": [{"sleep": 1},
  {"print": "cleaned ${{ now() }}"}]},
  {"sleep": 1.5}], "finally": [{"sleep": 1}, {"print": "finally ${{ now() }}"}]}'
assert_exit 0
assert_stdout t t t 'finally 2.500000' 'cleaned 3.500000'
assert_stderr_contains background clock '<stdin>:1:12'
# One without an id too, and several.
script '[{"sleep": 50, "background": true}, {"sleep": 50, "background": true, "name": "the second"}]'
assert_exit 0
assert_stderr_contains '<stdin>:1:3' 'the second' '<stdin>:1:38'

# A failure is reported when it happens, and fails the script though nobody waits.
script '[{"do": [{"sleep": 1}, {"fail": "in the back"}], "background": true}, {"sleep": 2},
  {"print": "told?", "to": "stderr"}, {"print": "end"}]'
assert_exit 1
assert_stdout end
[[ $stderr == *'in the back'*'told?'* ]] || fail 'not reported when it happened'
assert_eq "$(grep -c 'error: ' "$T/io/stderr")" 1 'errors told'
# A timeout there is the root cause.
script '[{"sleep": 5, "timeout": 1, "background": true}, {"sleep": 2}]'
assert_exit 124
# Its own continue_on_error allows it.
script '[{"fail": "no", "background": true, "continue_on_error": true}, {"sleep": 1}, {"print": "end"}]'
assert_exit 0
assert_stdout end
script '[{"fail": "no", "background": true, "continue_on_error": true, "id": "b"}, {"wait": "b"},
  {"print": "${{ jobs.b.outcome }}"}]'
assert_exit 0
assert_stdout failure
# One that closing the Runner cancels has not failed, even when it had failed if it had gone on.
script '[{"do": [{"sleep": 5}, {"fail": "no"}], "background": true}, {"sleep": 1}]'
assert_exit 0
# A failure in a cancelled one's finally is reported, no more.
script '[{"sleep": 5, "background": true, "finally": {"fail": "cleanup"}}, {"sleep": 1}]'
assert_exit 0
assert_stderr_contains cleanup

# In a loop, every run counts.
script '[{"for_each": [1, 2, 3], "do": {"do": [{"sleep": "${{ item }}"},
  {"print": "${{ item }} ${{ loop.index }}"}], "id": "b", "background": true}},
  {"print": "on"}, {"wait": "b"}, {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout on '1 1' '2 2' '3 3' 3.000000
script '[{"for_each": [1, 2, 3], "do": {"do": [{"sleep": "${{ item }}"},
  {"fail": "run ${{ item }}", "if": "item == 1"}], "id": "b", "background": true}},
  {"sleep": 5}, {"print": "end"}]'
assert_exit 1
assert_stdout end
assert_stderr_contains 'run 1'

# jobs.ID is the run that was started last.
script '[{"for_each": [1, 3, 2], "do": {"do": [{"sleep": "${{ item }}"}, {"print": "${{ item }}"}],
  "id": "b", "background": true}},
  {"sleep": 2.5}, {"print": "${{ jobs.b.result }} ${{ jobs.b.outcome }}"}, {"wait": "b", "capture": "r"},
  {"print": "${{ r }} ${{ jobs.b.result }}"}]'
assert_exit 0
assert_stdout 1 2 '2 success' 3 '3 2'

# Background jobs of a group's child, or of a named or own context, live on.
script '[{"parallel": [{"do": [{"do": [{"sleep": 2}, {"print": "alive"}], "id": "b", "background": true}]}]},
  {"print": "group over ${{ now() }}"}, {"wait": "b"}]'
assert_exit 0
assert_stdout 'group over 0.000000' alive
# Behind a failure it is skipped like any job.
script '[{"fail": "no"}, {"print": "not started", "background": true},
  {"print": "started", "background": true, "if": "always()", "id": "b"},
  {"wait": "b", "if": "always()"}]'
assert_exit 1
assert_stdout started
rejected '[{"sleep": 1, "background": »"yes"}]' background

# A group that failed stays failed if it is cancelled while it waits for the rest of its jobs.
script '[{"parallel": [{"fail": "early"}, {"sleep": 9, "finally": {"sleep": 5}}], "background": true, "id": "p"},
  {"sleep": 1}, {"cancel": "p"}, {"print": "${{ jobs.p.outcome }} ${{ now() }}"}]'
assert_exit 1
assert_stdout 'failure 5.000000'
assert_stderr_contains early
script '[{"for_each": [1, 2], "max_concurrent": 0, "do": [{"fail": "early", "if": "item == 1"},
  {"sleep": 9, "finally": {"sleep": 5}}], "background": true}, {"sleep": 1}]'
assert_exit 1
assert_stderr_contains early
script '[{"do": {"parallel": [{"fail": "early"}, {"sleep": 9, "finally": {"sleep": 5}}], "finally": [{"sleep": 1}, {"print": "inner"}]},
    "context": {"x": 1}, "finally": [{"sleep": 1}, {"print": "outer ${{ failure() }} ${{ now() }}"}], "background": true},
  {"sleep": 1}]' --grace 20
assert_exit 1
assert_stdout inner 'outer true 7.000000'
assert_stderr_contains early

# What runs at the instant at which the script ends runs as far as it gets in that instant, and may fail.
script '[{"tick": 1, "do": {"print": "tick ${{ loop.index }}"}, "background": true},
  {"repeat": 2, "do": {"print": "round ${{ loop.index }}"}, "background": true},
  {"parallel": [{"print": "child"}, {"do": [{"sleep": 0}, {"print": "child after a turn"}]}], "background": true},
  {"do": [{"sleep": 1, "finally": {"print": "cut"}}, {"print": "not reached"}], "background": true}]'
assert_exit 0
assert_stdout 'tick 1' 'round 1' 'round 2' child 'child after a turn' cut
script '[{"do": [{"repeat": 5, "do": {"sleep": 0}}, {"fail": "late"}], "background": true}]'
assert_exit 1
assert_stderr_contains late
# A job that is always ready cannot keep the Runner open.
script '[{"repeat": {"do": {"set": {"x": 1}}}, "background": true}]'
assert_exit 0

# A wait that comes to nothing answers for nothing: it has lost a race at the instant of the failure.
script '[{"id": "b", "background": true, "do": [{"sleep": 1}, {"fail": "lost"}]}, {"race": [{"sleep": 1}, {"wait": "b"}]},
  {"print": "ok"}]'
assert_exit 1
assert_stdout ok
assert_stderr_contains lost
# Nor does one that was cut short before.
script '[{"id": "b", "background": true, "do": [{"sleep": 1}, {"fail": "lost"}]},
  {"wait": "b", "timeout": "500ms", "continue_on_error": true}, {"sleep": 1}, {"print": "ok"}]'
assert_exit 1
assert_stderr_contains 'fail: lost (in the background)'

# Who waits for a failure and allows it is the only one who tells it.
script '[{"name": "bg", "id": "b", "background": true, "do": [{"sleep": 1}, {"fail": "x"}]},
  {"name": "w", "wait": "b", "continue_on_error": true}, {"print": "done"}]'
assert_exit 0
assert_stdout 'done'
assert_eq "$(grep -c 'fail: x' "$T/io/stderr")" 1 "$stderr"
assert_stderr_contains 'warning: fail: x (allowed)'
# One that had failed before it was waited for was told as a failure; the summary knows better.
script '[{"name": "bg", "id": "b", "background": true, "fail": "x"}, {"sleep": 1},
  {"name": "w", "wait": "b", "continue_on_error": true}, {"fail": "y"}]'
assert_exit 1
assert_stderr_contains 'arun: 1 passed, 1 failed, 1 failed but allowed, in 1s'
assert_stderr_lacks 'failed: bg'

# A child that has failed has failed, even if the job is cut short before all of that is known: for some milliseconds
# arun waits for a signal that may have gone to the child and to itself.
gone='test -s pid && ! kill -0 "$(cat pid)" 2>/dev/null'
for end in '- print: over' '- cancel: s' '- do: [{print: over}]'; do
    for _ in 1 2 3; do
        rm -f pid
        run - <<END
- {id: s, background: true, run: 'echo \$\$ >pid; exit 3'}
- {wait_for: {run: '$gone'}, interval: 1ms}
$end
END
        assert_exit 1
        assert_stderr_contains '<stdin>:1:29: error: run: exit status 3 (in the background)'
    done
done
for cut in 'race: [JOB, GONE]' 'parallel: [JOB, {do: [GONE, {fail: cut}]}]'; do
    rm -f pid
    cut=${cut/JOB/"{run: 'echo \$\$ >pid; exit 3'}"}
    run - <<<"- ${cut/GONE/"{wait_for: {run: '$gone'}, interval: 1ms}"}"
    assert_exit 1
    assert_stderr_contains 'error: run: exit status 3'
done
