#!/usr/bin/env bash
# `arun completions bash` completes commands, options, values, kinds and files once it is sourced; there are some for
# zsh and fish.
. "${BASH_SOURCE%/*}/lib.sh"

run completions bash
assert_exit 0
assert_stderr
cp "$T/io/stdout" completion.bash
mkdir scripts
write 'my script.json' '[]'
write jobs.yaml '[]'
cat >complete.bash <<'END'
. ./completion.bash
compopt() { :; }
# Bash divides words at '=' before it asks.
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
"$(complete -p arun | sed 's/.*-F \([^ ]*\).*/\1/')" arun "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
END
# completes WORD... -- EXPECTED...: what the last word may become, among other things.
completes() {
    local words=() word
    while [ "$1" != '::' ]; do
        words+=("$1")
        shift
    done
    shift
    run_command bash complete.bash "${words[@]}"
    assert_exit 0
    assert_stderr
    for word; do grep -qxF -e "$word" "$T/io/stdout" || fail "<${words[*]}> is not completed to <$word>"; done
}
completes arun '' :: run check plan replay list init help schema kinds completions jobs.yaml 'my script.json' scripts
completes arun ch :: check
assert_stdout check
completes arun --v :: --virtual --var --vars-file --verbose --version
assert_stdout_lacks --timeout
completes arun -- :: --keep-going --timeout --help
completes arun check --r :: --report
assert_stdout --report
completes arun check -- :: --report --var
assert_stdout_lacks --grace
completes arun --color '' :: auto always never
completes arun --color = al :: always
assert_stdout always
completes arun --color = :: auto always never
completes arun --format y :: yaml
completes arun --report '' :: junit tap json github
completes arun check --report '' :: json github
assert_stdout_lacks tap
completes arun plan --report = '' :: json
assert_stdout json
completes arun kinds ti :: tick timestamp
assert_stdout_lacks sleep
completes arun completions '' :: bash zsh fish
completes arun --virtual jo :: jobs.yaml
completes arun --env-file my :: 'my script.json'
completes arun check my :: 'my script.json'
completes arun --timeout '' ::
assert_stdout ''

# What a script knows: its inputs and variables, and the names of its jobs.
mkdir bin
ln -s "$ARUN" bin/arun
export PATH=$PWD/bin:$PATH
write shop.yaml 'inputs: {host: {required: true}, level: {}}' 'vars: {url: x}' 'jobs:' '- {id: build, print: x}' '- {name: test, print: x}'
write choice.yml 'inputs: {level: {type: choice, options: [low, high]}, on: {type: boolean}, free: {}}' 'jobs: []'
completes arun choice.yml level = :: high low
completes arun choice.yml level = l :: low
completes arun choice.yml --var on = :: false true
completes arun choice.yml free = ::
rm choice.yml
completes arun shop.yaml '' :: host= level= url= jobs.yaml
completes arun shop.yaml --var ho :: host=
assert_stdout host=
completes arun shop.yaml --only '' :: build test
# Names are text, which no shell expands.
write evil.yaml '- {print: x, name: "$(touch expanded) `touch expanded` ${HOME}"}' '- {print: x, name: two words}'
completes arun evil.yaml --only '' :: 'two\ words'
completes arun evil.yaml --only '$' :: '\$\(touch\ expanded\)\ \`touch\ expanded\`\ \$\{HOME\}'
completes arun evil.yaml '' ::
[ ! -e expanded ] || fail 'a name was expanded'
completes arun help exp :: expressions
completes arun help '' :: modifiers sleep jobs.yaml
touch notes.txt
completes arun no :: ''
assert_stdout_lacks notes.txt

# The others at least are what their shells understand.
run completions zsh
assert_exit 0
assert_stderr
[[ $stdout == '#compdef arun'* ]] || fail 'no #compdef'
assert_stdout_contains --virtual kinds tick
if command -v zsh >/dev/null; then
    zsh -n "$T/io/stdout" || fail 'zsh does not understand it'
    # Sourced as well.
    run_command zsh -c 'autoload -Uz compinit; compinit -u -d dump; source <("$ARUN" completions zsh); print ${_comps[arun]}'
    assert_exit 0
    assert_stdout _arun
fi
run completions fish
assert_exit 0
assert_stderr
assert_stdout_contains 'complete -c arun' 'virtual' tick
if command -v fish >/dev/null; then
    fish --no-execute "$T/io/stdout" || fail 'fish does not understand it'
    cp "$T/io/stdout" completion.fish
    run_command fish -c 'source completion.fish; complete -C "arun shop.yaml ho"'
    assert_stdout host=
    run_command fish -c 'source completion.fish; complete -C "arun evil.yaml --only tw"'
    assert_stdout_contains 'two words'
fi
