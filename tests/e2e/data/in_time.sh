# For tests of how time grows: their scripts are in the folders `large` and `small`, where they have a twentieth of the
# jobs. Sourced after lib.sh.

# in_time STATUS ARGUMENT...: runs arun in both folders, which exits with STATUS. Beside a script of a twentieth, a
# quadratic step takes 400 times as long.
in_time() {
    local expected=$1 from small folder=$PWD
    shift
    cd "$T/work/small" || exit 1
    from=$(milliseconds)
    run "$@"
    assert_exit "$expected"
    small=$(($(milliseconds) - from))
    cd "$T/work/large" || exit 1
    from=$(milliseconds)
    run "$@"
    assert_exit "$expected"
    (($(milliseconds) - from < 60 * small + 2000)) || fail "arun $*: took $(($(milliseconds) - from)) ms, a twentieth $small ms"
    cd "$folder" || exit 1
}
