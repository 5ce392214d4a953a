#!/usr/bin/env bash
# A file can be read in one sitting: 800 lines at most.
set -euo pipefail
mapfile -d '' files < <(find app core tests tools cmake Makefile CMakeLists.txt \
    \( -name '*.[ch]pp' -o -name '*.sh' -o -name '*.py' -o -name '*.cmake' -o -name '[A-Z]*' -o -path 'tools/*' \) \
    -type f -print0)
long=$(for file in "${files[@]}"; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 800 ] || echo "$file: $lines lines"
done)
if [ -n "$long" ]; then
    echo "$long"
    exit 1
fi
echo "${#files[@]} files of at most 800 lines"
