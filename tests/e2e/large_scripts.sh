#!/usr/bin/env bash
# To check and to run a script takes time in proportion to its size, whatever it has many of.
LIMIT=300
. "${BASH_SOURCE%/*}/lib.sh"
[ -z "${ARUN_SANITIZED:-}" ] || skip 'a sanitizer takes too long'
. "$ARUN_SOURCE/tests/e2e/data/in_time.sh"

count=30000
mkdir small large
(cd small && python3 "$ARUN_SOURCE/tests/e2e/data/large_scripts.py" $((count / 20)))
(cd large && python3 "$ARUN_SOURCE/tests/e2e/data/large_scripts.py" $count)

for script in groups background rounds contexts unread optional dollar include included braces escaped values environment \
    nested; do
    in_time 0 check $script.json
done
for script in invisible unknown unknown_ids; do
    in_time 2 check $script.json
done
for script in groups background optional values environment nested wait wait_list cancel left wait_failed; do
    in_time 0 -q --virtual $script.json
done
for script in bound ids; do
    in_time 0 check $script.jsonl
    in_time 0 -q --virtual $script.jsonl
done
for script in failing failing_late; do
    in_time 1 -q --virtual $script.json
done
in_time 0 -q --virtual wait_failed.json --report json=report
