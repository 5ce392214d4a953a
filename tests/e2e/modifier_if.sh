#!/usr/bin/env bash
# `if` takes an expression, bare or wholly in ${{ }}; false skips the job.
. "${BASH_SOURCE%/*}/lib.sh"

for condition in '"false"' '"${{ false }}"' false '"0"' 0 '"\"\""' '"null"' '"x == 2"' '"${{ x == 2 }}"' \
    '" ${{ !x }} "' '"failure()"' '"cancelled()"' '"success() && false"'; do
    script "[{\"set\": {\"x\": 1}}, {\"print\": \"ran\", \"if\": $condition}, {\"print\": \"end\"}]"
    assert_stderr
    assert_exit 0
    assert_stdout end
done
for condition in '"true"' '"${{ true }}"' true '"1"' 1 '"\"false\""' '"x"' \
    '"x == 1"' '"${{ x == 1 }}"' null '"success()"' '"always()"' '"!failure()"'; do
    script "[{\"set\": {\"x\": 1}}, {\"print\": \"ran\", \"if\": $condition}, {\"print\": \"end\"}]"
    assert_stderr
    assert_exit 0
    assert_stdout ran end
done
rejected '[{"print": "x", "if": »"${{ 1 }} == 1"}]' '${{ }}'
rejected '[{"print": "x", "if": »"not ${{ 1 }}"}]' '${{ }}'
rejected '[{"print": "x", "if": »"${{ 1 }}${{ 1 }}"}]' '${{ }}'
rejected '[{"print": "x", "if": »[true]}]' if

# An if that cannot be evaluated fails the job.
fails '[{"print": "x", "if": "»a.b == 1"}, {"set": {"a": 1}, "if": "false"}]' "'a' is not set"
assert_stdout
# Nothing of a skipped job is evaluated or waited for.
script '[{"sleep": "${{ nothing }}", "if": "false", "name": "${{ nothing }}", "finally": {"print": "no"}},
  {"set": {"nothing": 1}}, {"print": "${{ now() }}"}]'
assert_exit 0
assert_stdout 0.000000
