#include "jobs/process.hpp"

#include "base/text.hpp"
#include "jobs/background.hpp"
#include "jobs/child_output.hpp"
#include "jobs/engine.hpp"
#include "jobs/failure.hpp"
#include "jobs/variables.hpp"
#include "rt/descriptor_limit.hpp"
#include "rt/errors.hpp"
#include "rt/process/backoff.hpp"
#include "rt/process/child.hpp"
#include "rt/process/child_slots.hpp"
#include "rt/signals.hpp"
#include "rt/sleep.hpp"
#include "world/world.hpp"

#include <algorithm>
#include <csignal>
#include <exception>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace arun::jobs {

using namespace std::chrono_literals;
using script::Value;

namespace {

/// What the `env` around the job, and --env-file, change in the environment.
void change_environment(const Scope& scope, ChildRequest& request) {
    const auto* own = scope.environment_layer();
    const auto* layer = own != nullptr ? own->get() : scope.engine().environment.get();
    for (; layer != nullptr; layer = layer->outer.get()) {
        const auto is_known = [&](const std::string& name) {
            return request.set.contains(name) || request.unset.contains(name);
        };
        std::vector<std::string> unset;
        for (const auto& name : layer->unset)
            if (!is_known(name) && !layer->set.contains(name)) unset.push_back(name);
        for (const auto& [name, value] : layer->set)
            if (!is_known(name)) request.set.emplace(name, value);
        request.unset.insert(unset.begin(), unset.end());
    }
}

const BackgroundRun* background_of(const Scope& scope) noexcept {
    return scope.background() != nullptr ? scope.background()->get() : nullptr;
}

/// Lends the descriptors of the output to a child.
class LentOutput {
public:
    explicit LentOutput(Output& output) noexcept : output_(output) { output_.lend(); }
    LentOutput(const LentOutput&) = delete;
    LentOutput& operator=(const LentOutput&) = delete;
    ~LentOutput() { output_.take_back(); }

private:
    Output& output_;
};

class ChildRun {
public:
    ChildRun(const Scope& scope, const ProcessArguments& arguments, const MakeArgv& argv)
        : scope_(scope),
          arguments_(arguments),
          environment_(scope.environment_layer() != nullptr ? *scope.environment_layer() : nullptr) {
        if (arguments.default_environment != nullptr) add_environment(*arguments.default_environment);
        if (!arguments.environment.empty()) add_environment(arguments.environment);
        request_.process.argv = argv(scope_);
        change_environment(scope_, request_);
        if (arguments.directory) request_.process.directory = arguments.directory->get(scope_);
        request_.process.stop_signal = arguments.stop_signal.get(scope_).value;
        kill_after_ = arguments.kill_after.get(scope_);
        ChildOutput::Options how;
        if (arguments.output) choose_output(*arguments.output, how);
        how.keep = scope.job()->result_read ||
                   (arguments.expect && (arguments.expect->out || arguments.expect->err));
        how.limit = arguments.max_output.get(scope_).value;
        how.may_lose = is_service();
        for (const auto* run = background_of(scope_); run != nullptr; run = run->outer.get())
            how.logged = how.logged || run->log;
        logged_ = how.logged;
        const bool has_terminal = arguments.terminal.get(scope_);
        // A file or a terminal takes the output directly.
        reported_ =
            scope_.engine().detail_level == DetailLevel::output && how.shown != Shown::file && !has_terminal;
        how.logged = logged_ || reported_ || (world().reads_all_output() && !has_terminal);
        if (how.shown == Shown::prefix) {
            how.label = one_line(step_of(scope).label);
            how.colour = scope.engine().number_of_label(how.label);
        }
        output_.emplace(loop(), world(), scope.engine().output, std::move(how));
    }

    Coro<> run() {
        child_ = world().child(loop());
        if (arguments_.terminal.get(scope_)) co_await borrow_terminal();
        co_await start();
        std::exception_ptr error;
        try {
            co_await wait_for_exit();
            duration_ = loop().time() - started_;
            if (process().exited()) {
                co_await wait_for_signal_of_run();
                note_end();
                co_await wait_for_rest();
            }
        } catch (...) {
            error = std::current_exception();
            if (!ended_ && process().exited() && !signal_of_run()) note_end();
        }
        // What has failed before it was cancelled, while it waited for a signal of the run or what it left
        // behind was given time, stays failed.
        const bool failed_before = error && (unwritten_ || (ended_ && has_failed()));
        if (error && !ended_) duration_ = loop().time() - started_;
        co_await end_group();
        child_->return_terminal();
        drain();
        if (failed_before && current_task().pending_cancel_requests() > 0) current_task().restore_cancel();
        if (unwritten_) std::rethrow_exception(unwritten_);
        if (!error || failed_before || output_->overflowed() || wants_terminal_ != 0) co_return;
        if (process().exited()) scope_.engine().set_partial_result(scope_, {{}, result(), output_->tail()});
        std::rethrow_exception(error);
    }

