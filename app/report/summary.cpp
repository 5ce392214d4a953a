#include "report/summary.hpp"

#include "base/text.hpp"

#include "jobs/blocked_jobs.hpp"
#include "jobs/run.hpp"
#include "jobs/scope.hpp"
#include "report/formats.hpp"

#include <algorithm>
#include <chrono>

namespace arun::app {

using jobs::Outcome;

namespace {

constexpr std::size_t most_failures = 20;

/// Nanoseconds tell a person nothing.
std::string rounded(Duration duration) {
    const auto unit = duration >= std::chrono::seconds(1) ? Duration(std::chrono::milliseconds(10))
                                                          : Duration(std::chrono::milliseconds(1));
    return format_duration(duration - duration % unit);
}

}  // namespace

Summary::Summary(std::span<const std::unique_ptr<script::Script>> scripts) : scripts_(scripts) {
    for (const auto& script : scripts) {
        total_ += script->body.jobs.jobs.size();
        if (script->body.finally) total_ += script->body.finally->jobs.size();
    }
}

void Summary::script_started(const script::Body& body) {
    known_ = std::any_of(scripts_.begin(), scripts_.end(),
                         [&](const auto& script) { return &script->body == &body; });
}

void Summary::job_finished(const jobs::Scope& scope, const jobs::JobResult& ending) {
    if (!jobs::is_top_level(scope)) return;
    ++finished_;
    if (known_) ++reached_;
    switch (ending.outcome) {
        case Outcome::success:
            ++passed_;
            return;
        case Outcome::failure:
            ++(ending.allowed ? allowed_ : failed_);
            return;
        case Outcome::cancelled:
            ++cancelled_;
            return;
        case Outcome::skipped:
            ++skipped_;
            return;
    }
}

void Summary::remember(const jobs::Failure& failure) {
    if (failures_.size() == most_failures) {
        ++more_failures_;
    } else {
        std::string line;
        if (!failure.chain.empty()) line = jobs::describe(failure.chain.front()) + ": ";
        line += one_line(first_line(failure.message));
        // A background job's failure is told when it happens, and fails those who wait for it too.
        if (std::ranges::find(failures_, line) == failures_.end()) failures_.push_back(std::move(line));
    }
    for (const auto& other : failure.others) remember(*other);
}

void Summary::failed(const jobs::Failure& failure, jobs::FailureContext context) {
    if (context != jobs::FailureContext::allowed) remember(failure);
}

std::string Summary::text(const jobs::RunResult& run_result) const {
    const Totals totals{finished_, passed_, failed_, allowed_, cancelled_, skipped_};
    auto text = summary_of(totals);
    if (total_ > reached_) text += ", " + std::to_string(total_ - reached_) + " not reached";
    text = "arun: " + text + ", in " + rounded(run_result.duration) + '\n';
    if (failures_.size() < 2) return text;
    for (const auto& line : failures_) text += "  failed: " + line + '\n';
    if (more_failures_ > 0) text += "  and " + std::to_string(more_failures_) + " more\n";
    return text;
}

}  // namespace arun::app
