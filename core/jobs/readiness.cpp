#include "jobs/readiness.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "jobs/output_log.hpp"
#include "jobs/process.hpp"
#include "jobs/run_job.hpp"
#include "rt/race.hpp"
#include "rt/sleep.hpp"
#include "rt/task.hpp"
#include "rt/tcp.hpp"
#include "rt/timeout.hpp"
#include "script/compiler.hpp"
#include "world/world.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace arun::script {

using jobs::BackgroundId;
using jobs::LoggedId;
using jobs::TcpTarget;

bool read(Compiler& compiler, syntax::Node node, std::string_view what, TcpTarget& out) {
    if (!read(compiler, node, what, static_cast<Text&>(out))) return false;
    if (out.computed() != nullptr) return true;
    const auto address = TcpAddress::parse(out.literal());
    if (!address) report_mismatch(compiler, node, what, address.error().message);
    return static_cast<bool>(address);
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, BackgroundId& out) {
    std::string_view name;
    if (!read(compiler, node, what, name)) return false;
    if (!is_name(name)) {
        report_mismatch(compiler, node, what, "expected the id of a background job");
        return false;
    }
    out.id = &compiler.background_id(name, node.span());
    compiler.compilation().symbols.id(name).service = true;
    return true;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, LoggedId& out) {
    if (!read(compiler, node, what, static_cast<BackgroundId&>(out))) return false;
    compiler.compilation().symbols.id(out.id->name).output_read = true;
    return true;
}

}  // namespace arun::script

namespace arun::jobs {

namespace {

using script::Value;

/// Tries until it succeeds, and remembers what the last try found.
class ReadinessPoller {
public:
    ReadinessPoller(const Scope& scope, const ReadinessArguments& arguments)
        : scope_(scope),
          arguments_(arguments),
          interval_(arguments.interval.get(scope).value),
          try_limit_(std::max<Duration>(interval_, std::chrono::seconds(5))),
          invert_(arguments.invert.get(scope)) {
        // Its output stays hidden: it may fail a hundred times before it succeeds.
        process_.output.emplace().shown = script::Dyn<Shown>(Shown::discard);
        if (arguments.own_output) {
            log_ = (*scope.background())->log;
            target_ = "its output";
        }
        if (arguments.output.id != nullptr) target_ = "the output of '" + arguments.output.id->name + "'";
        if (arguments.given()) words_.emplace(arguments, scope);
        if (arguments.tcp) target_ = printable(arguments.tcp->get(scope));
        if (arguments.http) target_ = printable(arguments.http->url.get(scope));
        if (arguments.file) target_ = printable(arguments.file->get(scope));
        if (arguments.script) target_ = "run";
        if (arguments.argv) target_ = "exec";
    }

    Coro<> until_ready() {
        if (of_output()) co_return co_await until_printed();
        for (;;) {
            const bool ready = co_await look();
            if (ready) co_return;
            co_await sleep(interval_);
        }
    }

    /// Words of a job's output are waited for, which needs no tries.
    bool of_output() const noexcept { return arguments_.own_output || arguments_.output.id != nullptr; }

    /// The end of that output, for a failure.
    std::string tail() const { return log_ ? scope_.engine().output.masked(log_->tail()) : std::string(); }

    /// One try: whether it found what is waited for.
    Coro<bool> look() {
        ++tries_;
        const bool found = co_await limited_try();
        ++completed_tries_;
        if (found && invert_) finding_ = "still there";
        co_return found != invert_;
    }

    /// Returns when the background job has ended.
    Coro<> until_job_ends() {
        const auto& id = *arguments_.job.id;
        for (bool at_start = true;; at_start = false) {
            const auto* record = scope_.engine().find_record(scope_, id);
            if (record != nullptr && record->outcome) {
                looked_after_end_ = at_start && completed_tries_ > 0;
                ended_ = *record;
                co_return;
            }
            const auto job = record != nullptr ? record->background.lock() : nullptr;
            if (job != nullptr) {
                co_await wait_done(job->task);
                ended_ = *job->record;
                co_return;
            }
            co_await sleep(interval_);
        }
    }