    /// By its exit status alone.
    bool has_failed() const noexcept {
        const auto status = exit_status();
        return status.signal != 0 || (status.code != 0 && !(arguments_.expect && arguments_.expect->exit));
    }

    /// The result. Throws JobFailure if it is not as expected.
    Value check_result() {
        if (const auto stream = output_->overflowed())
            fail_with(std::string(*stream == Stream::out ? "stdout" : "stderr") + " is larger than " +
                      script::format_bytes(arguments_.max_output.get(scope_).value) + " (max_output)");
        if (wants_terminal_ != 0)
            fail_with("it wants the terminal, which only a job with 'terminal: true' has (stopped by " +
                      full_signal_name(wants_terminal_) + ")");
        const auto status = exit_status();
        if (status.signal != 0) fail_with("killed by signal " + signal_name(status.signal));
        const auto& expect = arguments_.expect;
        if (status.code != 0 && !(expect && expect->exit))
            fail_with("exit status " + std::to_string(status.code));
        auto got = result();
        if (!expect) return got;
        script::ExpectationChecker checker(scope_);
        checker.check(expect->exit, *got.find("exit"), "exit");
        checker.check(expect->out, *got.find("stdout"), "stdout");
        checker.check(expect->err, *got.find("stderr"), "stderr");
        checker.check(expect->duration, *got.find("duration"), "duration");
        if (!checker.ok()) fail_with(checker.message());
        return got;
    }

private:
    Loop& loop() const noexcept { return *scope_.engine().loop; }
    World& world() const noexcept { return scope_.engine().world; }
    ChildProcess& process() const noexcept { return child_->process(); }

    /// A background job that may print for ever. Where its output is needed, it has the limit of all jobs.
    bool is_service() const noexcept {
        const auto* modifiers = scope_.job()->modifiers();
        const bool expected = arguments_.expect && (arguments_.expect->out || arguments_.expect->err);
        return modifiers != nullptr && modifiers->background && modifiers->capture == nullptr && !expected;
    }

    void add_environment(const script::EnvMap& entries) {
        environment_ = make_environment(scope_, entries);
        scope_.set_environment(environment_);
    }

    void choose_output(const OutputTarget& target, ChildOutput::Options& how) const {
        if (!target.file) {
            how.shown = target.shown.get(scope_);
            return;
        }
        how.shown = Shown::file;
        how.path = in_directory(target.file->get(scope_));
        how.append = target.append.get(scope_);
        how.errors_too = target.errors.get(scope_) == ErrorOutput::file;
    }

    /// A path that is relative to the job's directory.
    std::string in_directory(std::string path) const {
        if (request_.process.directory.empty() || path.starts_with('/')) return path;
        return request_.process.directory + '/' + path;
    }

    Coro<> borrow_terminal() {
        request_.has_terminal = true;
        const Loop::PendingIoGuard pending(loop());
        detail::Backoff backoff;
        if (child_->borrow_terminal()) co_return;
        scope_.engine().observer.delayed(scope_, "another job has the terminal");
        while (!child_->borrow_terminal()) co_await sleep(backoff.next());
    }

    void choose_input() {
        if (arguments_.input.inherited) {
            if (scope_.engine().stdin_is_script)
                fail(scope_, "it cannot have the standard input: the script is read from there");
            request_.input = ChildRequest::Input::inherited;
        } else if (arguments_.input.text) {
            request_.input = ChildRequest::Input::text;
            request_.input_text = arguments_.input.text->get(scope_);
        } else if (arguments_.input.file) {
            request_.input = ChildRequest::Input::file;
            request_.input_text = in_directory(arguments_.input.file->get(scope_));
        }
    }

    /// Waits while too many descriptors are open, or too many processes exist, and others of ours may end.
    Coro<> start() {
        auto& slots = loop().extension<ChildSlots>();
        bool waited = false;
        std::exception_ptr error;
        try {
            while (const auto shortage = co_await try_to_start()) {
                if (!std::exchange(waited, true)) scope_.engine().observer.delayed(scope_, *shortage);
                co_await wait_for_descriptors(slots);
            }
        } catch (...) {
            error = std::current_exception();
        }
        if (error) {
            if (waited) slots.pass_on();
            std::rethrow_exception(error);
        }
        slot_.emplace(slots);
    }

