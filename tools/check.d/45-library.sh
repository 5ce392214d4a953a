#!/usr/bin/env bash
# The installed library serves clang as well: tests/e2e/library.sh once more. With ARUN_EMBED it also has scripts as calls.
set -euo pipefail
CXX=clang++-19 ARUN="$PWD/build/arun" bash tests/e2e/library.sh

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
quietly() { "$@" >"$folder/log" 2>&1 || { cat "$folder/log" && exit 1; }; }
quietly cmake -S . -B build-embed -G Ninja -DARUN_EMBED=ON -DBUILD_TESTING=OFF -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_CXX_FLAGS_DEBUG=-O0 -DCMAKE_INSTALL_PREFIX="$folder/prefix"
quietly cmake --build build-embed --parallel "$JOBS"
quietly cmake --install build-embed
quietly cmake -S tests/e2e/data/library -B "$folder/built" -DCMAKE_PREFIX_PATH="$folder/prefix" \
    -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DCMAKE_C_FLAGS="-Wall -Wextra -Werror" -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror"
quietly cmake --build "$folder/built" --parallel "$JOBS"
cat >"$folder/jobs.yaml" <<'END'
vars: {greeting: ""}
jobs:
- print: ${{ greeting }}
- run: echo world
END
[ "$("$folder/built/embed" "$folder/jobs.yaml")" = "exit status 0, 12 bytes" ]
[ "$("$folder/built/embed_cpp" "$folder/jobs.yaml")" = $'hello\nworld' ]
echo "clang, and scripts as calls from C and C++"
