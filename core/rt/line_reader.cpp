#include "rt/line_reader.hpp"

#include "base/error.hpp"
#include "rt/os.hpp"
#include "rt/sleep.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace arun {

namespace {

constexpr std::size_t chunk = std::size_t{1} << 16;

/// Increments a counter as long as it lives.
class Counted {
public:
    explicit Counted(std::uint32_t& count) noexcept : count_(count) { ++count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count_; }

private:
    std::uint32_t& count_;
};

/// A regular file may wait for the disk.
ssize_t read_now(int fd, char* to, std::size_t size, bool regular) noexcept {
    return regular ? ::read(fd, to, size) : os::read_now(fd, {to, size});
}

}  // namespace

LineReader::LineReader(Key, int fd, FdWatch::Sharing sharing, std::size_t max_line, std::size_t read_ahead)
    : fd_(fd), sharing_(sharing), max_line_(max_line), read_ahead_(read_ahead) {
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
    if (stop - begin_ > max_line_) return Found::too_long;
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

/// Makes room for a chunk at the end of the buffer. Reuses the room of what was taken only if that is at
/// least as much as what has to move, so that each byte moves once on average.
void LineReader::make_room() {
    const auto size = end_ - begin_;
    if (size == 0 && capacity_ > 16 * chunk) {
        // Frees what one very long line has needed.
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

/// Returns false if nothing has arrived. poll() comes first because a FIFO that has no writer yet looks like
/// one at its end to read().
bool LineReader::read_some(bool /*ahead*/) {
    pollfd state{fd_, POLLIN, 0};
    if (::poll(&state, 1, 0) <= 0) return false;
    make_room();
    const auto got = read_now(fd_, buffer_.get() + end_, std::min(capacity_ - end_, chunk), regular_);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return false;
    if (got < 0) throw_system_error(errno, "cannot read");
    added_at_ = end_;
    end_ += static_cast<std::size_t>(got);
    ended_ = got == 0;
    return true;
}

void LineReader::add(std::string_view bytes, bool end) {
    while (!bytes.empty()) {
        make_room();
        const auto size = std::min(bytes.size(), capacity_ - end_);
        std::memcpy(buffer_.get() + end_, bytes.data(), size);
        end_ += size;
        bytes.remove_prefix(size);
    }
    ended_ = ended_ || end;
}

void LineReader::arrive(std::exception_ptr error) noexcept {
    if (error) error_ = std::move(error);
    arrived_.set();
}

Coro<> LineReader::pump_some() {
    FdWatch watch(Loop::get_running(), fd_, sharing_);
    while (!ended_) {
        if (!wants_more()) {
            wanted_.clear();
            co_await wanted_.wait();
            continue;
        }
        co_await watch.readable_ahead();
        if (!wants_more() || ended_ || !read_some(true)) continue;
        arrived_.set();
        // A descriptor that is always ready would starve other tasks.
        co_await yield();
    }
}

Coro<> LineReader::pump(std::shared_ptr<LineReader> self) {
    // Wakes the waiting tasks also when the pump is cancelled: their callers start another one.
    struct WakeAtExit {
        LineReader& reader;
        explicit WakeAtExit(LineReader& r) noexcept : reader(r) {}
        ~WakeAtExit() { reader.arrived_.set(); }
    } const wake_at_exit(*self);
    try {
        co_await self->pump_some();
    } catch (const std::exception&) {
        self->error_ = std::current_exception();
    }
}

void LineReader::read_in_background() {
    if (!pump_ || pump_.done()) {
        pump_ = create_task(pump(shared_from_this()));
        pump_->set_from_outside();
    }
    wanted_.set();
}

void LineReader::start() {
    if (!ended_ && !regular_ && read_ahead_ > 0) read_in_background();
}

void LineReader::stop() noexcept {
    if (pump_ && !pump_.done()) pump_.cancel();
}

Coro<> LineReader::wait_for_more() {
    const bool got = ended_ || read_some(false);
    if (!ended_ && !regular_ && (!got || read_ahead_ > 0)) read_in_background();
    if (got || regular_) {
        arrived_.set();  // for other tasks that wait
        co_await yield();
        co_return;
    }
    const Counted waiting(waiting_);
    const Loop::PendingIoGuard pending(Loop::get_running());
    arrived_.clear();
    co_await arrived_.wait();
    if (error_) std::rethrow_exception(error_);
}

void LineReader::block_for_more() {
    while (!ended_ && !read_some(false)) {
        pollfd state{fd_, POLLIN, 0};
        ::poll(&state, 1, -1);
    }
}

}  // namespace arun
