#include "rt/pipe_reader.hpp"

#include "base/error.hpp"
#include "rt/backend.hpp"

#include <uv.h>

#include <unistd.h>
#include <cerrno>
#include <utility>

namespace arun {

/// Lives until libuv has closed its handle and the loop has run or dropped it.
class PipeReader::Watch final : public ReadyNode, public HandleOwner {
public:
    Watch(Loop& loop, UniqueFd fd, Sink sink) : loop_(loop), fd_(std::move(fd)), sink_(std::move(sink)) {
        poll_.data = static_cast<HandleOwner*>(this);
        if (const int error = uv_poll_init(loop.uv(), &poll_, fd_.get()))
            throw_system_error(-error, "cannot watch a pipe");
        open_ = true;
    }

    void start() {
        if (const int error = uv_poll_start(&poll_, UV_READABLE, &on_readable))
            throw_system_error(-error, "cannot watch a pipe");
    }

    /// Frees it, sooner or later.
    static void release(Watch* watch) noexcept {
        watch->ended_ = true;
        if (!watch->open_) {
            delete watch;
            return;
        }
        uv_close(reinterpret_cast<uv_handle_t*>(&watch->poll_), &on_closed);
        watch->fd_.reset();
        watch->sink_ = nullptr;
    }

    bool ended() const noexcept { return ended_; }
    const std::exception_ptr& error() const noexcept { return error_; }

    void read(int times) noexcept {
        char block[std::size_t{1} << 16];
        while (!ended_ && times-- > 0) {
            const auto size = ::read(fd_.get(), block, sizeof block);
            if (size < 0 && errno == EINTR) continue;
            if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
            if (size <= 0) return end();
            try {
                sink_({block, static_cast<std::size_t>(size)});
            } catch (...) {
                error_ = std::current_exception();
                end();
            }
        }
    }

    void run() noexcept override {
        if (leave_queue()) read(1);
    }
    void drop() noexcept override { leave_queue(); }
    bool from_outside() const noexcept override { return true; }
    void loop_closed() noexcept override {
        open_ = false;
        ended_ = true;
    }

private:
    static void on_readable(uv_poll_t* poll, int, int) noexcept {
        auto& self = owner_of<Watch>(poll);
        if (self.ended_ || std::exchange(self.queued_, true)) return;
        self.loop_.call_soon(static_cast<ReadyNode&>(self));
    }

    static void on_closed(uv_handle_t* handle) noexcept {
        auto* self = &owner_of<Watch>(handle);
        self->open_ = false;
        if (!self->queued_) delete self;
    }

    /// Returns false if it has deleted itself.
    bool leave_queue() noexcept {
        queued_ = false;
        if (open_) return true;
        delete this;
        return false;
    }

    void end() noexcept {
        ended_ = true;
        uv_poll_stop(&poll_);
    }

    Loop& loop_;
    UniqueFd fd_;
    Sink sink_;
    std::exception_ptr error_;
    uv_poll_t poll_{};
    bool open_ = false;    ///< libuv has the handle
    bool queued_ = false;  ///< in the loop's ready queue
    bool ended_ = false;
};

PipeReader::PipeReader(Loop& loop, UniqueFd fd, Sink sink)
    : watch_(new Watch(loop, std::move(fd), std::move(sink)), &Watch::release) {
    watch_->start();
}

PipeReader::~PipeReader() = default;

bool PipeReader::ended() const noexcept {
    return watch_->ended();
}

void PipeReader::read_rest() {
    watch_->read(64);
}

void PipeReader::rethrow_error() const {
    if (watch_->error()) std::rethrow_exception(watch_->error());
}

}  // namespace arun
