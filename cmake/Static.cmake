# ARUN_STATIC: one file that needs nothing of the system it runs on, neither glibc nor libcurl. tools/dist builds it.
option(ARUN_STATIC "Link everything statically, libcurl and glibc too (needs a libcurl.a that has only http and https)" OFF)
if(NOT ARUN_STATIC)
  list(FILTER core_sources EXCLUDE REGEX "/(curl|compression)_library_linked\\.cpp$")
  return()
endif()
list(FILTER core_sources EXCLUDE REGEX "/(curl|compression)_library\\.cpp$")

# -DARUN_CURL_LIBRARY=, and -DARUN_CURL_INCLUDE= for its headers.
find_library(ARUN_CURL_LIBRARY libcurl.a REQUIRED)
arun_find_library(nghttp2 nghttp2/nghttp2.h libnghttp2.a)
arun_find_library(ssl openssl/ssl.h libssl.a)
arun_find_library(crypto openssl/crypto.h libcrypto.a)
arun_find_library(z zlib.h libz.a)
arun_find_library(brotlidec brotli/decode.h libbrotlidec.a)
arun_find_library(brotlicommon brotli/types.h libbrotlicommon.a)
# OpenSSL needs zstd too, from 3.2 on.
arun_find_library(zstd zstd.h libzstd.a)
set(parts arun::nghttp2 arun::ssl arun::crypto arun::z arun::brotlidec arun::brotlicommon arun::zstd)
foreach(part IN LISTS parts)
  if(NOT TARGET ${part})
    message(FATAL_ERROR "ARUN_STATIC needs the archive of ${part}, which is missing")
  endif()
endforeach()
add_library(arun::curl UNKNOWN IMPORTED GLOBAL)
set_target_properties(arun::curl PROPERTIES IMPORTED_LOCATION "${ARUN_CURL_LIBRARY}" INTERFACE_LINK_LIBRARIES "${parts}")

# Not -static-pie: a position-independent executable relocates itself at each start.
target_compile_definitions(arun_options INTERFACE ARUN_STATIC)
target_link_options(arun_options INTERFACE -static -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
target_link_libraries(arun_options INTERFACE arun::curl)
