#!/usr/bin/env bash
# The binary for aarch64 runs the tutorial's demos in an emulator.
. "${BASH_SOURCE%/*}/../e2e/lib.sh"

emulator=$(command -v qemu-aarch64-static) || skip 'qemu-aarch64-static is missing'
binary=$ARUN_SOURCE/build-dist/aarch64/stripped/arun
[ -f "$binary" ] || skip 'no build-dist/aarch64'
ln -s "$ARUN_SOURCE/scripts" scripts
run_command "$emulator" "$binary" --version
assert_exit 0
assert_stdout_contains libcurl/ OpenSSL/
count=0
for script in scripts/demo*.json; do
    options=(--virtual --start-time 2024-01-01T12:00:00Z)
    [ ! -f "$script.args" ] || mapfile -t options <"$script.args"
    run_command "$emulator" "$binary" "${options[@]}" "$script"
    cmp "$T/io/stdout" "$script.out" || fail "$script does not print what it should"
    count=$((count + 1))
done
[ "$count" -gt 0 ] || fail 'no demos'
