#include "report/record.hpp"

#include "base/text.hpp"
#include "jobs/blocked_jobs.hpp"

#include <algorithm>

namespace arun::app {

using jobs::Outcome;

FailureRecord record_of(const jobs::Failure& failure) {
    FailureRecord record;
    record.message = failure.message;
    record.timeout = failure.cause == jobs::Cause::timeout;
    record.output = failure.output;
    record.place = failure.where.position();
    if (!failure.chain.empty() && !record.place) record.place = failure.chain.front().job->span().position();
    for (std::size_t i = 1; i < failure.chain.size(); ++i)
        record.around.push_back(jobs::describe(failure.chain[i]));
    for (const auto& other : failure.others) record.others.push_back(record_of(*other));
    return record;
}

namespace {

void add_line(std::string& text, std::string_view line) {
    if (line.empty()) return;
    text.append(line);
    if (!line.ends_with('\n')) text += '\n';
}

}  // namespace

std::string FailureRecord::details() const {
    std::string text;
    if (place) add_line(text, "at " + to_text(place));
    if (const auto end = message.find('\n'); end != message.npos)
        add_line(text, std::string_view(message).substr(end + 1));
    for (const auto& job : around) add_line(text, "in " + job);
    if (!output.empty()) {
        add_line(text, "the last lines of its output:");
        add_line(text, output);
    }
    for (const auto& other : others) {
        add_line(text, "also failed: " + std::string(first_line(other.message)));
        add_line(text, other.details());
    }
    return text;
}

bool CaseRecord::is_group() const {
    if (cases.empty()) return false;
    if (outcome != Outcome::failure || !failure) return true;
    // The failure is that of a case inside, which tells of it.
    return std::any_of(cases.begin(), cases.end(), [&](const auto& inner) {
        return inner->outcome == Outcome::failure && inner->failure &&
               inner->failure->message == failure->message && inner->failure->place == failure->place;
    });
}

std::string RunRecord::interruption() const {
    if (!internal.empty()) return internal;
    if (!signal.empty()) return "interrupted by " + signal;
    if (rejected) return to_text(rejected->place) + ": " + rejected->message;
    return {};
}

namespace {

void visit(const CaseRecord& record, Path& path, const std::function<void(const Path&)>& f) {
    path.push_back(&record);
    if (!record.is_group()) f(path);
    for (const auto& inner : record.cases) visit(*inner, path, f);
    path.pop_back();
}

void add(Totals& totals, const CaseRecord& record) {
    ++totals.cases;
    switch (record.outcome) {
        case Outcome::success:
            ++totals.passed;
            return;
        case Outcome::failure:
            ++(record.allowed ? totals.allowed : totals.failed);
            return;
        case Outcome::cancelled:
            ++totals.cancelled;
            return;
        case Outcome::skipped:
            ++totals.skipped;
            return;
    }
}

void visit_texts(FailureRecord& failure, const std::function<void(std::string&)>& f) {
    f(failure.message);
    f(failure.place.file);
    for (auto& text : failure.around) f(text);
    f(failure.output);
    for (auto& other : failure.others) visit_texts(other, f);
}

void visit_texts(CaseRecord& record, const std::function<void(std::string&)>& f) {
    for (auto* text :
         {&record.kind, &record.id, &record.name, &record.title, &record.place.file, &record.reason})
        f(*text);
    if (record.failure) visit_texts(*record.failure, f);
    for (auto& inner : record.cases) visit_texts(*inner, f);
}

}  // namespace

void for_each_case(const ScriptRecord& script, const std::function<void(const Path&)>& f) {
    Path path;
    for (const auto& record : script.cases) visit(*record, path, f);
}

Totals count(const ScriptRecord& script) {
    Totals totals;
    for_each_case(script, [&](const Path& path) { add(totals, *path.back()); });
    return totals;
}

Totals count(const RunRecord& run) {
    Totals totals;
    for (const auto& script : run.scripts)
        for_each_case(script, [&](const Path& path) { add(totals, *path.back()); });
    return totals;
}

void for_each_text(RunRecord& run, const std::function<void(std::string&)>& f) {
    f(run.internal);
    if (run.rejected) visit_texts(*run.rejected, f);
    for (auto& script : run.scripts) {
        f(script.name);
        f(script.file);
        if (script.failure) visit_texts(*script.failure, f);
        for (auto& record : script.cases) visit_texts(*record, f);
    }
}

}  // namespace arun::app
