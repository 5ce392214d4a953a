#include "commands/run_reports.hpp"

#include "reports/github.hpp"
#include "reports/json.hpp"
#include "reports/junit.hpp"
#include "reports/tap.hpp"
#include "reports/timeline.hpp"
#include "reports/timeline_page.hpp"

#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace arun::app {
namespace {

jobs::DetailLevel detail_level_of(const Options& options) {
    if (options.timelines.empty()) return jobs::DetailLevel::none;
    return std::ranges::any_of(options.timelines, is_timeline_page) ? jobs::DetailLevel::output
                                                                    : jobs::DetailLevel::steps;
}

}  // namespace

ReportWriter writer_of(ReportFormat format) noexcept {
    switch (format) {
        case ReportFormat::junit:
            return &junit_report;
        case ReportFormat::tap:
            return &tap_report;
        case ReportFormat::github:
            return &github_report;
        case ReportFormat::json:
            break;
    }
    return &json_report;
}

RunReports::RunReports(const Options& options, Terminal& terminal,
                       std::span<const std::unique_ptr<script::Script>> scripts)
    : options_(options), terminal_(terminal), console_(terminal, options), summary_(scripts) {
    for (const auto& report : options.reports) {
        add_target(writer_of(report.format), "--report", report.file);
    }
    for (const auto& file : options.timelines) add_target(timeline_format(file), "--timeline", file);
    if (options.events) event_file_.emplace("--events", *options.events);
    if (options.trace) trace_file_.emplace("--trace", *options.trace);

    auto& output = terminal.output();
    observers_.add(console_);
    observers_.add(summary_);
    if (wants_progress(options)) observers_.add(progress_.emplace(output, summary_));
    if (!targets_.empty()) observers_.add(recorder_.emplace(scripts, detail_level_of(options)));
    if (event_file_) observers_.add(events_.emplace(*event_file_, output.secrets()));
    if (trace_file_) observers_.add(trace_.emplace(*trace_file_, output.secrets()));
    if (options.record || options.command == Command::replay) observers_.add(all_jobs_);
    if (options.takes_stdout()) output.divert_to_stderr(true);
    if (event_file_) output.when_flushed = [this] { event_file_->flush(); };
}

RunReports::~RunReports() {
    terminal_.output().when_flushed = nullptr;
}

void RunReports::add_target(Format format, std::string_view option, const std::string& path) {
    auto& target = targets_.emplace_back(Target{std::move(format), std::nullopt});
    if (!is_stdout(path)) target.file.emplace(option, path);
}

RunReports::Format RunReports::timeline_format(const std::string& path) {
    if (is_timeline_page(path)) return &timeline_html;
    if (!is_stdout(path)) return &timeline_svg;
    return [this](const RunRecord& run, const TextSink& out) {
        const bool colored = terminal_.output().coloured(jobs::Stream::out);
        timeline_text(run, out, {terminal_columns(STDOUT_FILENO), colored});
    };
}

bool RunReports::write(const Target& target, const RunRecord& run) {
    const TextWriter text = [&](const TextSink& out) { target.format(run, out); };
    if (target.file) return terminal_.check_written(target.file->path(), target.file->write(text));
    // Terminal::finish() finds an error.
    auto& output = terminal_.output();
    output.divert_to_stderr(false);
    text([&](std::string_view piece) { output.write_verbatim(jobs::Stream::out, piece); });
    return true;
}

bool RunReports::write_step_summary(const RunRecord& run) {
    const char* path = std::getenv("GITHUB_STEP_SUMMARY");
    if (path == nullptr || *path == '\0') return true;
    return terminal_.check_written(
        path, append_to_file(path, [&](const TextSink& out) { github_summary(run, out); }));
}

bool RunReports::finish(const jobs::RunResult& run_result, int exit_status) {
    bool ok = true;
    if (events_) events_->run_finished(run_result, exit_status);
    if (trace_) trace_->finish();
    if (recorder_) {
        auto run = recorder_->take(run_result, exit_status);
        redact(run, terminal_.output().secrets());
        for (const auto& target : targets_) ok = write(target, run) && ok;
        if (std::ranges::any_of(options_.reports, [](auto& r) { return r.format == ReportFormat::github; }))
            ok = write_step_summary(run) && ok;
    }
    if (options_.verbose || (summary_.is_needed() && !options_.quiet))
        terminal_.output().say(summary_.text(run_result));
    for (const auto* log : {&event_file_, &trace_file_})
        if (*log) ok = terminal_.check_written((*log)->path(), (*log)->error()) && ok;
    return ok;
}

}  // namespace arun::app
