#include "reports/trace.hpp"

#include "jobs/engine.hpp"
#include "reports/observers.hpp"
#include "script/kind.hpp"

#include <utility>

namespace arun::app {

using jobs::Scope;
using script::Value;

namespace {

Value microseconds(Duration time) {
    return Value::number(static_cast<double>(time.count()) / 1000);
}

/// An event named `name` of phase `phase`, on a track counted from 0.
JsonFields new_event(Value name, std::string_view phase, std::size_t track) {
    JsonFields event;
    event.emplace_back("name", std::move(name));
    event.emplace_back("ph", json_text(phase));
    event.emplace_back("pid", json_number(1));
    event.emplace_back("tid", json_number(track + 1));
    return event;
}

}  // namespace

Trace::Trace(LogFile& file, const Secrets& secrets) : file_(file), secrets_(secrets) {
    file_.append("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
}

Value Trace::masked(std::string_view text) const {
    return secrets_.may_concern(text) ? Value::string(secrets_.redact(text)) : json_text(text);
}

void Trace::write(JsonFields event) {
    std::string line = first_ ? "" : ",\n";
    first_ = false;
    script::append_json(line, Value::map(std::move(event)));
    file_.append(line);
}

std::size_t Trace::track_for(std::uint64_t parent, bool background) {
    if (const auto found = open_.find(parent); found != open_.end() && !background) {
        const auto track = found->second.track;
        if (tracks_[track] == parent) return track;
    }
    const auto track = free_.empty() ? tracks_.size() : *free_.begin();
    if (track == tracks_.size()) {
        tracks_.push_back(0);
        free_.insert(track);
        JsonFields arguments;
        arguments.emplace_back("name",
                               json_text(track == 0 ? "jobs" : "concurrent jobs, " + std::to_string(track)));
        auto event = new_event(json_text("thread_name"), "M", track);
        event.emplace_back("args", Value::map(std::move(arguments)));
        write(std::move(event));
    }
    return track;
}

void Trace::job_started(const Scope& scope) {
    const auto* modifiers = scope.job()->modifiers();
    const auto track = track_for(parent_run(scope), modifiers != nullptr && modifiers->background);
    free_.erase(track);
    open_[scope.run()] = {track, std::exchange(tracks_[track], scope.run()), engine_->elapsed()};
}

void Trace::job_finished(const Scope& scope, const jobs::JobResult& result) {
    const auto found = open_.find(scope.run());
    if (found == open_.end()) return;
    const auto slice = found->second;
    open_.erase(found);
    tracks_[slice.track] = slice.outer;
    if (slice.outer == 0) free_.insert(slice.track);
    auto event = new_event(masked(jobs::label_with_items(jobs::step_of(scope))), "X", slice.track);
    event.emplace_back("cat", json_text(scope.job()->kind()->name()));
    event.emplace_back("ts", microseconds(slice.start));
    event.emplace_back("dur", microseconds(result.taken));
    JsonFields arguments;
    arguments.emplace_back("outcome", json_text(jobs::name_of(result.outcome)));
    const auto place = scope.job()->span().position();
    arguments.emplace_back("at", masked(place.file + ':' + std::to_string(place.line)));
    if (result.failure != nullptr) arguments.emplace_back("error", masked(result.failure->message));
    event.emplace_back("args", Value::map(std::move(arguments)));
    write(std::move(event));
}

void Trace::mark(std::string_view name, std::string_view message) {
    auto event = new_event(json_text(name), "i", 0);
    event.emplace_back("s", json_text("p"));
    event.emplace_back("ts", microseconds(engine_->elapsed()));
    JsonFields arguments;
    arguments.emplace_back("message", masked(message));
    event.emplace_back("args", Value::map(std::move(arguments)));
    write(std::move(event));
}

void Trace::failed(const jobs::Failure& failure, jobs::FailureContext) {
    mark("failed", failure.message);
}

void Trace::retrying(const Scope&, const jobs::Failure& failure, std::int64_t attempt, Duration) {
    mark("attempt " + std::to_string(attempt) + " failed", failure.message);
}

void Trace::notice(std::string_view text) {
    mark("notice", text);
}

void Trace::finish() {
    file_.append("\n]}\n");
    file_.flush();
}

}  // namespace arun::app
