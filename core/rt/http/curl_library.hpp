/// libcurl, loaded at run time: linking it would cost every start 4 ms and 30 libraries. A static executable
/// contains it (curl_library_linked.cpp).
#pragma once

#include <curl/curl.h>

namespace arun::detail {

/// The functions of libcurl that are called, without their prefix `curl_`.
#define ARUN_CURL_FUNCTIONS(use)                                                                            \
    use(global_init) use(easy_init) use(easy_cleanup) use(easy_setopt) use(easy_getinfo) use(easy_strerror) \
        use(multi_init) use(multi_cleanup) use(multi_setopt) use(multi_assign) use(multi_add_handle)        \
            use(multi_remove_handle) use(multi_socket_action) use(multi_info_read) use(multi_strerror)      \
                use(version) use(slist_append) use(slist_free_all) use(share_init) use(share_setopt)        \
                    use(share_cleanup)

struct CurlLibrary {
    /// Loads it on the first call. Throws HttpUnavailable if it is missing or too old. Thread-safe.
    static const CurlLibrary& get() {
        static const CurlLibrary library = load();
        return library;
    }

#define ARUN_DECLARE(name) decltype(&curl_##name) name = nullptr;
    ARUN_CURL_FUNCTIONS(ARUN_DECLARE)
#undef ARUN_DECLARE

    /// Whether it was built for this system, and so knows where the trusted certificates are.
    bool knows_certificates = true;
    /// Otherwise, the file that has them; null if none is where systems keep them.
    const char* certificates = nullptr;

private:
    static CurlLibrary load();
};

}  // namespace arun::detail
