/// zlib and libzstd as parts of the executable, which is static and so cannot open libraries.
#include "tape/compression_library.hpp"

#include <zlib.h>
#include <zstd.h>

#include <type_traits>

namespace arun::tape {

const Zlib& Zlib::get() {
    static const Zlib library = [] {
        Zlib z;
#define ARUN_LINK(name) z.name = reinterpret_cast<decltype(z.name)>(&::name);
        ARUN_ZLIB_FUNCTIONS(ARUN_LINK)
        return z;
    }();
    return library;
}

const Zstd& Zstd::get() {
    static const Zstd library = [] {
        Zstd z;
        ARUN_ZSTD_FUNCTIONS(ARUN_LINK)
#undef ARUN_LINK
        return z;
    }();
    return library;
}

}  // namespace arun::tape
