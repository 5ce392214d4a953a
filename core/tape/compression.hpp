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

/// Compresses what is written to a descriptor.
class CompressedFile {
public:
    /// By the end of the name: ".gz" or ".zst"; null for every other name. The descriptor must outlive it.
    /// Throws CompressionError.
    static std::unique_ptr<CompressedFile> open(std::string_view name, int descriptor);

    CompressedFile() = default;
    CompressedFile(const CompressedFile&) = delete;
    CompressedFile& operator=(const CompressedFile&) = delete;
    virtual ~CompressedFile() = default;

    /// Writes so much that all of it can be read. Returns an errno, or 0.
    virtual int write(std::string_view text) noexcept = 0;
    /// Writes the end. Returns an errno, or 0. Call it last.
    virtual int finish() noexcept = 0;
};

/// Whether it begins as compressed data does.
bool is_compressed(std::string_view bytes) noexcept;
/// The text of a file that is compressed, whatever its name, or the bytes themselves. Of a file that is cut
/// off, what there is. Throws CompressionError.
std::string decompressed(std::string bytes);

}  // namespace arun::tape
