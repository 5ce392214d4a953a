# What `make install` puts where: the binary, the manual pages where man(1) looks for them, and the completions, which the
# binary itself writes from its table of options.
include(GNUInstallDirs)
install(TARGETS arun RUNTIME)

file(GLOB man_pages CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/man/*.[1-9]")
foreach(page IN LISTS man_pages)
  string(REGEX REPLACE ".*\\." "" section "${page}")
  install(FILES "${page}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}")
endforeach()

function(arun_install_completion shell folder name)
  set(file "${PROJECT_BINARY_DIR}/completions/${name}")
  install(
    CODE "file(MAKE_DIRECTORY \"${PROJECT_BINARY_DIR}/completions\")
execute_process(COMMAND \"$<TARGET_FILE:arun>\" completions ${shell} OUTPUT_FILE \"${file}\" COMMAND_ERROR_IS_FATAL ANY)")
  install(FILES "${file}" DESTINATION "${CMAKE_INSTALL_DATADIR}/${folder}")
endfunction()
arun_install_completion(bash bash-completion/completions arun)
arun_install_completion(zsh zsh/site-functions _arun)
arun_install_completion(fish fish/vendor_completions.d arun.fish)
