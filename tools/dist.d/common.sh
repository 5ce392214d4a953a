# shellcheck shell=bash
# Functions of tools/dist: libraries and binaries for an architecture.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/arun-dist
mkdir -p "$cache"
# Debian's names of the architectures, and GNU's.
declare -A debian_of=([x86_64]=amd64 [aarch64]=arm64)
# What is linked. Headers without a library belong to no architecture.
linked_packages="libssl-dev libnghttp2-dev zlib1g-dev libbrotli-dev libzstd-dev libuv1-dev libfyaml-dev libpcre2-dev"
header_packages="nlohmann-json3-dev libcli11-dev"

# quietly LOG COMMAND...: shows what it printed only if it fails.
quietly() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 || { cat "$log" >&2 && return 1; }
}

is_native() { [ "$1" = "$(uname -m)" ]; }

# private_apt ARCHITECTURE...: an apt-get that knows the distribution's packages of that architecture, and its sources, and leaves the
# system's own lists alone. It verifies signatures with the system's keys.
private_apt() {
    local debian=${debian_of[$1]} state=$cache/apt-$1
    shift
    mkdir -p "$state/sources" "$state/lists/partial" "$state/cache/archives/partial"
    : >"$state/status" # nothing is installed there; apt 3 cannot read /dev/null
    # The system's entries for the distribution itself, as they are now.
    python3 - "$state/sources" <<'END'
import glob, re, sys
ours = re.compile(r"https?://\S*/(debian|debian-security|ubuntu|ubuntu-ports)/?(\s|$)", re.MULTILINE)
kept = []
for path in sorted(glob.glob("/etc/apt/sources.list.d/*.sources")):
    for stanza in re.split(r"\n\s*\n", open(path).read()):
        if ours.search(stanza):
            kept.append(re.sub(r"(?m)^Types:.*", "Types: deb deb-src", stanza))
lines = []
for path in ["/etc/apt/sources.list", *sorted(glob.glob("/etc/apt/sources.list.d/*.list"))]:
    try:
        for line in open(path):
            if line.startswith("deb ") and ours.search(line):
                lines += [line, "deb-src" + line[3:]]
    except OSError:
        pass
open(sys.argv[1] + "/distribution.sources", "w").write("\n\n".join(kept) + "\n")
open(sys.argv[1] + "/distribution.list", "w").write("".join(lines))
END
    apt-get -qq -o APT::Architecture="$debian" -o APT::Architectures="$debian" -o Dir::State="$state" \
        -o Dir::State::Lists="$state/lists" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" \
        -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$state/sources" -o APT::Sandbox::User=root "$@"
}

# apt_update ARCHITECTURE: once a day.
apt_update() {
    local stamp=$cache/apt-$1/updated
    [ -z "$(find "$stamp" -mtime -1 2>/dev/null)" ] || return 0
    private_apt "$1" update >&2
    touch "$stamp"
}

