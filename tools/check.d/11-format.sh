#!/usr/bin/env bash
# Every source is in the project's format.
set -euo pipefail
tools/format --check
echo "every source is formatted"
