#!/usr/bin/env bash
# Runs end-to-end tests, demos and the README with any binary: ARUN=FILE suite.sh [NAME...]
# Without names, all of them. $JOBS at a time; tests that are marked as serial run alone, at the end.
set -uo pipefail
: "${ARUN:?is the arun binary to test}"
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
log=${LOG:-$(mktemp -d)} || exit
[ -n "${LOG:-}" ] || trap 'rm -rf "$log"' EXIT

one() {
    local name=$1 log=$2 status
    case $name in
    README) bash tests/readme.sh ;;
    scripts/*) bash tests/golden.sh "$name" ;;
    *) bash "tests/e2e/$name.sh" ;;
    esac >"$log/out.$$" 2>&1 </dev/null
    status=$?
    case $status in
    0) echo "$name" >>"$log/passed" ;;
    77) echo "$name: $(tail -n 1 "$log/out.$$")" >>"$log/skipped" ;;
    *) { echo "FAIL $name ($status)" && tail -n 30 "$log/out.$$"; } >>"$log/failed" ;;
    esac
}
export -f one

names=("$@")
if [ $# = 0 ]; then
    for file in tests/e2e/*.sh; do
        name=${file##*/}
        [ "$name" = lib.sh ] || names+=("${name%.sh}")
    done
    mapfile -t -O ${#names[@]} names < <(find scripts -name '*.out' ! -path '*/smoke/*' | sed 's/\.out$//' | sort)
    names+=(README)
fi
serial=()
parallel=()
for name in "${names[@]}"; do
    if grep -qs '^# serial: ' "tests/e2e/$name.sh"; then serial+=("$name"); else parallel+=("$name"); fi
done
printf '%s\n' "${parallel[@]}" | xargs -P "${JOBS:-2}" -I{} bash -c 'one "$@"' one {} "$log"
for name in ${serial[@]+"${serial[@]}"}; do
    one "$name" "$log"
done
cat "$log/skipped" "$log/failed" 2>/dev/null
touch "$log/passed" "$log/failed" "$log/skipped"
echo "$(wc -l <"$log/passed") passed, $(grep -c ^FAIL "$log/failed") failed, $(wc -l <"$log/skipped") skipped"
! [ -s "$log/failed" ]
