#include "console/progress.hpp"

#include "base/difference.hpp"
#include "base/utf8.hpp"
#include "console/terminal.hpp"
#include "jobs/blocked_jobs.hpp"
#include "jobs/engine.hpp"
#include "jobs/run_job.hpp"
#include "jobs/scope.hpp"
#include "rt/clock.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <string_view>
#include <vector>

namespace arun::app {
namespace {

/// The summary lists at most this many failures.
constexpr std::size_t max_failures = 20;

/// To milliseconds, or hundredths of a second.
std::string rounded(Duration duration) {
    const auto unit = duration >= std::chrono::seconds(1) ? Duration(std::chrono::milliseconds(10))
                                                          : Duration(std::chrono::milliseconds(1));
    return format_duration(duration - duration % unit);
}

/// With more tasks than this only their number is shown: looking at each takes too long.
constexpr std::size_t max_tasks = 1000;

bool is_piped(int fd) {
    struct stat status{};
    return ::fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

std::size_t columns_of_terminal() {
    const auto columns = terminal_columns(STDERR_FILENO);
    return columns > 0 ? columns : 80;
}

/// True for `arun jobs.yaml &`: the shell runs something else on the terminal.
bool is_in_background() {
    const auto foreground = ::tcgetpgrp(STDERR_FILENO);
    return foreground > 0 && foreground != ::getpgrp();
}

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_utf8_tail(c); }));
}

/// The first `columns` characters.
std::string_view cut(std::string_view text, std::size_t columns) {
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
        if (!is_utf8_tail(text[end]) && columns-- == 0) break;
    }
    return text.substr(0, end);
}

}  // namespace

Summary::Summary(std::span<const std::unique_ptr<script::Script>> scripts) : scripts_(scripts) {
    for (const auto& script : scripts) {
        total_ += script->body.jobs.jobs.size();
        left_out_ += script->left_out;
        if (script->body.finally) total_ += script->body.finally->jobs.size();
    }
}

void Summary::script_started(const script::Body& body) {
    // They run in their order, with the scripts of streams between them.
    in_known_script_ = next_script_ < scripts_.size() && &scripts_[next_script_]->body == &body;
    if (in_known_script_) ++next_script_;
}

void Summary::job_finished(const jobs::Scope& scope, const jobs::JobResult& result) {
    if (!jobs::is_top_level(scope)) return;
    if (in_known_script_) ++reached_;
    ++finished_;
    const auto* failure = result.failure;
    // A job that waited for one which failed has not failed by itself, unless that one is allowed to fail.
    if (failure != nullptr) {
        const auto found = counted_.find(failure->telling);
        if (found != counted_.end() && (found->second.nested || !failure->is_of(*scope.job()))) {
            if (result.allowed) {
                allow(found->second);
            } else {
                ++found->second.waiters;
                if (found->second.allowed) ++totals_.failed;
            }
            return;
        }
    }
    if (failure != nullptr && scope.background() != nullptr) count(*failure, {.allowed = result.allowed});
    const bool ok = result.outcome == jobs::Outcome::cancelled && result.stopped;
    totals_.add(ok ? jobs::Outcome::success : result.outcome, result.allowed);
}

void Summary::allow(Counted& counted) {
    if (std::exchange(counted.allowed, true)) return;
    totals_.allow_failure();
    totals_.failed += counted.waiters;
}

void Summary::count(const jobs::Failure& failure, Counted counted) {
    if (counted_.size() >= max_counted_) {
        // No job can wait any more for those that nothing else refers to.
        std::erase_if(counted_, [](const auto& entry) { return entry.first.use_count() == 1; });
        max_counted_ = std::max(max_counted_, 2 * counted_.size());
    }
    counted_.emplace(failure.telling, counted);
}

void Summary::remember(const jobs::Failure& failure) {
    if (*failure.telling == jobs::Telling::told) {
        // Its siblings may be new.
    } else if (failures_.size() == max_failures) {
        ++more_failures_;
    } else {
        std::string line;
        if (!failure.chain.empty()) line = jobs::describe(failure.chain.front()) + ": ";
        line += one_line(first_line(failure.message));
        failures_.push_back({failure.telling, std::move(line)});
    }
    for (const auto& other : failure.others) remember(*other);
}

