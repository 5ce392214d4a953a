#!/usr/bin/env bash
# The whole test suite under AddressSanitizer and UndefinedBehaviorSanitizer, with asserts; warnings are errors.
set -euo pipefail
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
if ! output=$(tools/test asan 2>&1); then
    echo "$output"
    exit 1
fi
grep -E '^[0-9]+% tests passed' <<<"$output"
