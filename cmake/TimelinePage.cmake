# The page that `--timeline FILE.html` writes is made of the files in app/reports/timeline/: this compiles them into the binary,
# with the hashes by which its Content-Security-Policy allows no other script and no other style.

# arun_base64(OUT HEX): a browser wants the 32 bytes of a SHA-256 in base64, CMake has them in hexadecimal.
function(arun_base64 out hex)
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  set(text "")
  # Three digits are 12 bits, which are two characters; 64 digits are a multiple of three with two zeros more.
  string(APPEND hex "00")
  foreach(i RANGE 0 63 3)
    string(SUBSTRING "${hex}" ${i} 3 digits)
    math(EXPR high "0x${digits} >> 6")
    math(EXPR low "0x${digits} & 63")
    foreach(index IN ITEMS ${high} ${low})
      string(SUBSTRING "${alphabet}" ${index} 1 character)
      string(APPEND text "${character}")
    endforeach()
  endforeach()
  # 44 characters of which the last is padding.
  string(SUBSTRING "${text}" 0 43 text)
  set(${out} "${text}=" PARENT_SCOPE)
endfunction()

function(arun_timeline_page out_source)
  set(folder "${PROJECT_SOURCE_DIR}/app/reports/timeline")
  foreach(part IN ITEMS html css js)
    set(file "${folder}/page.${part}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    string(TOUPPER "${part}" name)
    file(READ "${file}" PAGE_${name})
    if(NOT part STREQUAL "html")
      file(SHA256 "${file}" hash)
      arun_base64(PAGE_${name}_HASH "${hash}")
    endif()
  endforeach()
  set(source "${PROJECT_BINARY_DIR}/generated/timeline_page.cpp")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/timeline_page.cpp.in" "${source}" @ONLY)
  set(${out_source} "${source}" PARENT_SCOPE)
endfunction()
