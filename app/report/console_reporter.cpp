#include "report/console_reporter.hpp"

#include "base/duration.hpp"
#include "base/text.hpp"
#include "jobs/blocked_jobs.hpp"
#include "jobs/scope.hpp"
#include "report/formats.hpp"
#include "script/kind.hpp"

#include <string>

namespace arun::app {

using jobs::Failure;
using jobs::FailureContext;
using jobs::Outcome;

namespace {

/// The source line that is shown says what an unnamed job does: its kind is enough.
std::string title(const Failure::Step& step) {
    std::string text(step.job->kind()->name());
    if (step.named) text += " '" + step.label + "'";
    return text;
}

std::string indented(std::string_view text, std::string_view by) {
    std::string out;
    for (const auto line : lines_of(text)) out.append(by).append(line).append("\n");
    return out;
}

}  // namespace

std::string describe(const Failure& failure, Severity severity, std::string_view remark, bool color) {
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
    for (std::size_t i = 1; i < failure.chain.size(); ++i)
        text += "    in " + jobs::describe(failure.chain[i]) + '\n';
    for (const auto& other : failure.others) text += describe(*other, severity, remark, color);
    return text;
}

void ConsoleReporter::failed(const Failure& failure, FailureContext context) {
    switch (context) {
        case FailureContext::fatal:
            return terminal_.output().say(describe(failure, Severity::error, {}, terminal_.color()));
        case FailureContext::secondary:
            return terminal_.output().say(
                describe(failure, Severity::error, "after the list had failed", terminal_.color()));
        case FailureContext::background:
            return terminal_.output().say(
                describe(failure, Severity::error, "in the background", terminal_.color()));
        case FailureContext::cleanup:
            return terminal_.output().say(
                describe(failure, Severity::error, "while cleaning up", terminal_.color()));
        case FailureContext::allowed:
            if (options_.quiet) return;
            return terminal_.output().say(describe(failure, Severity::warning, "allowed", terminal_.color()));
    }
}

void ConsoleReporter::diagnosed(const Diagnostics& diagnostics) {
    if (diagnostics.has_errors() || !options_.quiet) terminal_.show(diagnostics);
}

void ConsoleReporter::notice(std::string_view text) {
    if (!options_.quiet) terminal_.complain(text);
}

void ConsoleReporter::tell_job(const jobs::Scope& scope, std::string_view what) {
    auto now = format_duration(scope.now());
    now.insert(0, now.size() < 8 ? 8 - now.size() : 0, ' ');
    terminal_.output().say('[' + now + "] " + std::string(what) + ' ' + jobs::describe(jobs::step_of(scope)) +
                           '\n');
}

void ConsoleReporter::job_started(const jobs::Scope& scope) {
    tell_job(scope, "start");
}

void ConsoleReporter::job_finished(const jobs::Scope& scope, const jobs::JobResult& ending) {
    const auto outcome = ending.outcome;
    if (outcome == Outcome::skipped) return tell_job(scope, "skip ");
    const auto* what = outcome == Outcome::success   ? "ok   "
                       : outcome == Outcome::failure ? "FAIL "
                                                     : "cut  ";
    tell_job(scope, what + (" " + format_duration(ending.taken) + ' '));
}

void ConsoleReporter::retrying(const jobs::Scope& scope, const Failure& failure, std::int64_t attempt,
                               Duration wait) {
    if (options_.quiet) return;
    terminal_.complain(jobs::describe(jobs::step_of(scope)) + ": attempt " + std::to_string(attempt) +
                       " failed: " + std::string(first_line(failure.message)) + "; again in " +
                       format_duration(wait));
}

}  // namespace arun::app
