#include "jobs/process.hpp"

#include "base/difference.hpp"
#include "jobs/child_output.hpp"
#include "jobs/engine.hpp"
#include "jobs/failure.hpp"
#include "jobs/run.hpp"
#include "rt/errors.hpp"
#include "rt/file.hpp"
#include "rt/process.hpp"
#include "rt/task_group.hpp"

#include <csignal>
#include <optional>
#include <utility>

namespace arun::jobs {

using script::Value;

namespace {

/// The environment of a process, "NAME=value"; none if it is arun's own.
std::optional<std::vector<std::string>> environment_of(const Scope& scope) {
    if (scope.environment_layer() == nullptr && scope.engine().environment == nullptr) return {};
    std::vector<std::string> list;
    const auto all = scope.environment();
    for (const auto& [name, value] : all.entries()) list.push_back(name + '=' + value.as_string());
    return list;
}

/// The output's descriptors are a child's.
class Loan {
public:
    explicit Loan(Output& output) noexcept : output_(output) { output_.lend(); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { output_.take_back(); }

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
                co_await attend_piped();
            } else {
                co_await process_->wait();
            }
        } catch (...) {
            error = std::current_exception();
        }
        duration_ = loop().time() - started_;
        co_await end_group();
        drain();
        if (!error || output_->overflown()) co_return;
        if (process_->exited()) scope_.engine().set_partial_result(scope_, {{}, result(), output_->tail()});
        std::rethrow_exception(error);
    }

    /// What it has come to; throws what is not as it should be.
    Value judge() {
        if (const auto stream = output_->overflown())
            fail_with(std::string(*stream == Stream::out ? "stdout" : "stderr") + " is larger than " +
                      script::format_bytes(arguments_.max_output.get(scope_).value) + " (max_output)");
        const auto& status = process_->status();
        if (status.signal != 0) fail_with("killed by signal " + signal_name(status.signal));
        const auto& expect = arguments_.expect;
        if (status.code != 0 && !(expect && expect->exit))
            fail_with("exit status " + std::to_string(status.code));
        auto got = result();
        if (!expect) return got;
        script::ExpectationChecker judge(scope_);
        judge.check(expect->exit, *got.find("exit"), "exit");
        judge.check(expect->out, *got.find("stdout"), "stdout");
        judge.check(expect->err, *got.find("stderr"), "stderr");
        judge.check(expect->duration, *got.find("duration"), "duration");
        if (!judge.well()) fail_with(judge.message());
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
        if (!output_->piped()) loan_.emplace(scope_.engine().output);
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

    /// What comes is taken as long as the child lives.
    Coro<> attend_piped() {
        TaskGroup group;
        std::exception_ptr error;
        try {
            group.start(listen(Stream::out, out_));
            group.start(listen(Stream::err, err_));
            co_await process_->wait();
        } catch (...) {
            error = std::current_exception();
        }
        // Somebody else may hold the pipes: they have no end then.
        group.abort();
        try {
            co_await group.join(error);
        } catch (const ExceptionGroup&) {
            // Too much output: seen in judge().
            if (!output_->overflown()) throw;
        }
    }

    Coro<> listen(Stream stream, Pipe& pipe) {
        FdWatch watch(loop(), pipe.read_end());
        do {
            co_await watch.readable();
        } while (take(stream, pipe, 1));
        if (output_->overflown()) throw TooMuch();
    }

    /// Reads what is there, so many times; false if nothing more is to be expected.
    bool take(Stream stream, Pipe& pipe, int times) {
        for (int i = 0; i < times; ++i) {
            const auto bytes = pipe.read();
            if (!bytes) return true;
            if (bytes->empty()) return false;
            output_->take(stream, *bytes);
            if (output_->overflown()) return false;
        }
        return true;
    }

    /// What is left of the group when the child has exited, or was not waited for.
    Coro<> end_group() {
        const bool gone = co_await process_->stop(stop_signal_, kill_after_);
        if (!gone)
            scope_.engine().observer.notice("process " + std::to_string(process_->pid()) +
                                            " has not ended after SIGKILL");
    }

    /// What is in the pipes when all that could write has ended. Somebody outside of the group may still
    /// write: hence a bound, which is more than a pipe holds.
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

    struct TooMuch : std::exception {};

    Scope scope_;
    const ProcessArguments& arguments_;
    std::shared_ptr<const Environment> environment_;
    ProcessOptions options_;
    int stop_signal_ = SIGTERM;
    Duration kill_after_{};
    std::optional<ChildOutput> output_;
    std::optional<Loan> loan_;
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
    co_return run.judge();
}

}  // namespace arun::jobs
