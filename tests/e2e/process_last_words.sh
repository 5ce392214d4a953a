#!/usr/bin/env bash
# What a process prints while it is being stopped is read, however much: it never blocks, and its clean-up runs.
. "${BASH_SOURCE%/*}/lib.sh"

write words.sh 'trap "seq 1 100000; echo clean >flag; exit 0" TERM INT' 'echo started' 'echo started >started' 'while :; do sleep 0.01; done'
seq 1 100000 >all

# By cancel, a timeout, a signal; shown or kept or neither.
for output in prefix discard inherit; do
    for how in cancel timeout signal; do
        rm -f flag
        rm -f started
        case $how in
        cancel)
            write x.yaml "- {id: x, background: true, output: $output, run: sh words.sh}" \
                '- run: until [ -s started ]; do sleep 0.01; done' '- cancel: x'
            run x.yaml
            assert_exit 0
            ;;
        timeout)
            run_limited started "- {output: $output, run: sh words.sh, timeout: LIMIT, finally: {run: cat started}}" --format yaml
            assert_exit 124
            ;;
        signal)
            write x.yaml "- {id: x, output: $output, run: sh words.sh}"
            start x.yaml
            until_true test -s started
            kill -TERM "$pid"
            finish
            assert_exit 143
            ;;
        esac
        assert_file flag clean
        if [ $output != discard ]; then
            sed 's/^.* | //' "$T/io/stdout" | grep -v started >got
            cmp -s got all || fail "$output, $how: $(wc -l <got) of 100000 lines"
        fi
        assert_no_processes
    done
done

# As it comes, not at the end.
write slow.yaml '- id: x' '  output: prefix' '  name: x' '  kill_after: 1m' \
    '  run: "trap \"echo first; until [ -e go ]; do sleep 0.01; done; echo last; exit\" TERM; echo started; while :; do sleep 0.01; done"'
start --grace 1m slow.yaml
until_stdout started
kill -TERM "$pid"
until_stdout 'x | first'
: >go
finish
assert_exit 143
assert_stdout 'x | started' 'x | first' 'x | last'

# Other processes of its group may go on after it: they are read too.
write group.yaml '- name: x' '  output: prefix' \
    '  run: "(trap \"sleep 0.2; echo from inside; exit\" TERM; echo started; while :; do sleep 0.01; done) & exec sleep 600"'
start group.yaml
until_stdout started
kill -TERM "$pid"
finish
assert_exit 143
assert_stdout 'x | started' 'x | from inside'

# Too much to keep stops it, as before, and does not lose what is shown.
run - <<<'[{"run": "trap \"echo end; exit\" TERM; seq 1 1000; while :; do sleep 0.01; done", "max_output": "100", "capture": "x"}]'
assert_exit 1
assert_stderr_contains 'stdout is larger than 100'
assert_eq "$(tail -n 2 "$T/io/stdout")" $'1000\nend'
