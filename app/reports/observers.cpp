#include "reports/observers.hpp"

#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "jobs/run_job.hpp"
#include "world/world.hpp"

#include <algorithm>

namespace arun::app {

using jobs::EventFilter;
using jobs::Scope;

void Observers::add(jobs::Observer& observer) {
    const auto filter = observer.event_filter();
    all_.push_back(&observer);
    if (filter != EventFilter::none) of_jobs_.push_back({&observer, filter});
    event_filter_ = std::max(event_filter_, filter);
    detail_level_ = std::max(detail_level_, observer.detail_level());
    keeps_jobs_ = keeps_jobs_ || observer.keeps_jobs();
}

template <class F>
void Observers::for_each_observer(F f) const {
    const ObservingScope observing(journal_);
    for (auto* observer : all_) f(observer);
}

template <class F>
void Observers::for_each_job_observer(const Scope& scope, F f) const {
    const ObservingScope observing(journal_);
    for (const auto& [observer, filter] : of_jobs_) {
        // The session applies event_filter_ itself, so that only a narrower filter has to be checked here.
        if (filter == event_filter_ || filter == EventFilter::all || jobs::is_case(scope)) f(*observer);
    }
}

template <class F>
void Observers::for_each_detail_observer(const Scope& scope, F f) const {
    for_each_job_observer(scope, [&](auto& o) {
        if (o.detail_level() != jobs::DetailLevel::none) f(o);
    });
}

void Observers::run_started(const jobs::Engine& engine) {
    journal_ = engine.world.journal();
    for_each_observer([&](auto* o) { o->run_started(engine); });
}
void Observers::diagnosed(const Diagnostics& diagnostics) {
    for_each_observer([&](auto* o) { o->diagnosed(diagnostics); });
}
void Observers::script_started(const script::Body& body) {
    for_each_observer([&](auto* o) { o->script_started(body); });
}
void Observers::script_finished(const script::Body& body, jobs::Outcome outcome, Duration taken) {
    for_each_observer([&](auto* o) { o->script_finished(body, outcome, taken); });
}
void Observers::job_started(const Scope& scope) {
    for_each_job_observer(scope, [&](auto& o) { o.job_started(scope); });
}
void Observers::job_finished(const Scope& scope, const jobs::JobResult& result) {
    for_each_job_observer(scope, [&](auto& o) { o.job_finished(scope, result); });
}
void Observers::kind_started(const Scope& scope) {
    for_each_detail_observer(scope, [&](auto& o) { o.kind_started(scope); });
}
void Observers::round_finished(const Scope& scope, const jobs::Round& round, Duration started,
                               jobs::Outcome outcome) {
    for_each_detail_observer(scope, [&](auto& o) { o.round_finished(scope, round, started, outcome); });
}
void Observers::printed(const Scope& scope, jobs::Stream stream, std::string_view text) {
    for_each_observer([&](auto* o) {
        if (o->detail_level() == jobs::DetailLevel::output) o->printed(scope, stream, text);
    });
}
void Observers::job_unknown(const Scope& scope) {
    for_each_job_observer(scope, [&](auto& o) { o.job_unknown(scope); });
}
void Observers::failed(const jobs::Failure& failure, jobs::FailureContext context) {
    for_each_observer([&](auto* o) { o->failed(failure, context); });
}
void Observers::dropped(const jobs::Failure& failure) {
    for_each_observer([&](auto* o) { o->dropped(failure); });
}
void Observers::delayed(const Scope& scope, std::string_view why) {
    for_each_observer([&](auto* o) { o->delayed(scope, why); });
}

void Observers::retrying(const Scope& scope, const jobs::Failure& failure, std::int64_t attempt,
                         Duration wait) {
    for_each_observer([&](auto* o) { o->retrying(scope, failure, attempt, wait); });
}
void Observers::waiting() {
    for_each_observer([&](auto* o) { o->waiting(); });
}
void Observers::notice(std::string_view text) {
    for_each_observer([&](auto* o) { o->notice(text); });
}

std::vector<const script::Job*> path_of(const Scope& scope) {
    std::vector<const script::Job*> path;
    for (const auto* s = &scope; s != nullptr && s->job() != nullptr; s = s->parent())
        path.push_back(s->job());
    if (const auto* run = scope.background())
        for (const auto& step : (*run)->chain) path.push_back(step.job);
    std::reverse(path.begin(), path.end());
    return path;
}

std::uint64_t parent_run(const Scope& scope) noexcept {
    for (const auto* s = scope.parent(); s != nullptr; s = s->parent())
        if (s->run() != 0) return s->run();
    return 0;
}

}  // namespace arun::app
