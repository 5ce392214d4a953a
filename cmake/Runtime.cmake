# The runtime of core/base and core/rt as a library for other programs: arun::runtime, which needs nothing but libuv. The command
# is made of the same archive.
file(
  GLOB runtime_sources CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/core/base/*.cpp" "${PROJECT_SOURCE_DIR}/core/rt/*.cpp" "${PROJECT_SOURCE_DIR}/core/rt/process/*.cpp")
list(FILTER runtime_sources EXCLUDE REGEX "/rt/os_(linux|posix)\\.cpp$")
add_library(arun_runtime STATIC ${runtime_sources} "${PROJECT_SOURCE_DIR}/core/rt/os_${ARUN_OS}.cpp")
add_library(arun::runtime ALIAS arun_runtime)
arun_unity(arun_runtime)

# Part of shared libraries and of position-independent programs too. What is hidden is addressed directly all the same.
set_target_properties(
  arun_runtime
  PROPERTIES OUTPUT_NAME arun-runtime
             EXPORT_NAME runtime
             POSITION_INDEPENDENT_CODE ON
             CXX_VISIBILITY_PRESET hidden
             VISIBILITY_INLINES_HIDDEN ON)
target_compile_features(arun_runtime PUBLIC cxx_std_20)
target_compile_definitions(arun_runtime PUBLIC ${ARUN_RUNTIME_DEFINITIONS})
# Not linked to arun_options: a program that links the runtime has link options of its own.
target_compile_options(
  arun_runtime PRIVATE "$<FILTER:$<TARGET_PROPERTY:arun_options,INTERFACE_COMPILE_OPTIONS>,EXCLUDE,^-fno-pie$>")
target_compile_definitions(arun_runtime PRIVATE "$<TARGET_PROPERTY:arun_options,INTERFACE_COMPILE_DEFINITIONS>")
# See Options.cmake: this g++ does the same to the program's own coroutines.
target_compile_options(
  arun_runtime INTERFACE "$<$<AND:$<COMPILE_LANG_AND_ID:CXX,GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-fno-tree-slp-vectorize>")
target_link_libraries(arun_runtime PRIVATE "$<BUILD_INTERFACE:arun::uv>" "$<INSTALL_INTERFACE:arun::uv>" Threads::Threads)

# In the sources headers include each other as "rt/loop.hpp", relative to core/. Outside, everything is below arun/: a copy of
# `source` that says so becomes `header` there.
set(runtime_include "${PROJECT_BINARY_DIR}/include")
function(arun_export_header source header)
  set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
  file(READ "${source}" text)
  string(REGEX REPLACE "(\n#include )\"(base|rt)/" "\\1\"arun/\\2/" text "${text}")
  file(CONFIGURE OUTPUT "${runtime_include}/arun/${header}" CONTENT "${text}" @ONLY)
endfunction()

# arun.hpp and what it includes.
arun_export_header("${PROJECT_SOURCE_DIR}/core/rt/arun.hpp" arun.hpp)
set(runtime_headers "")
set(found rt/arun.hpp)
while(found)
  list(POP_FRONT found header)
  list(APPEND runtime_headers "${header}")
  file(STRINGS "${PROJECT_SOURCE_DIR}/core/${header}" includes REGEX "^#include \"(base|rt)/")
  list(TRANSFORM includes REPLACE "^#include \"(.*)\"$" "\\1")
  list(APPEND found ${includes})
  list(REMOVE_DUPLICATES found)
  list(REMOVE_ITEM found ${runtime_headers})
endwhile()
list(REMOVE_ITEM runtime_headers rt/arun.hpp)
foreach(header IN LISTS runtime_headers)
  arun_export_header("${PROJECT_SOURCE_DIR}/core/${header}" "${header}")
endforeach()
target_include_directories(
  arun_runtime
  PRIVATE "${PROJECT_SOURCE_DIR}/core"
  INTERFACE "$<BUILD_INTERFACE:${runtime_include}>")

if(NOT ARUN_INSTALL)
  return()
endif()
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/arun")
target_include_directories(arun_runtime INTERFACE "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
install(TARGETS arun_runtime EXPORT arun ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
foreach(header IN ITEMS arun.hpp LISTS runtime_headers)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES "${runtime_include}/arun/${header}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/arun/${folder}")
endforeach()
install(EXPORT arun NAMESPACE arun:: FILE arun-targets.cmake DESTINATION "${package_folder}")
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/arun-config.cmake.in" "${PROJECT_BINARY_DIR}/arun-config.cmake"
  INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/arun-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/arun-config.cmake" "${PROJECT_BINARY_DIR}/arun-config-version.cmake"
        DESTINATION "${package_folder}")
# Relative to the .pc file, so that the installation can be moved (DESTDIR, PREFIX at install time).
file(RELATIVE_PATH pc_prefix "/p/${CMAKE_INSTALL_LIBDIR}/pkgconfig" /p)
string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
set(pc_flags "")
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  set(pc_flags " -fno-tree-slp-vectorize")
endif()
configure_file("${PROJECT_SOURCE_DIR}/cmake/arun-runtime.pc.in" "${PROJECT_BINARY_DIR}/arun-runtime.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/arun-runtime.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
