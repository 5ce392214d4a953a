/// to_thread(): a function that blocks, beside the loop, as asyncio.to_thread.
#pragma once

#include "rt/calls.hpp"
#include "rt/context.hpp"
#include "rt/context_list.hpp"
#include "rt/coro.hpp"
#include "rt/wait_list.hpp"

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

namespace arun {

namespace detail {

/// A function on its way through a thread. Counted: by the coroutine that awaits it, and by the executor
/// until it is done; both on the loop's thread. The worker's thread calls work(), and nothing else.
class ThreadJob : public FramePooled {
public:
    ThreadJob(const ThreadJob&) = delete;
    ThreadJob& operator=(const ThreadJob&) = delete;

    /// In the worker's thread.
    void work() noexcept {
        ContextSlotScope scope(context_);
        try {
            call();
        } catch (...) {
            error_ = std::current_exception();
        }
    }

    /// Hands it to the executor of the running loop. Throws std::runtime_error ("no running event loop";
    /// "Executor shutdown has been called"), std::system_error.
    void submit();
    /// Nobody wants the result any more: takes it back, if no thread has begun with it.
    void withdraw() noexcept;
    WaitList& waiters() noexcept { return waiters_; }

    void add_ref() noexcept { ++refs_; }
    static void release(ThreadJob* job) noexcept {
        if (--job->refs_ == 0) delete job;
    }

protected:
    ThreadJob() noexcept : context_(ContextSlot::current().snapshot()) {}
    virtual ~ThreadJob() = default;
    virtual void call() = 0;
    /// Throws what the function has thrown.
    void require_result() const {
        if (error_) std::rethrow_exception(error_);
    }

private:
    class Request;

    ContextSlot context_;
    std::exception_ptr error_;
    WaitList waiters_;
    Request* request_ = nullptr;  ///< while the executor has it
    unsigned refs_ = 1;
};

template <class F>
class ThreadJobOf final : public ThreadJob {
public:
    using Result = std::invoke_result_t<F&>;

    explicit ThreadJobOf(F&& function) : function_(std::move(function)) {}
    Result take() {
        require_result();
        if constexpr (std::is_reference_v<Result>) {
            return store_.get();
        } else if constexpr (!std::is_void_v<Result>) {
            return std::move(store_.get());
        }
    }

private:
    void call() override {
        if constexpr (std::is_void_v<Result>) {
            function_();
        } else {
            store_.set(function_());
        }
    }

    F function_;
    [[no_unique_address]] ResultStore<Result> store_;
};

class ThreadWait final : public WaitNode {
public:
    explicit ThreadWait(ThreadJob& job) noexcept : job_(job) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> frame) noexcept { suspend(frame, job_.waiters()); }
    void await_resume() const { task_->check_cancelled(); }
    bool cancel() noexcept override {
        if (!WaitNode::cancel()) return false;
        job_.withdraw();
        return true;
    }

private:
    ThreadJob& job_;
};

}  // namespace detail

/// `co_await to_thread(f)`: calls f() in a thread of the loop's executor (libuv's pool: four threads, or
/// UV_THREADPOOL_SIZE), in a copy of the current context; gives what f gives, or throws what it throws.
///
/// Cancelling the wait ends the wait at once. A function that has begun goes on in its thread, and its
/// outcome is dropped; one that has not is never called. f is destroyed on the loop's thread. While
/// it runs real I/O is pending, see Loop::PendingIoGuard. Runner::close() waits for all of them; from then on
/// it throws std::runtime_error ("Executor shutdown has been called").
///
/// Name a lambda that captures before the co_await (g++ 12 would destroy it twice).
template <class F>
    requires std::is_invocable_v<F&>
Coro<std::invoke_result_t<F&>> to_thread(F function) {
    detail::Ref<detail::ThreadJobOf<F>> job(new detail::ThreadJobOf<F>(std::move(function)));
    job->submit();
    co_await detail::ThreadWait(*job);
    co_return job->take();
}

}  // namespace arun
