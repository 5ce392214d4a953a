# Scripts as calls: arun::script, the rest of core/ and app/ as an archive for other programs. It links libfyaml and PCRE2, and
# opens libcurl when a script needs it.
foreach(part IN ITEMS arun_core arun_app)
  set_target_properties(${part} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endforeach()
add_library(arun_script STATIC $<TARGET_OBJECTS:arun_core> $<TARGET_OBJECTS:arun_app>)
add_library(arun::script ALIAS arun_script)
set_target_properties(arun_script PROPERTIES OUTPUT_NAME arun-script EXPORT_NAME script LINKER_LANGUAGE CXX)
target_link_libraries(
  arun_script
  PUBLIC arun_runtime
  PRIVATE "$<BUILD_INTERFACE:arun::fyaml;arun::pcre2>" "$<INSTALL_INTERFACE:arun::fyaml;arun::pcre2>" ${CMAKE_DL_LIBS})
arun_export_header("${PROJECT_SOURCE_DIR}/app/embed/run_script.hpp" run_script.hpp)
arun_export_header("${PROJECT_SOURCE_DIR}/app/embed/run_script.h" run_script.h)
if(ARUN_INSTALL)
  install(TARGETS arun_script EXPORT arun ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(FILES "${runtime_include}/arun/run_script.hpp" "${runtime_include}/arun/run_script.h"
          DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/arun")
endif()
