#!/usr/bin/env bash
# scripts/tape: the tape of a flaky check shows why it failed, and which limit would have been enough.
. "${BASH_SOURCE%/*}/lib.sh"
cp "$ARUN_SOURCE"/scripts/tape/flaky.* .

run replay flaky.tape
assert_exit 1
assert_stdout 'the shop starts in time | reading 6 thousand articles' 'the shop starts in time | open for orders' 'closed after 0.1 s'
assert_stderr_contains 'expected duration below 50ms, got 69.321ms'
run replay --timeline - flaky.tape
assert_exit 1
assert_stdout_contains 'the shop starts in time'
sed 's/lt: 50ms/lt: 1s/' flaky.yaml >mended.yaml
run replay flaky.tape mended.yaml
assert_exit 0
assert_stdout_contains 'the first order can come' 'closed after 0.1 s'
run replay flaky.tape - <mended.yaml
assert_exit 0
run check flaky.yaml
assert_exit 0
