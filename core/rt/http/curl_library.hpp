/// libcurl, loaded at run time: linking it would cost every start 4 ms and 30 libraries. A static executable
/// contains it (curl_library_linked.cpp).
#pragma once

#include <curl/curl.h>

namespace arun::detail {

struct CurlLibrary {
    /// Loads it on the first call. Throws HttpUnavailable if it is missing or too old. Thread-safe.
    static const CurlLibrary& get();

    decltype(&curl_global_init) global_init = nullptr;
    decltype(&curl_easy_init) easy_init = nullptr;
    decltype(&curl_easy_cleanup) easy_cleanup = nullptr;
    decltype(&curl_easy_setopt) easy_setopt = nullptr;
    decltype(&curl_easy_getinfo) easy_getinfo = nullptr;
    decltype(&curl_easy_strerror) easy_strerror = nullptr;
    decltype(&curl_multi_init) multi_init = nullptr;
    decltype(&curl_multi_cleanup) multi_cleanup = nullptr;
    decltype(&curl_multi_setopt) multi_setopt = nullptr;
    decltype(&curl_multi_assign) multi_assign = nullptr;
    decltype(&curl_multi_add_handle) multi_add_handle = nullptr;
    decltype(&curl_multi_remove_handle) multi_remove_handle = nullptr;
    decltype(&curl_multi_socket_action) multi_socket_action = nullptr;
    decltype(&curl_multi_info_read) multi_info_read = nullptr;
    decltype(&curl_multi_strerror) multi_strerror = nullptr;
    decltype(&curl_version) version = nullptr;
    decltype(&curl_slist_append) slist_append = nullptr;
    decltype(&curl_slist_free_all) slist_free_all = nullptr;

    /// Whether it was built for this system, and so knows where the trusted certificates are.
    bool knows_certificates = true;
    /// Otherwise, the file that has them; null if none is where systems keep them.
    const char* certificates = nullptr;
};

}  // namespace arun::detail