    /// Whether a try began after the end that until_job_ends() has found.
    bool looked_after_end() const noexcept { return looked_after_end_; }

    /// What the last try found, and how many there were.
    std::string last_finding() const {
        if (of_output()) return target_ + " does not have " + words_->description();
        return target_ + ": " + (finding_.empty() ? "nothing yet" : finding_) + "; " +
               std::to_string(tries_) + (tries_ == 1 ? " try" : " tries");
    }

    /// How the background job ended. Precondition: until_job_ends() has returned.
    std::string end_of_job() const {
        return "'" + arguments_.job.id->name + "' " + ending() + " before this was ready: " + last_finding();
    }

private:
    std::string ending() const {
        // A job that was cancelled before its first step has recorded nothing.
        switch (ended_.outcome.value_or(Outcome::cancelled)) {
            case Outcome::success: {
                const auto* status = ended_.result.find("exit");
                return "has succeeded" +
                       (status != nullptr ? " (exit status " + status->to_text() + ")" : "");
            }
            case Outcome::failure:
                return "has failed (" + std::string(first_line(ended_.failure->message)) + ")";
            case Outcome::cancelled:
                return "was cancelled";
            case Outcome::skipped:
                return "was skipped";
        }
        return {};
    }

    Coro<bool> limited_try() {
        bool timed_out = false;
        try {
            co_return co_await timeout(try_limit_, one_try());
        } catch (const TimeoutError&) {
            timed_out = true;
        }
        if (timed_out)
            finding_ = "nothing within " + format_duration(try_limit_) +
                       scope_.engine().take_partial_result(scope_).words;
        co_return false;
    }

    Coro<bool> one_try() {
        if (of_output()) co_return log_&& find_in_log();
        if (arguments_.tcp) co_return co_await try_tcp();
        if (arguments_.file) co_return co_await try_file();
        co_return co_await try_job();
    }

    Coro<bool> try_tcp() {
        auto address = TcpAddress::parse(arguments_.tcp->get(scope_));
        if (!address) {
            const auto* computed = arguments_.tcp->computed();
            throw script::EvalError(computed != nullptr ? computed->span : Span(),
                                    "'tcp': " + address.error().message);
        }
        auto problem = co_await scope_.engine().world.connect(*scope_.engine().loop, *address);
        if (problem) finding_ = *problem;
        co_return !problem;
    }

    Coro<bool> try_file() {
        const auto path = arguments_.file->get(scope_);
        const auto status = scope_.engine().world.look_at(path);
        const bool there = status.error == 0;
        if (!there) finding_ = status.error == ENOENT ? "not there" : reason_of(status.error);
        if (!there || !words_) co_return there;
        if (!status.regular) {
            finding_ = "no regular file";
            co_return false;
        }
        co_return co_await find_in_file(path, status);
    }

    /// Reads what has been added since the last try: all of it if the file is another one or shorter.
    Coro<bool> find_in_file(const std::string& path, const FileStatus& status) {
        const bool same = status.number == file_number_ && status.size >= file_read_;
        if (!same || invert_) {
            file_number_ = status.number;
            file_read_ = 0;
            file_text_.clear();
        }
        finding_ = "no " + words_->description() + " in it";
        constexpr std::size_t block_size = std::size_t{1} << 18;
        for (;;) {
            const auto block = scope_.engine().world.read_block(path, file_read_, block_size);
            if (block.empty()) break;
            file_read_ += static_cast<std::int64_t>(block.size());
            const auto known = file_text_.size();
            file_text_.append(block);
            if (words_->find(file_text_, known)) co_return true;
            // What may begin a match stays.
            constexpr std::size_t kept = std::size_t{1} << 16;
            if (file_text_.size() > kept) file_text_.erase(0, file_text_.size() - kept);
            co_await yield();
        }
        co_return false;
    }

