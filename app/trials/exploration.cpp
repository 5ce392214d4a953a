#include "trials/exploration.hpp"

#include "base/text.hpp"
#include "script/kind.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <utility>

namespace arun::app {
namespace {

using script::Job;

/// A run that takes this much longer than the one without a fault counts as endless.
constexpr Duration patience = std::chrono::hours(24 * 30);
/// So does one that waits this often.
constexpr std::size_t max_jumps = 100'000;
/// Two events within this time could have come in the other order.
constexpr Duration neighbourhood = std::chrono::seconds(1);
constexpr Duration a_little = std::chrono::microseconds(1);

bool contains(const std::vector<const Job*>& jobs, const Job* job) {
    return std::ranges::find(jobs, job) != jobs.end();
}
bool meets(const std::vector<const Job*>& chain, const std::set<const Job*>& jobs) {
    return std::ranges::any_of(chain, [&](const Job* job) { return jobs.contains(job); });
}
bool is_kind(const Job* job, std::string_view name) {
    return job->kind()->name() == name;
}

/// Something around the job repeats it, until it is as it should be.
bool is_repeated(const JobPlace& place) {
    return std::ranges::any_of(place.chain, [](const Job* job) {
        const auto* modifiers = job->modifiers();
        return (modifiers != nullptr && modifiers->retry != nullptr) || is_kind(job, "repeat") ||
               is_kind(job, "tick");
    });
}

/// Both a broken command or server, and one that has nothing to say, can stay as they are.
bool can_last(FaultKind kind) {
    return kind == FaultKind::exit || kind == FaultKind::silent || kind == FaultKind::refused ||
           kind == FaultKind::status || kind == FaultKind::empty;
}

/// The answer takes no time, so that nothing waits for it.
bool is_immediate(const Asked& asked) {
    const bool can_take_time = std::ranges::any_of(
        asked.kinds, [](FaultKind kind) { return kind == FaultKind::never || kind == FaultKind::late; });
    return can_take_time &&
           std::ranges::all_of(asked.arrivals, [&](Duration time) { return time == asked.at; });
}

/// The first, the second and the last of `count`.
bool is_sampled(std::size_t i, std::size_t count) {
    return i < 2 || i + 1 == count;
}

/// Gives faults their ids, each once.
class FaultIds {
public:
    std::string next(FaultKind kind, const std::string& label, std::string_view suffix = {}) {
        const auto text = std::string(name_of(kind).name) + std::string(suffix) + '@' + label;
        for (;;) {
            const auto n = ++counts_[text];
            auto id = n == 1 ? text : text + '#' + std::to_string(n);
            // A label may end with a number too.
            if (taken_.insert(id).second) return id;
        }
    }

private:
    std::map<std::string, std::size_t> counts_;
    std::set<std::string> taken_;
};

/// Replaces numbers with a fraction: they are times.
std::string without_times(std::string_view text) {
    const auto is_digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        auto end = i;
        while (is_digit(end)) ++end;
        if (end == i) {
            out += text[i++];
            continue;
        }
        const bool fraction = end < text.size() && text[end] == '.' && is_digit(end + 1);
        if (fraction)
            for (++end; is_digit(end);) ++end;
        const auto sign =
            end + 1 + (end + 1 < text.size() && (text[end + 1] == '-' || text[end + 1] == '+') ? 1 : 0);
        const bool exponent = end < text.size() && (text[end] == 'e' || text[end] == 'E') && is_digit(sign);
        if (exponent)
            for (end = sign; is_digit(end);) ++end;
        out += fraction || exponent ? std::string("#") : std::string(text.substr(i, end - i));
        i = end;
    }
    return out;
}

/// Without the properties that are times.
script::Value without_durations(const script::Value& value) {
    using script::Type;
    static constexpr std::array<std::string_view, 5> names{"duration", "dns", "connect", "tls", "first_byte"};
    if (value.is(Type::list)) {
        std::vector<script::Value> items;
        for (const auto& item : value.items()) items.push_back(without_durations(item));
        return script::Value::list(std::move(items));
    }
    if (!value.is(Type::map)) return value;
    std::vector<script::Value::Entry> entries;
    for (const auto& [name, inner] : value.entries())
        if (std::ranges::find(names, name) == names.end())
            entries.emplace_back(name, without_durations(inner));
    return script::Value::map(std::move(entries));
}

std::set<std::string> lines_of_run(const ObservedRun& run) {
    std::set<std::string> lines;
    for (const auto line : lines_of(run.trial.out)) lines.insert(without_times(line));
    return lines;
}

std::map<std::string, std::string> variables_of(const ObservedRun& run) {
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : run.trial.variables) {
        std::string json;
        script::append_json(json, without_durations(value));
        texts[name] = run.trial.secrets.mask(without_times(json));
    }
    return texts;
}

