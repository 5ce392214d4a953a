#!/usr/bin/env bash
# `arun schema` is a JSON Schema (draft 2020-12) that all scripts of scripts/ and all examples of kinds obey, and that
# finds what is wrong with others.
set -euo pipefail
python=${PYTHON:-python3}
"$python" -c 'from jsonschema import Draft202012Validator' 2>/dev/null || { echo "no jsonschema for $python" && exit 77; }
built=$(tools/build release script_as_json 2>&1) || { echo "$built" >&2 && exit 1; }
mapfile -d '' scripts < <(find scripts \( -name '*.json' -o -name '*.yaml' -o -name '*.yml' \) -print0)
build/tools/script_as_json "${scripts[@]}" | "$python" tools/check.d/schema.py
