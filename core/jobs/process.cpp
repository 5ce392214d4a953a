#include "jobs/process.hpp"

#include "base/text.hpp"
#include "jobs/child_output.hpp"
#include "jobs/engine.hpp"
#include "jobs/failure.hpp"
#include "jobs/variables.hpp"
#include "rt/errors.hpp"
#include "rt/file.hpp"
#include "rt/process/process.hpp"
#include "rt/signals.hpp"
#include "rt/task_group.hpp"

#include <csignal>
#include <optional>
#include <utility>

namespace arun::jobs {

using script::Value;

namespace {

/// The environment of a child as NAME=value; empty if it is arun's own.
std::optional<std::vector<std::string>> environment_of(const Scope& scope) {
    if (scope.environment_layer() == nullptr && scope.engine().environment == nullptr) return {};
    std::vector<std::string> list;
    const auto all = scope.environment();
    for (const auto& [name, value] : all.entries()) list.push_back(name + '=' + value.as_string());
    return list;
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
        if (!arguments.environment.empty()) {
            environment_ = make_environment(scope, arguments.environment);
            scope_.set_environment(environment_);
        }
        options_.argv = argv(scope_);
        options_.environment = environment_of(scope_);
        if (arguments.directory) options_.directory = arguments.directory->get(scope_);
        stop_signal_ = arguments.stop_signal.get(scope_).value;
        kill_after_ = arguments.kill_after.get(scope_);
        ChildOutput::Options how;
        how.shown = arguments.output.get(scope_);
        how.keep = scope.job()->result_read ||
                   (arguments.expect && (arguments.expect->out || arguments.expect->err));
        how.limit = arguments.max_output.get(scope_).value;
        if (how.shown == Shown::prefix) how.label = one_line(step_of(scope).label);
        output_.emplace(scope.engine().output, std::move(how));
    }

    Coro<> run() {
        co_await open_input();
        start();
        std::exception_ptr error;
        try {
            if (output_->piped()) {
                co_await read_pipes();
            } else {
                co_await process_->wait();
            }
        } catch (...) {
            error = std::current_exception();
        }
        duration_ = loop().time() - started_;
        co_await end_group();
        drain();
        if (!error || output_->overflowed()) co_return;
        if (process_->exited()) scope_.engine().set_partial_result(scope_, {{}, result(), output_->tail()});
        std::rethrow_exception(error);
    }

    /// The result. Throws JobFailure if it is not as expected.
    Value check_result() {
        if (const auto stream = output_->overflowed())
            fail_with(std::string(*stream == Stream::out ? "stdout" : "stderr") + " is larger than " +
                      script::format_bytes(arguments_.max_output.get(scope_).value) + " (max_output)");
        const auto& status = process_->status();
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

    Coro<> open_input() {
        if (arguments_.input.text) {
            input_ = temporary_file(arguments_.input.text->get(scope_));
        } else if (arguments_.input.file) {
            auto path = arguments_.input.file->get(scope_);
            if (!options_.directory.empty() && !path.starts_with('/')) path = options_.directory + '/' + path;
            input_ = open_to_read(path);
            if (!is_fifo(input_.get())) co_return;
            {
                FdWatch watch(loop(), input_.get());
                co_await watch.readable();
            }
            make_blocking(input_.get());
        }
    }

    void start() {
        open_output();
        scope_.engine().output.flush();
        if (!output_->piped()) lent_.emplace(scope_.engine().output);
        started_ = loop().time();
        process_.emplace(loop(), options_);
        input_.reset();
        out_.close_write();
        err_.close_write();
    }

    void open_output() {
        auto& output = scope_.engine().output;
        options_.in = input_.get();
        if (output_->piped()) {
            out_.open();
            err_.open();
            options_.out = out_.write_end();
            options_.err = err_.write_end();
        } else {
            options_.out = output.descriptor(Stream::out);
            options_.err = output.descriptor(Stream::err);
        }
    }

    /// Reads both pipes until the child has exited.
    Coro<> read_pipes() {
        TaskGroup group;
        std::exception_ptr error;
        try {
            group.start(read_pipe(Stream::out, out_));
            group.start(read_pipe(Stream::err, err_));
            co_await process_->wait();
        } catch (...) {
            error = std::current_exception();
        }
        // Another process may hold the pipes open, so their end may never come.
        group.abort();
        try {
            co_await group.join(error);
        } catch (const ExceptionGroup&) {
            // Too much output: check_result() reports it.
            if (!output_->overflowed()) throw;
        }
    }

    Coro<> read_pipe(Stream stream, Pipe& pipe) {
        FdWatch watch(loop(), pipe.read_end());
        do {
            co_await watch.readable();
        } while (take(stream, pipe, 1));
        if (output_->overflowed()) throw TooMuchOutput();
    }

    /// Reads at most `times` times without waiting; false at the end of the pipe and after too much output.
    bool take(Stream stream, Pipe& pipe, int times) {
        char block[std::size_t{1} << 16];
        for (int i = 0; i < times; ++i) {
            const auto size = pipe.read(block);
            if (!size) return true;
            if (*size == 0) return false;
            output_->add(stream, {block, *size});
            if (output_->overflowed()) return false;
        }
        return true;
    }

    /// Stops what is left of the group: without the child if it has exited, else with it.
    Coro<> end_group() {
        const bool gone = co_await process_->stop(stop_signal_, kill_after_);
        if (!gone)
            scope_.engine().observer.notice("process " + std::to_string(process_->pid()) +
                                            " has not ended after SIGKILL");
    }

    /// Reads what is left in the pipes once the group has ended. A process outside the group may still write,
    /// so the number of reads is bounded, by more than a pipe can hold.
    void drain() {
        if (!output_->piped()) return;
        for (const auto stream : {Stream::out, Stream::err}) {
            take(stream, stream == Stream::out ? out_ : err_, 64);
            output_->end(stream);
        }
    }

    Value result() const {
        const bool keep = output_->keeps();
        const auto& status = process_->status();
        std::vector<Value::Entry> entries;
        entries.emplace_back("exit", Value::number(status.code));
        entries.emplace_back("signal",
                             status.signal != 0 ? Value::string(signal_name(status.signal)) : Value());
        entries.emplace_back("stdout", keep ? Value::string(output_->text(Stream::out)) : Value());
        entries.emplace_back("stderr", keep ? Value::string(output_->text(Stream::err)) : Value());
        entries.emplace_back("duration", Value::number(to_seconds(duration_)));
        return Value::map(std::move(entries));
    }

    [[noreturn]] void fail_with(std::string message) const {
        auto failure = std::make_shared<Failure>(*make_failure(scope_, std::move(message)));
        failure->result = result();
        failure->output = output_->tail();
        failure->child_status = process_->status().code;
        throw JobFailure(failure);
    }

    struct TooMuchOutput : std::exception {};

    Scope scope_;
    const ProcessArguments& arguments_;
    std::shared_ptr<const Environment> environment_;
    ProcessOptions options_;
    int stop_signal_ = SIGTERM;
    Duration kill_after_{};
    std::optional<ChildOutput> output_;
    std::optional<LentOutput> lent_;
    UniqueFd input_;
    Pipe out_;
    Pipe err_;
    std::optional<Process> process_;
    Duration started_{};
    Duration duration_{};
};

}  // namespace

Coro<Value> run_process(const Scope& scope, const ProcessArguments& arguments, MakeArgv argv) {
    ChildRun run(scope, arguments, argv);
    co_await run.run();
    co_return run.check_result();
}

}  // namespace arun::jobs
