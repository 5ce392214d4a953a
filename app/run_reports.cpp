#include "run_reports.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "report/formats.hpp"
#include "report/timeline.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace arun::app {
namespace {

using MakeText = std::string (*)(const RunRecord&);

MakeText text_of(ReportFormat format) {
    switch (format) {
        case ReportFormat::junit:
            return &junit_report;
        case ReportFormat::tap:
            return &tap_report;
        case ReportFormat::json:
            return &json_report;
        case ReportFormat::github:
            return &github_report;
    }
    return nullptr;
}

}  // namespace

RunReports::RunReports(const Options& options, Terminal& terminal,
                       std::span<const std::unique_ptr<script::Script>> scripts)
    : options_(options), terminal_(terminal), human_(terminal, options), summary_(scripts) {
    open(options);
    auto& output = terminal.output();
    observers_.add(human_);
    observers_.add(summary_);
    if (wants_progress(options)) observers_.add(progress_.emplace(output, summary_));
    if (!targets_.empty()) observers_.add(recorder_.emplace(scripts));
    if (event_file_) observers_.add(events_.emplace(*event_file_, output.secrets()));
    if (trace_file_) observers_.add(trace_.emplace(*trace_file_, output.secrets()));
    if (options.takes_stdout()) output.divert(true);
    if (event_file_) output.when_flushed = [this] { event_file_->flush(); };
}

RunReports::~RunReports() {
    terminal_.output().when_flushed = nullptr;
}

void RunReports::open(const Options& options) {
    const auto add = [&](std::string (*text)(const RunRecord&), std::string_view option,
                         const std::string& path) {
        auto& added = targets_.emplace_back(Target{text, std::nullopt});
        if (!is_stdout(path)) added.file.emplace(option, path);
    };
    for (const auto& report : options.reports) add(text_of(report.format), "--report", report.file);
    if (options.timeline)
        add(is_stdout(*options.timeline) ? &timeline_text : &timeline_svg, "--timeline", *options.timeline);
    if (options.events) event_file_ = std::make_unique<LogFile>("--events", *options.events);
    if (options.trace) trace_file_ = std::make_unique<LogFile>("--trace", *options.trace);
}

bool RunReports::complain(const std::string& path, int error) {
    if (error == 0) return true;
    terminal_.complain("cannot write " + quote(path) + ": " + reason_of(error));
    return false;
}

bool RunReports::write(const Target& target, const std::string& text) {
    if (target.file) return complain(target.file->path(), target.file->write(text));
    // An error is found when the terminal is finished.
    terminal_.output().divert(false);
    terminal_.output().write_as_is(jobs::Stream::out, text);
    return true;
}

bool RunReports::write_step_summary(const RunRecord& run) {
    const char* path = std::getenv("GITHUB_STEP_SUMMARY");
    if (path == nullptr || *path == '\0') return true;
    return complain(path, append_to_file(path, github_summary(run)));
}

bool RunReports::check(const std::unique_ptr<LogFile>& log) {
    return !log || complain(log->path(), log->error());
}

bool RunReports::finish(const jobs::RunResult& run_result, int exit_status) {
    bool well = true;
    if (events_) events_->run_finished(run_result, exit_status);
    if (trace_) trace_->finish();
    if (recorder_) {
        auto run = recorder_->take(run_result, exit_status);
        const auto& secrets = terminal_.output().secrets();
        if (!secrets.empty()) for_each_text(run, [&](std::string& text) { text = secrets.mask(text); });
        for (const auto& target : targets_) well = write(target, target.text(run)) && well;
        if (std::ranges::any_of(options_.reports, [](auto& r) { return r.format == ReportFormat::github; }))
            well = write_step_summary(run) && well;
    }
    const bool shown = options_.verbose || (summary_.has_news() && !options_.quiet);
    if (shown) terminal_.output().say(summary_.text(run_result));
    well = check(event_file_) && well;
    return check(trace_file_) && well;
}

}  // namespace arun::app
