# What the end-to-end tests are written in. A test is one file tests/e2e/NAME.sh about one behaviour:
#
#     #!/usr/bin/env bash
#     # A failed job ends the script with exit status 1.
#     . "${BASH_SOURCE%/*}/lib.sh"
#
#     write x.json '[{"fail": "no"}, {"print": "not reached"}]'
#     run x.json
#     assert_exit 1
#     assert_stdout
#     assert_stderr_contains 'no'
#
# It starts in an empty folder of its own, whose name has a space in it and which is removed at the end, with a clean
# environment and nothing on standard input. The first assertion that does not hold ends it. $ARUN is the binary.
# A line `# serial: why` near the top keeps other tests from running beside it; `LIMIT=300` before the `.`
# changes after how many seconds the test is stopped: far more than it takes, since only a
# test that hangs should be stopped.

set -u

# The processes of this test that still run: whatever was started here carries ARUN_E2E in its environment, whatever
# process group it went to. The test's own shells do not count.
left_processes() {
    local found mark="ARUN_E2E=$ARUN_E2E"
    while IFS=/ read -r _ _ found _; do
        case " $$ $PPID $BASHPID " in
        *" $found "*) ;;
        *) ! grep -qszxF "$mark" "/proc/$found/environ" || echo "$found" ;;
        esac
    done < <(exec env -u ARUN_E2E grep -lszxF "$mark" /proc/[0-9]*/environ)
}

if [ -z "${ARUN_E2E:-}" ]; then
    # The outer shell: makes the folder, runs the test under a time limit (above all of it, so that an exit status 124
    # of arun itself stays recognisable) and tidies up however that ended.
    : "${ARUN:?is the arun binary to test}"
    ARUN_E2E=$$-$RANDOM$RANDOM
    T=$(mktemp -d "${TMPDIR:-/tmp}/arun e2e.XXXXXX") || exit 1
    mkdir "$T/work" "$T/io" || exit 1
    limit=${LIMIT:-120}
    # Each start of a sanitized binary takes a hundred times as long.
    [ -z "${ARUN_SANITIZED:-}" ] || limit=$((limit * 4))
    # From outside come only the way to programs and what a sanitizer is told.
    keep=()
    for name in ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS ARUN_SANITIZED CXX; do
        [ -z "${!name:-}" ] || keep+=("$name=${!name}")
    done
    env -i "PATH=$PATH" LC_ALL=C.UTF-8 TZ=UTC "HOME=$T" "TMPDIR=$T" "ARUN=$ARUN" "ARUN_E2E=$ARUN_E2E" "T=$T" \
        "ARUN_SOURCE=$(cd "${BASH_SOURCE%/*}/../.." && pwd)" ${keep[@]+"${keep[@]}"} \
        timeout --kill-after=5 "$limit" bash "$(cd "$(dirname "$0")" && pwd)/${0##*/}" "$@" </dev/null &
    test_process=$!
    trap 'kill "$test_process" 2>/dev/null' INT TERM HUP
    wait "$test_process"
    test_status=$?
    [ "$test_status" != 124 ] || echo "${0##*/}: stopped after $limit seconds" >&2
    for left in $(left_processes); do
        kill -KILL "$left" 2>/dev/null
    done
    rm -rf "$T"
    exit "$test_status"
fi

# A reader that goes away must not take the test with it; arun itself gets the default back in `run` and `start`.
trap '' PIPE
umask 022
cd "$T/work" || exit 1

status=
pid=

# Whether arun uses Linux's own calls: only they let it find processes that have left their group.
linux_calls() {
    "$ARUN" --debug - 2>&1 <<<'[{"sleep": 0}]' | grep -q "the system's calls: linux"
}