    /// Returns what there is too little of, if anything and if there may be more of it later.
    Coro<std::optional<std::string>> try_to_start() {
        try {
            choose_input();
            co_await child_->open_input(request_);
            co_await open_output();
            start_process();
            co_return std::nullopt;
        } catch (const std::system_error& error) {
            const bool others_end = loop().extension<ChildSlots>().any_taken() || loop().io_pending();
            if (!is_shortage(error.code().value()) || !others_end) throw;
            lent_.reset();
            child_->close();
            co_return uncapitalized(error.code().message());
        }
    }

    /// Children tell when they end, requests and other things do not.
    Coro<> wait_for_descriptors(ChildSlots& slots) {
        if (slots.any_taken()) {
            co_await slots.released();
        } else {
            co_await sleep(10ms);
        }
    }

    void start_process() {
        scope_.engine().output.flush();
        if (!request_.reads_output || request_.has_terminal) lent_.emplace(scope_.engine().output);
        const auto* signals = SignalScope::current();
        signalled_before_ = signals != nullptr && signals->first() != 0;
        started_ = loop().time();
        child_->start(request_, [this](Stream stream, std::string_view bytes) { take(stream, bytes); });
    }

    Coro<> open_output() {
        detail::Backoff backoff;
        while (!output_->open_file()) {
            const Loop::PendingIoGuard pending(loop());
            co_await sleep(backoff.next());
        }
        request_.reads_output = output_->piped();
        if (request_.reads_output) {
            child_->open_pipes(request_);
        } else {
            request_.process.out = output_->descriptor(Stream::out);
            request_.process.err = output_->descriptor(Stream::err);
        }
    }

    /// What the child has written.
    void take(Stream stream, std::string_view bytes) {
        if (unwritten_) return;
        const bool enough = output_->overflowed().has_value();
        const bool lost = output_->lost(stream);
        try {
            output_->add(stream, bytes);
        } catch (const std::system_error&) {
            // Nobody would read what it writes from now on.
            unwritten_ = std::current_exception();
            return process().changed().set();
        }
        if (!lost && output_->lost(stream)) report_lost(stream);
        if (logged_) log_output(scope_, stream, bytes);
        if (reported_) scope_.engine().observer.printed(scope_, stream, bytes);
        if (!enough && output_->overflowed()) process().changed().set();
    }

    /// Until it has exited, or has to be stopped.
    Coro<> wait_for_exit() {
        while (!process().exited() && !output_->overflowed() && !unwritten_) {
            if (const int signo = process().take_stop_signal()) handle_stop(signo);
            if (wants_terminal_ != 0) co_return;
            process().changed().clear();
            co_await process().changed().wait();
        }
    }

    /// A child that uses the terminal without having it stops. One that has it stops at Ctrl-Z, and then the
    /// shell has to learn of it.
    void handle_stop(int signo) noexcept {
        const bool needs_it = signo == SIGTTIN || signo == SIGTTOU;
        const bool may_stop = needs_it || signo == SIGTSTP;
        if (may_stop && child_->owns_terminal() && child_->suspend()) return;
        if (needs_it) wants_terminal_ = signo;
    }

    /// It has exited, and not by a signal that ends the run.
    void note_end() noexcept {
        // Cancelled at the moment of its exit, it was not measured yet.
        if (!duration_) duration_ = loop().time() - started_;
        lag_ = loop().time() - (started_ + *duration_);
        ended_ = true;
    }

    static bool signal_of_run() noexcept {
        const auto* signals = SignalScope::current();
        return signals != nullptr && signals->first() != 0;
    }

    /// A signal that goes to all processes of a session ends the child and arun: the job is cut short, and
    /// its end is neither a success nor a failure. The cancellation may be on its way still, and so may the
    /// signal.
    Coro<> wait_for_signal_of_run() {
        const auto* signals = SignalScope::current();
        if (signals == nullptr || signalled_before_) co_return;
        const Loop::PendingIoGuard pending(loop());
        // Ctrl-C reaches only the foreground group, and is meant for all.
        if (child_->owns_terminal() && process().status().signal == SIGINT) world().interrupt();
        if (signals->first() == 0) {
            const auto& status = process().status();
            if (status.signal == 0 && (status.code == 0 || (arguments_.expect && arguments_.expect->exit)))
                co_return;
            const auto& signal_numbers = terminating_signals();
            const int fatal = status.code - 128;  // also of a shell whose own child died by it
            const bool by_signal = std::ranges::find(signal_numbers, fatal) != signal_numbers.end();
            const Duration patience = by_signal ? 50ms : 10ms;
            co_await sleep(patience);
            if (signals->first() == 0) co_return;
        }
        // Background jobs are cancelled only when the Runner closes. A finally is not cut short, unless the
        // child has died by this very signal.
        const bool in_finally = current_task().shield_depth() != 0 || current_task().inside_shield();
        if (in_finally && process().status().signal != signals->first()) co_return;
        co_await sleep(100ms);
        throw CancelledError();
    }