void Summary::forget(const jobs::Failure& failure) {
    std::erase_if(failures_, [&](const Line& line) { return line.failure == failure.telling; });
    for (const auto& other : failure.others) forget(*other);
}

void Summary::failed(const jobs::Failure& failure, jobs::FailureContext context) {
    if (context == jobs::FailureContext::allowed) {
        forget(failure);
        if (const auto found = counted_.find(failure.telling); found != counted_.end()) allow(found->second);
        return;
    }
    remember(failure);
    if (context != jobs::FailureContext::background) return;
    const auto* job = failure.background_job();
    const bool nested = job != nullptr && job != &failure.chain.back();
    if (const auto found = counted_.find(failure.telling); found != counted_.end()) {
        // Allowed by one wait, but not by that of another background job.
        if (found->second.allowed) ++totals_.failed;
    } else if (nested) {
        totals_.add(jobs::Outcome::failure, false);
        count(failure, {.nested = true});
    }
}

std::string Summary::text(const jobs::RunResult& run_result) const {
    auto text = to_text(totals_);
    if (total_ > reached_) text += ", " + std::to_string(total_ - reached_) + " not reached";
    if (left_out_ > 0) text += ", " + std::to_string(left_out_) + " left out";
    text = "arun: " + text + ", in " + rounded(run_result.duration) + '\n';
    if (failures_.size() < 2) return text;
    for (const auto& line : failures_) text += "  failed: " + line.text + '\n';
    if (more_failures_ > 0) text += "  and " + std::to_string(more_failures_) + " more\n";
    return text;
}

bool wants_progress(const Options& options) {
    if (options.progress != When::automatic) return options.progress == When::always;
    const auto& session = options.session;
    const bool unwanted = options.quiet || options.verbose || session.debug;
    return !unwanted && session.clock == ClockMode::real && stderr_is_terminal() && !is_piped(STDOUT_FILENO);
}

std::string fit_list(const std::vector<std::string>& items, std::size_t columns) {
    std::string fitting;
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i) {
        text += (i == 0 ? "" : ", ") + items[i];
        if (width_of(text) > columns) break;
        const auto rest = items.size() - i - 1;
        auto with_rest = rest == 0 ? text : text + " and " + std::to_string(rest) + " more";
        if (width_of(with_rest) <= columns) fitting = std::move(with_rest);
    }
    return fitting.empty() && !items.empty() ? std::string(cut(items.front(), columns)) : fitting;
}

Progress::Progress(StandardOutput& output, const Summary& summary)
    : output_(output), summary_(summary), next_(Clock::monotonic() + std::chrono::seconds(1)) {}

void Progress::waiting() {
    const auto now = Clock::monotonic();
    if (now < next_ || is_in_background()) return;
    next_ = now + period / 5;
    output_.show_status(text());
}

std::string Progress::text() const {
    const auto second = Duration(std::chrono::seconds(1));
    const auto elapsed = engine_->elapsed();
    std::string text =
        "[" + format_duration(elapsed - elapsed % second) + ", " + std::to_string(summary_.finished());
    if (summary_.total() != 0) text += " of " + std::to_string(summary_.total());
    text += " done";
    if (summary_.failed() != 0) text += ", " + std::to_string(summary_.failed()) + " failed";
    text += "] ";
    // The last column stays free: some terminals wrap when it is written.
    const auto columns = columns_of_terminal() - 1;
    std::size_t tasks = 0;
    engine_->loop->for_each_task([&](const TaskBase&) { ++tasks; });
    if (tasks > max_tasks) {
        text += std::to_string(tasks) + " tasks";
    } else {
        std::vector<std::string> titles;
        for (const auto& step : jobs::blocked_jobs(*engine_->loop)) titles.push_back(jobs::title_of(step));
        text += fit_list(titles, columns - std::min(columns, width_of(text)));
    }
    return std::string(cut(text, columns));
}

}  // namespace arun::app
