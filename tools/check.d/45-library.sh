#!/usr/bin/env bash
# The installed library serves clang as well: tests/e2e/library.sh once more.
set -euo pipefail
CXX=clang++-19 ARUN="$PWD/build/arun" bash tests/e2e/library.sh
