#!/usr/bin/env bash
# The static binary and the packages of it: built, and tested in an empty root folder and in a minimal Debian.
set -euo pipefail
[ "$(uname)" = Linux ] || { echo 'the static binary is for Linux' && exit 77; }
command -v apt-get >/dev/null || { echo "tools/dist needs Debian's packages" && exit 77; }
if ! output=$(tools/install-packages build test dist dist-check 2>&1); then
    echo "$output"
    exit 77
fi
# The architectures of an earlier tools/dist stay: it writes the packages of all of them anew.
mapfile -t architectures < <(sed -n 's/.*-linux-\(.*\)\.tar\.gz$/\1/p' build-dist/out/SHA256SUMS 2>/dev/null)
tools/dist ${architectures[@]+"${architectures[@]}"}
ARUN=$PWD/build-dist/$(uname -m)/stripped/arun
export ARUN
results=()
for test in static empty_root packages integrations aarch64; do
    status=0
    output=$(bash "tests/dist/$test.sh" 2>&1) || status=$?
    [ -z "$output" ] || echo "$test: $output"
    case $status in
    0) results+=("$test") ;;
    77) results+=("$test skipped") ;;
    *) exit 1 ;;
    esac
done
# What depends on the system most: names, processes, terminals, time.
few=(http wait_for exec run signals process_stop process_output timestamp completions scripts/demo1-delayed-messages.json)
JOBS=${JOBS:-2} bash tests/dist/suite.sh "${few[@]}"
for suite in bullseye trixie; do
    status=0
    output=$(bash tests/dist/chroots.sh "$suite" build-dist/out/arun_*_"$(dpkg --print-architecture)".deb "${few[@]}" 2>&1) || status=$?
    echo "$output"
    case $status in
    0) results+=("$suite") ;;
    77) results+=("$suite skipped") ;;
    *) exit 1 ;;
    esac
done
printf -v line ', %s' "${results[@]}"
echo "$(stat -c %s "$ARUN") bytes${line}"
