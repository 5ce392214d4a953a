/// Tapes that are compressed, as gzip or zstd do it: by zlib and libzstd, which are loaded when one is
/// needed.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace arun::tape {

/// The library is missing, or the data is damaged.
class CompressionError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A tape that is written to a descriptor.
class TapeFile {
public:
    /// Compresses if the name ends in ".gz" or ".zst". The descriptor must outlive it. Throws
    /// CompressionError.
    static std::unique_ptr<TapeFile> open(std::string_view name, int descriptor);

    TapeFile() = default;
    TapeFile(const TapeFile&) = delete;
    TapeFile& operator=(const TapeFile&) = delete;
    virtual ~TapeFile() = default;

    /// Returns an errno, or 0; then all of it can be read, even if nothing follows.
    virtual int write(std::string_view text) noexcept = 0;
    /// Returns an errno, or 0. Call it last.
    virtual int finish() noexcept = 0;
};

/// Whether it begins as compressed data does.
bool is_compressed(std::string_view bytes) noexcept;
/// The text of a file that is compressed, whatever its name, or the bytes themselves. Of a file that is cut
/// off, what there is. Throws CompressionError.
std::string decompressed(std::string bytes);

}  // namespace arun::tape