# note_outdated: names the installed libraries that the archive has in another version. This machine's are linked for its own
# architecture, the archive's for others.
note_outdated() {
    local file package version installed
    apt_update "$(uname -m)"
    # shellcheck disable=SC2086  # lists of names
    private_apt "$(uname -m)" --print-uris download $linked_packages $header_packages | sed "s/.*' //; s/ .*//" |
        while IFS= read -r file; do # NAME_VERSION_ARCHITECTURE.deb
            package=${file%%_*} version=${file#*_}
            version=${version%_*} version=${version//%3a/:}
            installed=$(dpkg-query -W -f '${Version}' "$package")
            [ "$installed" = "$version" ] || echo "$package is $installed here and $version in the archive." >&2
        done
}

# sysroot ARCHITECTURE: prints the folder that has the libraries for another architecture. Their C library comes with the cross compiler.
sysroot() {
    local folder
    apt_update "$1"
    # shellcheck disable=SC2086  # lists of names
    folder=$cache/sysroot-$1-$(private_apt "$1" --print-uris download $linked_packages $header_packages |
        sed "s/.*' //; s/ .*//" | sort | sha256sum | cut -c1-16)
    if [ ! -d "$folder" ]; then
        rm -rf "$folder.new"
        mkdir -p "$folder.new"
        # shellcheck disable=SC2086  # lists of names
        (cd "$folder.new" && private_apt "$1" download $linked_packages $header_packages >&2 &&
            for package in *.deb; do dpkg-deb -x "$package" . && rm "$package"; done)
        mv "$folder.new" "$folder"
    fi
    echo "$folder"
}

# for_cmake ARCHITECTURE: how CMake finds compilers and libraries, in $cmake_arguments, and the compilers headers, in $cross_flags.
for_cmake() {
    cmake_arguments=()
    cross_flags=
    ! is_native "$1" || return 0
    local root
    root=$(sysroot "$1")
    cross_flags=" '-isystem$root/usr/include/$1-linux-gnu'"
    cmake_arguments=("-DCMAKE_SYSTEM_NAME=Linux" "-DCMAKE_SYSTEM_PROCESSOR=$1" "-DCMAKE_C_COMPILER=$1-linux-gnu-gcc"
        "-DCMAKE_CXX_COMPILER=$1-linux-gnu-g++" "-DCMAKE_FIND_ROOT_PATH=$root;/usr/$1-linux-gnu"
        "-DCMAKE_LIBRARY_ARCHITECTURE=$1-linux-gnu" -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY
        -DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY "-DCLI11_DIR=$root/usr/share/cmake/CLI11"
        "-Dnlohmann_json_DIR=$root/usr/share/cmake/nlohmann_json")
}

# flags_for FOLDER NAME: hardened as far as that makes sense for a static executable, and without the name of the folder. The shell
# of the build splits flags at blanks.
flags_for() {
    echo "-fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=2 '-ffile-prefix-map=$1=$2'"
}

# curl_source: prints the folder of the distribution's libcurl, with the distribution's fixes.
curl_source() {
    local name folder
    apt_update "$(uname -m)"
    name=$(private_apt "$(uname -m)" --print-uris source curl | sed -n "s/.*' \(curl_.*\)\.dsc .*/\1/p")
    [ -n "$name" ] || { echo "there is no source package of curl" >&2 && return 1; }
    folder=$cache/$name
    if [ ! -d "$folder" ]; then
        rm -rf "$folder.new"
        mkdir -p "$folder.new"
        # The signed InRelease has the checksum of Sources, which has those of these files: apt-get fails if one is wrong.
        (cd "$folder.new" && quietly log private_apt "$(uname -m)" source curl && mv curl-* source)
        mv "$folder.new" "$folder"
    fi
    echo "$folder"
}

# curl_archive ARCHITECTURE: builds libcurl.a, and prints its folder. Only http and https; FILE makes no difference but that
# redirects to file: are refused with the same words as by the system's libcurl.
curl_archive() {
    local source folder key
    local -a off=(ALTSVC CRYPTO_AUTH DICT DOH FTP GETOPTIONS GOPHER HSTS IMAP LDAP LDAPS LIBCURL_OPTION MIME
        MQTT NETRC NTLM PARSEDATE POP3 PROGRESS_METER RTSP SMB SMTP TELNET TFTP OPENSSL_AUTO_LOAD_CONFIG)
    source=$(curl_source)
    for_cmake "$1"
    key=$(cat <(declare -f curl_archive flags_for) <(dpkg-query -W gcc libssl-dev libnghttp2-dev) <(echo "${cmake_arguments[@]}") |
        sha256sum | cut -c1-16)
    folder=$cache/libcurl-$1-${source##*curl_}-$key
    if [ ! -f "$folder/lib/libcurl.a" ]; then
        rm -rf "$folder"
        mkdir -p "$folder"
        # shellcheck disable=SC2046  # a list of options
        quietly "$folder/configure.log" cmake -S "$source/source" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release \
            -DCMAKE_C_FLAGS_RELEASE="-O2 -DNDEBUG -ffunction-sections -fdata-sections" \
            -DCMAKE_C_FLAGS="$(flags_for "$source/source" curl) '-ffile-prefix-map=$folder=curl'$cross_flags" \
            -DBUILD_SHARED_LIBS=OFF -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF -DENABLE_MANUAL=OFF -DPICKY_COMPILER=OFF \
            -DCURL_USE_OPENSSL=ON -DUSE_NGHTTP2=ON -DCURL_BROTLI=ON -DCURL_ZLIB=ON -DCURL_ZSTD=OFF -DENABLE_UNIX_SOCKETS=ON \
            -DCURL_USE_LIBSSH2=OFF -DCURL_USE_LIBPSL=OFF -DUSE_LIBIDN2=OFF -DCURL_USE_GSSAPI=OFF \
            -DCURL_CA_BUNDLE=none -DCURL_CA_PATH=none \
            $(printf -- ' -DCURL_DISABLE_%s=ON' "${off[@]}") "${cmake_arguments[@]}"
        quietly "$folder/build.log" cmake --build "$folder"
    fi
    [ -e "$folder/include" ] || ln -s "$source/source/include" "$folder/include"
    echo "$folder"
}

# What the linker says of every use of glibc that may load modules, and why none of them does that here: names are looked up
# without modules (core/rt/name_service.hpp); OpenSSL reads no configuration, which alone names what dlopen is for;
# nothing asks libuv for the home folder or a group, or OpenSSL for a host.
expected_warnings="Using '(dlopen|getaddrinfo|getgrgid_r|gethostbyname|getpwuid_r)' in statically linked"

# build_static ARCHITECTURE: build-dist/ARCHITECTURE/arun and, without symbols, build-dist/ARCHITECTURE/stripped/arun.
build_static() {
    local folder=$PWD/build-dist/$1 curl strip=strip flags
    curl=$(curl_archive "$1")
    for_cmake "$1"
    is_native "$1" || strip=$1-linux-gnu-strip
    mkdir -p "$folder/stripped"
    flags="$(flags_for "$folder" build) '-ffile-prefix-map=$PWD=.'$cross_flags"
    quietly "$folder/configure.log" cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DARUN_STATIC=ON -DBUILD_TESTING=OFF \
        -DARUN_VERSION="$ARUN_VERSION" -DCMAKE_C_FLAGS="$flags" -DCMAKE_CXX_FLAGS="$flags" \
        -DARUN_CURL_LIBRARY="$curl/lib/libcurl.a" -DARUN_CURL_INCLUDE="$curl/include" "${cmake_arguments[@]}"
    quietly "$folder/build.log" cmake --build "$folder" --target arun
    if grep ': warning: ' "$folder/build.log" | grep -vE "$expected_warnings" >&2; then
        echo "unexpected warnings, see above" >&2
        return 1
    fi
    "$strip" -o "$folder/stripped/arun" "$folder/arun"
}
