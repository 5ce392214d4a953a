#!/usr/bin/env bash
# Each fuzz target runs for a few seconds, enough to see that it builds, starts and finds nothing at once.
set -euo pipefail
shopt -s nullglob
targets=(tests/fuzz/*.cpp)
if [ ${#targets[@]} = 0 ]; then
    echo "no fuzz targets"
    exit 77
fi
tools/fuzz 10
echo "${#targets[@]} targets, 10 seconds each"
