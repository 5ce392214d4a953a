#include "report/trace.hpp"

#include "jobs/engine.hpp"
#include "report/events.hpp"
#include "report/formats.hpp"
#include "report/record.hpp"
#include "script/kind.hpp"

#include <algorithm>
#include <utility>

namespace arun::app {

using jobs::Scope;
using script::Value;

namespace {

Value microseconds(Duration time) {
    return Value::number(static_cast<double>(time.count()) / 1000);
}

}  // namespace

Trace::Trace(LogFile& file, const Secrets& secrets) : file_(file), secrets_(secrets) {
    file_.append("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
}

Value Trace::text(std::string_view t) const {
    return Value::string(secrets_.empty() ? std::string(t) : secrets_.mask(t));
}

void Trace::write(Row row) {
    std::string line = first_ ? "" : ",\n";
    first_ = false;
    script::append_json(line, Value::map(std::move(row)));
    file_.append(line);
}

std::size_t Trace::track_for(std::uint64_t parent, bool background) {
    if (const auto found = open_.find(parent); found != open_.end() && !background) {
        const auto track = found->second.track;
        if (tracks_[track] == parent) return track;
    }
    const auto free = std::find(tracks_.begin(), tracks_.end(), 0U);
    const auto track = static_cast<std::size_t>(free - tracks_.begin());
    if (free == tracks_.end()) {
        tracks_.push_back(0);
        Row row;
        row.emplace_back("name", Value::string("thread_name"));
        row.emplace_back("ph", Value::string("M"));
        row.emplace_back("pid", Value::number(1));
        row.emplace_back("tid", Value::number(static_cast<double>(track + 1)));
        std::vector<Value::Entry> arguments;
        arguments.emplace_back("name",
                               Value::string(track == 0 ? "jobs" : "jobs beside, " + std::to_string(track)));
        row.emplace_back("args", Value::map(std::move(arguments)));
        write(std::move(row));
    }
    return track;
}

void Trace::job_started(const Scope& scope) {
    const auto* modifiers = scope.job()->modifiers();
    const auto track = track_for(parent_run(scope), modifiers != nullptr && modifiers->background);
    open_[scope.run()] = {track, std::exchange(tracks_[track], scope.run()), engine_->elapsed()};
}

void Trace::job_finished(const Scope& scope, const jobs::JobResult& ending) {
    const auto found = open_.find(scope.run());
    if (found == open_.end()) return;
    const auto open = found->second;
    open_.erase(found);
    tracks_[open.track] = open.below;
    Row row;
    row.emplace_back("name", text(jobs::step_of(scope).label));
    row.emplace_back("cat", Value::string(scope.job()->kind()->name()));
    row.emplace_back("ph", Value::string("X"));
    row.emplace_back("ts", microseconds(open.start));
    row.emplace_back("dur", microseconds(ending.taken));
    row.emplace_back("pid", Value::number(1));
    row.emplace_back("tid", Value::number(static_cast<double>(open.track + 1)));
    std::vector<Value::Entry> arguments;
    arguments.emplace_back("outcome", Value::string(jobs::name_of(ending.outcome)));
    const auto place = scope.job()->span().position();
    arguments.emplace_back("at", text(place.file + ':' + std::to_string(place.line)));
    if (ending.failure != nullptr) arguments.emplace_back("error", text(ending.failure->message));
    row.emplace_back("args", Value::map(std::move(arguments)));
    write(std::move(row));
}

void Trace::mark(std::string_view name, std::string_view message) {
    Row row;
    row.emplace_back("name", Value::string(name));
    row.emplace_back("ph", Value::string("i"));
    row.emplace_back("s", Value::string("p"));
    row.emplace_back("ts", microseconds(engine_->elapsed()));
    row.emplace_back("pid", Value::number(1));
    row.emplace_back("tid", Value::number(1));
    std::vector<Value::Entry> arguments;
    arguments.emplace_back("message", text(message));
    row.emplace_back("args", Value::map(std::move(arguments)));
    write(std::move(row));
}

void Trace::failed(const jobs::Failure& failure, jobs::FailureContext) {
    mark("failed", failure.message);
}

void Trace::retrying(const Scope&, const jobs::Failure& failure, std::int64_t attempt, Duration) {
    mark("attempt " + std::to_string(attempt) + " failed", failure.message);
}

void Trace::notice(std::string_view t) {
    mark("notice", t);
}

void Trace::finish() {
    file_.append("\n]}\n");
    file_.flush();
}

}  // namespace arun::app
