#!/usr/bin/env bash
# tools/install-packages installs exactly the packages that are missing; a package that is provided by another is not.
. "${BASH_SOURCE%/*}/lib.sh"

mkdir bin
write bin/dpkg-query '#!/bin/sh' "cat '$PWD/installed'"
write bin/apt-get '#!/bin/sh' "echo \"\$*\" >>'$PWD/apt.log'"
write bin/sudo '#!/bin/sh' 'exec "$@"'
chmod +x bin/*
export PATH="$PWD/bin:$PATH"

# The packages of the purpose `build`, and what dpkg-query says of the others, one "STATUS PACKAGE PROVIDES" a line.
build=$(sed -n 's/^build="\(.*\)"$/\1/p' "$ARUN_SOURCE/tools/install-packages")
for package in $build; do echo "ii  $package "; done >build_installed
install_packages() {
    : >apt.log
    { cat build_installed && printf '%s\n' "$@"; } >installed
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