# fail MESSAGE...: ends the test, says where, and shows what arun said last.
fail() {
    local i
    for ((i = 1; i < ${#FUNCNAME[@]}; i++)); do
        [ "${BASH_SOURCE[i]}" = "${BASH_SOURCE[0]}" ] || break
    done
    echo "${BASH_SOURCE[i]##*/}:${BASH_LINENO[i - 1]}: $*" >&2
    if [ -n "$status" ]; then
        echo "--- exit status $status; standard output:" >&2
        head -c 8000 "$T/io/stdout" >&2
        echo "--- standard error:" >&2
        head -c 8000 "$T/io/stderr" >&2
        echo "---" >&2
    fi
    exit 1
}

# skip WHY: nothing to test here (ctest shows it as skipped).
skip() {
    echo "skipped: $*"
    exit 77
}

# write FILE LINE...: makes a file of these lines; with no line, of standard input.
write() {
    local file=$1
    shift
    if [ $# = 0 ]; then cat >"$file"; else printf '%s\n' "$@" >"$file"; fi
}

# run ARGUMENT...: runs arun to its end. Its exit status is in $status (as a shell sees it), what it wrote in
# $stdout and $stderr (without the last newlines) and, to the byte, in "$T/io/stdout" and "$T/io/stderr".
# Redirect or pipe as usual: run - <<<'["sleep 1"]'
run() { run_command "$ARUN" "$@"; }

# script TEXT [OPTION...]: runs TEXT on the virtual clock, as a script on standard input (messages call it <stdin>).
script() { run --virtual "${@:2}" - <<<"$1"; }

# run_limited SIGN TEXT [OPTION...]: runs TEXT with LIMIT in it replaced by a duration, and with longer ones until
# the line SIGN was printed: a child on a slow machine needs time before it can be stopped. $limit is the one of that
# run, and $limit_ms the same in milliseconds.
run_limited() {
    local step
    for step in 200ms=200 1s=1000 5s=5000 25s=25000; do
        limit=${step%=*} limit_ms=${step#*=}
        run "${@:3}" - <<<"${2//LIMIT/$limit}"
        ! grep -qxF -e "$1" "$T/io/stdout" "$T/io/stderr" || break
    done
}

# run_command PROGRAM ARGUMENT...: the same for any other program.
run_command() {
    env --default-signal=PIPE,INT,QUIT,TERM,HUP "$@" >"$T/io/stdout" 2>"$T/io/stderr"
    status=$?
    read_output
}

read_output() {
    stdout=$(tr -d '\0' <"$T/io/stdout")
    stderr=$(tr -d '\0' <"$T/io/stderr")
}

# start ARGUMENT...: starts arun in a process group of its own and goes on; $pid is its id and the group's. Its
# standard input may be redirected: start - <<<'[{"sleep": 60}]'
start() {
    status=
    : >"$T/io/stdout"
    : >"$T/io/stderr"
    # Without `<&0` a background command would have /dev/null for standard input.
    setsid env --default-signal=PIPE,INT,QUIT,TERM,HUP "$ARUN" "$@" <&0 >"$T/io/stdout" 2>"$T/io/stderr" &
    pid=$!
}

# stream ARGUMENT...: the same with a pipe on its standard input, into which `say LINE...` writes (or >&9); `end` closes
# it and waits as `finish` does.
stream() {
    rm -f "$T/io/pipe"
    mkfifo "$T/io/pipe"
    # Opened both ways first, or else the reading end would wait for the writing one.
    exec 8<>"$T/io/pipe"
    start "$@" <"$T/io/pipe" 8>&-
    exec 9>"$T/io/pipe" 8>&-
}
say() { printf '%s\n' "$@" >&9; }
end() {
    exec 9>&-
    finish
}

# finish: waits until what `start` began has ended; then as after `run`.
finish() {
    # Bash tells a death by signal on stderr, as a shell would; not this one's business.
    { wait "$pid"; } 2>/dev/null
    status=$?
    read_output
}

# until_true COMMAND...: waits until the command succeeds; the test fails if it has not after a minute.
until_true() {
    local start=$SECONDS
    until "$@"; do
        if ((SECONDS - start > 60)); then
            [ -n "$status" ] || { status=unknown; }
            fail "waited in vain for: $*"
        fi
        sleep 0.01
    done
}

# until_stdout TEXT, until_stderr TEXT: waits until what `start` began has written TEXT.
until_stdout() { until_true grep -qF -e "$1" "$T/io/stdout"; }
until_stderr() { until_true grep -qF -e "$1" "$T/io/stderr"; }

# assert_eq ACTUAL EXPECTED [WHAT]
assert_eq() {
    [ "$1" = "$2" ] && return
    fail "${3:-value}: expected <$2>, got <$1>"
}

# assert_exit STATUS: as a shell sees it, 128+n for a death by signal n.
assert_exit() {
    [ "$status" = "$1" ] || fail "expected exit status $1, got $status"
}

# assert_stdout LINE..., assert_stderr LINE...: the whole output is exactly these lines; none: nothing was written.
# The one argument `-` takes the expected text from standard input.
assert_stdout() { assert_output stdout "$@"; }
assert_stderr() { assert_output stderr "$@"; }
assert_output() {
    local stream=$1
    shift
    if [ "$*" = - ]; then
        cat
    elif [ $# -gt 0 ]; then
        printf '%s\n' "$@"
    fi >"$T/io/expected"
    cmp -s "$T/io/expected" "$T/io/$stream" && return
    diff -u --label expected --label "$stream" "$T/io/expected" "$T/io/$stream" >&2
    fail "$stream is not as expected"
}

# assert_stdout_contains TEXT..., assert_stderr_contains TEXT..., and what must not be there.
assert_stdout_contains() { assert_contains stdout "$stdout" "$@"; }
assert_stderr_contains() { assert_contains stderr "$stderr" "$@"; }
assert_contains() {
    local stream=$1 text=$2 part
    shift 2
    for part in "$@"; do
        [[ $text == *"$part"* ]] || fail "$stream lacks <$part>"
    done
}
assert_stdout_lacks() { assert_lacks stdout "$stdout" "$@"; }
assert_stderr_lacks() { assert_lacks stderr "$stderr" "$@"; }
assert_lacks() {
    local stream=$1 text=$2 part
    shift 2
    for part in "$@"; do
        [[ $text != *"$part"* ]] || fail "$stream has <$part>"
    done
}

# assert_file FILE LINE...: the file is exactly these lines.
assert_file() {
    local file=$1
    shift
    [ -f "$file" ] || fail "no file $file"
    if [ $# -gt 0 ]; then printf '%s\n' "$@"; fi | cmp -s - "$file" && return
    fail "$file: expected <$*>, got <$(cat "$file")>"
}

# rejected TEXT PART...: the script TEXT is refused, nothing of it runs, and an error points at the place where TEXT has
# the mark » (which is taken out before); stderr contains the PARTs.
rejected() {
    script_with_mark "$1"
    assert_exit 2
    assert_stdout
    assert_stderr_contains "<stdin>:$at: error: " "${@:2}"
}

# fails TEXT PART...: the script TEXT runs and fails (1) at its mark; what it printed is not looked at.
fails() {
    script_with_mark "$1"
    assert_exit 1
    assert_stderr_contains "<stdin>:$at: error: " "${@:2}"
}

# take_mark TEXT: sets $at to the place of the mark » in TEXT, LINE:COLUMN, and $unmarked to TEXT without it.
take_mark() {
    local before=${1%%»*} lines
    [ "$before" != "$1" ] || fail "no mark in <$1>"
    lines=${before//[!$'\n']/}
    before=${before##*$'\n'}
    at=$((${#lines} + 1)):$((${#before} + 1))
    unmarked=${1/»/}
}

script_with_mark() {
    take_mark "$1"
    script "$unmarked"
}

# assert_no_processes: nothing that was started in this test is still running.
assert_no_processes() {
    local left
    left=$(left_processes)
    [ -z "$left" ] && return
    # shellcheck disable=SC2086  # a list of ids
    for left in $left; do
        echo "left: $left $(tr '\0' ' ' <"/proc/$left/cmdline" 2>/dev/null)" >&2
    done
    fail "processes were left behind"
}

# milliseconds: of a clock that only goes forward (to a hundredth of a second).
milliseconds() {
    local uptime rest
    read -r uptime rest </proc/uptime
    echo $((10#${uptime/./} * 10))
}

