#!/usr/bin/env bash
# A script's form follows from its extension, on standard input from its first character; --format overrides; with no
# SCRIPT and a standard input that is not a terminal, `-` is read.
. "${BASH_SOURCE%/*}/lib.sh"

json='[{"print": "json"}]'
yaml='- print: yaml'
# Each of these is not the other form: tabs indent nothing in YAML, and `- ` begins nothing in JSON.
tabs=$'[\n\t{"print":\t"tabs"},\n\t{"print": "/"}\n]'

write a.json "$json"
write a.yaml "$yaml"
write a.yml "$yaml"
write A.JSON "$json"
run a.json
assert_stdout json
run a.yaml
assert_stdout yaml
run a.yml
assert_stdout yaml
run A.JSON
assert_stdout json

# The extension decides, not the content.
write yaml.json "$yaml"
run yaml.json
assert_exit 2
assert_stdout
assert_stderr_contains 'yaml.json:1:1: error: ' YAML

# --format overrides it, for all the scripts.
run --format yaml yaml.json
assert_exit 0
assert_stdout yaml
write json.yaml "$tabs"
run --format json json.yaml
assert_exit 0
assert_stdout tabs /
run --format=json a.yaml
assert_exit 2
assert_stderr_contains 'a.yaml:1:1: error: '
run --format xml a.json
assert_exit 2
assert_stdout
assert_stderr_contains xml json yaml

# A file without an extension that says so is judged as standard input is.
write script "$json"
run script
assert_stdout json
write script "$yaml"
run script
assert_stdout yaml

# Standard input: '[' and '{' with the key jobs are JSON, anything else is YAML.
run - <<<"$tabs"
assert_exit 0
assert_stdout tabs /
run - <<<$' \n\t'"$tabs"
assert_stdout tabs /
run - <<<$'{"name": "a {brace}", "vars": {"x": [1, "]}"]},\n\t"jobs": [{"print": "mapping"}]}'
assert_exit 0
assert_stdout mapping
run - <<<"$yaml"
assert_stdout yaml
run - <<<$'# a comment\njobs:\n- print: commented'
assert_stdout commented
run - <<<$'%YAML 1.2\n---\n- print: directive'
assert_exit 0
assert_stdout directive
run - <<<'"sleep'
assert_exit 2
assert_stderr_contains '<stdin>:1:'

# No SCRIPT.
run <<<"$json"
assert_exit 0
assert_stdout json
run run <<<"$yaml"
assert_stdout yaml
run --virtual < <(printf %s "$json")
assert_exit 0
assert_stdout json
run check <<<"$yaml"
assert_exit 0
assert_stdout

# A pipe of the shell's.
run <(echo "$json")
assert_exit 0
assert_stdout json

# A script on standard input is read once.
run - - <<<"$json"
assert_exit 2
assert_stdout
assert_stderr_contains 'standard input'

# './-' is a file of that name; after '--' everything is a script.
write ./- "$json"
run ./- </dev/null
assert_stdout json
write ./-v.json "$json"
run -- -v.json
assert_exit 0
assert_stdout json
