#include "rt/runner.hpp"

#include "rt/os.hpp"
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

/// SIGINT has its default action, and this is the main thread.
bool sigint_is_default() noexcept {
    struct sigaction action{};
    return os::is_main_thread() && !SignalScope::exists() && ::sigaction(SIGINT, nullptr, &action) == 0 &&
           (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_DFL;
}

}  // namespace

/// Handles signals for the length of one run() or close().
class Runner::SignalHandling {
public:
    /// `task`: the task to cancel, or null.
    SignalHandling(Runner& runner, TaskBase* task)
        : runner_(runner), task_(task), scope_(SignalScope::current()) {
        if (scope_ == nullptr && task != nullptr && sigint_is_default()) {
            try {
                scope_ = &own_.emplace(std::initializer_list<int>{SIGINT});
            } catch (const std::system_error&) {
                // Then Ctrl-C keeps its default action.
            }
        }
        if (scope_ == nullptr) return;
        runner_.loop_->set_wake_handler([this] { take_signal(); });
        scope_->set_waker(&runner_.loop_->waker());
        // A signal that came between two runs counts for the second.
        take_signal();
        auto* journal = runner_.loop_->journal();
        if (journal != nullptr && journal->replays()) journal->advance(*runner_.loop_);
    }
    SignalHandling(const SignalHandling&) = delete;
    SignalHandling& operator=(const SignalHandling&) = delete;
    ~SignalHandling() {
        if (scope_ == nullptr) return;
        scope_->set_waker(nullptr);
        runner_.loop_->set_wake_handler(nullptr);
    }

    /// The signal that cancelled the task, or 0.
    int taken() const noexcept { return taken_; }
    /// A signal that came after the task was done and that no later run would take, or 0.
    int take_late_signal() noexcept { return own_ ? own_->take() : 0; }

private:
    void take_signal() {
        auto* journal = runner_.loop_->journal();
        if (journal != nullptr && !journal->replays())
            if (const int signo = scope_->look()) journal->signalled(signo);
        // If the task is done, the signal is for the next run.
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
        // A destructor cannot report errors; close() can.
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
    SignalHandling signals(*this, cancel_at_signal ? &task : nullptr);
    try {
        loop_->run_until_complete(task);
    } catch (const DeadlockError&) {
        if (on_deadlock) on_deadlock();
        const AnyTask keep(task);
        cancel_all_tasks(&task);
        if (!task.error()) throw;
    }
    if (cancel_at_signal && task.cancelled() && signals.taken() != 0 && task.uncancel() == 0) {
        throw KeyboardInterrupt{signals.taken()};
    }
    if (const int signo = signals.take_late_signal()) throw KeyboardInterrupt{signo};
}

void Runner::cancel_all_tasks(const TaskBase* main) {
    // Tasks that the cancelled ones create are cancelled too, but not forever: a task could answer each
    // cancellation with a new task.
    for (int round = 0; round < 16 && !loop_->tasks().empty(); ++round) {
        std::vector<AnyTask> cancelled;
        std::vector<AnyTask> outside;  // do not exist when the loop runs again
        loop_->tasks().for_each(
            [&](TaskBase& task) { (task.from_outside() ? outside : cancelled).emplace_back(task); });
        // Including the children of groups, as asyncio.all_tasks() does: one that has not started never will.
        loop_->for_each_task([](TaskBase& task) {
            if (!task.inside_shield()) task.cancel();
        });
        for (const AnyTask& task : cancelled) loop_->run_until_complete(*task);
        auto* journal = loop_->journal();
        if (journal != nullptr) journal->pause();
        for (const AnyTask& task : outside) loop_->run_until_complete(*task);
        if (journal != nullptr) journal->resume();
        for (const AnyTask& task : cancelled) {
            if (task.get() == main) continue;
            if (const std::exception_ptr error = task->error()) {
                loop_->call_exception_handler("unhandled exception during the shutdown of a Runner", error);
            }
        }
    }
}

void Runner::settle() {
    if (state_ != State::initialized) return;
    SignalHandling signals(*this, nullptr);
    loop_->run_until_settled();
}

void Runner::close() {
    if (state_ != State::initialized) return;
    if (loop_->is_running()) throw std::runtime_error("Cannot close a running event loop");
    std::exception_ptr error;
    try {
        SignalHandling signals(*this, nullptr);
        cancel_all_tasks(nullptr);
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
        throw std::runtime_error("arun::run() cannot be called from a running event loop");
    }
}

}  // namespace arun
