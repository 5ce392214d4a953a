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

}  // namespace

CurlLibrary CurlLibrary::load() {
    use_builtin_name_service();
    // OpenSSL's configuration may name modules to load, and is another OpenSSL's anyway.
    ::OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    if (::curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        throw HttpUnavailable("libcurl cannot be initialised");
    CurlLibrary curl;
#define ARUN_LINK(name) curl.name = ::curl_##name;
    ARUN_CURL_FUNCTIONS(ARUN_LINK)
#undef ARUN_LINK
    curl.knows_certificates = false;
    for (const auto* file : certificate_files) {
        if (::access(file, R_OK) != 0) continue;
        curl.certificates = file;
        break;
    }
    return curl;
}

}  // namespace arun::detail
