#!/usr/bin/env bash
# No source holds one of the forms that g++ 12 miscompiles beside co_await: tools/coroutines.q by clang-query, over every
# source and header with coroutines. First the lint is put to the test itself.
set -euo pipefail

# lint FILE: prints FILE:LINE:COLUMN and the line of every match; fails when the file cannot be read as C++.
lint() {
    local output
    output=$(clang-query-19 -f tools/coroutines.q "$1" -- \
        -xc++ -std=c++20 -Icore -Iapp -Itests -Ibuild/include -DARUN_VERSION='""' -Wno-pragma-once-outside-header 2>&1) || true
    if grep -qE '(^|: )(fatal )?error: ' <<<"$output" || ! grep -qE '^[0-9]+ match(es)?\.$' <<<"$output"; then
        printf '%s\n' "$1 cannot be read by clang-query:" "$output"
        return 255
    fi
    # A match shows as FILE:LINE:COLUMN: note: "root" binds here, and the line below it.
    grep -A 1 -F '"root" binds here' <<<"$output" | grep -v '^--$' || true
}
export -f lint

matched=$(lint tests/lint/bad.cpp | sed -nE 's/^.*bad\.cpp:([0-9]+):.*"root" binds here.*/\1/p' | sort -u)
marked=$(sed -n '\,// bad$,=' tests/lint/bad.cpp | sort)
if [ "$matched" != "$marked" ]; then
    echo "tests/lint/bad.cpp: lines marked bad (<) and lines found (>) differ:"
    diff <(echo "$marked") <(echo "$matched") || exit 1
fi
matched=$(lint tests/lint/good.cpp)
if [ -n "$matched" ]; then
    printf '%s\n' "tests/lint/good.cpp is good, but:" "$matched"
    exit 1
fi

mapfile -d '' files < <(find core app examples tests -name '*.[ch]pp' -not -path 'tests/lint/*' \
    -exec grep -lZE '\bco_(await|yield)\b' {} + | sort -z)
if [ ${#files[@]} = 0 ]; then
    echo "no coroutines yet"
    exit 77
fi
matched=$(printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$JOBS" bash -c 'lint "$1"' lint) || { echo "$matched" && exit 1; }
if [ -n "$matched" ]; then
    echo "$matched"
    exit 1
fi
echo "${#files[@]} sources with coroutines, $(wc -l <<<"$marked") bad samples found"
