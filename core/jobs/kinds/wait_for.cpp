#include "base/error.hpp"
#include "base/text.hpp"
#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "jobs/http.hpp"
#include "jobs/kind.hpp"
#include "jobs/process.hpp"
#include "jobs/run_job.hpp"
#include "rt/race.hpp"
#include "rt/sleep.hpp"
#include "rt/task.hpp"
#include "rt/tcp.hpp"
#include "rt/timeout.hpp"
#include "script/compiler.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <sys/stat.h>

namespace arun::jobs {

namespace {

/// "host:port"; checked with the script if it is literal.
struct TcpTarget : script::Text {};
/// The id of a background job, always literal.
struct BackgroundId {
    const script::JobId* id = nullptr;
};

}  // namespace

}  // namespace arun::jobs

namespace arun::script {

using jobs::BackgroundId;
using jobs::TcpTarget;

template <>
struct TypeOf<TcpTarget> : PlainType {
    static constexpr TypeInfo info{"host:port", R"({"type":"string"})"};
};
template <>
struct TypeOf<BackgroundId> : PlainType {
    static constexpr TypeInfo info{"id", R"({"$ref":"#/$defs/name"})"};
};

static bool read(Compiler& compiler, syntax::Node node, std::string_view what, TcpTarget& out) {
    if (!read(compiler, node, what, static_cast<Text&>(out))) return false;
    if (out.computed() != nullptr) return true;
    const auto address = TcpAddress::parse(out.literal());
    if (!address) report_mismatch(compiler, node, what, address.error().message);
    return static_cast<bool>(address);
}

static bool read(Compiler& compiler, syntax::Node node, std::string_view what, BackgroundId& out) {
    std::string_view name;
    if (!read(compiler, node, what, name)) return false;
    if (!is_name(name)) {
        report_mismatch(compiler, node, what, "expected the id of a background job");
        return false;
    }
    out.id = &compiler.background_id(name, node.span());
    return true;
}

}  // namespace arun::script

namespace arun::jobs {

namespace {

using script::Value;

struct WaitFor {
    struct Arguments {
        std::optional<TcpTarget> tcp;
        script::Boxed<HttpArguments> http;
        std::optional<script::Text> file;
        std::optional<script::ShellText> script;
        std::optional<Argv> argv;
        script::Dyn<script::PositiveDuration> interval{
            script::PositiveDuration{std::chrono::milliseconds(200)}};
        script::Dyn<bool> invert{false};
        BackgroundId job;
    };
    static constexpr std::string_view name = "wait_for";
    static constexpr std::string_view summary = "waits until something answers, exists or succeeds";
    static constexpr std::string_view result = "the seconds that it took";
    static constexpr const script::ResultType& result_type = script::result_types::number;
    static constexpr std::string_view shorthand = {};
    static constexpr bool effects = true;
    static constexpr std::string_view notes =
        "Exactly one of `tcp`, `http`, `file`, `run` and `exec` is tried, again and again "
        "with `interval` in between, until it succeeds: the port accepts a connection, the "
        "answer meets `expect` (by default, a status from 200 to 299), the file exists, the "
        "command exits with 0. With `invert`, it waits until that no longer holds.\n\n"
        "Without the modifier `timeout`, it waits 30 seconds; `timeout: 0` sets no limit. A "
        "single try may take 5 seconds, or `interval` if that is longer. The failure shows "
        "what the last try found.\n\n"
        "With `while`, the wait looks once more when that background job ends, and then fails: "
        "there is no point in waiting for a server that could not start. The failure says how "
        "the job ended.";
    static constexpr std::string_view example =
        "- exec: [python3, -m, http.server, \"8000\"]\n  id: server\n  background: true\n"
        "- wait_for: {tcp: \"127.0.0.1:8000\", while: server, timeout: 10s}\n"
        "- wait_for: {http: \"http://127.0.0.1:8000/\", interval: 1s}\n- cancel: server\n";
    static constexpr std::array fields{
        script::field<&Arguments::tcp>("tcp", "a port that accepts connections, as host:port"),
        script::field<&Arguments::http>("http", "a URL, or a mapping of the arguments of http"),
        script::field<&Arguments::file>("file", "a path that exists"),
        script::field<&Arguments::script>("run", "a shell script that exits with 0"),
        script::field<&Arguments::argv>("exec", "a program and its arguments, which exits with 0"),
        script::field<&Arguments::interval>("interval", "the pause between two tries", {.fallback = "200ms"}),
        script::field<&Arguments::invert>("invert", "waits until it no longer holds", {.fallback = "false"}),
        script::field<&Arguments::job>("while", "the background job that must stay alive"),
    };

