#!/usr/bin/env bash
# Whenever a signal comes, nothing is lost and nothing is left: some hundred random scripts (tests/signals).
set -euo pipefail
arun=${ARUN:-build/arun}
[ -d /proc/self ] || { echo "no /proc" && exit 77; }
# The same seeds always; SEEDS=A..B asks for others.
python3 tests/signals/run.py --arun "$arun" --seeds "${SEEDS:-0..200}" --seconds 300 --jobs "${JOBS:-1}"
