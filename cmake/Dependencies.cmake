# The libraries. What the system has is used, unless it is too old; what it lacks is fetched, at a pinned commit, if its
# project builds with CMake. On Debian `make` installs the packages first (tools/install-packages), so nothing is fetched.
# The commits are ones whose CMake files every CMake from 3.24 on takes.
include(FetchContent)
find_package(Threads REQUIRED)

# arun_make_available(NAME TARGET): after FetchContent_Declare(NAME). Of what is fetched, only what arun links is built,
# nothing is installed, and its headers are the system's: their warnings are not ours.
function(arun_make_available name target)
  FetchContent_MakeAvailable(${name})
  string(TOLOWER "${name}" name)
  if(${name}_SOURCE_DIR)
    set_property(DIRECTORY "${${name}_SOURCE_DIR}" PROPERTY EXCLUDE_FROM_ALL ON)
    get_target_property(includes ${target} INTERFACE_INCLUDE_DIRECTORIES)
    set_target_properties(${target} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${includes}")
  endif()
endfunction()

# arun_find_library(NAME HEADER LIBRARY...): an imported target arun::NAME, not made when something is missing. An archive
# is preferred to a shared object of the same name, unless ARUN_STATIC_DEPS is off.
function(arun_find_library name header)
  find_path(ARUN_${name}_INCLUDE ${header})
  set(names ${ARGN})
  if(NOT ARUN_STATIC_DEPS)
    list(FILTER names EXCLUDE REGEX "\\.a$")
  endif()
  find_library(ARUN_${name}_LIBRARY NAMES ${names})
  mark_as_advanced(ARUN_${name}_INCLUDE ARUN_${name}_LIBRARY)
  if(ARUN_${name}_INCLUDE AND ARUN_${name}_LIBRARY)
    add_library(arun::${name} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(
      arun::${name} PROPERTIES IMPORTED_LOCATION "${ARUN_${name}_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES
                                                                           "${ARUN_${name}_INCLUDE}")
  endif()
endfunction()

# arun_require_version(NAME FILE VERSION REGEX...): fails if FILE, a header or a .pc file, shows an older version. Each
# REGEX matches one number of the version in the file.
function(arun_require_version name file minimum)
  if(NOT EXISTS "${file}")
    return()
  endif()
  file(READ "${file}" text)
  set(version "")
  foreach(regex IN LISTS ARGN)
    if(NOT text MATCHES "${regex}")
      return()
    endif()
    list(APPEND version "${CMAKE_MATCH_1}")
  endforeach()
  list(JOIN version "." version)
  if(version VERSION_LESS minimum)
    message(FATAL_ERROR "${name} ${version} is too old: arun needs ${minimum} or later (${file})")
  endif()
endfunction()

arun_find_library(uv uv.h libuv_a.a libuv.a uv)
if(TARGET arun::uv)
  arun_require_version(libuv "${ARUN_uv_INCLUDE}/uv/version.h" 1.42 "UV_VERSION_MAJOR ([0-9]+)" "UV_VERSION_MINOR ([0-9]+)")
  set_target_properties(arun::uv PROPERTIES INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS}")
else()
  set(LIBUV_BUILD_TESTS OFF CACHE INTERNAL "")
  set(LIBUV_BUILD_SHARED OFF CACHE INTERNAL "")
  set(ENABLE_CLANG_TIDY OFF CACHE INTERNAL "")
  FetchContent_Declare(
    libuv
    GIT_REPOSITORY https://github.com/libuv/libuv.git
    GIT_TAG 1cfa32ff59c076ffb6ed735bbc8c18361558661f # v1.52.1
    GIT_SUBMODULES "")
  arun_make_available(libuv uv_a)
  add_library(arun::uv ALIAS uv_a)
endif()

if(NOT ARUN_COMMAND)
  return()
endif()

set(CLI11_BUILD_TESTS OFF CACHE INTERNAL "")
set(CLI11_BUILD_EXAMPLES OFF CACHE INTERNAL "")
FetchContent_Declare(
  CLI11
  GIT_REPOSITORY https://github.com/CLIUtils/CLI11.git
  GIT_TAG bfffd37e1f804ca4fae1caae106935791696b6a9 # v2.6.1
  GIT_SUBMODULES ""
  FIND_PACKAGE_ARGS 2.1)
arun_make_available(CLI11 CLI11)
set(JSON_BuildTests OFF CACHE INTERNAL "")
FetchContent_Declare(
  nlohmann_json
  GIT_REPOSITORY https://github.com/nlohmann/json.git
  GIT_TAG 9cca280a4d0ccf0c08f47a99aa71d1b0e52f8d03 # v3.11.3
  GIT_SUBMODULES ""
  FIND_PACKAGE_ARGS 3.11)
arun_make_available(nlohmann_json nlohmann_json)

arun_find_library(pcre2 pcre2.h libpcre2-8.a pcre2-8)
if(TARGET arun::pcre2)
  arun_require_version(PCRE2 "${ARUN_pcre2_INCLUDE}/pcre2.h" 10.34 "PCRE2_MAJOR +([0-9]+)" "PCRE2_MINOR +([0-9]+)")
else()
  foreach(part IN ITEMS BUILD_PCRE2GREP BUILD_TESTS SHOW_REPORT SUPPORT_LIBBZ2 SUPPORT_LIBZ SUPPORT_LIBREADLINE)
    set(PCRE2_${part} OFF CACHE INTERNAL "")
  endforeach()
  set(PCRE2_STATIC_PIC ${CMAKE_POSITION_INDEPENDENT_CODE} CACHE INTERNAL "")
  FetchContent_Declare(
    pcre2
    GIT_REPOSITORY https://github.com/PCRE2Project/pcre2.git
    GIT_TAG f454e231fe5006dd7ff8f4693fd2b8eb94333429 # pcre2-10.47
    GIT_SUBMODULES "") # its one submodule is for its JIT compiler, which arun does not use
  arun_make_available(pcre2 pcre2-8-static)
  add_library(arun::pcre2 ALIAS pcre2-8-static)
endif()

# libfyaml builds with autotools, and libcurl is not linked at all (the first http job opens it at run time): neither can be
# fetched and built from here.
arun_find_library(fyaml libfyaml.h libfyaml.a fyaml)
if(NOT TARGET arun::fyaml)
  message(FATAL_ERROR "libfyaml 0.7.12 or later is missing: install libfyaml-dev, or build it from "
                      "https://github.com/pantoniou/libfyaml and pass -DCMAKE_PREFIX_PATH=its prefix")
endif()
cmake_path(GET ARUN_fyaml_LIBRARY PARENT_PATH fyaml_folder)
arun_require_version(libfyaml "${fyaml_folder}/pkgconfig/libfyaml.pc" 0.7.12 "\nVersion: ([0-9.]+)")
find_path(ARUN_CURL_INCLUDE curl/curl.h)
mark_as_advanced(ARUN_CURL_INCLUDE)
if(NOT ARUN_CURL_INCLUDE)
  message(FATAL_ERROR "libcurl's headers are missing: install libcurl4-openssl-dev, or your system's package for them")
endif()
arun_require_version(libcurl "${ARUN_CURL_INCLUDE}/curl/curlver.h" 7.74 "LIBCURL_VERSION_MAJOR ([0-9]+)"
                     "LIBCURL_VERSION_MINOR ([0-9]+)")
add_library(arun::curl_headers INTERFACE IMPORTED GLOBAL)
set_target_properties(arun::curl_headers PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${ARUN_CURL_INCLUDE}")
