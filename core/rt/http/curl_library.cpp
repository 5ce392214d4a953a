#include "rt/http/curl_library.hpp"

#include "rt/http/client.hpp"
#include "rt/os.hpp"

#include <string>

#include <dlfcn.h>

namespace arun::detail {

namespace {

void* open_library() {
    std::string reason;
    // Debian has two with the same interface and different TLS libraries.
    for (const auto* name : {"curl", "curl-gnutls"}) {
        if (void* handle = ::dlopen(os::shared_library(name, 4).c_str(), RTLD_NOW | RTLD_LOCAL))
            return handle;
        if (reason.empty()) reason = ::dlerror();
    }
    throw HttpUnavailable("libcurl, which sends HTTP requests, cannot be opened: " + reason +
                          "; on Debian it is in the package libcurl4");
}

CurlLibrary load() {
    void* handle = open_library();
    CurlLibrary curl;
    const auto find = [handle](auto& function, const char* name) {
        function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(handle, name));
        if (function == nullptr) throw HttpUnavailable(std::string("libcurl is too old: it has no ") + name);
    };
    find(curl.global_init, "curl_global_init");
    find(curl.easy_init, "curl_easy_init");
    find(curl.easy_cleanup, "curl_easy_cleanup");
    find(curl.easy_setopt, "curl_easy_setopt");
    find(curl.easy_getinfo, "curl_easy_getinfo");
    find(curl.easy_strerror, "curl_easy_strerror");
    find(curl.multi_init, "curl_multi_init");
    find(curl.multi_cleanup, "curl_multi_cleanup");
    find(curl.multi_setopt, "curl_multi_setopt");
    find(curl.multi_assign, "curl_multi_assign");
    find(curl.multi_add_handle, "curl_multi_add_handle");
    find(curl.multi_remove_handle, "curl_multi_remove_handle");
    find(curl.multi_socket_action, "curl_multi_socket_action");
    find(curl.multi_info_read, "curl_multi_info_read");
    find(curl.multi_strerror, "curl_multi_strerror");
    find(curl.version, "curl_version");
    find(curl.slist_append, "curl_slist_append");
    find(curl.slist_free_all, "curl_slist_free_all");
    if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        throw HttpUnavailable("libcurl cannot be initialised");
    return curl;
}

}  // namespace

const CurlLibrary& CurlLibrary::get() {
    static const CurlLibrary library = load();
    return library;
}

}  // namespace arun::detail