    static void check(script::Compiler& compiler, Arguments& arguments, syntax::Node key) {
        const int targets = int{arguments.tcp.has_value()} + int{static_cast<bool>(arguments.http)} +
                            int{arguments.file.has_value()} + int{arguments.script.has_value()} +
                            int{arguments.argv.has_value()};
        if (targets == 1) return;
        compiler.error(key.span(), targets == 0
                                       ? "'wait_for' needs tcp, http, file, run or exec"
                                       : "'wait_for' takes only one of tcp, http, file, run and exec");
    }

    static Coro<Value> run(Scope& scope, const Arguments& arguments);
};

/// Tries until it succeeds, and remembers what the last try found.
class ReadinessPoller {
public:
    ReadinessPoller(const Scope& scope, const WaitFor::Arguments& arguments)
        : scope_(scope),
          arguments_(arguments),
          interval_(arguments.interval.get(scope).value),
          try_limit_(std::max<Duration>(interval_, std::chrono::seconds(5))),
          invert_(arguments.invert.get(scope)) {
        // Its output stays hidden: it may fail a hundred times before it succeeds.
        process_.output.emplace().shown = script::Dyn<Shown>(Shown::discard);
        if (arguments.tcp) target_ = printable(arguments.tcp->get(scope));
        if (arguments.http) target_ = printable(arguments.http->url.get(scope));
        if (arguments.file) target_ = printable(arguments.file->get(scope));
        if (arguments.script) target_ = "run";
        if (arguments.argv) target_ = "exec";
    }

    Coro<> until_ready() {
        for (;;) {
            const bool ready = co_await look();
            if (ready) co_return;
            co_await sleep(interval_);
        }
    }

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
        if (arguments_.tcp) return try_tcp();
        if (arguments_.file) return try_file();
        return try_job();
    }

    Coro<bool> try_tcp() {
        auto address = TcpAddress::parse(arguments_.tcp->get(scope_));
        if (!address) fail(scope_, "'tcp' of wait_for: " + address.error().message);
        auto problem = co_await try_to_connect(*scope_.engine().loop, *address);
        if (problem) finding_ = *problem;
        co_return !problem;
    }

    Coro<bool> try_file() {
        const auto path = arguments_.file->get(scope_);
        struct stat status{};
        const bool there = ::stat(path.c_str(), &status) == 0;
        if (!there) finding_ = errno == ENOENT ? "not there" : reason_of(errno);
        co_return there;
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
    const WaitFor::Arguments& arguments_;
    ProcessArguments process_;
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

Coro<Value> wait_until_ready(const Scope& scope, const WaitFor::Arguments& arguments) {
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
        scope.engine().set_partial_words(scope, ": " + poller.last_finding());
        throw;
    }
    if (!ready) fail(scope, poller.end_of_job());
    co_return Value::number(to_seconds(scope.engine().loop->time() - started));
}

Coro<Value> WaitFor::run(Scope& scope, const Arguments& arguments) {
    return with_default_timeout(scope, wait_until_ready(scope, arguments));
}

}  // namespace

ARUN_JOB_KIND(wait_for, WaitFor)

}  // namespace arun::jobs
