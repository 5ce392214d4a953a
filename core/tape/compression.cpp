#include "tape/compression.hpp"

#include "rt/file.hpp"
#include "tape/compression_library.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace arun::tape {
namespace {

/// Protects against compressed input that would fill the memory. Units: bytes.
constexpr std::uint64_t max_text = sizeof(void*) < 8 ? std::uint64_t{1} << 30 : std::uint64_t{1} << 33;

// Of zlib.h and zstd.h.
constexpr int z_sync_flush = 2;
constexpr int z_data_error = -3;
constexpr int zstd_flush = 1;
constexpr int zstd_end = 2;

int error_of_write() noexcept {
    return errno != 0 ? errno : EIO;
}

void check_size(std::size_t size) {
    if (size > max_text) throw CompressionError("it is larger than any tape");
}

class PlainFile final : public TapeFile {
public:
    explicit PlainFile(int descriptor) noexcept : descriptor_(descriptor) {}
    int write(std::string_view text) noexcept override { return write_all(descriptor_, text); }
    int finish() noexcept override { return 0; }

private:
    int descriptor_;
};

/// At the fastest level, because the run waits for it.
class GzipFile final : public TapeFile {
public:
    explicit GzipFile(int descriptor) : zlib_(Zlib::get()) {
        const int own = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
        if (own >= 0) file_ = zlib_.gzdopen(own, "wb1");
        if (file_ == nullptr && own >= 0) ::close(own);
        if (file_ == nullptr) throw CompressionError("zlib cannot begin");
    }
    ~GzipFile() override { finish(); }

    int write(std::string_view text) noexcept override {
        errno = 0;
        while (!text.empty()) {
            constexpr std::size_t max_piece = std::size_t{1} << 30;
            const auto piece = text.substr(0, max_piece);
            const auto written = zlib_.gzwrite(file_, piece.data(), static_cast<unsigned>(piece.size()));
            if (written <= 0) return error_of_write();
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        return zlib_.gzflush(file_, z_sync_flush) == 0 ? 0 : error_of_write();
    }
    int finish() noexcept override {
        errno = 0;
        void* const file = std::exchange(file_, nullptr);
        return file == nullptr || zlib_.gzclose(file) == 0 ? 0 : error_of_write();
    }

private:
    const Zlib& zlib_;
    void* file_ = nullptr;
};

class ZstdFile final : public TapeFile {
public:
    explicit ZstdFile(int descriptor)
        : zstd_(Zstd::get()), stream_(zstd_.ZSTD_createCStream()), descriptor_(descriptor) {
        if (stream_ == nullptr) throw CompressionError("libzstd cannot begin");
    }
    ~ZstdFile() override { zstd_.ZSTD_freeCStream(stream_); }

    int write(std::string_view text) noexcept override { return put(text, zstd_flush); }
    int finish() noexcept override { return put({}, zstd_end); }

private:
    int put(std::string_view text, int how) noexcept {
        ZstdInput input{text.data(), text.size(), 0};
        for (;;) {
            std::array<char, std::size_t{1} << 14> buffer;
            ZstdOutput output{buffer.data(), buffer.size(), 0};
            const auto rest = zstd_.ZSTD_compressStream2(stream_, &output, &input, how);
            if (zstd_.ZSTD_isError(rest) != 0) return EIO;
            if (const int error = write_all(descriptor_, {buffer.data(), output.position}); error != 0)
                return error;
            if (rest == 0) return 0;
        }
    }

    const Zstd& zstd_;
    void* stream_;
    int descriptor_;
};

std::string read_gzip(std::string_view bytes) {
    const auto& zlib = Zlib::get();
    auto file = temporary_file(bytes);  // zlib reads files
    void* const stream = zlib.gzdopen(file.release(), "rb");
    if (stream == nullptr) throw CompressionError("zlib cannot begin");
    std::string text;
    std::string block(std::size_t{1} << 16, '\0');
    int error = 0;
    for (;;) {
        const auto size = zlib.gzread(stream, block.data(), static_cast<unsigned>(block.size()));
        if (size < 0) zlib.gzerror(stream, &error);
        if (size <= 0) break;
        text.append(block, 0, static_cast<std::size_t>(size));
        if (text.size() > max_text) break;
    }
    zlib.gzclose(stream);
    check_size(text.size());
    if (error == z_data_error) throw CompressionError("the compressed data is damaged");
    return text;
}

std::string read_zstd(std::string_view bytes) {
    const auto& zstd = Zstd::get();
    void* const stream = zstd.ZSTD_createDStream();
    if (stream == nullptr) throw CompressionError("libzstd cannot begin");
    std::string text;
    std::string block(std::size_t{1} << 16, '\0');
    ZstdInput input{bytes.data(), bytes.size(), 0};
    bool damaged = false;
    for (bool more = true; more && !damaged && text.size() <= max_text;) {
        ZstdOutput output{block.data(), block.size(), 0};
        damaged = zstd.ZSTD_isError(zstd.ZSTD_decompressStream(stream, &output, &input)) != 0;
        text.append(block, 0, output.position);
        more = input.position < input.size || output.position == output.size;
    }
    zstd.ZSTD_freeDStream(stream);
    check_size(text.size());
    if (damaged) throw CompressionError("the compressed data is damaged");
    return text;
}

}  // namespace

std::unique_ptr<TapeFile> TapeFile::open(std::string_view name, int descriptor) {
    if (name.ends_with(".gz")) return std::make_unique<GzipFile>(descriptor);
    if (name.ends_with(".zst")) return std::make_unique<ZstdFile>(descriptor);
    return std::make_unique<PlainFile>(descriptor);
}

namespace {

constexpr std::string_view gzip_start = "\x1f\x8b";
constexpr std::string_view zstd_start = "\x28\xb5\x2f\xfd";

}  // namespace

bool is_compressed(std::string_view bytes) noexcept {
    return bytes.starts_with(gzip_start) || bytes.starts_with(zstd_start);
}

std::string decompressed(std::string bytes) {
    if (bytes.starts_with(gzip_start)) return read_gzip(bytes);
    if (bytes.starts_with(zstd_start)) return read_zstd(bytes);
    return bytes;
}

}  // namespace arun::tape
