/// The functions of zlib and libzstd that are called. They are loaded at run time, because few runs need
/// them; a static executable contains them (compression_library_linked.cpp). Their declarations are those of
/// zlib.h and zstd.h, whose binary interface has been stable since zlib 1.2 and zstd 1.4.
#pragma once

#include <cstddef>

namespace arun::tape {

/// ZSTD_inBuffer and ZSTD_outBuffer.
struct ZstdInput {
    const void* data;
    std::size_t size;
    std::size_t position;
};
struct ZstdOutput {
    void* data;
    std::size_t size;
    std::size_t position;
};

struct Zlib {
    /// Loads it on the first call. Throws CompressionError.
    static const Zlib& get();

    void* (*gzdopen)(int descriptor, const char* mode) = nullptr;
    int (*gzread)(void* file, void* buffer, unsigned size) = nullptr;
    int (*gzwrite)(void* file, const void* buffer, unsigned size) = nullptr;
    int (*gzflush)(void* file, int flush) = nullptr;
    int (*gzclose)(void* file) = nullptr;
    const char* (*gzerror)(void* file, int* error) = nullptr;
};

struct Zstd {
    /// The same.
    static const Zstd& get();

    void* (*ZSTD_createCStream)() = nullptr;
    std::size_t (*ZSTD_freeCStream)(void*) = nullptr;
    std::size_t (*ZSTD_compressStream2)(void*, ZstdOutput*, ZstdInput*, int) = nullptr;
    void* (*ZSTD_createDStream)() = nullptr;
    std::size_t (*ZSTD_freeDStream)(void*) = nullptr;
    std::size_t (*ZSTD_decompressStream)(void*, ZstdOutput*, ZstdInput*) = nullptr;
    unsigned (*ZSTD_isError)(std::size_t) = nullptr;
};

#define ARUN_ZLIB_FUNCTIONS(use) use(gzdopen) use(gzread) use(gzwrite) use(gzflush) use(gzclose) use(gzerror)
#define ARUN_ZSTD_FUNCTIONS(use)                                                                    \
    use(ZSTD_createCStream) use(ZSTD_freeCStream) use(ZSTD_compressStream2) use(ZSTD_createDStream) \
        use(ZSTD_freeDStream) use(ZSTD_decompressStream) use(ZSTD_isError)

}  // namespace arun::tape
