#!/usr/bin/env bash
# In a replay of another script, jobs of some kinds can ask the world; what they start is cleaned up.
. "${BASH_SOURCE%/*}/lib.sh"

write old.yaml '- run: echo run from the tape
- exec: [echo, exec from the tape]
- wait_for: {file: there}
- sleep: 10s'
sed -i 's/10s/1ms/' old.yaml
touch there
run --record old.tape old.yaml
assert_exit 0
rm there

# The tape has what is not live; time jumps where nothing is under way.
write new.yaml '- run: echo run from the tape
- exec: [sh, -c, "echo exec from the world, in $PWD; touch made"]
- wait_for: {file: there}
- sleep: 10h
- print: ${{ env.HOME }}'
run replay --live exec old.tape new.yaml
assert_exit 125
assert_stdout 'run from the tape' "exec from the world, in $PWD"
assert_stderr_contains 'HOME'
[ -e made ] || fail 'nothing ran'
sed -i '/HOME/d' new.yaml
run replay --live exec old.tape new.yaml
assert_exit 0
# Without it, the command is not on the tape.
run replay old.tape new.yaml
assert_exit 125
assert_stderr_contains 'which the tape does not have'
run replay --live exec --live wait_for old.tape new.yaml
assert_exit 124
assert_stderr_contains 'wait_for: timed out after 30s: there: not there'

# Ctrl-C ends it, after the clean-up.
write long.yaml '- run: echo begun; exec sleep 1000
  finally: {print: cleaned up}'
start replay --live run old.tape long.yaml
until_stdout begun
kill -INT "$pid"
finish
assert_exit 130
assert_stdout begun 'cleaned up'

# What a live child prints goes where the script says.
write file.yaml '- run: echo run from the tape' '- exec: {argv: [echo, live], output: {file: out}}'
run replay --live exec old.tape file.yaml
assert_exit 0
assert_file out live

# Wrong usage.
run replay --live exce old.tape new.yaml
assert_exit 2
assert_stderr_contains "--live: no kind called 'exce' asks the world; did you mean 'exec'?"
run replay --live print old.tape new.yaml
assert_exit 2
assert_stderr_contains 'there are for_each, exec, http, run, wait_for'
run replay --live exec old.tape
assert_exit 2
assert_stderr_contains '--live is for other scripts than those of the tape'
