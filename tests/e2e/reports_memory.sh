#!/usr/bin/env bash
# Reports are written while they are made: none needs more memory than what is known of the jobs, and a trace or a log of
# events none at all.
LIMIT=300
. "${BASH_SOURCE%/*}/lib.sh"
[ -z "${ARUN_SANITIZED:-}" ] || skip "sanitizers have memory of their own"

count=100000
(echo '[{"print":"a"}'; yes ',{"print":"a"}' 2>/dev/null | head -n $((count - 1)); echo ']') >many.json

# peak ARGUMENT...: sets $peak to the most memory that the run had, in MiB.
peak() {
    run_command python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$ARUN" "$@" many.json
    assert_exit 0
    peak=$stdout
}
peak
none=$peak
# What CI shows of a run without failures is empty: this is what is known of the jobs.
peak --report github=github
known=$peak
for option in --events=events --trace=trace; do
    peak "$option"
    ((peak < none + 10)) || fail "$option: $peak MiB, and $none without"
done
for option in --report=junit=junit --report=tap=tap --report=json=json --timeline=picture.svg; do
    peak "$option"
    ((peak < known + 10)) || fail "$option: $peak MiB, and $known to know the jobs"
done
# All that was written, so that it was worth the measurement.
for file in events trace junit json picture.svg; do
    (($(stat -c %s "$file") > 60 * count)) || fail "$file is too short"
done
jq -e --argjson count $count '.totals.success == $count and (.scripts[0].jobs | length) == $count' json >/dev/null || fail 'json is not whole'
