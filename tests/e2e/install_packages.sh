#!/usr/bin/env bash
# tools/install-packages installs exactly the packages that are missing; a package that is provided by another is not.
. "${BASH_SOURCE%/*}/lib.sh"

mkdir bin
write bin/dpkg-query '#!/bin/sh' "cat '$PWD/installed'"
write bin/apt-get '#!/bin/sh' "echo \"\$*\" >>'$PWD/apt.log'"
write bin/sudo '#!/bin/sh' 'exec "$@"'
chmod +x bin/*
export PATH="$PWD/bin:$PATH"

# What dpkg-query says of libcurl4 and python3, one "STATUS PACKAGE PROVIDES" a line; the other packages are installed.
packages_for() { sed -n "s/^$1=\"\(.*\)\"\$/\1/p" "$ARUN_SOURCE/tools/install-packages"; }
build=$(packages_for build) test=$(packages_for test)
for package in $build $test; do echo "ii  $package "; done | grep -v ' libcurl4 \| python3 ' >others
install_packages() {
    : >apt.log
    { cat others && printf '%s\n' "$@"; } >installed
    run_command "$ARUN_SOURCE/tools/install-packages" build test
    assert_exit 0
    installed=$(sed -n 's/.* install -y --no-install-recommends //p' apt.log)
}

install_packages 'ii  libcurl4 ' 'ii  python3 '
assert_eq "$(cat apt.log)" ''

# Debian 13: libcurl4 is a virtual name, with or without a version.
install_packages 'ii  libcurl4t64 libcurl4 (= 8.14.1-2), libcurl.so.4' 'ii  python3 '
assert_eq "$(cat apt.log)" ''
install_packages 'ii  libcurl4t64 other, libcurl4' 'hi  python3 '
assert_eq "$(cat apt.log)" ''

# Removed but not purged, and only a longer name: both missing.
install_packages 'rc  libcurl4 ' 'ii  python3-minimal '
assert_eq "$installed" 'libcurl4 python3'

# Without root and sudo, `make test` names everything that is missing at once, and how to install it.
mkdir tools
for tool in sh env sed tr cat dirname make; do ln -s "$(command -v "$tool")" tools/; done
write tools/id '#!/bin/sh' 'echo 1000'
cp bin/dpkg-query bin/apt-get tools/
chmod +x tools/id
: >apt.log
write installed 'ii  g++ ' 'ii  cmake '
PATH=$PWD/tools run_command make -C "$ARUN_SOURCE" test
assert_exit 2
assert_stderr_contains "apt-get install -y --no-install-recommends ${build#g++ cmake } $test"
assert_eq "$(cat apt.log)" ''
