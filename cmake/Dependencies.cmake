# The libraries. What the system has is used, unless it is too old; what it lacks is fetched, at a pinned commit, if its
# project builds with CMake. On Debian `make` installs the packages first (tools/install-packages), so nothing is fetched.
include(FetchContent)
find_package(Threads REQUIRED)

set(CLI11_BUILD_TESTS OFF CACHE INTERNAL "")
set(CLI11_BUILD_EXAMPLES OFF CACHE INTERNAL "")
FetchContent_Declare(
  CLI11
  GIT_REPOSITORY https://github.com/CLIUtils/CLI11.git
  GIT_TAG 6c7b07a878ad834957b98d0f9ce1dbe0cb204fc9 # v2.4.2
  FIND_PACKAGE_ARGS 2.1)
set(JSON_BuildTests OFF CACHE INTERNAL "")
FetchContent_Declare(
  nlohmann_json
  GIT_REPOSITORY https://github.com/nlohmann/json.git
  GIT_TAG 9cca280a4d0ccf0c08f47a99aa71d1b0e52f8d03 # v3.11.3
  FIND_PACKAGE_ARGS 3.11)
FetchContent_MakeAvailable(CLI11 nlohmann_json)

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
  FetchContent_Declare(
    libuv
    GIT_REPOSITORY https://github.com/libuv/libuv.git
    GIT_TAG 8fb9cb919489a48880680a56efecff6a7dfb4504) # v1.50.0
  FetchContent_MakeAvailable(libuv)
  add_library(arun::uv ALIAS uv_a)
endif()

arun_find_library(pcre2 pcre2.h libpcre2-8.a pcre2-8)
if(TARGET arun::pcre2)
  arun_require_version(PCRE2 "${ARUN_pcre2_INCLUDE}/pcre2.h" 10.34 "PCRE2_MAJOR +([0-9]+)" "PCRE2_MINOR +([0-9]+)")
else()
  set(PCRE2_BUILD_PCRE2GREP OFF CACHE INTERNAL "")
  set(PCRE2_BUILD_TESTS OFF CACHE INTERNAL "")
  FetchContent_Declare(
    pcre2
    GIT_REPOSITORY https://github.com/PCRE2Project/pcre2.git
    GIT_TAG 6ae58beca071f13ccfed31d03b3f479ab520639b) # pcre2-10.44
  FetchContent_MakeAvailable(pcre2)
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
