#include "syntax/load.hpp"

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "syntax/characters.hpp"
#include "syntax/json_reader.hpp"
#include "syntax/yaml_reader.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace arun::syntax {
namespace {

std::shared_ptr<const Source> refuse(const std::string& name, std::string_view reason,
                                     Diagnostics& diagnostics) {
    diagnostics.error({}, "cannot read " + quote(name) + ": " + std::string(reason));
    return nullptr;
}

struct FdCloser {
    int fd;
    ~FdCloser() { ::close(fd); }
};

}  // namespace

void report_read_error(const std::string& name, int error, Diagnostics& diagnostics) {
    refuse(name, reason_of(error), diagnostics);
}

std::shared_ptr<const Source> load_file(const std::string& path, Diagnostics& diagnostics, Empty empty) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return refuse(path, reason_of(errno), diagnostics);
    const FdCloser closer{fd};
    return load_fd(fd, path, diagnostics, empty);
}

std::shared_ptr<const Source> load_fd(int fd, std::string name, Diagnostics& diagnostics, Empty empty,
                                      std::string text) {
    struct stat info{};
    if (::fstat(fd, &info) != 0) return refuse(name, reason_of(errno), diagnostics);
    if (S_ISDIR(info.st_mode)) return refuse(name, "it is a directory", diagnostics);
    const auto too_large = [&] {
        return refuse(name, "it is larger than a script may be, 1 GiB", diagnostics);
    };
    std::size_t size = text.size();
    const bool regular = S_ISREG(info.st_mode);
    bool is_text = regular || text.find('\0') == text.npos;
    if (regular) {
        if (static_cast<std::uint64_t>(info.st_size) > max_source_size) return too_large();
        // One byte more, so that the end is seen without growing.
        text.resize(std::max(size, static_cast<std::size_t>(info.st_size)) + 1);
    }
    while (is_text) {
        if (size == text.size()) text.resize(std::max<std::size_t>(size * 2, 1 << 16));
        const auto got = ::read(fd, text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) {
            // Another process that shares the descriptor has made it non-blocking.
            pollfd state{fd, POLLIN, 0};
            ::poll(&state, 1, -1);
            continue;
        }
        if (got < 0) return refuse(name, reason_of(errno), diagnostics);
        if (got == 0) break;
        is_text = regular || std::memchr(text.data() + size, 0, static_cast<std::size_t>(got)) == nullptr;
        size += static_cast<std::size_t>(got);
        if (size > max_source_size) return too_large();
    }
    text.resize(size);
    if (size == 0 && empty == Empty::refused) return refuse(name, "it is empty", diagnostics);
    return std::make_shared<const Source>(std::move(name), std::move(text));
}

void read(std::shared_ptr<const Source> source, Format format, Diagnostics& diagnostics, DocumentSink& sink,
          Empty empty) {
    diagnostics.keep(source);
    const auto text = source->text();
    if (text.size() > max_source_size) {
        diagnostics.error({source.get(), 0, 0}, "the text is larger than a script may be, 1 GiB");
        return;
    }
    if (!check_characters(*source, format, diagnostics)) return;
    const auto begin = static_cast<std::uint32_t>(text.starts_with(utf8_bom) ? utf8_bom.size() : 0);
    const Range whole{begin, static_cast<std::uint32_t>(text.size())};
    if (format != Format::yaml)
        return read_json(source, whole, diagnostics, sink, format == Format::json_lines);
    const auto errors = diagnostics.errors();
    const bool found = read_yaml(source, whole, diagnostics, sink);
    if (!found && empty == Empty::refused && diagnostics.errors() == errors)
        diagnostics.error({source.get(), begin, begin}, "the script is empty");
}

std::vector<std::shared_ptr<const Document>> read(std::shared_ptr<const Source> source, Format format,
                                                  Diagnostics& diagnostics, Empty empty) {
    struct Collector final : DocumentSink {
        void end(std::shared_ptr<const Document> document) override {
            if (document) documents.push_back(std::move(document));
        }
        std::vector<std::shared_ptr<const Document>> documents;
    };
    Collector collector;
    read(std::move(source), format, diagnostics, collector, empty);
    return std::move(collector.documents);
}

}  // namespace arun::syntax
