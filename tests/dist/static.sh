#!/usr/bin/env bash
# The static binary needs no library, is small, and knows nothing of the machine that built it.
. "${BASH_SOURCE%/*}/../e2e/lib.sh"

! ldd "$ARUN" >/dev/null 2>&1 || fail 'it needs libraries'
limit=13000000
"$ARUN" --version | grep -qF OpenSSL/3.0. || limit=14000000 # Debian 13's is larger
[ "$(stat -c %s "$ARUN")" -lt $limit ] || fail "it has $(stat -c %s "$ARUN") bytes"
for path in "$ARUN_SOURCE" "${HOME_OF_CACHE:-/.cache/arun-dist}"; do
    ! grep -qaF "$path" "$ARUN" || fail "it knows the folder $path"
done
# No instruction set beyond the architecture's first is required.
if command -v readelf >/dev/null; then
    ! readelf -n "$ARUN" 2>/dev/null | grep -q 'x86 ISA needed:.*v[234]' || fail 'it needs a newer processor'
    readelf -lW "$ARUN" | grep -q 'GNU_STACK.* RW ' || fail 'its stack is executable'
    readelf -lW "$ARUN" | grep -q GNU_RELRO || fail 'no RELRO'
fi
