#!/usr/bin/env bash
# Other systems: everything builds without a warning and the unit tests pass on Debian 13, with its g++ and with clang, and for
# arm64 and i386; with its g++, so do the end-to-end tests of what depends on libraries and the kernel. clang has libc++ there, as on
# macOS. Debian 13 is made by debootstrap, once, in the user's cache. With arguments, only these: gcc, clang, arm64, i386.
set -euo pipefail
name=trixie
foreign=(arm64 i386)
packages=(ccache clang-19 libc++-19-dev libc++abi-19-dev qemu-user g++-aarch64-linux-gnu g++-i686-linux-gnu)
for arch in "${foreign[@]}"; do packages+=({libuv1,libfyaml,libpcre2}-dev:"$arch"); done
# Without optimisation the others build in half the time, and link what it would leave out.
quick=(-DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=)
end_to_end='e2e/(http|http_faults|yaml_.*|process_.*|signals|terminal|terminal_jobs|wait_for|timestamp|descriptors|refused_calls)'

# Under qemu memory has no limit (app/output), a child of vfork() cannot report an error (rt/process), and time flies.
not_emulated='unit/(app/output|rt/process|rt/(async_generator|context|line_reader|loop)|jobs/cut|script/regex)'

# build FOLDER CTEST-REGEX EXCLUDED-REGEX CMAKE-ARGUMENT...: in the new system.
build() {
    local folder=/build/$1 tests=$2 excluded=$3 begin=$SECONDS
    shift 3
    rm -rf "$folder"
    if ! {
        cmake -G Ninja -S /arun -B "$folder" -DARUN_WERROR=ON "$@" &&
            cmake --build "$folder" --target arun unit_tests -j "$JOBS"
    } >"$folder.log" 2>&1; then
        cat "$folder.log"
        echo "${folder##*/}: the build fails"
        return 1
    fi
    ! grep -n 'warning: ' "$folder.log" || { echo "${folder##*/}: warnings" && return 1; }
    local built=$SECONDS
    if ! ctest --test-dir "$folder" -j "$JOBS" -R "^($tests)\$" -E "^($excluded)\$" --no-tests=error --output-on-failure \
        >"$folder.log" 2>&1; then
        cat "$folder.log"
        echo "${folder##*/}: tests fail"
        return 1
    fi
    echo "${folder##*/}: built in $((built - begin)) s," \
        "$(sed -n 's/.* tests passed.* out of \([0-9]*\).*/\1 tests/p' "$folder.log") in $((SECONDS - built)) s"
    rm -rf "$folder"
}

# for_arch ARCH TRIPLET PROCESSOR: the arguments of a build for it.
for_arch() {
    cross=("${quick[@]}" -DCMAKE_SYSTEM_NAME=Linux "-DCMAKE_SYSTEM_PROCESSOR=$3" "-DCMAKE_LIBRARY_ARCHITECTURE=$1"
        "-DCMAKE_C_COMPILER=$2-gcc" "-DCMAKE_CXX_COMPILER=$2-g++")
}

# Most amd64 kernels run programs for i386; some have that switched off.
runs_i386() {
    echo 'int main() {}' | i686-linux-gnu-g++ -x c++ -o /build/probe - && /build/probe 2>/dev/null
}

build_all() { # NAME...
    local cross name status=0
    for name; do
        case $name in
        gcc) build gcc "unit/.*|$end_to_end" none ;;
        clang) build clang 'unit/.*' none "${quick[@]}" -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19 \
            -DCMAKE_CXX_FLAGS=-stdlib=libc++ ;;
        arm64)
            for_arch aarch64-linux-gnu aarch64-linux-gnu aarch64
            build arm64 'unit/.*' "$not_emulated" "${cross[@]}" -DCMAKE_CROSSCOMPILING_EMULATOR=qemu-aarch64
            ;;
        i386)
            for_arch i386-linux-gnu i686-linux-gnu i686
            if runs_i386; then
                build i386 'unit/.*' none "${cross[@]}"
            else
                build i386 'unit/.*' "$not_emulated" "${cross[@]}" -DCMAKE_CROSSCOMPILING_EMULATOR=qemu-i386
            fi
            ;;
        *) echo "no such system: $name" && false ;;
        esac || status=1
    done
    echo "Debian $(cat /etc/debian_version), g++ $(g++ -dumpfullversion), clang $(clang-19 -dumpversion): $*"
    return "$status"
}

# install_packages: completes the system that debootstrap has made.
install_packages() {
    local arch
    for arch in "${foreign[@]}"; do dpkg --add-architecture "$arch"; done
    apt-get -qq update
    /arun/tools/install-packages build test
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${packages[@]}"
    # The libcurl of other architectures is not linked, and its headers are those of this one.
    ln -s "/usr/include/$(gcc -print-multiarch)/curl" /usr/local/include/curl
    printf '127.0.0.1 localhost\n::1 localhost\n' >/etc/hosts
}

case ${1:-} in
inside:*)
    "${1#inside:}" "${@:2}"
    exit
    ;;
esac

skip() { echo "$*" && exit 77; }
[ "$(id -u)" = 0 ] || skip "only root can make a system"
[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] || skip "only Debian on amd64 can make these systems"
tools/install-packages systems || skip "debootstrap is not to be had"
# What is mounted from here on goes with this process.
if [ -z "${ARUN_PRIVATE_MOUNTS:-}" ]; then
    unshare --mount true 2>/dev/null || skip "nothing can be mounted here"
    ARUN_PRIVATE_MOUNTS=1 exec unshare --mount bash "$0" "$@"
fi

cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/arun
system=$cache/$name
mkdir -p "$cache"
exec 9>"$cache/$name.lock"
flock 9

enter() {
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    mkdir -p "$1/arun" "$1/build"
    mount --bind . "$1/arun"
    mount -o remount,bind,ro "$1/arun"
}
inside() { # SYSTEM FUNCTION ARGUMENT...
    chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 JOBS="${JOBS:-2}" CCACHE_MAXSIZE=1G \
        ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
        bash /arun/tools/check.d/50-systems.sh "inside:$2" "${@:3}" 9>&-
}

# Made anew if it is to have other packages, and each month.
made="$(date +%Y-%m) $(sed -n 's/^build=\|^test=//p' tools/install-packages | tr '\n' ' ')${packages[*]}"
if [ "$(cat "$system/made" 2>/dev/null)" != "$made" ]; then
    rm -rf --one-file-system "$system" "$system.new"
    begin=$SECONDS
    if ! debootstrap --variant=minbase "$name" "$system.new" >"$cache/$name.log" 2>&1; then
        tail -n 20 "$cache/$name.log"
        skip "debootstrap cannot make Debian 13 here: $(tail -n 1 "$cache/$name.log")"
    fi
    echo force-unsafe-io >"$system.new/etc/dpkg/dpkg.cfg.d/90fast"
    apt-config dump | grep -E '^Acquire::(http|https|Check)' >"$system.new/etc/apt/apt.conf.d/90host" || true
    enter "$system.new"
    inside "$system.new" install_packages >>"$cache/$name.log" 2>&1 || { tail -n 40 "$cache/$name.log" && exit 1; }
    rm -rf "$system.new"/var/cache/apt/archives/*.deb
    mv "$system.new" "$system"
    echo "$made" >"$system/made"
    echo "Debian 13 made in $((SECONDS - begin)) s"
else
    enter "$system"
fi
[ $# -gt 0 ] || set -- gcc clang arm64 i386
inside "$system" build_all "$@"
