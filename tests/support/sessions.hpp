/// Whole runs of scripts on the virtual clock, with all that they print and tell kept.
#pragma once

#include "base/duration.hpp"
#include "jobs/observer.hpp"
#include "jobs/output.hpp"
#include "jobs/scope.hpp"
#include "jobs/session.hpp"
#include "rt/loop.hpp"
#include "support/script.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::test {

/// Keeps what is printed, in order and for each stream; may break.
class MemoryOutput final : public jobs::Output {
public:
    void write(jobs::Stream stream, std::string_view text, std::string_view end) noexcept override {
        ++writes;
        if (writes == break_at) {
            broken_ = true;
            if (when_broken) when_broken();
        }
        (stream == jobs::Stream::out ? out : err).append(text).append(end);
        if (on_write) on_write(text);
    }
    void flush() noexcept override { ++flushes; }
    void write_part(const void* owner, jobs::Stream stream, std::string_view prefix, std::string_view text,
                    bool restart) override {
        if (owner != line_owner || restart) write(stream, prefix, {});
        write(stream, text, {});
        line_owner = text.ends_with('\n') ? nullptr : owner;
    }
    void end_line(const void* owner) override {
        if (owner == std::exchange(line_owner, nullptr)) write(jobs::Stream::out, "\n", {});
    }
    bool interactive(jobs::Stream) const noexcept override { return is_terminal; }
    int descriptor(jobs::Stream stream) const noexcept override {
        return stream == jobs::Stream::out ? 1 : 2;
    }
    bool broken() const noexcept override { return broken_; }

    bool is_terminal = false;
    const void* line_owner = nullptr;
    std::string out;
    std::string err;
    std::uint64_t writes = 0;
    std::uint64_t flushes = 0;
    std::uint64_t break_at = 0;  ///< the write that fails; 0: none
    std::function<void(std::string_view)> on_write;

private:
    bool broken_ = false;
};

/// Writes down what it is told, a line for each event: "1.5 start sleep 1s".
class Recorder final : public jobs::Observer {
public:
    /// With `jobs` it wants to hear of every job.
    explicit Recorder(bool jobs) : jobs_(jobs) {}

    jobs::EventFilter event_filter() const noexcept override {
        return jobs_ ? jobs::EventFilter::all : jobs::EventFilter::none;
    }
    void script_started(const script::Body&) override { tell("script"); }
    void script_finished(const script::Body&, jobs::Outcome outcome, Duration) override {
        tell("end of script: " + std::string(name_of(outcome)));
    }
    void job_started(const jobs::Scope& scope) override {
        if (on_start) on_start(scope);
        tell("start " + jobs::step_of(scope).label);
    }
    void job_finished(const jobs::Scope& scope, const jobs::JobResult& ending) override {
        tell(std::string(name_of(ending.outcome)) + " " + jobs::step_of(scope).label +
             (ending.failure != nullptr ? ": " + ending.failure->message : ""));
    }
    void failed(const jobs::Failure& failure, jobs::FailureContext context) override {
        static constexpr std::string_view fates[] = {"fatal", "secondary", "allowed", "background",
                                                     "cleanup"};
        tell(std::string(fates[static_cast<std::size_t>(context)]) + ": " + failure.message);
    }
    void retrying(const jobs::Scope&, const jobs::Failure& failure, std::int64_t attempt,
                  Duration wait) override {
        tell("retry " + std::to_string(attempt) + " after " + format_duration(wait) + ": " + failure.message);
    }
    void notice(std::string_view text) override { tell("notice: " + std::string(text)); }

    /// All events, one a line.
    std::string text() const {
        std::string all;
        for (const auto& event : events) all += event + '\n';
        return all;
    }

    std::vector<std::string> events;
    std::function<void(const std::string&)> on_event;
    std::function<void(const jobs::Scope&)> on_start;

private:
    void tell(std::string event) {
        if (const auto* loop = Loop::running()) event.insert(0, format_duration(loop->time()) + " ");
        events.push_back(std::move(event));
        if (on_event) on_event(events.back());
    }

    bool jobs_;
};

inline jobs::SessionOptions virtual_session() {
    jobs::SessionOptions options;
    options.clock = ClockMode::virtual_;
    options.start_time = Clock::WallTime();
    return options;
}

/// One run, from the text of a script to the verdict.
struct Session {
    explicit Session(std::string_view script, jobs::SessionOptions o = virtual_session(),
                     bool wants_jobs = false)
        : options(std::move(o)), recorder(wants_jobs) {
        for (const auto& variable : options.variables) compilation.compilation().define(variable.name);
        compilation.add(script);
        compilation.check();
    }

    void run() {
        run_result =
            jobs::run_session(compilation.scripts(), compilation.compilation(), options, output, recorder);
    }

    Compilation compilation;
    jobs::SessionOptions options;
    MemoryOutput output;
    Recorder recorder;
    jobs::RunResult run_result;
};

}  // namespace arun::test
