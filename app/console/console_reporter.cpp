#include "console/console_reporter.hpp"

#include "base/duration.hpp"
#include "base/text.hpp"
#include "jobs/blocked_jobs.hpp"
#include "jobs/scope.hpp"
#include "reports/record.hpp"
#include "script/kind.hpp"

#include <string>

namespace arun::app {

using jobs::Failure;
using jobs::FailureContext;
using jobs::Outcome;

namespace {

/// The kind, and the name if there is one: the source line below shows what an unnamed job does.
std::string title(const Failure::Step& step) {
    std::string text(step.job->kind()->name());
    if (step.named) text += " '" + step.label + "'";
    if (!step.items.empty()) text += ' ' + step.items;
    return text;
}

std::string indented(std::string_view text, std::string_view by) {
    std::string out;
    for (const auto line : lines_of(text)) out.append(by).append(line).append("\n");
    return out;
}

/// The diagnostic, the rest of the message, the jobs around the failed one.
std::string describe_one(const Failure& failure, Severity severity, std::string_view remark, bool color) {
    const std::string_view message = failure.message;
    const auto headline = first_line(message);
    Diagnostic diagnostic;
    diagnostic.severity = severity;
    diagnostic.span = failure.where;
    if (!failure.chain.empty()) {
        if (diagnostic.span.source == nullptr) diagnostic.span = failure.chain.front().job->span();
        diagnostic.message = title(failure.chain.front()) + ": ";
    }
    diagnostic.message += headline;
    if (!remark.empty()) diagnostic.message.append(" (").append(remark).append(")");
    auto text = render(diagnostic, color);
    if (headline.size() < message.size())
        text += indented(clean_text(message.substr(headline.size() + 1)), "    ");
    if (!failure.output.empty()) {
        text += "    the last lines of its output:\n";
        text += indented(clean_text(failure.output), "      ");
    }
    for (const auto& job : failure.running) text += "    still running: " + clean_text(job) + '\n';
    for (std::size_t i = 1; i < failure.chain.size(); ++i)
        text += "    in " + jobs::describe(failure.chain[i]) + '\n';
    return text;
}

/// A failure and its failed siblings, without those that were shown before.
std::string describe(const Failure& failure, Severity severity, std::string_view remark, bool color) {
    std::string text;
    if (*failure.telling != jobs::Telling::told || severity == Severity::warning)
        text = describe_one(failure, severity, remark, color);
    for (const auto& other : failure.others) text += describe(*other, severity, remark, color);
    return text;
}

std::string_view remark_of(FailureContext context) {
    switch (context) {
        case FailureContext::fatal:
            return {};
        case FailureContext::secondary:
            return "after the list had failed";
        case FailureContext::background:
            return "in the background";
        case FailureContext::cleanup:
            return "while cleaning up";
        case FailureContext::allowed:
            return "allowed";
    }
    return {};
}

}  // namespace

void ConsoleReporter::failed(const Failure& failure, FailureContext context) {
    const bool allowed = context == FailureContext::allowed;
    if (allowed && options_.quiet) return;
    const auto severity = allowed ? Severity::warning : Severity::error;
    terminal_.output().say(describe(failure, severity, remark_of(context), terminal_.color()));
}

void ConsoleReporter::diagnosed(const Diagnostics& diagnostics) {
    if (diagnostics.has_errors() || !options_.quiet) terminal_.show(diagnostics);
}

void ConsoleReporter::notice(std::string_view text) {
    if (!options_.quiet) terminal_.message(text);
}

void ConsoleReporter::log_job(const jobs::Scope& scope, std::string_view event, std::string_view remark) {
    auto now = format_duration(scope.now());
    now.insert(0, now.size() < 8 ? 8 - now.size() : 0, ' ');
    terminal_.output().say('[' + now + "] " + std::string(event) + ' ' +
                           jobs::describe(jobs::step_of(scope)) + std::string(remark) + '\n');
}

void ConsoleReporter::delayed(const jobs::Scope& scope, std::string_view why) {
    if (options_.verbose) log_job(scope, "wait  ", ": " + std::string(why));
}

void ConsoleReporter::job_started(const jobs::Scope& scope) {
    log_job(scope, "start ");
}

void ConsoleReporter::job_finished(const jobs::Scope& scope, const jobs::JobResult& result) {
    const auto taken = ' ' + format_duration(result.taken) + ' ';
    switch (result.outcome) {
        case Outcome::success:
            return log_job(scope, "ok    " + taken);
        case Outcome::failure:
            return log_job(scope, "FAIL  " + taken);
        case Outcome::cancelled:
            return log_job(scope, "cancel" + taken);
        case Outcome::skipped:
            return log_job(scope, "skip  ");
    }
}

void ConsoleReporter::retrying(const jobs::Scope& scope, const Failure& failure, std::int64_t attempt,
                               Duration wait) {
    if (options_.quiet) return;
    terminal_.message(jobs::describe(jobs::step_of(scope)) + ": attempt " + std::to_string(attempt) +
                      " failed: " + std::string(first_line(failure.message)) + "; retrying in " +
                      format_duration(wait));
}

}  // namespace arun::app
