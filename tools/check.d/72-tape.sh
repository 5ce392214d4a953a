#!/usr/bin/env bash
# A replay is the run, to the byte: some hundred random scripts, recorded and replayed; and damaged tapes (tests/tape).
set -euo pipefail
arun=${ARUN:-build/arun}
[ -d /proc/self ] || { echo "no /proc" && exit 77; }
# The same seeds always; SEEDS=A..B asks for others.
python3 tests/tape/run.py --arun "$arun" --seeds "${SEEDS:-1..300}" --seconds 200 --jobs "${JOBS:-2}"
python3 tests/tape/damage.py --arun "$arun" --seeds 1..120 --seconds 60
