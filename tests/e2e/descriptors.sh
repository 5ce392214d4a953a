#!/usr/bin/env bash
# Many jobs need many descriptors: the soft limit is raised, and beyond the hard one children wait for each other.
. "${BASH_SOURCE%/*}/lib.sh"

write many.yaml '- for_each: {range: 300, max_concurrent: 0}' '  do: {run: "sleep 0.1; echo ${{ item }}", output: prefix}'
seq 0 299 >all
got_all() {
    sed 's/^.* | //' "$T/io/stdout" | sort -n | cmp -s - all || fail "$(wc -l <"$T/io/stdout") of 300 lines"
}

# The soft limit is raised; children get the old one.
run_command bash -c 'ulimit -Sn 64; exec "$ARUN" many.yaml'
assert_exit 0
got_all
write limit.yaml '- {exec: ["true"], output: discard}' '- run: ulimit -n'
run_command bash -c 'ulimit -Sn 64; exec "$ARUN" limit.yaml'
assert_stdout 64

# Not under a sanitizer: UBSan looks at memory through a pipe, and without one it takes exceptions for broken.
if [ -z "${ARUN_SANITIZED:-}" ]; then
    # The hard one is not: children wait, which -v tells, and none fails.
    run_command bash -c 'ulimit -n 64; exec "$ARUN" many.yaml'
    assert_exit 0
    got_all
    assert_stderr
    run_command bash -c 'ulimit -n 64; exec "$ARUN" -v many.yaml'
    assert_exit 0
    grep -qE '\] wait +run .*: too many open files$' "$T/io/stderr" || fail 'nothing is said with -v'
    # Those that wait can be cancelled.
    write cut.yaml '- for_each: {range: 300, max_concurrent: 0}' '  timeout: 300ms' '  do: {run: "sleep 600", output: prefix}'
    run_command bash -c 'ulimit -n 64; exec "$ARUN" cut.yaml'
    assert_exit 124
    assert_no_processes
    # Standard input takes descriptors too.
    write input.yaml '- for_each: {range: 300, max_concurrent: 0}' '  do: {run: cat, stdin: "${{ item }}\n", output: prefix}'
    run_command bash -c 'ulimit -n 64; exec "$ARUN" input.yaml'
    assert_exit 0
    got_all

    # Too few for anything: a message.
    for limit in 5 6 7 8 9; do
        run_command bash -c "ulimit -n $limit; exec \"\$ARUN\" \"\$@\"" - many.yaml
        [ "$status" = 1 ] || assert_exit 125
        assert_stderr_contains 'oo many open files'
    done
    for limit in 5 6; do
        write sleep.yaml '- sleep: 10ms'
        run_command bash -c "ulimit -n $limit; exec \"\$ARUN\" sleep.yaml"
        assert_exit 125
        assert_stderr "arun: error: cannot open an event loop: too many open files (ulimit -n is $limit)"
    done

    # So few that the loop's own may be too many: nothing has run then, or all of it.
    write finally.yaml 'jobs:' '- print: started' '- {run: "echo one", output: prefix, finally: {print: tidy}}' '- sleep: 10ms' \
        'finally: {print: end}'
    for limit in 7 8 9 10 11 12 13 14 15 16; do
        run_command bash -c "ulimit -n $limit; exec \"\$ARUN\" finally.yaml"
        case $status in
        125) assert_stdout ;;
        *) assert_stdout_contains started tidy end ;;
        esac
        assert_no_processes
    done

    # `http` says so as well.
    . "$ARUN_SOURCE/tests/e2e/data/serve.sh"
    serve http_server
    write http.yaml '- for_each: {range: 40, max_concurrent: 0, fail_fast: false}' "  do: {http: 'http://127.0.0.1:$port/never', timeout: 300ms}"
    run_command bash -c 'ulimit -n 24; exec "$ARUN" http.yaml'
    assert_exit 1
    assert_stderr_contains "cannot connect to 127.0.0.1:$port: too many open files"
fi

# The limit of a file's size is a write error, and no death.
write big.yaml '- repeat: 2000' '  do: {print: "a line of the output"}'
run_command bash -c 'ulimit -f 1; exec "$ARUN" big.yaml >big'
assert_exit 125
assert_stderr_contains 'cannot write to standard output: file too large'
write report.yaml '- repeat: 200' '  do: {name: x, print: "a line"}'
run_command bash -c '(ulimit -f 0; exec "$ARUN" --report junit=junit.xml report.yaml) 2>&1 | cat; exit "${PIPESTATUS[0]}"'
assert_exit 125
assert_stdout_contains "cannot write 'junit.xml': file too large"
# Children have its default action.
write child.yaml '- exec: [dd, if=/dev/zero, of=large, bs=4096, count=10]' '  output: discard'
run_command bash -c '(ulimit -f 1; exec "$ARUN" child.yaml) 2>&1 | cat'
assert_stdout_contains 'killed by signal XFSZ'