    bool pipes_ended() {
        const bool out = child_->read_rest(Stream::out);
        return out && child_->read_rest(Stream::err);
    }

    /// What the child has left behind, such as bash's `>(sed ...)`, may still have something to write: it is
    /// given time.
    Coro<> wait_for_rest() {
        const auto deadline = loop().time_after(kill_after_);
        const Loop::PendingIoGuard pending(loop());
        detail::Backoff backoff;
        while (process().group_lives() || !pipes_ended()) {
            const auto left = deadline - loop().time();
            if (left <= Duration::zero()) break;
            co_await sleep(std::min(backoff.next(), left));
        }
        if (process().group_lives()) report_rest();
    }

    void report_lost(Stream stream) {
        scope_.engine().observer.notice(std::string(stream == Stream::out ? "stdout" : "stderr") + " of '" +
                                        one_line(step_of(scope_).label) + "' is larger than " +
                                        script::format_bytes(arguments_.max_output.get(scope_).value) +
                                        " (max_output): its result does not have it");
    }

    void report_rest() {
        const auto names = process().group_members();
        std::string text = "stopping what '" + one_line(step_of(scope_).label) + "' left behind";
        if (!names.empty()) text += ": " + join(names, ", ");
        scope_.engine().observer.notice(text +
                                        "; a program that goes on belongs in a job with 'background: true'");
    }

    /// Stops what is left of the group: without the child if it has exited, else with it.
    Coro<> end_group() {
        const bool gone = co_await process().stop(request_.process.stop_signal, kill_after_);
        if (!gone)
            scope_.engine().observer.notice("process " + std::to_string(process().pid()) +
                                            " has not ended after SIGKILL");
    }

    /// Reads what is left in the pipes once the group has ended.
    void drain() {
        std::exception_ptr error;
        for (const auto stream : {Stream::out, Stream::err}) {
            child_->read_rest(stream);
            try {
                child_->end_reading(stream);
            } catch (...) {
                error = std::current_exception();
            }
        }
        output_->end();
        if (error) std::rethrow_exception(error);
    }

    /// One that has to be stopped may survive even SIGKILL, inside of a system call.
    ExitStatus exit_status() const noexcept {
        return process().exited() ? process().status() : ExitStatus{128 + SIGKILL, SIGKILL};
    }

    Value result() const {
        const bool keep = output_->keeps();
        const auto status = exit_status();
        std::vector<Value::Entry> entries;
        entries.emplace_back("exit", Value::number(status.code));
        entries.emplace_back("signal",
                             status.signal != 0 ? Value::string(signal_name(status.signal)) : Value());
        for (const auto stream : {Stream::out, Stream::err}) {
            const auto text = keep ? output_->text(stream) : std::nullopt;
            entries.emplace_back(stream == Stream::out ? "stdout" : "stderr",
                                 text ? Value::string(*text) : Value());
        }
        entries.emplace_back("duration", Value::number(to_seconds(*duration_)));
        return Value::map(std::move(entries));
    }

    [[noreturn]] void fail_with(std::string message) {
        auto failure = std::make_shared<Failure>(*make_failure(scope_, std::move(message)));
        if (ended_) failure->at = started_ + *duration_;
        failure->lag = lag_;
        failure->result = result();
        failure->output = output_->tail();
        failure->child_status = exit_status().code;
        throw JobFailure(failure);
    }

    Scope scope_;
    const ProcessArguments& arguments_;
    std::shared_ptr<const Environment> environment_;
    ChildRequest request_;
    Duration kill_after_{};
    std::optional<ChildOutput> output_;
    bool logged_ = false;    ///< something waits for words in it
    bool reported_ = false;  ///< an observer wants it
    std::optional<LentOutput> lent_;
    std::optional<ChildSlots::Slot> slot_;
    std::unique_ptr<Child> child_;   ///< it uses what is above
    std::exception_ptr unwritten_;   ///< why its output could not be written to the file
    int wants_terminal_ = 0;         ///< the signal that has stopped it for want of the terminal
    bool signalled_before_ = false;  ///< arun had got a signal before the child started
    bool ended_ = false;             ///< see note_end()
    Duration started_{};
    std::optional<Duration> duration_;  ///< once run() has waited for it
    Duration lag_{};                    ///< for which it waited for a signal of the run
};

}  // namespace

Coro<Value> run_process(const Scope& scope, const ProcessArguments& arguments, MakeArgv argv) {
    ChildRun run(scope, arguments, argv);
    co_await run.run();
    co_return run.check_result();
}

}  // namespace arun::jobs
