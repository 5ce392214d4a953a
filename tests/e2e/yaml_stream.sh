#!/usr/bin/env bash
# Documents of YAML that arrive on a pipe are scripts: each is judged and runs when its end has arrived. One that is
# alone is checked before anything runs, and so are all documents of a file.
. "${BASH_SOURCE%/*}/lib.sh"

# Each when the next `---` or `...` has arrived, or the end. Same Runner, same names, vars and finally of its own.
stream -
say '# a comment' '---' 'vars: {x: 1}' 'jobs: [print: "one ${{ x }}"]' 'finally: [print: finally]'
say '---'
until_stdout finally
say '- set: {y: 2}' '- print: two' '...'
until_stdout two
say '%YAML 1.2' '---' '- print: three ${{ x }}${{ y }}' '---' '---' '...'
until_stdout 'three 12'
printf -- '- print: last' >&9
end
assert_stderr
assert_exit 0
assert_stdout 'one 1' finally two 'three 12' last

# A bad document is judged when its turn comes: what came before has run, nothing after it does.
stream -
say '- {tick: 1, background: true, finally: [print: cleaned]}' '- print: one' '---'
until_stdout one
say '- prin: two' '---' '- print: three'
end
assert_exit 2
assert_stdout one cleaned
assert_stderr_contains "<stdin>:4:3: error: unknown kind of job 'prin'" '4 | - prin: two'
run - < <(printf -- '- print: one\n---\n- print: "two\n---\n- print: three\n')
assert_exit 2
assert_stdout one
assert_stderr_contains '<stdin>:3:'
run - < <(printf -- '- print: one\n---\n- print: ${{ nothing }}\n')
assert_exit 2
assert_stdout one
assert_stderr_contains "<stdin>:3:14: error: unknown name 'nothing'"
run --var x=no - < <(printf -- '- print: one\n---\n{vars: {x: 1}, jobs: []}\n')
assert_exit 2
assert_stdout one
assert_stderr_contains "<stdin>:3:9: error: --var x: expected a number, not 'no'"

# A failed script stops the later ones unless -k.
failing() { printf -- '- fail: no\n---\n- print: later\n'; }
run - < <(failing)
assert_exit 1
assert_stdout
run -k - < <(failing)
assert_exit 1
assert_stdout later

# A script that is alone is checked as a whole before anything runs, however slowly it comes.
stream -
say '- print: one'
sleep 0.05
say '- prin: two'
end
assert_exit 2
assert_stdout
assert_stderr_contains '<stdin>:2:3: error: '
# All documents of a regular file are, on standard input as well; and all that check and plan look at.
write two.yaml '- print: one' '---' '- prin: two'
run - <two.yaml
assert_exit 2
assert_stdout
run check - < <(cat two.yaml)
assert_exit 2
assert_stderr_contains '<stdin>:3:3: error: '
run plan - < <(cat two.yaml)
assert_exit 2
# A FIFO that is named streams like standard input.
mkfifo fifo
exec 8<>fifo
start --format yaml fifo 8>&-
printf '%s\n' '- print: one' '---' >&8
until_stdout one
printf '%s\n' '- print: two' >&8
exec 8>&-
finish
assert_exit 0
assert_stdout one two
# JSON on a pipe is read to its end.
stream -
say '[{"print": "one"},'
say '{"prin": "two"}]'
end
assert_exit 2
assert_stdout