/// A line of `of` that is not among those of `other`; empty if there is none.
std::string other_line(const ObservedRun& of, const ObservedRun& other) {
    const auto known = lines_of_run(other);
    for (const auto& line : lines_of_run(of))
        if (!known.contains(line)) return line;
    return {};
}

/// Whether something runs that does not without the fault, or more often.
bool runs_more(const ObservedRun& run, const ObservedRun& baseline) {
    return std::ranges::any_of(run.ran, [&](const auto& one) {
        const auto before = baseline.ran.find(one.first);
        return before == baseline.ran.end() || before->second < one.second;
    });
}

/// Whether something runs, or is printed, that is not without the fault. What is missing does not count.
bool does_more(const ObservedRun& run, const ObservedRun& baseline) {
    return runs_more(run, baseline) || !other_line(run, baseline).empty();
}

/// The limit of a job that is written out; zero if it has none.
Duration limit_of(const Job& job) {
    const auto* modifiers = job.modifiers();
    if (modifiers == nullptr || !modifiers->timeout || modifiers->timeout->computed != nullptr) return {};
    return modifiers->timeout->literal;
}

/// That of each attempt; zero if it has none.
Duration attempt_limit_of(const Job& job) {
    const auto* modifiers = job.modifiers();
    const auto* retry = modifiers != nullptr ? modifiers->retry : nullptr;
    if (retry == nullptr || !retry->timeout || retry->timeout->computed != nullptr) return {};
    return retry->timeout->literal;
}

/// What comes from outside, by its time: the number of the question.
using Arrivals = std::map<Duration, std::size_t>;

/// After which jump of the clock the event of jump `i` could come instead: the next one. If that brings
/// output of another child, it is the one that brings its end: output alone rarely decides anything.
/// Precondition: `i` is not the last jump.
std::size_t other_event(const ObservedRun& run, const Arrivals& arrivals, std::size_t i) {
    const auto is_end = [&](Arrivals::const_iterator event) {
        return run.asked[event->second].end == event->first;
    };
    const auto first = arrivals.find(run.jumps[i].to);
    if (first == arrivals.end() || !is_end(first)) return i + 1;
    for (auto j = i + 1; j < run.jumps.size(); ++j) {
        const auto event = arrivals.find(run.jumps[j].to);
        if (event == arrivals.end() || event->second == first->second) break;
        if (is_end(event)) return run.jumps[j].to - first->first <= neighbourhood ? j : i + 1;
    }
    return i + 1;
}

}  // namespace

Exploration::Exploration(Stage& stage) : stage_(stage) {
    limits_ = {patience, max_jumps, true};
    baseline_ = run_observed(stage_, {}, limits_);
    limits_.horizon += baseline_.trial.result.duration;
    limits_.max_jumps += 2 * baseline_.jumps.size();
}

