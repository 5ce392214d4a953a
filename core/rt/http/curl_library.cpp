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

}  // namespace

CurlLibrary CurlLibrary::load() {
    void* handle = open_library();
    CurlLibrary curl;
    const auto find = [handle](auto& function, const char* name) {
        function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(handle, name));
        if (function == nullptr) throw HttpUnavailable(std::string("libcurl is too old: it has no ") + name);
    };
#define ARUN_FIND(name) find(curl.name, "curl_" #name);
    ARUN_CURL_FUNCTIONS(ARUN_FIND)
#undef ARUN_FIND
    if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        throw HttpUnavailable("libcurl cannot be initialised");
    return curl;
}

}  // namespace arun::detail
