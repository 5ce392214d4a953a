#!/usr/bin/env bash
# arun does what the Python does that a script stands for: some thousand random scripts on the virtual clock,
# compared with their interpretation in asyncio (tests/equivalence).
set -euo pipefail
arun=${ARUN:-build/arun}
export PYTHONDONTWRITEBYTECODE=1
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "no Python 3.11" && exit 77; }
python3 -m unittest discover -q -s tests/equivalence
# The same seeds always, so that a failure can be had again; SEEDS=A..B asks for others.
python3 tests/equivalence/run.py --arun "$arun" --seeds "${SEEDS:-0..2000}" --seconds 150 --jobs "${JOBS:-1}" \
    --keep build/equivalence
