/// to_thread(): calls a blocking function in another thread, as asyncio.to_thread.
#pragma once

#include "rt/context.hpp"
#include "rt/coro.hpp"
#include "rt/frame_pool.hpp"
#include "rt/ref.hpp"
#include "rt/wait_list.hpp"

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>

namespace arun {

namespace detail {

/// A function to be called by a worker thread. The awaiting coroutine holds a reference, and the executor
/// does until the function is done; both on the loop's thread. The worker calls work(), and nothing else.
class ThreadJob : public RefCounted<ThreadJob>, public FramePooled {
public:
    /// Called in the worker's thread.
    void work() noexcept {
        ContextSlotScope scope(context_);
        try {
            call();
        } catch (...) {
            error_ = std::current_exception();
        }
    }

    /// Passes the job to the running loop's executor. Throws std::runtime_error ("no running event loop",
    /// "Executor shutdown has been called"), std::system_error.
    void submit();
    /// The result is no longer needed: the job does not run, unless a thread has started it.
    void withdraw() noexcept;
    WaitList& waiters() noexcept { return waiters_; }

protected:
    friend RefCounted;
    ThreadJob() noexcept : context_(ContextSlot::current().snapshot()) {}
    virtual ~ThreadJob() = default;
    virtual void call() = 0;
    /// Throws the function's exception.
    void require_result() const {
        if (error_) std::rethrow_exception(error_);
    }

private:
    class Request;

    ContextSlot context_;
    std::exception_ptr error_;
    WaitList waiters_;
    Request* request_ = nullptr;  ///< while the executor has the job
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
    void await_resume() const { check_cancelled(); }
    bool cancel() noexcept override {
        if (!WaitNode::cancel()) return false;
        job_.withdraw();
        return true;
    }

private:
    ThreadJob& job_;
};

}  // namespace detail

/// `co_await to_thread(f)` calls f() in a thread of the loop's executor (libuv's pool: four threads, or
/// UV_THREADPOOL_SIZE), in a copy of the current context; gives f's result or throws its exception.
///
/// Cancelling the wait ends it at once. A function that has started goes on in its thread, and its outcome is
/// dropped; one that has not is never called. f is destroyed on the loop's thread. Meanwhile real I/O is
/// pending, see Loop::PendingIoGuard. Runner::close() waits for all functions; after that to_thread() throws
/// std::runtime_error
/// ("Executor shutdown has been called").
///
/// Name a capturing lambda before the co_await: g++ 12 would destroy it twice.
template <class F>
    requires std::is_invocable_v<F&>
Coro<std::invoke_result_t<F&>> to_thread(F function) {
    auto job = detail::make_ref<detail::ThreadJobOf<F>>(std::move(function));
    job->submit();
    co_await detail::ThreadWait(*job);
    co_return job->take();
}

}  // namespace arun
