#include "reports/record.hpp"

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "jobs/blocked_jobs.hpp"

#include <algorithm>

namespace arun::app {

using jobs::Outcome;

FailureRecord record_of(const jobs::Failure& failure, const script::Job* own) {
    FailureRecord record;
    if (own != nullptr && !failure.chain.empty() && failure.chain.front().job != own)
        record.job = jobs::title_of(failure.chain.front());
    record.message = failure.message;
    record.timeout = failure.cause == jobs::Cause::timeout;
    record.running = failure.running;
    record.output = failure.output;
    record.place = failure.where.position();
    if (!failure.chain.empty() && !record.place) record.place = failure.chain.front().job->span().position();
    for (std::size_t i = 1; i < failure.chain.size(); ++i)
        record.around.push_back(jobs::describe(failure.chain[i]));
    for (const auto& other : failure.others) record.others.push_back(record_of(*other, own));
    return record;
}

namespace {

void add_line(std::string& text, std::string_view line) {
    if (line.empty()) return;
    text.append(line);
    if (!line.ends_with('\n')) text += '\n';
}

}  // namespace

std::string FailureRecord::headline() const {
    constexpr std::size_t max_named = 5;
    std::string text(first_line(message));
    if (job.empty()) return text;
    text = job + ": " + text;
    for (std::size_t i = 0; i < others.size(); ++i) {
        if (i == max_named) return text + " and " + std::to_string(others.size() - i) + " more";
        const auto& other = others[i];
        text += (i == 0 ? "; also failed: " : ", ") +
                (other.job.empty() ? std::string(first_line(other.message)) : other.job);
    }
    return text;
}

std::string FailureRecord::whole_message() const {
    const auto end = std::min(message.find('\n'), message.size());
    return headline() + message.substr(end);
}

std::string FailureRecord::details(bool with_output) const {
    std::string text;
    if (place) add_line(text, "at " + to_text(place));
    if (const auto end = message.find('\n'); end != message.npos)
        add_line(text, std::string_view(message).substr(end + 1));
    for (const auto& job : around) add_line(text, "in " + job);
    if (!running.empty()) add_line(text, "still running:");
    for (const auto& job : running) add_line(text, "  " + job);
    if (with_output && !output.empty()) {
        add_line(text, "the last lines of its output:");
        add_line(text, output);
    }
    for (const auto& other : others) {
        add_line(text, "also failed: " + (other.job.empty() ? std::string() : other.job + ": ") +
                           std::string(first_line(other.message)));
        add_line(text, other.details());
    }
    return text;
}

namespace {

/// Success, cancelled, failure.
int badness(Outcome outcome) noexcept {
    return outcome == Outcome::failure ? 2 : outcome == Outcome::cancelled ? 1 : 0;
}

void merge(StepRecord& step, StepRecord&& next) {
    step.start = std::min(step.start, next.start);
    step.end = std::max(step.end, next.end);
    step.first = std::min(step.first, next.first);
    step.last = std::max(step.last, next.last);
    const bool is_worse = badness(next.outcome) >= badness(step.outcome);
    if (is_worse) step.text = std::move(next.text);
    if (is_worse) step.outcome = next.outcome;
    if (step.outcome == Outcome::success) step.text.clear();
}

}  // namespace

void StepList::add(StepRecord step) {
    const auto place = total_++;
    if (place % stride_ != 0) return merge(steps_.back(), std::move(step));
    if (steps_.size() == max_size) {
        for (std::size_t i = 0; i < max_size; i += 2) {
            auto merged = std::move(steps_[i]);
            merge(merged, std::move(steps_[i + 1]));
            steps_[i / 2] = std::move(merged);
        }
        steps_.resize(max_size / 2);
        stride_ *= 2;
    }
    steps_.push_back(std::move(step));
}

void OutputRecord::add(std::string_view more) {
    if (more.size() > 2 * max_size) {
        more.remove_prefix(more.size() - 2 * max_size);
        text.clear();
        is_cut = true;
    }
    text += more;
    if (text.size() <= 2 * max_size) return;
    text.erase(0, text.size() - max_size - max_size / 2);
    is_cut = true;
}

void OutputRecord::shorten() {
    std::size_t drop = text.size() - std::min(text.size(), max_size);
    if (is_cut) {
        // What add() has torn may be the rest of a secret, which was not masked.
        const auto line = text.find('\n');
        drop = std::max(drop, line < max_size / 2 ? line + 1 : std::min(text.size(), max_size / 2));
    }
    if (drop == 0) return;
    is_cut = true;
    const auto line = text.find('\n', drop - 1);
    if (line < drop + max_size / 2) drop = line + 1;
    while (drop < text.size() && is_utf8_tail(text[drop])) ++drop;
    text.erase(0, drop);
}

bool CaseRecord::is_group() const {
    if (cases.empty()) return false;
    if (outcome != Outcome::failure || !failure) return true;
    // A failure that came from a case inside is reported there.
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

void visit_texts(FailureRecord& failure, const std::function<void(std::string&)>& f) {
    f(failure.message);
    f(failure.job);
    f(failure.place.file);
    for (auto& text : failure.around) f(text);
    for (auto& text : failure.running) f(text);
    f(failure.output);
    for (auto& other : failure.others) visit_texts(other, f);
}

void visit_texts(CaseRecord& record, const std::function<void(std::string&)>& f) {
    for (auto* text :
         {&record.kind, &record.id, &record.name, &record.title, &record.place.file, &record.reason})
        f(*text);
    if (record.failure) visit_texts(*record.failure, f);
    if (record.detail) {
        auto& detail = *record.detail;
        for (auto* text : {&detail.label, &detail.cut, &detail.out.text, &detail.err.text}) f(*text);
        for (auto* list : {&detail.attempts, &detail.rounds})
            for (auto& step : list->steps()) f(step.text);
    }
    for (auto& inner : record.cases) visit_texts(*inner, f);
}

}  // namespace

void for_each_case(const ScriptRecord& script, const std::function<void(const Path&)>& f) {
    Path path;
    for (const auto& record : script.cases) visit(*record, path, f);
}

std::string title_of(const Path& path) {
    std::string text;
    for (const auto* record : path) text += (record == path.front() ? "" : " > ") + record->title;
    return text;
}

void Totals::add(Outcome outcome, bool failure_allowed) {
    ++cases;
    switch (outcome) {
        case Outcome::success:
            ++passed;
            return;
        case Outcome::failure:
            ++(failure_allowed ? allowed : failed);
            return;
        case Outcome::cancelled:
            ++cancelled;
            return;
        case Outcome::skipped:
            ++skipped;
            return;
    }
}

std::string to_text(const Totals& totals) {
    std::string text;
    const auto add = [&](std::size_t n, std::string_view what) {
        if (n == 0) return;
        text.append(text.empty() ? "" : ", ").append(std::to_string(n)).append(" ").append(what);
    };
    add(totals.passed, "passed");
    add(totals.failed, "failed");
    add(totals.allowed, "failed but allowed");
    add(totals.cancelled, "cancelled");
    add(totals.skipped, "skipped");
    return text.empty() ? "nothing ran" : text;
}

Totals count(const ScriptRecord& script) {
    Totals totals;
    for_each_case(script, [&](const Path& path) { totals.add(path.back()->outcome, path.back()->allowed); });
    return totals;
}

Totals count(const RunRecord& run) {
    Totals totals;
    for (const auto& script : run.scripts)
        for_each_case(script,
                      [&](const Path& path) { totals.add(path.back()->outcome, path.back()->allowed); });
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

void redact(RunRecord& run, const Secrets& secrets) {
    for_each_text(run, [&](std::string& text) {
        if (secrets.may_concern(text)) text = secrets.redact(text);
    });
}

std::string clean_text(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto c = first_code_point(text);
        const bool control = c.value < 0x20 && c.value != '\n' && c.value != '\t';
        // XML 1.0 excludes the last two code points of each plane.
        const bool noncharacter = (c.value & 0xFFFEU) == 0xFFFE;
        if (text.starts_with("\r\n")) {
            // The newline follows.
        } else if (!c.valid || control || noncharacter || (c.value >= 0x7F && c.value < 0xA0)) {
            out += "\uFFFD";
        } else {
            out += text.substr(0, c.length);
        }
        text.remove_prefix(c.length);
    }
    return out;
}

}  // namespace arun::app