    /// Returns when the words are there, and throws JobFailure if the job ends without them.
    Coro<> until_printed() {
        while (!log_) {
            const auto* record = scope_.engine().find_record(scope_, *arguments_.output.id);
            if (record != nullptr) log_ = record->log;
            if (record != nullptr && record->outcome == Outcome::skipped) fail_with("was skipped");
            if (record != nullptr && !log_) fail_with("has no output that is kept");
            if (!log_) co_await sleep(interval_);
        }
        for (;;) {
            if (find_in_log()) co_return;
            if (log_->ended()) fail_with("has ended");
            log_->changed().clear();
            co_await log_->changed().wait();
        }
    }

    bool find_in_log() {
        for (const auto stream : {Stream::out, Stream::err}) {
            auto& searched = searched_[static_cast<std::size_t>(stream)];
            const auto text = log_->text(stream);
            const auto dropped = log_->dropped(stream);
            const auto known = searched - std::min(searched, dropped);
            if (text.size() > known || searched == 0)
                if (words_->find(text, static_cast<std::size_t>(known))) return true;
            searched = dropped + text.size();
        }
        return false;
    }

    [[noreturn]] void fail_with(const std::string& end) {
        const auto job = arguments_.own_output ? std::string("it") : "'" + arguments_.output.id->name + "'";
        auto failure = std::make_shared<Failure>(
            *make_failure(scope_, job + ' ' + end + " before its output had " + words_->description()));
        failure->output = tail();
        throw JobFailure(failure);
    }

    /// A try that is a request or a process.
    Coro<bool> try_job() {
        try {
            if (arguments_.http) {
                co_await request_http(scope_, *arguments_.http.value);
            } else {
                co_await run_process(scope_, process_, argv());
            }
            co_return true;
        } catch (const std::exception&) {
            remember(*current_failure(scope_));
        }
        co_return false;
    }

    MakeArgv argv() {
        return [this](const Scope& inside) {
            if (arguments_.argv) return texts_of(*arguments_.argv, inside);
            return std::vector<std::string>{"/bin/sh", "-e", "-c", arguments_.script->get(inside)};
        };
    }

    /// The first line of the failure, and the last line of a child's output.
    void remember(const Failure& failure) {
        finding_ = first_line(failure.message);
        std::string_view output = failure.output;
        output = trim_newlines(output);
        if (const auto last = output.rfind('\n'); last != output.npos) output.remove_prefix(last + 1);
        if (!output.empty()) finding_ += ": " + excerpt(output, 200);
    }