std::vector<NamedFault> Exploration::faults_of(const ObservedRun& run, const Start& from) const {
    std::vector<NamedFault> faults;
    FaultIds ids;
    const auto add = [&](Fault fault, std::string id, const JobPlace& job, std::string what) {
        faults.push_back({{fault}, std::move(id), std::move(what), {job}, {}});
    };
    // Of each job, how often it asked.
    std::map<std::pair<const Job*, bool>, std::size_t> totals, seen;
    std::set<std::pair<const Job*, FaultKind>> lasts;
    for (const auto& asked : run.asked) ++totals[{asked.by.job, asked.probe}];
    Arrivals arrivals;
    for (std::size_t i = 0; i < run.asked.size(); ++i) {
        const auto& asked = run.asked[i];
        for (const auto time : asked.arrivals) arrivals.emplace(time, i);
        const std::pair key(asked.by.job, asked.probe);
        const auto place = seen[key]++;
        const bool sampled = asked.probe ? place == 0 : is_sampled(place, totals[key]);
        for (const auto kind : asked.kinds) {
            auto id = ids.next(kind, asked.by.label);
            // An attempt that fails without the fault shows nothing.
            if (!sampled || i < from.asked || (asked.failed && !asked.probe)) continue;
            std::string_view what = name_of(kind).what;
            if (asked.probe) what = "waits for what never comes";
            if (kind == FaultKind::empty && is_kind(asked.by.job, "for_each")) what = "gets no lines";
            const auto what_happens = asked.by.title + ' ' + std::string(what);
            auto lasting = !asked.probe && can_last(kind) && is_repeated(asked.by) &&
                                   lasts.insert({asked.by.job, kind}).second
                               ? ids.next(kind, asked.by.label, "-always")
                               : std::string();
            add({kind, i}, id, asked.by, what_happens);
            if (lasting.empty()) continue;
            add({kind, i, {}, asked.by.job}, std::move(lasting), asked.by, what_happens + " every time");
            faults.back().once = std::move(id);
        }
        if (sampled && i >= from.asked && !asked.probe && is_immediate(asked))
            add({FaultKind::signal, i, {}, nullptr, true}, ids.next(FaultKind::signal, asked.by.label),
                asked.by, "Ctrl-C during " + asked.by.title);
    }
    std::map<std::uint64_t, std::size_t> waits, waited;
    for (const auto& jump : run.jumps) ++waits[jump.key];
    for (std::size_t i = 0; i < run.jumps.size(); ++i) {
        const auto& jump = run.jumps[i];
        if (jump.waiting == 0) continue;
        const bool sampled = is_sampled(waited[jump.key]++, waits[jump.key]) && i >= from.jumps;
        const auto& waiting = jump.foreground;
        auto id = ids.next(FaultKind::signal, waiting.label);
        if (sampled) add({FaultKind::signal, i}, std::move(id), waiting, "Ctrl-C during " + waiting.title);
        // In a race the order is intended.
        if (i + 1 == run.jumps.size() || jump.waiting < 2 || jump.in_race || jump.has_tick) continue;
        const auto first = arrivals.find(jump.to);
        const auto other = other_event(run, arrivals, i);
        const auto next = run.jumps[other].to;
        const auto second = arrivals.find(next);
        if (next - jump.to > neighbourhood || (first == arrivals.end() && second == arrivals.end())) continue;
        const auto& mover = run.asked[first != arrivals.end() ? first->second : second->second].by;
        id = ids.next(FaultKind::order, mover.label);
        if (!sampled) continue;
        std::string what =
            mover.title + (first != arrivals.end() ? " goes on a little later" : " goes on a little earlier");
        if (first != arrivals.end() && second != arrivals.end() && first->second != second->second)
            what = mover.title + " goes on after " + run.asked[second->second].by.title;
        add({FaultKind::order, i, next - jump.to + a_little}, std::move(id), mover, std::move(what));
    }
    return faults;
}

std::vector<NamedFault> Exploration::faults_after(const NamedFault& first, const ObservedRun& run) const {
    const auto& fault = first.faults.front();
    Start from;
    if (fault.is_at_jump()) {
        from.jumps = fault.point + 1;
        from.asked = fault.point < run.jumps.size() ? run.jumps[fault.point].asked : run.asked.size();
    } else {
        from.asked = fault.point + 1;
        from.jumps = fault.point < run.asked.size() ? run.asked[fault.point].jumps : run.jumps.size();
    }
    auto faults = faults_of(run, from);
    // There is no run to compare another order with.
    std::erase_if(faults,
                  [](const NamedFault& second) { return second.faults.front().kind == FaultKind::order; });
    for (auto& second : faults) {
        second.faults.insert(second.faults.begin(), fault);
        second.id = first.id + '+' + second.id;
        second.what = first.what + ", and then " + second.what;
        second.jobs.insert(second.jobs.begin(), first.job());
    }
    return faults;
}

