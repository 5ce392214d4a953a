# How every target of the project is compiled and linked, as one interface target: arun_options.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
# There are none. From 3.28 on CMake looks for them all the same, and what is scanned is not compiled together.
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
endif()

option(ARUN_COMMAND "Build the command, not only the runtime as a library" ${PROJECT_IS_TOP_LEVEL})
option(ARUN_INSTALL "Make the rules for the target install" ${PROJECT_IS_TOP_LEVEL})
option(ARUN_WERROR "Warnings are errors" OFF)
option(ARUN_FUZZ "Build the fuzz targets in tests/fuzz (clang only)" OFF)
# ThreadSanitizer makes vfork() a fork(), and then a child cannot report an error to us.
if(CMAKE_SYSTEM_NAME STREQUAL Linux AND NOT ARUN_SANITIZE MATCHES thread)
  set(default_os linux)
else()
  set(default_os posix)
endif()
set(ARUN_OS ${default_os} CACHE STRING "Which calls the runtime uses, see core/rt/os.hpp: linux or posix")
set_property(CACHE ARUN_OS PROPERTY STRINGS linux posix)
set(ARUN_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=")
option(ARUN_COVERAGE "Count which lines run (g++ only)" OFF)

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug or Sanitize" FORCE)
endif()
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g -fno-omit-frame-pointer -D_GLIBCXX_ASSERTIONS")

option(ARUN_EMBED "Install scripts as calls too, arun::script, which needs libfyaml and PCRE2 (see arun-runtime(3))" OFF)
if(ARUN_EMBED)
  set(ARUN_COMMAND ON) # its parts are
endif()
if(ARUN_COMMAND AND NOT ARUN_EMBED)
  set(one_file ON)
else()
  set(one_file OFF)
endif()

# One file that needs glibc alone, at a fixed address: there is little to relocate at a start. Distributions turn it off, and
# then their flags decide: shared libraries, PIE, RELRO.
option(ARUN_STATIC_DEPS "Link everything but glibc statically, into an executable that is not position-independent" ${one_file})
if(ARUN_EMBED AND ARUN_STATIC_DEPS)
  message(FATAL_ERROR "ARUN_EMBED needs position-independent code: pass -DARUN_STATIC_DEPS=OFF")
endif()

# A second build of the same text, such as a fresh clone's, costs next to nothing where ccache is installed.
find_program(ARUN_CCACHE ccache)
if(ARUN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${ARUN_CCACHE}")
endif()

add_library(arun_options INTERFACE)
target_compile_options(arun_options INTERFACE -Wall -Wextra -Wpedantic $<$<BOOL:${ARUN_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  # libstdc++ 12 deprecates a function that its own std::stable_sort calls, and clang warns wherever something is sorted.
  target_compile_options(arun_options INTERFACE -Wno-deprecated-declarations)
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # g++ 12 joins the two function pointers of a coroutine's frame into one constant outside of the function's section: where
  # two sources instantiate the same coroutine, one of the two does not link ("defined in discarded section").
  target_compile_options(arun_options INTERFACE -fno-tree-slp-vectorize)
  # Where it knows the bits of a tagged pointer (ContextSlot), it takes the object for one at address zero: g++ 14 with -O3.
  target_compile_options(arun_options INTERFACE -Wno-stringop-overflow)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # It also warns of correct uses of std::string and std::optional where much is inlined.
    target_compile_options(arun_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
  endif()
endif()

# glibc's time_t has 32 bits on some systems of 32 bits, and then ends in 2038.
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  target_compile_definitions(arun_options INTERFACE _TIME_BITS=64 _FILE_OFFSET_BITS=64)
endif()

if(ARUN_COVERAGE)
  target_compile_options(arun_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(arun_options INTERFACE --coverage)
endif()

if(ARUN_SANITIZE)
  # Exported with the runtime, see Runtime.cmake.
  set(ARUN_RUNTIME_DEFINITIONS ARUN_FRAME_POOL=0)
  target_compile_options(arun_options INTERFACE -fsanitize=${ARUN_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(arun_options INTERFACE -fsanitize=${ARUN_SANITIZE})
elseif(UNIX AND NOT APPLE AND ARUN_STATIC_DEPS)
  # -no-pie was measured at 4 % of a whole start; binding the few remaining symbols early (-z now, -fno-plt) cost as much
  # again.
  target_compile_options(arun_options INTERFACE -ffunction-sections -fdata-sections -fno-pie)
  target_link_options(
    arun_options
    INTERFACE
    -Wl,--gc-sections
    -Wl,--as-needed
    -static-libstdc++
    -static-libgcc
    -no-pie)
endif()

if(ARUN_FUZZ)
  target_compile_options(arun_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(arun_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
