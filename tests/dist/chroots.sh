#!/usr/bin/env bash
# The static binary passes end-to-end tests in a minimal Debian, and its package is installed and removed there:
# chroots.sh SUITE PACKAGE [TEST...]
# The system is made once and kept below ${XDG_CACHE_HOME:-~/.cache}/arun-dist.
set -euo pipefail
: "${ARUN:?is the static binary}"
suite=$1
package=$2
shift 2
skip() { echo "skipped: $*" && exit 77; }
[ "$(id -u)" = 0 ] || skip 'chroot needs root'
command -v debootstrap >/dev/null || skip 'debootstrap is missing'
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/arun-dist
base=$cache/debian-$suite.tar
if [ ! -f "$base" ]; then
    rm -rf "$cache/debian-$suite"
    debootstrap --variant=minbase --include=python3-minimal,python3,procps,jq "$suite" "$cache/debian-$suite" \
        >"$cache/debian-$suite.log" 2>&1 || skip "debootstrap cannot make $suite: $(tail -n 1 "$cache/debian-$suite.log")"
    tar -C "$cache/debian-$suite" -cf "$base.new" --exclude=./proc/* --exclude=./sys/* --exclude=./var/cache/apt/* .
    mv "$base.new" "$base"
    rm -rf "$cache/debian-$suite"
fi
root=$(mktemp -d)
cleanup() {
    umount "$root/proc" 2>/dev/null
    rm -rf --one-file-system "$root"
}
trap cleanup EXIT
tar -C "$root" -xf "$base"
mount -t proc proc "$root/proc" 2>/dev/null || skip 'mount is not permitted'
mkdir -p "$root/arun"
cp -r "$source"/{tests,scripts,man,tools,README.md,LICENSE} "$root/arun/"
echo '127.0.0.1 localhost' >"$root/etc/hosts"

cp "$package" "$root/arun.deb"
chroot "$root" dpkg -i /arun.deb >/dev/null
version=$(chroot "$root" arun --version | head -n 1)
[[ $version = "arun "* ]]
chroot "$root" env ARUN=/usr/bin/arun LC_ALL=C.UTF-8 JOBS="${JOBS:-2}" bash /arun/tests/dist/suite.sh "$@"
chroot "$root" dpkg -r arun >/dev/null
[ ! -e "$root/usr/bin/arun" ] || { echo 'the package leaves its binary' && exit 1; }
echo "Debian $suite: $version"
