#include "console/output.hpp"

#include "rt/file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <new>
#include <string>
#include <utility>

namespace arun::app {
namespace {

bool sigpipe_ignored_at_start = false;

}  // namespace

int StandardOutput::descriptor(jobs::Stream stream) const noexcept {
    if (sink_) return -1;
    return stream == jobs::Stream::out && !diverted_ ? STDOUT_FILENO : STDERR_FILENO;
}

int StandardOutput::emit(jobs::Stream stream, std::string_view text) noexcept {
    if (silent_ || text.empty()) return 0;
    if (before_write) before_write();
    if (!sink_) return write_all(descriptor(stream), text);
    sink_(stream, text);
    return 0;
}

void StandardOutput::set_broken(jobs::Stream stream, int error) noexcept {
    if (error_ != 0) return;
    error_ = error;
    broken_descriptor_ = descriptor(stream);
    if (when_lost) when_lost({stream, written_[static_cast<std::size_t>(stream)], error});
    if (when_broken) when_broken();
}

void StandardOutput::put(jobs::Stream stream, std::string_view text) noexcept {
    clear_status();
    if (error_ != 0 && descriptor(stream) == broken_descriptor_) return;
    auto& written = written_[static_cast<std::size_t>(stream)];
    const auto loss = fails && error_ == 0 ? fails(stream, written + text.size()) : std::nullopt;
    if (loss) text = text.substr(0, loss->after > written ? loss->after - written : 0);
    int error = emit(stream, text);
    if (error == 0) written += text.size();
    if (error == 0 && loss) error = loss->error;
    if (error != 0) set_broken(stream, error);
}

void StandardOutput::write(jobs::Stream stream, std::string_view text, std::string_view end) noexcept {
    close_line();
    write_masked(stream, text, end);
}

void StandardOutput::write_part(const void* owner, jobs::Stream stream, std::string_view prefix,
                                std::string_view text, bool restart) {
    const bool goes_on = line_owner_ == owner && line_stream_ == stream;
    if (!goes_on) close_line();
    if (!goes_on || restart) write_masked(stream, prefix, {});
    write_masked(stream, text, {});
    line_owner_ = text.ends_with('\n') ? nullptr : owner;
    line_stream_ = stream;
}

void StandardOutput::end_line(const void* owner) {
    if (line_owner_ == owner) close_line();
}

void StandardOutput::close_line() noexcept {
    if (std::exchange(line_owner_, nullptr) != nullptr) write_masked(line_stream_, "\n", {});
}

bool StandardOutput::interactive(jobs::Stream stream) const noexcept {
    if (interactive_) return (*interactive_)[static_cast<std::size_t>(stream)];
    return descriptor(stream) >= 0 && ::isatty(descriptor(stream)) == 1;
}

void StandardOutput::write_masked(jobs::Stream stream, std::string_view text, std::string_view end) noexcept {
    if (secrets_.empty()) return append(stream, text, end);
    try {
        if (begun_stream_ != stream) {
            release_begun();
            begun_.clear();
            begun_shown_ = false;
        }
        begun_stream_ = stream;
        auto whole = std::exchange(begun_, {});
        const auto known = whole.size();
        whole.append(text).append(end);
        std::string_view rest = whole;
        if (std::exchange(begun_shown_, false)) {
            // It has gone out; what completes the secret must not.
            const auto secret = secrets_.leading(whole);
            rest.remove_prefix(std::max(secret, known));
        }
        const bool is_line = whole.ends_with('\n');
        const auto size = is_line ? 0 : secrets_.begun(rest);
        begun_ = rest.substr(rest.size() - size);
        append(stream, secrets_.mask(rest.substr(0, rest.size() - size)));
    } catch (const std::bad_alloc&) {
        // Text that cannot be masked is not written.
        set_broken(stream, ENOMEM);
    }
}

/// Writes what may begin a secret, for nothing may be held back when the loop waits. If it is long enough to
/// give something away, it is hidden like a secret that was cut.
void StandardOutput::release_begun() noexcept {
    constexpr std::size_t min_hidden = 3;
    if (begun_.empty() || std::exchange(begun_shown_, true)) return;
    append(begun_stream_, begun_.size() < min_hidden ? std::string_view(begun_) : "***");
}

void StandardOutput::append(jobs::Stream stream, std::string_view text, std::string_view end) noexcept {
    const auto size = text.size() + end.size();
    if ((stream != stream_ || size > capacity_ - used_) && !make_room(stream, size)) {
        put(stream, text);
        return put(stream, end);
    }
    auto* place = buffer_.get() + used_;
    used_ += size;
    place += text.copy(place, text.size());
    // Nearly always a newline.
    if (end.size() == 1) {
        *place = end.front();
    } else {
        end.copy(place, end.size());
    }
}

/// Empties the buffer, and returns false if `size` does not fit into it.
bool StandardOutput::make_room(jobs::Stream stream, std::size_t size) noexcept {
    empty_buffer();
    stream_ = stream;
    if (!buffer_) {
        constexpr std::size_t capacity = std::size_t{1} << 15;
        buffer_.reset(new (std::nothrow) char[capacity]);
        if (buffer_) capacity_ = capacity;
    }
    return size <= capacity_;
}

void StandardOutput::empty_buffer() noexcept {
    if (used_ == 0) return;
    put(stream_, {buffer_.get(), used_});
    used_ = 0;
}

void StandardOutput::flush() noexcept {
    release_begun();
    empty_buffer();
    if (fails) lose_late();
    if (when_flushed) when_flushed();
}

/// Loses what was written before the time at which it is lost.
void StandardOutput::lose_late() noexcept {
    for (const auto stream : {jobs::Stream::out, jobs::Stream::err}) {
        if (error_ != 0) return;
        if (const auto loss = fails(stream, written_[static_cast<std::size_t>(stream)]))
            set_broken(stream, loss->error);
    }
}

void StandardOutput::lend() noexcept {
    close_line();
    release_begun();
    empty_buffer();
    clear_status();
    ++lent_;
}

void StandardOutput::show_status(std::string_view line) {
    if (lent_ > 0 || line_owner_ != nullptr) return;
    try {
        // One write, so that no other output gets in between.
        std::string text = "\r";
        text += secrets_.redact(line);
        text += "\x1b[K";
        write_all(STDERR_FILENO, text);
        status_shown_ = true;
    } catch (const std::bad_alloc&) {
        // The next one may be shown.
    }
}

void StandardOutput::clear_status() noexcept {
    if (std::exchange(status_shown_, false)) write_all(STDERR_FILENO, "\r\x1b[K");
}

void StandardOutput::divert_to_stderr(bool on) noexcept {
    close_line();
    release_begun();
    empty_buffer();
    diverted_ = on;
}

void StandardOutput::say(std::string_view text) {
    close_line();
    release_begun();
    empty_buffer();
    clear_status();
    try {
        if (secrets_.may_concern(text)) {
            emit(jobs::Stream::err, secrets_.redact(text));
        } else {
            emit(jobs::Stream::err, text);
        }
    } catch (const std::bad_alloc&) {
        set_broken(jobs::Stream::err, ENOMEM);
    }
}

void occupy_standard_descriptors() noexcept {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
        // With the wrong access mode, so that using it fails.
        const int got = ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        if (got >= 0 && got != fd) ::close(got);
    }
}

void ignore_write_signals() noexcept {
    struct sigaction before{};
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGXFSZ, &ignore, nullptr);
    ::sigaction(SIGPIPE, &ignore, &before);
    sigpipe_ignored_at_start = (before.sa_flags & SA_SIGINFO) == 0 && before.sa_handler == SIG_IGN;
}

bool sigpipe_was_ignored() noexcept {
    return sigpipe_ignored_at_start;
}

}  // namespace arun::app
