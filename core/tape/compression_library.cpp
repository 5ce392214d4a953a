#include "tape/compression_library.hpp"

#include "rt/os.hpp"
#include "tape/compression.hpp"

#include <string>
#include <type_traits>

#include <dlfcn.h>

namespace arun::tape {

namespace {

/// `library` without "lib".
void* open_library(const char* library, const char* package) {
    if (void* handle = ::dlopen(os::shared_library(library, 1).c_str(), RTLD_NOW | RTLD_LOCAL)) return handle;
    throw CompressionError(std::string("lib") + library + " cannot be opened: " + ::dlerror() +
                           "; on Debian it is in the package " + package);
}

template <class F>
void find(void* handle, F& function, const char* name) {
    function = reinterpret_cast<F>(::dlsym(handle, name));
    if (function == nullptr) throw CompressionError(std::string("the library is too old: it has no ") + name);
}

Zlib load_zlib() {
    void* handle = open_library("z", "zlib1g");
    Zlib library;
#define ARUN_FIND(name) find(handle, library.name, #name);
    ARUN_ZLIB_FUNCTIONS(ARUN_FIND)
    return library;
}

Zstd load_zstd() {
    void* handle = open_library("zstd", "libzstd1");
    Zstd library;
    ARUN_ZSTD_FUNCTIONS(ARUN_FIND)
#undef ARUN_FIND
    return library;
}

}  // namespace

const Zlib& Zlib::get() {
    static const Zlib library = load_zlib();
    return library;
}

const Zstd& Zstd::get() {
    static const Zstd library = load_zstd();
    return library;
}

}  // namespace arun::tape
