/// libcurl as a part of the executable, which is static and so cannot open libraries.
#include "rt/http/client.hpp"
#include "rt/http/curl_library.hpp"
#include "rt/name_service.hpp"

#include <openssl/crypto.h>

#include <array>

#include <unistd.h>

namespace arun::detail {

namespace {

/// Where systems keep the certificates that they trust, in one file.
constexpr std::array certificate_files{
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Arch Linux, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, Red Hat
    "/etc/ssl/ca-bundle.pem",                             // SUSE
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Red Hat
    "/etc/ssl/cert.pem",                                  // Alpine without its package, BSD
};

CurlLibrary load() {
    use_builtin_name_service();
    // OpenSSL's configuration may name modules to load, and is another OpenSSL's anyway.
    ::OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    if (::curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        throw HttpUnavailable("libcurl cannot be initialised");
    CurlLibrary curl;
    curl.global_init = ::curl_global_init;
    curl.easy_init = ::curl_easy_init;
    curl.easy_cleanup = ::curl_easy_cleanup;
    curl.easy_setopt = ::curl_easy_setopt;
    curl.easy_getinfo = ::curl_easy_getinfo;
    curl.easy_strerror = ::curl_easy_strerror;
    curl.multi_init = ::curl_multi_init;
    curl.multi_cleanup = ::curl_multi_cleanup;
    curl.multi_setopt = ::curl_multi_setopt;
    curl.multi_assign = ::curl_multi_assign;
    curl.multi_add_handle = ::curl_multi_add_handle;
    curl.multi_remove_handle = ::curl_multi_remove_handle;
    curl.multi_socket_action = ::curl_multi_socket_action;
    curl.multi_info_read = ::curl_multi_info_read;
    curl.multi_strerror = ::curl_multi_strerror;
    curl.version = ::curl_version;
    curl.slist_append = ::curl_slist_append;
    curl.slist_free_all = ::curl_slist_free_all;
    curl.knows_certificates = false;
    for (const auto* file : certificate_files) {
        if (::access(file, R_OK) != 0) continue;
        curl.certificates = file;
        break;
    }
    return curl;
}

}  // namespace

const CurlLibrary& CurlLibrary::get() {
    static const CurlLibrary library = load();
    return library;
}

}  // namespace arun::detail
