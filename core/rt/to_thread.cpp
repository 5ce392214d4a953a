#include "rt/to_thread.hpp"

#include "rt/loop.hpp"

#include <uv.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace arun::detail {

namespace {

/// Shared by a loop's executor and its requests, which may outlive it.
struct Executor {
    std::size_t pending = 0;
    bool shut_down = false;
    WaitList idle;  ///< notified when no request is pending
};

class IdleWait final : public WaitNode {
public:
    explicit IdleWait(Executor& executor) noexcept : executor_(executor) {}
    bool await_ready() const noexcept { return executor_.pending == 0; }
    void await_suspend(std::coroutine_handle<> frame) noexcept { suspend(frame, executor_.idle); }
    void await_resume() const { check_cancelled(); }

private:
    Executor& executor_;
};

class LoopExecutor final : public LoopExtension {
public:
    explicit LoopExecutor(Loop&) {}
    Phase phase() const noexcept override { return Phase::executor; }
    Coro<> shutdown() override {
        executor->shut_down = true;
        co_await IdleWait(*executor);
    }

    std::shared_ptr<Executor> executor = std::make_shared<Executor>();
};

}  // namespace

/// A job in libuv's queue. Owns itself from the moment libuv has accepted it until libuv has finished it.
class ThreadJob::Request {
public:
    Request(ThreadJob& job, Loop& loop, std::shared_ptr<Executor> executor)
        : job_(job), executor_(std::move(executor)), hold_(loop) {
        work_.data = this;
    }

    void submit(std::unique_ptr<Request> self, uv_loop_t* loop) {
        if (const int error = uv_queue_work(loop, &work_, &run, &done)) {
            throw std::system_error(-error, std::generic_category(), "cannot start a thread's work");
        }
        job_->request_ = self.release();
        ++executor_->pending;
    }
    /// No effect on running work. done() is called in any case.
    void withdraw() noexcept { uv_cancel(reinterpret_cast<uv_req_t*>(&work_)); }

private:
    static void run(uv_work_t* work) noexcept { static_cast<Request*>(work->data)->job_->work(); }

    static void done(uv_work_t* work, int) noexcept {
        const std::unique_ptr<Request> self(static_cast<Request*>(work->data));
        self->job_->request_ = nullptr;
        self->job_->waiters_.notify_all();
        if (--self->executor_->pending == 0) self->executor_->idle.notify_all();
    }

    uv_work_t work_{};
    Ref<ThreadJob> job_;
    std::shared_ptr<Executor> executor_;
    Loop::PendingIoGuard hold_;
};

void ThreadJob::submit() {
    Loop& loop = Loop::get_running();
    const auto& executor = loop.extension<LoopExecutor>().executor;
    if (executor->shut_down) throw std::runtime_error("Executor shutdown has been called");
    auto request = std::make_unique<Request>(*this, loop, executor);
    Request& it = *request;
    it.submit(std::move(request), loop.uv());
}

void ThreadJob::withdraw() noexcept {
    if (request_ != nullptr) request_->withdraw();
}

}  // namespace arun::detail
