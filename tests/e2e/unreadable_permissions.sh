#!/usr/bin/env bash
# A script that may not be read is told with its name and the reason, exit status 2.
. "${BASH_SOURCE%/*}/lib.sh"

write secret.json '[{"print": "read"}]'
chmod 000 secret.json
arun=("$ARUN")
if [ -r secret.json ]; then
    # Root reads everything, unless it gives up that very right.
    arun=(setpriv --bounding-set -dac_override,-dac_read_search "$ARUN")
    "${arun[@]}" --version >/dev/null 2>&1 || skip 'root reads everything'
fi
run_command "${arun[@]}" secret.json
assert_exit 2
assert_stdout
assert_stderr_contains secret.json 'permission denied'
