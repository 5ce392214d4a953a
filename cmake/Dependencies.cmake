# The libraries. What the system has is used; what it lacks is fetched at a pinned version where its project builds
# with CMake. On Debian `make` installs the packages first (tools/install-packages), so nothing is fetched there.
include(FetchContent)
find_package(Threads REQUIRED)

set(CLI11_BUILD_TESTS OFF CACHE INTERNAL "")
set(CLI11_BUILD_EXAMPLES OFF CACHE INTERNAL "")
FetchContent_Declare(
  CLI11
  GIT_REPOSITORY https://github.com/CLIUtils/CLI11.git
  GIT_TAG v2.1.2
  GIT_SHALLOW ON
  FIND_PACKAGE_ARGS 2.1)
set(JSON_BuildTests OFF CACHE INTERNAL "")
FetchContent_Declare(
  nlohmann_json
  GIT_REPOSITORY https://github.com/nlohmann/json.git
  GIT_TAG v3.11.2
  GIT_SHALLOW ON
  FIND_PACKAGE_ARGS 3.11)
FetchContent_MakeAvailable(CLI11 nlohmann_json)

# arun_find_library(NAME HEADER LIBRARY...): an imported target arun::NAME, not made when something is missing.
# The first LIBRARY name that exists wins: archives stand before shared objects.
function(arun_find_library name header)
  find_path(ARUN_${name}_INCLUDE ${header})
  find_library(ARUN_${name}_LIBRARY NAMES ${ARGN})
  mark_as_advanced(ARUN_${name}_INCLUDE ARUN_${name}_LIBRARY)
  if(ARUN_${name}_INCLUDE AND ARUN_${name}_LIBRARY)
    add_library(arun::${name} UNKNOWN IMPORTED GLOBAL)
    set_target_properties(
      arun::${name} PROPERTIES IMPORTED_LOCATION "${ARUN_${name}_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES
                                                                           "${ARUN_${name}_INCLUDE}")
  endif()
endfunction()

arun_find_library(uv uv.h libuv_a.a libuv.a uv)
if(TARGET arun::uv)
  set_target_properties(arun::uv PROPERTIES INTERFACE_LINK_LIBRARIES "Threads::Threads;${CMAKE_DL_LIBS}")
else()
  set(LIBUV_BUILD_TESTS OFF CACHE INTERNAL "")
  FetchContent_Declare(
    libuv
    GIT_REPOSITORY https://github.com/libuv/libuv.git
    GIT_TAG v1.44.2
    GIT_SHALLOW ON)
  FetchContent_MakeAvailable(libuv)
  add_library(arun::uv ALIAS uv_a)
endif()

arun_find_library(pcre2 pcre2.h libpcre2-8.a pcre2-8)
if(NOT TARGET arun::pcre2)
  set(PCRE2_BUILD_PCRE2GREP OFF CACHE INTERNAL "")
  set(PCRE2_BUILD_TESTS OFF CACHE INTERNAL "")
  FetchContent_Declare(
    pcre2
    GIT_REPOSITORY https://github.com/PCRE2Project/pcre2.git
    GIT_TAG pcre2-10.42
    GIT_SHALLOW ON)
  FetchContent_MakeAvailable(pcre2)
  add_library(arun::pcre2 ALIAS pcre2-8-static)
endif()

# libfyaml 0.7 builds with autotools and libcurl is not linked at all (the first http job opens it at run time):
# neither can be fetched and built from here.
arun_find_library(fyaml libfyaml.h libfyaml.a fyaml)
if(NOT TARGET arun::fyaml)
  message(FATAL_ERROR "libfyaml 0.7.12 or later is missing: install libfyaml-dev, or build it from "
                      "https://github.com/pantoniou/libfyaml and pass -DCMAKE_PREFIX_PATH=its prefix")
endif()
find_path(ARUN_CURL_INCLUDE curl/curl.h)
mark_as_advanced(ARUN_CURL_INCLUDE)
if(NOT ARUN_CURL_INCLUDE)
  message(FATAL_ERROR "libcurl's headers are missing: install libcurl4-openssl-dev, or your system's package for them")
endif()
add_library(arun::curl_headers INTERFACE IMPORTED GLOBAL)
set_target_properties(arun::curl_headers PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${ARUN_CURL_INCLUDE}")
