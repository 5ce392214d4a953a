#!/usr/bin/env bash
# What tools/dist wrote into build-dist/out: the same bytes when made again, and each package holds a working arun.
LIMIT=240
. "${BASH_SOURCE%/*}/../e2e/lib.sh"

out=$ARUN_SOURCE/build-dist/out
architecture=$(uname -m)
[ -d "$out" ] || skip 'no build-dist/out'
(cd "$out" && sha256sum --quiet -c SHA256SUMS) || fail 'the checksums are wrong'
version=$(sed -n "s/.*  arun-\(.*\)-linux-$architecture.tar.gz$/\1/p" "$out/SHA256SUMS")
[ -n "$version" ] || fail 'no tarball'
says() { # COMMAND...: it is that version.
    run_command "$@" --version
    assert_exit 0
    assert_stdout_contains "arun $version" libcurl/
}

# The tarball is unpacked over a prefix.
mkdir prefix
tar -C prefix --strip-components=1 -xzf "$out/arun-$version-linux-$architecture.tar.gz"
says prefix/bin/arun
for file in man/man1/arun.1 man/man5/arun-script.5 man/man7/arun-ci.7 man/man7/arun-cookbook.7 bash-completion/completions/arun \
    zsh/site-functions/_arun fish/vendor_completions.d/arun.fish doc/arun/LICENSE doc/arun/NOTICES; do
    [ -s "prefix/share/$file" ] || fail "the tarball has no share/$file"
done
for work in openssl nghttp2 zlib brotli libuv libfyaml pcre2 curl glibc gcc nlohmann-json cli11; do
    grep -q "^${work}[-0-9.]* .* (" prefix/share/doc/arun/NOTICES || fail "no notice of $work"
done

# The Debian package.
package=$(ls "$out"/arun_*_"$(dpkg --print-architecture)".deb)
dpkg-deb -x "$package" deb
says deb/usr/bin/arun
if command -v lintian >/dev/null; then
    run_command lintian --allow-root --fail-on error,warning "$package"
    assert_exit 0
    assert_stdout
fi

# The image: one index, a manifest for this architecture, a configuration and a layer that hash to their names.
mkdir image layer
tar -C image -xf "$out/arun-$version-oci.tar"
(cd image/blobs/sha256 && sha256sum -- * | while read -r sum name; do [ "$sum" = "$name" ] || exit 1; done) ||
    fail 'a blob of the image has the wrong name'
digest() { jq -r "$2" "image/$1" | sed 's|sha256:|blobs/sha256/|'; }
assert_eq "$(jq '.manifests | length' image/index.json)" 1 images
manifest=$(digest "$(digest index.json '.manifests[0].digest')" ".manifests[] | select(.platform.architecture == \"$(dpkg --print-architecture)\").digest")
tar -C layer -xzf "image/$(digest "$manifest" '.layers[0].digest')"
assert_eq "$(gzip -dc "image/$(digest "$manifest" '.layers[0].digest')" | sha256sum | cut -d' ' -f1)" \
    "$(jq -r '.rootfs.diff_ids[0]' "image/$(digest "$manifest" .config.digest)" | cut -d: -f2)"
says "layer$(jq -r '.config.Entrypoint[0]' "image/$(digest "$manifest" .config.digest)")"
[ -s layer/etc/ssl/certs/ca-certificates.crt ] || fail 'the image has no certificates'
if command -v skopeo >/dev/null; then
    run_command skopeo inspect "oci-archive:$out/arun-$version-oci.tar"
    assert_exit 0
    assert_eq "$(jq -r .Architecture "$T/io/stdout")" "$(dpkg --print-architecture)"
fi

# npm's.
if command -v npm >/dev/null; then
    mkdir node
    (cd node && npm install --offline --no-audit --no-fund "$out/arun-$version-npm.tgz" >/dev/null 2>&1) || fail 'npm install'
    says node/node_modules/.bin/arun
    npx --offline --yes --package "$out/arun-$version-npm.tgz" arun --version | grep -qF "arun $version" || fail npx
fi

# Its maintainer comes from Debian's variables.
maintainer() { # VARIABLE=VALUE...
    run_command env PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$ARUN_SOURCE/tools/dist.d" "$@" python3 -c 'import deb; print(deb.maintainer())'
}
maintainer DEBFULLNAME='' DEBEMAIL=''
assert_stdout 'The arun authors <authors@arun.invalid>'
maintainer DEBEMAIL=a@b.example
assert_stdout 'The arun authors <a@b.example>'
maintainer DEBFULLNAME='A. B' DEBEMAIL=a@b.example
assert_stdout 'A. B <a@b.example>'
maintainer DEBEMAIL='A. B <a@b.example>'
assert_stdout 'A. B <a@b.example>'
maintainer DEBFULLNAME=$'A\nB' DEBEMAIL=a@b.example
assert_exit 1
maintainer DEBEMAIL='a b'
assert_exit 1

# Made again, they are the same.
cp -r "$out" first
for file in first/*.deb; do
    SOURCE_DATE_EPOCH=$(dpkg-deb --fsys-tarfile "$file" | tar -tv --full-time | awk 'NR == 1 { print $4, $5 }' | xargs -I{} date -u -d {} +%s)
done
DEBEMAIL=$(dpkg-deb -f "$package" Maintainer)
export SOURCE_DATE_EPOCH DEBEMAIL
mkdir again
architectures=$(ls "$out" | sed -n 's/.*-linux-\(.*\)\.tar\.gz/\1/p')
# shellcheck disable=SC2086  # a list of names
(cd "$ARUN_SOURCE" && PYTHONDONTWRITEBYTECODE=1 python3 tools/dist.d/packages.py "$version" "$OLDPWD/again" $architectures)
for file in again/*; do
    cmp "$file" "$out/${file##*/}" || fail "${file##*/} differs when made again"
done
