#include "rt/name_service.hpp"

#include <cstdlib>  // defines __GLIBC__

#if defined ARUN_STATIC && defined __GLIBC__
#include <mutex>

#include <nss.h>
#endif

namespace arun {

void use_builtin_name_service() noexcept {
#if defined ARUN_STATIC && defined __GLIBC__
    static std::once_flag once;
    std::call_once(once, [] { __nss_configure_lookup("hosts", "files dns"); });
#endif
}

}  // namespace arun
