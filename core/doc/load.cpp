#include "doc/load.hpp"

#include "base/quote.hpp"
#include "doc/builder.hpp"
#include "doc/bytes.hpp"
#include "doc/read_json.hpp"
#include "doc/read_yaml.hpp"
#include "doc/sniff.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace arun::doc {
namespace {

constexpr std::string_view bom = "\xEF\xBB\xBF";

Error no_json_lines(std::string_view what) {
    return {std::string(what) +
            " JSON Lines, which arun does not read; --format json or yaml reads it as one script"};
}

std::string lower_extension(std::string_view path) {
    const auto name = path.substr(path.rfind('/') + 1);
    const auto dot = name.rfind('.');
    if (dot == name.npos || dot == 0) return {};
    std::string extension(name.substr(dot + 1));
    for (auto& c : extension)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return extension;
}

std::shared_ptr<const Source> refuse(const std::string& name, std::string_view why, Diagnostics& diagnostics,
                                     std::string hint = {}) {
    diagnostics.error({}, "cannot read " + quote(name) + ": " + std::string(why), std::move(hint));
    return nullptr;
}

std::shared_ptr<const Source> refuse_errno(const std::string& name, int error, Diagnostics& diagnostics) {
    std::string why = std::strerror(error);
    if (!why.empty() && why[0] >= 'A' && why[0] <= 'Z' && !(why.size() > 1 && why[1] >= 'A' && why[1] <= 'Z'))
        why[0] = static_cast<char>(why[0] + 32);
    return refuse(name, why, diagnostics);
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
    if (name == "jsonl" || name == "ndjson") return no_json_lines("--format " + std::string(name) + " means");
    return Error{"unknown format " + quote(name) + "; the formats are json and yaml"};
}

Result<Format> format_for(std::string_view path, std::string_view text) {
    const auto extension = lower_extension(path);
    if (extension == "json") return Format::json;
    if (extension == "yaml" || extension == "yml") return Format::yaml;
    if (extension == "jsonl" || extension == "ndjson") return no_json_lines(quote(path) + " is named as");
    switch (sniff(text)) {
        case Sniffed::json:
            return Format::json;
        case Sniffed::yaml:
            return Format::yaml;
        case Sniffed::json_lines:
            break;
    }
    return no_json_lines("a first {...} without the key 'jobs' means");
}

std::shared_ptr<const Source> load_file(const std::string& path, Diagnostics& diagnostics, Empty empty) {
    // Not blocked by a FIFO that nobody writes to: read() waits for the writer, and can be interrupted.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return refuse_errno(path, errno, diagnostics);
    const Closer closer{fd};
    return load_fd(fd, path, diagnostics, empty);
}

std::shared_ptr<const Source> load_fd(int fd, std::string name, Diagnostics& diagnostics, Empty empty) {
    struct stat info{};
    if (::fstat(fd, &info) != 0) return refuse_errno(name, errno, diagnostics);
    if (S_ISDIR(info.st_mode)) return refuse(name, "it is a directory", diagnostics);
    const auto too_large = [&] {
        return refuse(name, "it is larger than a script may be, 1 GiB", diagnostics);
    };
    std::string text;
    std::size_t size = 0;
    if (S_ISREG(info.st_mode)) {
        if (static_cast<std::uint64_t>(info.st_size) > max_source_size) return too_large();
        text.resize(static_cast<std::size_t>(info.st_size) + 1);  // one more, to see the end without growing
    }
    for (;;) {
        if (size == text.size()) text.resize(std::max<std::size_t>(size * 2, 1 << 16));
        const auto got = ::read(fd, text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return refuse_errno(name, errno, diagnostics);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
        if (size > max_source_size) return too_large();
    }
    text.resize(size);
    if (size == 0 && empty == Empty::refused) return refuse(name, "it is empty", diagnostics);
    return std::make_shared<const Source>(std::move(name), std::move(text));
}

std::vector<std::shared_ptr<const Document>> read(std::shared_ptr<const Source> source, Format format,
                                                  Diagnostics& diagnostics) {
    diagnostics.keep(source);
    const auto text = source->text();
    if (text.size() > max_source_size) {
        diagnostics.error({source.get(), 0, 0}, "the text is larger than a script may be, 1 GiB");
        return {};
    }
    if (!check_bytes(*source, format, diagnostics)) return {};
    const auto begin = static_cast<std::uint32_t>(text.starts_with(bom) ? bom.size() : 0);
    const Range whole{begin, static_cast<std::uint32_t>(text.size())};
    if (format == Format::yaml) return read_yaml(source, whole, diagnostics);
    auto document = read_json(source, whole, diagnostics);
    if (!document) return {};
    return {std::move(document)};
}

}  // namespace arun::doc
