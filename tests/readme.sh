#!/usr/bin/env bash
# What the README shows is what happens. All its blocks are run from top to bottom, as one session in one folder:
#
# - ```console: each `$ command` is run, and what it prints (both streams, as on a terminal) is compared with the lines
#   below it. `...` in a line stands for any text; a line that is only `...` for any lines. A command goes on over
#   lines that end in a backslash and to the end of a here-document.
# - ```sh, ```bash: run as a whole; must succeed.
# - ```yaml, ```json, ```jsonl: scripts; `arun check` must find nothing wrong.
#
# A block straight below a line `<!-- not run: why -->` is left alone.
LIMIT=240
. "${BASH_SOURCE%/*}/e2e/lib.sh"

readme=${1:-$ARUN_SOURCE/README.md}
[ -f "$readme" ] || skip "no README.md yet"
mkdir "$T/bin" && ln -s "$ARUN" "$T/bin/arun" && PATH=$T/bin:$PATH
blocks=0
last_status=0

# matches EXPECTED ACTUAL: line by line, with `...`; both are files.
matches() {
    awk '
        function as_regex(line,   parts, n, i, regex) {
            n = split(line, parts, /\.\.\./)
            regex = "^"
            for (i = 1; i <= n; i++) {
                gsub(/[][\\.*+?^$(){}|\/]/, "\\\\&", parts[i])
                regex = regex (i > 1 ? ".*" : "") parts[i]
            }
            return regex "$"
        }
        # Every pair of a rest of the pattern and a rest of the text is looked at once.
        function match_from(p, t,   key, i, found) {
            key = p SUBSEP t
            if (key in known) return known[key]
            if (p > patterns) found = t > lines
            else if (pattern[p] == "...") {
                for (i = t; i <= lines + 1 && !found; i++) found = match_from(p + 1, i)
            } else found = t <= lines && text[t] ~ as_regex(pattern[p]) && match_from(p + 1, t + 1)
            return known[key] = found + 0
        }
        NR == FNR { pattern[++patterns] = $0; next }
        { text[++lines] = $0 }
        END { exit !match_from(1, 1) }
    ' "$1" "$2"
}

# show COMMAND LINE-NUMBER: runs it in this very shell, so that variables, `cd` and $? carry over, and compares its
# output with "$T/io/expected".
show() {
    (exit "$last_status")
    eval "$1" >"$T/io/actual" 2>&1
    last_status=$?
    # awk cannot tell an empty first file from a missing one.
    printf '\n' | cat "$T/io/expected" - >"$T/io/pattern"
    printf '\n' | cat "$T/io/actual" - >"$T/io/text"
    matches "$T/io/pattern" "$T/io/text" && return
    diff -u --label README --label printed "$T/io/expected" "$T/io/actual" >&2
    fail "${readme##*/}:$2: \$ $1"
}

run_console() {
    local first=$1 line command='' number=0 at=0 delimiter=
    local continued='\\$' here="<<-?[ ]*['\"]?([A-Za-z_]+)['\"]?"
    : >"$T/io/expected"
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        if [ -n "$delimiter" ]; then
            command+=$'\n'${line#> }
            [ "${line#> }" != "$delimiter" ] || delimiter=
        elif [[ $command =~ $continued && ! -s $T/io/expected ]]; then
            command+=$'\n'${line#> }
        elif [[ $line == '$ '* ]]; then
            [ -z "$command" ] || show "$command" "$at"
            command=${line#'$ '}
            at=$((first + number))
            : >"$T/io/expected"
            [[ ! $command =~ $here ]] || delimiter=${BASH_REMATCH[1]}
        else
            [ -n "$command" ] || fail "${readme##*/}:$((first + number)): output before any command"
            printf '%s\n' "$line" >>"$T/io/expected"
        fi
    done <"$T/io/block"
    [ -n "$command" ] || fail "${readme##*/}:$first: a console block without a command"
    show "$command" "$at"
}

check_script() {
    cp "$T/io/block" "$T/io/block.$1"
    run check "$T/io/block.$1"
    [ "$status" = 0 ] || fail "${readme##*/}:$2: the script below is not one"
}

# The README is on a descriptor of its own: what is run here reads nothing of it.
number=0 language='' start=0 leave=no previous=
fence='^```([a-z]*)'
while IFS= read -r line <&3 || [ -n "$line" ]; do
    number=$((number + 1))
    if [ -n "$language" ]; then
        if [ "$line" != '```' ]; then
            printf '%s\n' "$line" >>"$T/io/block"
            continue
        fi
        case $leave:$language in
        yes:*) ;;
        no:console) run_console "$start" && blocks=$((blocks + 1)) ;;
        no:sh | no:bash)
            # shellcheck disable=SC1091  # written above
            (set -e && . "$T/io/block") 3<&- || fail "${readme##*/}:$start: the block below failed"
            blocks=$((blocks + 1))
            ;;
        no:yaml | no:json | no:jsonl) check_script "$language" "$start" && blocks=$((blocks + 1)) ;;
        esac
        language=
    elif [[ $line =~ $fence ]]; then
        language=${BASH_REMATCH[1]:-text}
        start=$number
        leave=no
        [[ $previous != '<!-- not run'* ]] || leave=yes
        : >"$T/io/block"
    fi
    previous=$line
done 3<"$readme"
[ -z "$language" ] || fail "${readme##*/}:$start: the block below has no end"
[ "$blocks" -gt 0 ] || fail "${readme##*/} shows nothing that can be run"
echo "$blocks blocks hold"