    const Scope& scope_;
    const ReadinessArguments& arguments_;
    ProcessArguments process_;
    std::optional<WordSearch> words_;
    std::shared_ptr<OutputLog> log_;
    std::array<std::uint64_t, 2> searched_{};  ///< by Stream; units: bytes from the start
    ino_t file_number_ = 0;
    std::int64_t file_read_ = 0;
    std::string file_text_;  ///< the end of what was read
    Duration interval_;
    Duration try_limit_;
    bool invert_;
    std::string target_;
    std::string finding_;
    std::uint64_t tries_ = 0;
    std::uint64_t completed_tries_ = 0;
    bool looked_after_end_ = false;
    JobRecord ended_;  ///< the run of the background job that has ended
};

Coro<Value> until_ready(const Scope& scope, const ReadinessArguments& arguments) {
    ReadinessPoller poller(scope, arguments);
    const auto started = scope.engine().loop->time();
    bool ready = true;
    try {
        if (arguments.job.id == nullptr) {
            co_await poller.until_ready();
        } else {
            std::vector<Coro<>> both;
            both.push_back(poller.until_ready());
            both.push_back(poller.until_job_ends());
            const auto first = co_await race(std::move(both));
            ready = first.index == 0;
            // What it did last, such as to make the file, may be what is waited for.
            if (!ready && !poller.looked_after_end()) ready = co_await poller.look();
        }
    } catch (const CancelledError&) {
        scope.engine().set_partial_result(scope, {": " + poller.last_finding(), {}, poller.tail()});
        throw;
    }
    if (!ready) fail(scope, poller.end_of_job());
    co_return Value::number(to_seconds(scope.engine().loop->time() - started));
}

}  // namespace

void check_readiness(script::Compiler& compiler, ReadinessArguments& arguments, Span where) {
    const std::array given{arguments.tcp.has_value(),  static_cast<bool>(arguments.http),
                           arguments.file.has_value(), arguments.script.has_value(),
                           arguments.argv.has_value(), arguments.output.id != nullptr};
    const auto targets = std::ranges::count(given, true);
    const bool ready = compiler.reading_ready();
    const std::string name = ready ? "'ready'" : "'wait_for'";
    arguments.own_output = ready && targets == 0 && arguments.given();
    const bool has_words = arguments.file || arguments.output.id != nullptr || arguments.own_output;
    if (targets == 0 && !arguments.own_output) {
        compiler.error(where, name + " needs tcp, http, file, run, exec" +
                                  (ready ? ", contains or matches" : " or output"));
    } else if (targets > 1) {
        compiler.error(where, name + " takes only one of tcp, http, file, run, exec and output");
    } else if (arguments.contains && arguments.matches) {
        compiler.error(where, name + " takes contains or matches, not both");
    } else if (arguments.contains && arguments.contains->computed() == nullptr &&
               arguments.contains->literal().empty()) {
        compiler.error(where, "'contains' is empty: what is waited for?");
    } else if (arguments.matches && arguments.matches->text.computed() == nullptr &&
               arguments.matches->text.literal().empty()) {
        compiler.error(where, "'matches' is empty: what is waited for?");
    } else if (arguments.given() && !has_words) {
        compiler.error(where, "contains and matches are for words in an output or a file");
    } else if (!arguments.given() && arguments.output.id != nullptr) {
        compiler.error(where, "'output' needs contains or matches: what is waited for");
    } else if (arguments.invert.computed != nullptr || arguments.invert.literal) {
        if (arguments.own_output || arguments.output.id != nullptr)
            compiler.error(where, "'invert' has no meaning for an output: what was printed stays printed");
    }
}

Coro<Value> wait_until_ready(const Scope& scope, const ReadinessArguments& arguments) {
    return until_ready(scope, arguments);
}

Coro<> wait_until_ready(const Scope& scope, const script::Ready& ready) {
    const auto limit = ready.timeout ? ready.timeout->get(scope) : Duration(std::chrono::seconds(30));
    const auto& arguments = *static_cast<const ReadinessArguments*>(ready.arguments);
    bool timed_out = false;
    try {
        if (limit == Duration::zero()) {
            co_await until_ready(scope, arguments);
        } else {
            co_await timeout(limit, until_ready(scope, arguments));
        }
    } catch (const TimeoutError&) {
        timed_out = true;
    }
    if (!timed_out) co_return;
    auto partial = scope.engine().take_partial_result(scope);
    auto failure = std::make_shared<Failure>(*make_failure(
        scope, "it was not ready within " + format_duration(limit) + partial.words, Cause::timeout));
    failure->output = std::move(partial.output);
    throw JobFailure(failure);
}

Coro<bool> is_ready(const Scope& scope, const script::Ready& ready) {
    ReadinessPoller poller(scope, *static_cast<const ReadinessArguments*>(ready.arguments));
    co_return co_await poller.look();
}

bool reads_own_output(const script::Ready& ready) noexcept {
    return static_cast<const ReadinessArguments*>(ready.arguments)->own_output;
}

}  // namespace arun::jobs
