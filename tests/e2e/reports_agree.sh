#!/usr/bin/env bash
# The exit status, the messages and the reports agree on whether something failed.
. "${BASH_SOURCE%/*}/lib.sh"

# fails TITLE: the script in $text fails, and the reports have one failure, of that title.
fails() {
    write x.yaml "$text"
    run --virtual --report tap=x.tap --report junit=x.xml --report json=x.json x.yaml
    assert_exit 1
    assert_eq "$(grep '^not ok' x.tap | grep -v '# TODO')" "not ok $1"
    grep -q ' failures="1" ' x.xml || fail "junit: $(grep '<testsuites' x.xml)"
    assert_eq "$(grep -c ': error: ' "$T/io/stderr")" "$2"
    assert_stderr_contains '1 failed'
}

# A second wait fails by what the first one has allowed.
text='- {id: b, background: true, do: [{sleep: 0.1}, {fail: x}]}
- {wait: b, continue_on_error: true}
- {name: again, wait: b}'
fails '3 - again' 1
# Two at one time, of which one allows it.
text='- {id: b, background: true, do: [{sleep: 0.1}, {fail: x}]}
- parallel:
  - {name: strict, wait: b}
  - {name: lenient, wait: b, continue_on_error: true}'
fails '2 - parallel - {name: strict, wait: b}... > strict' 1
# All of them allow it.
write x.yaml '- {id: b, background: true, do: [{sleep: 0.1}, {fail: x}]}
- {wait: b, continue_on_error: true}
- {do: [{wait: b}], continue_on_error: true}'
run --virtual --report tap=x.tap x.yaml
assert_exit 0
assert_eq "$(grep '^not ok' x.tap | grep -v '# TODO')" ''

# A wait that allows what several jobs did.
write x.yaml '- {id: b, background: true, do: [{sleep: 0.1}, {fail: x}]}
- {id: c, background: true, do: [{sleep: 0.2}, {fail: y}]}
- sleep: 1
- {wait: [b, c], continue_on_error: true}'
run --virtual --report tap=x.tap x.yaml
assert_exit 0
assert_eq "$(grep '^not ok' x.tap | grep -v '# TODO')" ''

# A background job inside of a group fails after that has passed.
text='- for_each: [1, 2]
  do: [{do: [{sleep: 0.1}, {assert: item == 1}], background: true}]
- sleep: 1'
fails '2 - do [{sleep: 0.1}, {assert: item == 1}] (2)' 1
# But not if something waits for it, and allows it.
write x.yaml '- do: [{do: [{sleep: 0.1}, {fail: x}], id: b, background: true}]
- {wait: all, continue_on_error: true}'
run --virtual --report tap=x.tap x.yaml
assert_exit 0
assert_eq "$(grep '^not ok' x.tap | grep -v '# TODO')" ''

# A race for the first success and a retry tolerate it too.
write race.yaml '- {id: b, background: true, do: [{sleep: 0.1}, {fail: x}]}
- sleep: 1
- {race: [{wait: b}, {print: won}], first: success}'
write retry.yaml '- {id: b, background: true, do: [{sleep: 0.1}, {fail: x}]}
- {do: [{wait: b, if: jobs.b.outcome != "failure"}], retry: 1}'
for script in race retry; do
    run --virtual --report tap=x.tap $script.yaml
    assert_exit 0
    assert_eq "$(grep '^not ok' x.tap)" 'not ok 1 - do [{sleep: 0.1}, {fail: x}] # TODO allowed to fail'
done
# What a cancelled race gives back is still that of another wait, which allows it.
write x.yaml '- {id: b, background: true, do: [{sleep: 0.1}, {fail: x}]}
- sleep: 1
- race:
  - {wait: b}
  - race: [{sleep: 9}, {wait: b}]
  continue_on_error: true'
run --virtual --report tap=x.tap x.yaml
assert_exit 0
assert_eq "$(grep '^not ok' x.tap | grep -v '# TODO')" ''
# A race that is cancelled does not.
text='- {id: b, background: true, do: [{sleep: 0.1}, {fail: x}]}
- race:
  - {sleep: 2}
  - {race: [{wait: b}, {sleep: 9}], first: success}'
fails '1 - do [{sleep: 0.1}, {fail: x}]' 1

# One of a group that is lost does not either.
text='- {id: b, background: true, do: [{sleep: 0.1}, {fail: x}]}
- sleep: 1
- race:
  - {parallel: [{wait: b}, {sleep: 9}], fail_fast: false}
  - print: won'
fails '1 - do [{sleep: 0.1}, {fail: x}]' 1

# A background job that has failed when the run ends, but has not ended.
text='- {parallel: [{name: inner, fail: x}, {sleep: 9}], fail_fast: false, background: true}
- print: last'
fails '1 - parallel [{name: inner, fail: x}, {sleep: 9}] > inner' 1
text='- {do: [{name: inner, fail: x}], finally: {sleep: 1}, background: true}
- print: last'
fails '1 - do [{name: inner, fail: x}] > inner' 1
text='- {id: b, do: [{name: inner, fail: x}], finally: {sleep: 9}, background: true}
- sleep: 1
- cancel: b'
fails '1 - do [{name: inner, fail: x}] > inner' 1
# One in which a failure came to nothing has not failed.
write x.yaml '- do:
  - background: true
    do:
    - race: [{print: won}, {name: lost, fail: x}]
    - sleep: 9'
run --virtual --report tap=x.tap x.yaml
assert_exit 0
assert_eq "$(grep -c '^not ok.*> lost # TODO' x.tap)" 1

# Of a time limit and a failure at one instant, the limit counts.
write x.yaml '- {id: b, background: true, do: [{sleep: 1}, {fail: x}]}
- {parallel: [{wait: b}, {sleep: 9}], fail_fast: false, timeout: 1}'
run --virtual x.yaml
assert_exit 124

# A wait in the finally of a job that was cancelled fails nothing: the job that it waited for does.
text='- {id: b, background: true, do: [{sleep: 1}, {fail: x}]}
- race:
  - {sleep: 0.5}
  - {sleep: 9, finally: {wait: b}}
- {print: after, if: always()}'
fails '1 - do [{sleep: 1}, {fail: x}]' 1
assert_stdout after
