# For tests of `arun test`: . "$ARUN_SOURCE/tests/e2e/data/tests.sh"

# tests TEXT [OPTION...]: runs a file of tests, t.yaml.
tests() {
    write t.yaml "$1"
    run test "${@:2}" t.yaml
}

# at_mark TEXT [OPTION...]: the same without the mark » in the text; $at is its place.
at_mark() {
    take_mark "$1"
    at=t.yaml:$at
    tests "$unmarked" "${@:2}"
}