ObservedRun Exploration::run(const NamedFault& fault, bool first) const {
    auto limits = limits_;
    limits.takes_notes = first;
    return run_observed(stage_, fault.faults, limits);
}

namespace {

std::optional<Assessment> assess_end(const NamedFault& fault, const ObservedRun& run,
                                     const ObservedRun& before) {
    if (run.hangs) {
        const auto waits = run.hangs->empty() ? std::string() : "; it waits for " + *run.hangs;
        return Assessment{FaultOutcome::endless, "no 'timeout' applies, so the run does not end" + waits,
                          fault.job()};
    }
    if (!run.too_slow.empty() && before.too_slow.empty())
        return Assessment{FaultOutcome::endless, run.too_slow.front(), fault.job()};
    return std::nullopt;
}

/// Whether the job, or one in it, asked something of the world.
bool had_effect(const ObservedRun& run, const Job* job) {
    return std::ranges::any_of(run.asked, [&](const Asked& asked) { return contains(asked.by.chain, job); });
}

std::optional<Assessment> assess_clean_up(const NamedFault& fault, const ObservedRun& run,
                                          const ObservedRun& before) {
    for (const auto& problem : run.cleanup) {
        if (std::ranges::find(before.cleanup, problem) != before.cleanup.end()) continue;
        // The job with the fault is expected to fail.
        // One that runs only after a failure, or only tells, need not run.
        if (problem.by_condition && !had_effect(before, problem.job.job)) continue;
        const bool is_own = std::ranges::any_of(
            fault.jobs, [&](const JobPlace& place) { return contains(place.chain, problem.job.job); });
        if (is_own && problem.failed) continue;
        return Assessment{FaultOutcome::clean_up,
                          "in the clean-up, " + problem.job.title + ' ' + problem.what, problem.job};
    }
    return std::nullopt;
}

Assessment assess_order(const NamedFault& fault, const ObservedRun& run, const ObservedRun& before) {
    if (run.trial.status != 0) {
        // Time limits and expected durations are meant to fail.
        const bool is_about_time = run.timed_out || run.failure.find("duration") != std::string::npos;
        if (is_about_time) return {FaultOutcome::noticed, {}, fault.job()};
        return {FaultOutcome::order, "then the run fails: " + run.failure, fault.job()};
    }
    const auto variables = variables_of(before);
    for (const auto& [name, value] : variables_of(run)) {
        const auto found = variables.find(name);
        if (found != variables.end() && found->second != value)
            return {FaultOutcome::order,
                    "then the variable " + quote_whole(name) + " is " + excerpt(value, 60) + " instead of " +
                        excerpt(found->second, 60),
                    fault.job()};
    }
    // Lines that are only added, or only missing, depend on the time that something had.
    const auto more = other_line(run, before);
    const auto less = other_line(before, run);
    if (more.empty() || less.empty()) return {FaultOutcome::handled, {}, fault.job()};
    return {FaultOutcome::order,
            "then the run prints " + quote_ends(more) + " instead of " + quote_ends(less), fault.job()};
}

Assessment assess_green(const NamedFault& fault, const ObservedRun& run, const ObservedRun& before) {
    const auto kind = fault.faults.back().kind;
    const bool always = fault.faults.back().always != nullptr;
    const auto& chain = fault.job().chain;
    const auto count = [](const ObservedRun& of, const Job* job) {
        const auto found = of.retried.find(job);
        return found == of.retried.end() ? 0 : found->second;
    };
    const bool retried =
        std::ranges::any_of(chain, [&](const Job* job) { return count(run, job) > count(before, job); });
    if (retried && !always) return {FaultOutcome::tolerated, "retry", fault.job()};
    const bool in_race = std::ranges::any_of(chain, [](const Job* job) { return is_kind(job, "race"); });
    if (in_race) return {FaultOutcome::tolerated, "a race", fault.job()};
    const bool is_content = kind == FaultKind::silent || kind == FaultKind::empty || kind == FaultKind::cut;
    const bool reads_lines = is_kind(fault.job().job, "for_each");
    if (is_content && !reads_lines && !reads_result(*fault.job().job))
        return {FaultOutcome::not_applicable, {}, fault.job()};
    // The answer was not the awaited one yet, or the next one is; every time, it would show.
    if (is_content && !always && can_last(kind) && is_repeated(fault.job()))
        return {FaultOutcome::handled, {}, fault.job()};
    const bool does = is_content ? !always && runs_more(run, before) : does_more(run, before);
    if (does) return {FaultOutcome::tolerated, "the script", fault.job()};
    const auto unnoticed = [&](std::string why) {
        return Assessment{FaultOutcome::unnoticed, std::move(why), fault.job()};
    };
    if (meets(chain, run.allowed))
        return unnoticed("its failure is ignored: 'continue_on_error', and nothing reads its outcome");
    if (meets(chain, run.stopped)) return unnoticed("nothing waits for it: it was stopped");
    if (kind == FaultKind::silent) return unnoticed("no check needs what it prints");
    if (is_content)
        return unnoticed(reads_lines ? "the number of lines is never checked" : "no check needs the body");
    if (kind == FaultKind::late) return unnoticed("no time limit applies to it");
    if (run.failed.contains(fault.job().job)) return unnoticed("its failure is allowed elsewhere");
    if (kind == FaultKind::exit || kind == FaultKind::status)
        return unnoticed("its 'expect' accepts that status");
    return unnoticed("nothing checks its result");
}

}  // namespace

