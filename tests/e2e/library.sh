#!/usr/bin/env bash
# What `make install` installs is a library too: the examples, and a program with children of its own, are built with nothing
# but that. $CXX says with which compiler.
# serial: writes the build folder's install manifest
LIMIT=240
. "${BASH_SOURCE%/*}/lib.sh"

build=$(dirname "$ARUN")
[ "$build" = "$ARUN_SOURCE/build" ] || skip "make install is about the release build"
manifest=$build/install_manifest.txt
[ ! -e "$manifest" ] || cp -p "$manifest" "$T/io/manifest"
DESTDIR='' PREFIX="$PWD/an installation" run_command "$ARUN_SOURCE/tools/install"
assert_exit 0
rm -f "$manifest"
[ ! -e "$T/io/manifest" ] || cp -p "$T/io/manifest" "$manifest"

# build_against FOLDER [OPTION...]: builds the project in FOLDER with warnings as errors, position-independent.
build_against() {
    run_command cmake -S "$1" -B "built ${1##*/}" -DCMAKE_PREFIX_PATH="$PWD/an installation" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_POSITION_INDEPENDENT_CODE=ON -DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic -Werror" "${@:2}"
    assert_exit 0
    run_command cmake --build "built ${1##*/}" --parallel 2
    assert_exit 0
}

build_against "$ARUN_SOURCE/examples"
for output in "$ARUN_SOURCE"/examples/*.out; do
    example=${output##*/}
    run_command "built examples/${example%.out}" virtual
    assert_exit 0
    assert_eq "$(<"$T/io/stdout")" "$(<"$output")"
    assert_stderr
done
assert_eq "$(ls "$ARUN_SOURCE"/examples/*.cpp | wc -l)" "$(ls "$ARUN_SOURCE"/examples/*.out | wc -l)"

# The children of the program are left alone, and coroutines of two sources link.
build_against "$ARUN_SOURCE/tests/e2e/data/library"
run_command "built library/host"
assert_exit 0
assert_stdout 3

# As a part of another project's build, it needs nothing that only the command needs, and installs nothing.
rm -r "built library"
build_against "$ARUN_SOURCE/tests/e2e/data/library" -DARUN_SOURCE="$ARUN_SOURCE" -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON
run_command "built library/host"
assert_exit 0
assert_stdout 3
run_command cmake --install "built library" --prefix "$PWD/of the host"
assert_exit 0
[ ! -e "of the host" ] || fail "the host's installation has what is not the host's"

# A component that was not built says how to get it.
if ! grep -q '^ARUN_EMBED:BOOL=ON' "$build/CMakeCache.txt"; then
    mkdir component
    write component/CMakeLists.txt 'cmake_minimum_required(VERSION 3.24)' 'project(x LANGUAGES CXX)' \
        'find_package(arun REQUIRED COMPONENTS script)'
    run_command cmake -S component -B "built component" -DCMAKE_PREFIX_PATH="$PWD/an installation"
    assert_exit 1
    assert_stderr_contains 'configure it with -DARUN_EMBED=ON'
fi

command -v pkg-config >/dev/null && pkg-config --exists libuv || skip 'no pkg-config'
export PKG_CONFIG_PATH="$PWD/an installation/lib/pkgconfig"
eval "flags=($(pkg-config --cflags --libs arun-runtime))"
run_command "${CXX:-c++}" -std=c++20 -o by-pkg-config "$ARUN_SOURCE/examples/custom_context.cpp" "${flags[@]}"
assert_exit 0
run_command ./by-pkg-config
assert_stdout 'hello, alice' 'hello, nobody' 'hello, bob'
# A program may have a sanitizer that the library was built without.
if "${CXX:-c++}" -fsanitize=address -o sanitizer -x c++ - <<<'int main() {}' 2>/dev/null && ./sanitizer; then
    run_command "${CXX:-c++}" -std=c++20 -fsanitize=address -o sanitized "$ARUN_SOURCE/examples/custom_context.cpp" "${flags[@]}"
    assert_exit 0
    run_command ./sanitized
    assert_exit 0
    assert_stdout 'hello, alice' 'hello, nobody' 'hello, bob'
fi
