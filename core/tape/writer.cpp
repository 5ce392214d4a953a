#include "tape/writer.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "rt/http/client.hpp"
#include "rt/process/spawn.hpp"
#include "script/value.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

namespace arun::tape {
namespace {

/// Lines that need not be on disk at once are written together. Units: bytes.
constexpr std::size_t max_buffer = std::size_t{1} << 16;

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        if (static_cast<unsigned char>(text.front()) < 0x80U) {
            text.remove_prefix(1);
            continue;
        }
        const auto point = first_code_point(text);
        if (!point.valid) return false;
        text.remove_prefix(point.length);
    }
    return true;
}

}  // namespace

/// FNV-1a (RFC 9923).
std::string digest_of(std::string_view text) {
    return std::to_string(text.size()) + '-' + std::to_string(fnv1a(text));
}

std::string Writer::digest(std::string_view text) const {
    return digest_of(mask_.hide ? mask_.hide(text) : std::string(text));
}

Writer::Writer(UniqueFd file, std::string_view name, Mask mask)
    : file_(std::move(file)), tape_(TapeFile::open(name, file_.get())), mask_(std::move(mask)) {}

/// As {"64": BASE64} if it is not UTF-8.
void Writer::append_string(std::string_view text) {
    const auto hidden = mask_.hide ? mask_.hide(text) : std::string(text);
    if (is_utf8(hidden)) return script::append_json_string(buffer_, hidden);
    buffer_ += "{\"64\":";
    script::append_json_string(buffer_, base64(hidden));
    buffer_ += '}';
}

void Writer::end_line() {
    buffer_ += "}\n";
    if (buffer_.size() >= max_buffer) flush();
}

namespace {

/// The JSON with secrets hidden in its strings, and nowhere else: digits of a number are no secret.
std::string hidden_in_strings(std::string_view json,
                              const std::function<std::string(std::string_view)>& hide) {
    std::string out;
    while (!json.empty()) {
        const auto begin = std::min(json.find('"'), json.size());
        out += json.substr(0, begin);
        json.remove_prefix(begin);
        if (json.empty()) break;
        std::size_t end = 1;
        while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
        end = std::min(end, json.size());
        const auto text = json.substr(1, end - 1);
        const bool is_key = json.substr(end).starts_with("\":");
        out += '"' + (is_key ? std::string(text) : hide(text));
        json.remove_prefix(end);
        if (json.empty()) break;
        out += '"';
        json.remove_prefix(1);
    }
    return out;
}

/// How many names the open file has, if it is the one of that path; else, and if the path names a descriptor,
/// 0.
nlink_t links_of(int fd, const std::string& path) noexcept {
    struct stat open{};
    struct stat named{};
    const bool is_same = ::fstat(fd, &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
                         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
    return is_same && !path.starts_with("/dev/") && !path.starts_with("/proc/") ? open.st_nlink : 0;
}

/// Returns an errno, or 0.
int write_tape(const std::string& path, int fd, std::string_view text) {
    const auto tape = TapeFile::open(path, fd);
    const int error = tape->write(text);
    return error != 0 ? error : tape->finish();
}

}  // namespace

void Writer::secrets_changed() {
    if (!mask_.hide) return;
    buffer_ = hidden_in_strings(buffer_, mask_.hide);
    has_late_secrets_ = has_late_secrets_ || has_written_;
}

void Writer::finish() noexcept {
    flush();
    const int error = tape_->finish();
    if (error_ == 0) error_ = error;
}

void Writer::hide_in_file(const std::string& path) noexcept {
    if (!has_late_secrets_ || error_ != 0 || !is_regular_file(file_.get())) return;
    try {
        // Another file, so that a full disk does not take the tape away. Not where the tape has other names,
        // or was opened before, as /dev/fd/3 is: they would still have the secrets.
        const auto links = links_of(file_.get(), path);
        const auto source = open_to_read(links != 0 ? path : "/dev/fd/" + std::to_string(file_.get()));
        const auto text = hidden_in_strings(decompressed(read_rest_of_file(source.get())), mask_.hide);
        NewFile file(path);
        bool in_place = links != 1 || file.create() != 0;
        if (!in_place) {
            error_ = write_tape(path, file.descriptor(), text);
            if (error_ == 0) error_ = file.finish();
            // A file mounted into a container cannot be replaced.
            in_place = error_ == EBUSY;
            file.remove();
        }
        if (in_place) {
            if (::ftruncate(file_.get(), 0) != 0) throw_system_error(errno, "ftruncate");
            rewind_file(file_.get());
            error_ = write_tape(path, file_.get(), text);
        }
    } catch (const std::system_error& e) {
        error_ = e.code().value();
    } catch (const std::exception&) {
        error_ = EIO;
    }
}

void Writer::flush() noexcept {
    has_written_ = has_written_ || !buffer_.empty();
    if (!buffer_.empty() && error_ == 0) error_ = tape_->write(buffer_);
    buffer_.clear();
}

void Writer::Line::key(std::string_view name) {
    auto& out = writer_.buffer_;
    if (!std::exchange(first_, false)) out += ',';
    out.append("\"").append(name).append("\":");
}

Writer::Line& Writer::Line::number(std::string_view name, std::int64_t value) {
    key(name);
    writer_.buffer_ += std::to_string(value);
    return *this;
}

Writer::Line& Writer::Line::boolean(std::string_view name, bool value) {
    key(name);
    writer_.buffer_ += value ? "true" : "false";
    return *this;
}

Writer::Line& Writer::Line::text(std::string_view name, std::string_view value) {
    key(name);
    writer_.append_string(value);
    return *this;
}

Writer::Line& Writer::Line::texts(std::string_view name, const std::vector<std::string>& values) {
    key(name);
    auto& out = writer_.buffer_;
    out += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i != 0) out += ',';
        writer_.append_string(values[i]);
    }
    out += ']';
    return *this;
}

Writer::Line& Writer::Line::pairs(std::string_view name, const Pairs& values) {
    key(name);
    auto& out = writer_.buffer_;
    out += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        out += i != 0 ? ",[" : "[";
        writer_.append_string(values[i].first);
        out += ',';
        writer_.append_string(values[i].second);
        out += ']';
    }
    out += ']';
    return *this;
}

Writer::Line& Writer::Line::json(std::string_view name, std::string_view value) {
    key(name);
    writer_.buffer_ += value;
    return *this;
}

Writer::Line& Writer::Line::error(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::system_error& e) {
        text("error", e.what()).number("errno", e.code().value());
    } catch (const HttpBodyTooLarge& e) {
        text("error", e.what()).text("kind", "too large");
    } catch (const HttpError& e) {
        text("error", e.what()).text("kind", "http");
    } catch (const HttpUnavailable& e) {
        text("error", e.what()).text("kind", "no http");
    } catch (const SpawnError& e) {
        text("error", e.what()).text("kind", "spawn");
    } catch (const std::exception& e) {
        text("error", e.what());
    }
    return *this;
}

}  // namespace arun::tape
