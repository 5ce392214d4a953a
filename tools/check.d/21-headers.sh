#!/usr/bin/env bash
# Every header compiles alone, and twice.
set -euo pipefail
compile() {
    printf '#include "%s"\n#include "%s"\n' "$1" "$1" |
        g++ -std=c++20 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -Icore -Iapp -Itests -x c++ - ||
        { echo "$2 does not compile alone" && return 255; }
}
export -f compile
mapfile -d '' headers < <(find core app tests -name '*.hpp' -not -path 'tests/lint/*' -printf '%P\0%p\0')
[ ${#headers[@]} -gt 0 ]
printf '%s\0' "${headers[@]}" | xargs -0 -n 2 -P "$JOBS" bash -c 'compile "$@"' compile
echo "$((${#headers[@]} / 2)) headers"
