#!/usr/bin/env bash
# `fail` always fails, with its message; a failed job ends the script with exit status 1.
. "${BASH_SOURCE%/*}/lib.sh"

fails $'- print: a\n- »fail: "no luck: ${{ 1 }}"\n- print: not reached' 'no luck: 1'
assert_stdout a
assert_stderr - <<'END'
<stdin>:2:3: error: fail: no luck: 1
  2 | - fail: "no luck: ${{ 1 }}"
    |   ^~~~
arun: 1 passed, 1 failed, 1 skipped, in 0s
END
fails '[{»"fail": {"message": "m"}, "name": "the label"}]' "'the label'" ': m'
script '[{"fail": "first line\nsecond line"}]'
assert_exit 1
assert_stderr_contains 'first line' 'second line'
script '["fail"]'
assert_exit 1
assert_stderr_contains '<stdin>:1:2: error: '
