#!/usr/bin/env bash
# `make install` honours PREFIX and DESTDIR, and `make uninstall` takes away exactly what it put there.
# serial: writes the build folder's install manifest
. "${BASH_SOURCE%/*}/lib.sh"

build=$(dirname "$ARUN")
[ "$build" = "$ARUN_SOURCE/build" ] || skip "make install is about the release build"
manifest=$build/install_manifest.txt
if [ -e "$manifest" ]; then
    [ -w "$manifest" ] || skip "$manifest is somebody else's"
    cp -p "$manifest" "$T/io/manifest"
fi
export DESTDIR="$PWD/staging area" PREFIX=/opt/arun
run_command "$ARUN_SOURCE/tools/install"
assert_exit 0
installed="$DESTDIR$PREFIX"
run_command "$installed/bin/arun" --version
assert_exit 0
for page in "$ARUN_SOURCE"/man/*.[1-9]; do
    [ -f "$page" ] || continue
    cmp -s "$page" "$installed/share/man/man${page##*.}/${page##*/}" || fail "${page##*/} was not installed"
done
for file in bash-completion/completions/arun zsh/site-functions/_arun fish/vendor_completions.d/arun.fish; do
    [ -s "$installed/share/$file" ] || fail "share/$file was not installed"
done
run_command "$ARUN_SOURCE/tools/install" --remove
assert_exit 0
assert_eq "$(find "$DESTDIR" -mindepth 2)" ''

# What is removed is what that PREFIX has, whichever was installed last; what is not ours stays.
PREFIX=/opt/first run_command "$ARUN_SOURCE/tools/install"
PREFIX=/opt/second run_command "$ARUN_SOURCE/tools/install"
touch "$DESTDIR/opt/first/bin/other"
PREFIX=/opt/first run_command "$ARUN_SOURCE/tools/install" --remove
assert_exit 0
assert_eq "$(find "$DESTDIR/opt/first" -type f)" "$DESTDIR/opt/first/bin/other"
[ -x "$DESTDIR/opt/second/bin/arun" ] || fail 'another PREFIX lost its arun'

# The folders that a system has in /usr/local stay there, and only these.
if unshare --mount true 2>/dev/null; then
    mkdir -p local/bin local/include local/lib local/share/man
    run_command env -u DESTDIR -u PREFIX unshare --mount sh -c \
        'mount --bind local /usr/local && "$0/tools/install" && "$0/tools/install" --remove && find /usr/local' "$ARUN_SOURCE"
    assert_exit 0
    assert_eq "$(grep '^/usr/local' "$T/io/stdout" | sort | tr '\n' ' ')" \
        '/usr/local /usr/local/bin /usr/local/include /usr/local/lib /usr/local/share /usr/local/share/man '
fi

# A real installation's manifest must still serve `make uninstall` after the tests.
rm -f "$manifest"
[ ! -e "$T/io/manifest" ] || cp -p "$T/io/manifest" "$manifest"
