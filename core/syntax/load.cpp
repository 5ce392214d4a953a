#include "syntax/load.hpp"

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "syntax/builder.hpp"
#include "syntax/bytes.hpp"
#include "syntax/read_json.hpp"
#include "syntax/read_yaml.hpp"
#include "syntax/sniff.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace arun::syntax {
namespace {

std::string lower_extension(std::string_view path) {
    const auto name = path.substr(path.rfind('/') + 1);
    const auto dot = name.rfind('.');
    if (dot == name.npos || dot == 0) return {};
    return lower(name.substr(dot + 1));
}

std::shared_ptr<const Source> refuse(const std::string& name, std::string_view why, Diagnostics& diagnostics,
                                     std::string hint = {}) {
    diagnostics.error({}, "cannot read " + quote(name) + ": " + std::string(why), std::move(hint));
    return nullptr;
}

std::shared_ptr<const Source> refused(const std::string& name, int error, Diagnostics& diagnostics) {
    refuse_errno(name, error, diagnostics);
    return nullptr;
}

/// Closes a descriptor at the end of the block.
struct Closer {
    int fd;
    ~Closer() { ::close(fd); }
};

}  // namespace

Result<Format> format_named(std::string_view name) {
    if (name == "json") return Format::json;
    if (name == "yaml" || name == "yml") return Format::yaml;
    if (name == "jsonl" || name == "ndjson") return Format::json_lines;
    return Error{"unknown format " + quote(name) + "; the formats are json, yaml and jsonl"};
}

std::optional<Format> format_by_name(std::string_view path) {
    const auto extension = lower_extension(path);
    if (extension.empty()) return std::nullopt;
    const auto format = format_named(extension);
    return format ? std::optional(*format) : std::nullopt;
}

Format format_for(std::string_view path, std::string_view text) {
    if (const auto named = format_by_name(path)) return *named;
    switch (sniff(text)) {
        case Sniffed::json:
            return Format::json;
        case Sniffed::json_lines:
            return Format::json_lines;
        case Sniffed::yaml:
            break;
    }
    return Format::yaml;
}

void refuse_errno(const std::string& name, int error, Diagnostics& diagnostics) {
    refuse(name, reason_of(error), diagnostics);
}

std::shared_ptr<const Source> load_file(const std::string& path, Diagnostics& diagnostics, Empty empty) {
    // Not blocked by a FIFO that nobody writes to: read() waits for the writer, and can be interrupted.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return refused(path, errno, diagnostics);
    const Closer closer{fd};
    return load_fd(fd, path, diagnostics, empty);
}

std::shared_ptr<const Source> load_fd(int fd, std::string name, Diagnostics& diagnostics, Empty empty,
                                      std::string text) {
    struct stat info{};
    if (::fstat(fd, &info) != 0) return refused(name, errno, diagnostics);
    if (S_ISDIR(info.st_mode)) return refuse(name, "it is a directory", diagnostics);
    const auto too_large = [&] {
        return refuse(name, "it is larger than a script may be, 1 GiB", diagnostics);
    };
    std::size_t size = text.size();
    if (S_ISREG(info.st_mode)) {
        if (static_cast<std::uint64_t>(info.st_size) > max_source_size) return too_large();
        // One more, to see the end without growing.
        text.resize(std::max(size, static_cast<std::size_t>(info.st_size)) + 1);
    }
    for (;;) {
        if (size == text.size()) text.resize(std::max<std::size_t>(size * 2, 1 << 16));
        const auto got = ::read(fd, text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) {
            // Somebody who shares the descriptor has set it so.
            pollfd state{fd, POLLIN, 0};
            ::poll(&state, 1, -1);
            continue;
        }
        if (got < 0) return refused(name, errno, diagnostics);
        if (got == 0) break;
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
    if (!check_bytes(*source, format, diagnostics)) return;
    const auto begin = static_cast<std::uint32_t>(text.starts_with(utf8_bom) ? utf8_bom.size() : 0);
    const Range whole{begin, static_cast<std::uint32_t>(text.size())};
    if (format == Format::yaml) return read_yaml(source, whole, diagnostics, sink, empty);
    read_json(source, whole, diagnostics, sink, format == Format::json_lines);
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
