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

# All happens in one new folder and in a mount namespace of its own, so that what debootstrap and this script mount in it is gone
# when they end, however that is, and is never deleted through.
if [ -z "${ARUN_UNSHARED:-}" ]; then
    unshare --mount --propagation private true 2>/dev/null || skip 'a mount namespace is not permitted'
    work=$(mktemp -d)
    status=0
    ARUN_UNSHARED=$work unshare --mount --propagation private bash "$0" "$suite" "$package" "$@" || status=$?
    rm -rf --one-file-system "$work"
    exit "$status"
fi
root=$ARUN_UNSHARED/root
if [ ! -f "$base" ]; then
    made=$ARUN_UNSHARED/made
    debootstrap --variant=minbase --include=python3-minimal,python3,procps,jq "$suite" "$made" >"$cache/debian-$suite.log" 2>&1 ||
        skip "debootstrap cannot make $suite: $(tail -n 1 "$cache/debian-$suite.log")"
    tar -C "$made" --one-file-system --exclude='./proc/*' --exclude='./sys/*' --exclude='./var/cache/apt/*' -cf "$base.new.$$" .
    mv "$base.new.$$" "$base"
fi
mkdir "$root"
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
