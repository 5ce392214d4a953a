#include "rt/line_reader.hpp"

#include "rt/sleep.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace arun {

namespace {

constexpr std::size_t chunk = std::size_t{1} << 16;

[[noreturn]] void fail(int error) {
    throw std::system_error(error, std::generic_category(), "cannot read");
}

/// Counts one who waits, as long as it lives.
class Waiting {
public:
    explicit Waiting(std::uint32_t& count) noexcept : count_(count) { ++count_; }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { --count_; }

private:
    std::uint32_t& count_;
};

/// Does not block, even if somebody else who reads from the same pipe was faster. A file may have to be
/// fetched from the disk, which is no reason to say that there is nothing.
ssize_t read_now(int fd, char* to, std::size_t size, bool regular) noexcept {
#ifdef RWF_NOWAIT
    if (!regular) {
        iovec place{to, size};
        const auto got = ::preadv2(fd, &place, 1, -1, RWF_NOWAIT);
        if (got >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL)) return got;
    }
#else
    static_cast<void>(regular);
#endif
    return ::read(fd, to, size);
}

}  // namespace

LineReader::LineReader(Key, int fd, FdWatch::Sharing sharing, std::size_t longest, std::size_t ahead)
    : fd_(fd), sharing_(sharing), longest_(longest), ahead_(ahead) {
    struct stat info{};
    regular_ = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

LineReader::~LineReader() {
    if (sharing_ == FdWatch::Sharing::own) ::close(fd_);
}

LineReader::Found LineReader::next(std::string_view& line) noexcept {
    const char* from = buffer_.get() + scanned_;
    const auto* newline =
        scanned_ < end_ ? static_cast<const char*>(std::memchr(from, '\n', end_ - scanned_)) : nullptr;
    const auto stop = newline != nullptr ? static_cast<std::size_t>(newline - buffer_.get()) : end_;
    if (stop - begin_ > longest_) return Found::too_long;
    if (newline == nullptr) {
        scanned_ = end_;
        if (!ended_) return Found::nothing;
        if (begin_ == end_) return Found::end;
    }
    line = {buffer_.get() + begin_, stop - begin_};
    begin_ = scanned_ = newline != nullptr ? stop + 1 : stop;
    ++number_;
    return Found::line;
}

void LineReader::take(std::size_t size, std::uint64_t newlines) noexcept {
    begin_ += size;
    scanned_ = begin_;
    number_ += newlines;
}

/// For one chunk at the end of the buffer. What was taken is left behind when that is at least as much as
/// what has to be moved.
void LineReader::make_room() {
    const auto size = end_ - begin_;
    if (size == 0 && capacity_ > 16 * chunk) {
        // One line was very long.
        buffer_.reset();
        capacity_ = 0;
    }
    if (capacity_ - end_ >= chunk && capacity_ != 0) return;
    if (size != 0 && (begin_ < size || capacity_ - size < chunk)) {
        const auto larger = std::max(2 * capacity_, size + chunk);
        auto buffer = std::make_unique_for_overwrite<char[]>(larger);
        std::memcpy(buffer.get(), buffer_.get() + begin_, size);
        buffer_ = std::move(buffer);
        capacity_ = larger;
    } else if (capacity_ == 0) {
        buffer_ = std::make_unique_for_overwrite<char[]>(2 * chunk);
        capacity_ = 2 * chunk;
    } else if (size != 0) {
        std::memmove(buffer_.get(), buffer_.get() + begin_, size);
    }
    scanned_ -= begin_;
    end_ = size;
    begin_ = 0;
}

/// False if there is nothing to read yet. A FIFO that nobody has opened for writing looks like one at its
/// end to read(), but not to poll().
bool LineReader::read_some() {
    pollfd state{fd_, POLLIN, 0};
    if (::poll(&state, 1, 0) <= 0) return false;
    make_room();
    const auto got = read_now(fd_, buffer_.get() + end_, std::min(capacity_ - end_, chunk), regular_);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return false;
    if (got < 0) fail(errno);
    end_ += static_cast<std::size_t>(got);
    ended_ = got == 0;
    return true;
}

Coro<> LineReader::pump_some() {
    FdWatch watch(Loop::get_running(), fd_, sharing_);
    while (!ended_) {
        if (!wants_more()) {
            room_.clear();
            co_await room_.wait();
            continue;
        }
        co_await watch.readable_ahead();
        if (!wants_more() || ended_ || !read_some()) continue;
        arrived_.set();
        // What is always ready would not let anybody else in.
        co_await yield();
    }
}

Coro<> LineReader::pump(std::shared_ptr<LineReader> self) {
    // Whoever waits looks again, also when the pump is cancelled: then they need another.
    struct Tell {
        LineReader& reader;
        explicit Tell(LineReader& r) noexcept : reader(r) {}
        ~Tell() { reader.arrived_.set(); }
    } const tell(*self);
    try {
        co_await self->pump_some();
    } catch (const std::system_error&) {
        self->error_ = std::current_exception();
    }
}

void LineReader::read_ahead() {
    if (!pump_ || pump_.done()) pump_ = create_task(pump(shared_from_this()));
    room_.set();
}

void LineReader::start() {
    if (!ended_ && !regular_ && ahead_ > 0) read_ahead();
}

void LineReader::stop() noexcept {
    if (pump_ && !pump_.done()) pump_.cancel();
}

Coro<> LineReader::more() {
    const bool got = ended_ || read_some();
    if (!ended_ && !regular_ && (!got || ahead_ > 0)) read_ahead();
    if (got || regular_) {
        co_await yield();
        co_return;
    }
    const Waiting one_more(waiting_);
    const Loop::PendingIoGuard hold(Loop::get_running());
    arrived_.clear();
    co_await arrived_.wait();
    if (error_) std::rethrow_exception(error_);
}

void LineReader::block_for_more() {
    while (!ended_ && !read_some()) {
        pollfd state{fd_, POLLIN, 0};
        ::poll(&state, 1, -1);
    }
}

}  // namespace arun
