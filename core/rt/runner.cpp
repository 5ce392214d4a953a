#include "rt/runner.hpp"

#include "rt/signals.hpp"

#include <csignal>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include <signal.h>
#include <unistd.h>

namespace arun {

namespace {

const std::thread::id main_thread = std::this_thread::get_id();

/// Nobody has asked for SIGINT yet.
bool sigint_is_free() noexcept {
    struct sigaction action{};
    return std::this_thread::get_id() == main_thread && !SignalScope::exists() &&
           ::sigaction(SIGINT, nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 &&
           action.sa_handler == SIG_DFL;
}

}  // namespace

/// Answers signals while one run() or close() lasts.
class Runner::Interrupts {
public:
    /// `task`: whom to cancel, or null.
    Interrupts(Runner& runner, TaskBase* task)
        : runner_(runner), task_(task), scope_(SignalScope::current()) {
        if (scope_ == nullptr && task != nullptr && sigint_is_free()) {
            try {
                scope_ = &own_.emplace(std::initializer_list<int>{SIGINT});
            } catch (const std::system_error&) {
                // Then Ctrl-C does what it did before.
            }
        }
        if (scope_ == nullptr) return;
        runner_.loop_->set_wake_handler([this] { answer(); });
        scope_->set_waker(&runner_.loop_->waker());
        // Signals between two runs count.
        answer();
    }
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;
    ~Interrupts() {
        if (scope_ == nullptr) return;
        scope_->set_waker(nullptr);
        runner_.loop_->set_wake_handler(nullptr);
    }

    /// The signal that cancelled the task, or 0.
    int taken() const noexcept { return taken_; }
    /// A signal that came when the task had ended, and that no later run will find.
    int lost() noexcept { return own_ ? own_->take() : 0; }

private:
    void answer() {
        // With its task done, a run leaves the signal to the next one.
        if (!scope_->pending() || (task_ != nullptr && task_->done())) return;
        taken_ = scope_->take();
        if (runner_.on_signal) runner_.on_signal(taken_);
        if (task_ != nullptr) task_->cancel();
    }

    Runner& runner_;
    TaskBase* task_;
    SignalScope* scope_;
    std::optional<SignalScope> own_;
    int taken_ = 0;
};

Runner::Runner(RunnerOptions options) : options_(std::move(options)) {}

Runner::~Runner() {
    try {
        close();
    } catch (...) {
        // A destructor has nobody to tell; who wants to know calls close().
    }
}

void Runner::lazy_init() {
    if (state_ == State::closed) throw std::runtime_error("Runner is closed");
    if (state_ == State::initialized) return;
    loop_ = std::make_unique<Loop>(options_);
    context_ = copy_context();
    state_ = State::initialized;
}

Loop& Runner::get_loop() {
    lazy_init();
    return *loop_;
}

Context& Runner::context() {
    lazy_init();
    return *context_;
}

void Runner::check_may_run(bool has_coro) {
    if (!has_coro) detail::throw_no_coroutine();
    if (Loop::running() != nullptr) {
        throw std::runtime_error("Runner.run() cannot be called from a running event loop");
    }
}

void Runner::drive(TaskBase& task, bool cancel_at_signal) {
    Interrupts interrupts(*this, cancel_at_signal ? &task : nullptr);
    try {
        loop_->run_until_complete(task);
    } catch (const DeadlockError&) {
        if (on_deadlock) on_deadlock();
        task.cancel();
        loop_->run_until_complete(task);
        throw;
    }
    if (cancel_at_signal && task.cancelled() && interrupts.taken() != 0 && task.uncancel() == 0) {
        throw KeyboardInterrupt{interrupts.taken()};
    }
    if (const int signo = interrupts.lost()) throw KeyboardInterrupt{signo};
}

void Runner::cancel_all_tasks() {
    // New tasks of those that are cancelled are cancelled too; but who answers each cancellation with a
    // new task must not keep us here forever.
    for (int round = 0; round < 16 && !loop_->tasks().empty(); ++round) {
        std::vector<AnyTask> cancelled;
        loop_->tasks().for_each([&](TaskBase& task) { cancelled.emplace_back(task); });
        // The children of groups as well, as asyncio.all_tasks() has them: one that has not started never
        // does.
        loop_->for_each_task([](TaskBase& task) {
            if (!task.inside_shield()) task.cancel();
        });
        for (const AnyTask& task : cancelled) loop_->run_until_complete(*task);
        for (const AnyTask& task : cancelled) {
            if (const std::exception_ptr error = task->error()) {
                loop_->call_exception_handler("unhandled exception during asyncio.run() shutdown", error);
            }
        }
    }
}

void Runner::close() {
    if (state_ != State::initialized) return;
    if (loop_->is_running()) throw std::runtime_error("Cannot close a running event loop");
    std::exception_ptr error;
    try {
        Interrupts interrupts(*this, nullptr);
        cancel_all_tasks();
        Task<> shutdown = loop_->tasks().spawn(loop_->shutdown_extensions());
        loop_->run_until_complete(*shutdown);
        shutdown.result();
    } catch (...) {
        error = std::current_exception();
    }
    loop_->close();
    state_ = State::closed;
    if (error) std::rethrow_exception(error);
}

void detail::check_no_running_loop() {
    if (Loop::running() != nullptr) {
        throw std::runtime_error("asyncio.run() cannot be called from a running event loop");
    }
}

}  // namespace arun
