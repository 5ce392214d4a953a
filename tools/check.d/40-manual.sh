#!/usr/bin/env bash
# The manual pages are correct mdoc(7).
set -euo pipefail
shopt -s nullglob
pages=(man/*.[1-9])
if [ ${#pages[@]} = 0 ]; then
    echo "no manual pages"
    exit 77
fi
mandoc -Tlint -W style "${pages[@]}"
echo "${#pages[@]} pages"