std::optional<Assessment> Exploration::assess_limits(const NamedFault& fault, const ObservedRun& run) const {
    const auto kind = fault.faults.back().kind;
    if (!run.timed_out || (kind != FaultKind::never && kind != FaultKind::late)) return std::nullopt;
    for (const auto* job : fault.job().chain) {
        const auto whole = limit_of(*job);
        if (*run.timed_out == job && whole > Duration::zero() && attempt_limit_of(*job) > whole)
            return Assessment{FaultOutcome::limit,
                              "the 'timeout' of its 'retry', " + format_duration(attempt_limit_of(*job)) +
                                  ", never comes into effect: that of the job ends it after " +
                                  format_duration(whole),
                              fault.job()};
    }
    const auto inner = std::ranges::find_if(fault.job().chain,
                                            [](const Job* job) { return limit_of(*job) > Duration::zero(); });
    if (inner == fault.job().chain.end() || *run.timed_out == *inner) return std::nullopt;
    const auto outer = std::find(inner, fault.job().chain.end(), *run.timed_out);
    auto limit = outer != fault.job().chain.end() ? limit_of(**outer) : Duration();
    if (*run.timed_out == nullptr) {
        // With several scripts, it is not known whose limit it was.
        const auto& scripts = stage_.scripts().list;
        limit = stage_.options().session.timeout;
        const auto* body = scripts.size() == 1 ? &scripts.front()->body : nullptr;
        if (body != nullptr && body->timeout && body->timeout->computed == nullptr)
            limit = body->timeout->literal;
    }
    if (limit <= Duration::zero() || limit_of(**inner) <= limit) return std::nullopt;
    return Assessment{FaultOutcome::limit,
                      "its 'timeout' of " + format_duration(limit_of(**inner)) +
                          " never comes into effect: one around it ends the job after " +
                          format_duration(limit),
                      fault.job()};
}

Assessment Exploration::assess(const NamedFault& fault, const ObservedRun& run,
                               const ObservedRun& before) const {
    if (!run.reached || run.unanswered) return {FaultOutcome::not_applicable, {}, fault.job()};
    if (auto found = assess_end(fault, run, before)) return *std::move(found);
    if (auto found = assess_clean_up(fault, run, before)) return *std::move(found);
    if (auto found = assess_limits(fault, run)) return *std::move(found);
    const auto kind = fault.faults.back().kind;
    if (kind == FaultKind::order) return assess_order(fault, run, before);
    if (kind == FaultKind::signal) return {FaultOutcome::handled, {}, fault.job()};
    if (run.trial.status != 0) return {};
    return assess_green(fault, run, before);
}

}  // namespace arun::app
