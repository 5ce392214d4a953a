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

/// A run that takes so much longer than the one without a fault does not end.
constexpr Duration patience = std::chrono::hours(24 * 30);
/// One that waits so many times does not either.
constexpr std::size_t max_jumps = 100'000;
/// Two things that come within this time could have come the other way round.
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

/// The first, the second and the last of `count`.
bool is_taken(std::size_t i, std::size_t count) {
    return i < 2 || i + 1 == count;
}

/// Gives faults their ids.
class Namer {
public:
    std::string id(Form form, const std::string& label) {
        const auto text = std::string(name_of(form).name) + '@' + label;
        auto id = text;
        for (auto n = ++counts_[text]; n > 1 || taken_.contains(id); ++n)
            if (id = n > 1 ? text + '#' + std::to_string(n) : id; !taken_.contains(id)) break;
        taken_.insert(id);
        return id;
    }

private:
    std::map<std::string, std::size_t> counts_;
    std::set<std::string> taken_;
};

/// Without the numbers that have a fraction, which tell of times.
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

/// Without what tells of times.
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

std::set<std::string> lines_of_run(const Probe& probe) {
    std::set<std::string> lines;
    for (const auto line : lines_of(probe.trial.out)) lines.insert(without_times(line));
    return lines;
}

std::map<std::string, std::string> variables_of(const Probe& probe) {
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : probe.trial.variables) {
        std::string json;
        script::append_json(json, without_durations(value));
        texts[name] = probe.trial.secrets.mask(without_times(json));
    }
    return texts;
}

/// A line of `of` that is not among those of `other`; empty if there is none.
std::string other_line(const Probe& of, const Probe& other) {
    const auto known = lines_of_run(other);
    for (const auto& line : lines_of_run(of))
        if (!known.contains(line)) return line;
    return {};
}

/// Something runs, or is printed, that is not without the fault: what is left out tells nobody.
bool does_more(const Probe& probe, const Probe& baseline) {
    const bool runs_more = std::ranges::any_of(probe.ran, [&](const auto& one) {
        const auto before = baseline.ran.find(one.first);
        return before == baseline.ran.end() || before->second < one.second;
    });
    return runs_more || !other_line(probe, baseline).empty();
}

/// The limit of a job that is written out; zero if it has none.
Duration limit_of(const Job& job) {
    const auto* modifiers = job.modifiers();
    if (modifiers == nullptr || !modifiers->timeout || modifiers->timeout->computed != nullptr) return {};
    return modifiers->timeout->literal;
}

}  // namespace

Exploration::Exploration(Stage& stage) : stage_(stage) {
    limits_ = {patience, max_jumps, true};
    baseline_ = run_probe(stage_, {}, limits_);
    limits_.horizon += baseline_.trial.result.duration;
    limits_.max_jumps += 2 * baseline_.jumps.size();
}

std::vector<NamedFault> Exploration::faults_of(const Probe& probe, const Start& from) const {
    std::vector<NamedFault> faults;
    Namer namer;
    const auto add = [&](Fault fault, std::string id, const JobPlace& job, std::string what) {
        faults.push_back({{fault}, std::move(id), job, std::move(what), {job}});
    };
    // Of each job, how often it asked.
    std::map<std::pair<const Job*, bool>, std::size_t> totals, seen;
    for (const auto& asked : probe.asked) ++totals[{asked.by.job, asked.probe}];
    // What comes from outside, by its time.
    std::map<Duration, std::size_t> arrivals;
    for (std::size_t i = 0; i < probe.asked.size(); ++i) {
        const auto& asked = probe.asked[i];
        for (const auto time : asked.arrivals) arrivals.emplace(time, i);
        const std::pair key(asked.by.job, asked.probe);
        const auto place = seen[key]++;
        const bool taken = asked.probe ? place == 0 : is_taken(place, totals[key]);
        for (const auto form : asked.forms) {
            auto id = namer.id(form, asked.by.label);
            // An attempt that fails anyway can hardly fail otherwise.
            if (!taken || i < from.asked || (asked.failed && !asked.probe)) continue;
            std::string_view what = name_of(form).what;
            if (asked.probe) what = "waits for what never comes";
            if (form == Form::empty && is_kind(asked.by.job, "for_each")) what = "gets no lines";
            add({form, i, {}}, std::move(id), asked.by, asked.by.title + ' ' + std::string(what));
        }
    }
    std::map<std::uint64_t, std::size_t> waits, waited;
    for (const auto& jump : probe.jumps) ++waits[jump.key];
    for (std::size_t i = 0; i < probe.jumps.size(); ++i) {
        const auto& jump = probe.jumps[i];
        if (jump.waiting == 0) continue;
        const bool taken = is_taken(waited[jump.key]++, waits[jump.key]) && i >= from.jumps;
        const auto& waiting = jump.foreground;
        auto id = namer.id(Form::signal, waiting.label);
        if (taken) add({Form::signal, i, {}}, std::move(id), waiting, "Ctrl-C during " + waiting.title);
        // Who comes first is what a race is about.
        if (i + 1 == probe.jumps.size() || jump.waiting < 2 || jump.in_race || jump.has_tick) continue;
        const auto next = probe.jumps[i + 1].to;
        const auto first = arrivals.find(jump.to);
        const auto second = arrivals.find(next);
        if (next - jump.to > neighbourhood || (first == arrivals.end() && second == arrivals.end())) continue;
        const auto& mover = probe.asked[first != arrivals.end() ? first->second : second->second].by;
        id = namer.id(Form::order, mover.label);
        if (!taken) continue;
        std::string what =
            mover.title + (first != arrivals.end() ? " goes on a little later" : " goes on a little earlier");
        if (first != arrivals.end() && second != arrivals.end() && first->second != second->second)
            what = mover.title + " goes on after " + probe.asked[second->second].by.title;
        add({Form::order, i, next - jump.to + a_little}, std::move(id), mover, std::move(what));
    }
    return faults;
}

std::vector<NamedFault> Exploration::faults_after(const NamedFault& first, const Probe& probe) const {
    const auto& fault = first.faults.front();
    Start from;
    if (fault.is_at_jump()) {
        from.jumps = fault.point + 1;
        from.asked = fault.point < probe.jumps.size() ? probe.jumps[fault.point].asked : probe.asked.size();
    } else {
        from.asked = fault.point + 1;
        from.jumps = fault.point < probe.asked.size() ? probe.asked[fault.point].jumps : probe.jumps.size();
    }
    auto faults = faults_of(probe, from);
    // What comes first in a run with a fault cannot be compared with anything.
    std::erase_if(faults, [](const NamedFault& second) { return second.faults.front().form == Form::order; });
    for (auto& second : faults) {
        second.faults.insert(second.faults.begin(), fault);
        second.id = first.id + '+' + second.id;
        second.what = first.what + ", and then " + second.what;
        second.jobs.insert(second.jobs.begin(), first.job);
    }
    return faults;
}

Probe Exploration::run(const NamedFault& fault, bool first) {
    limits_.takes_notes = first;
    return run_probe(stage_, fault.faults, limits_);
}

namespace {

std::optional<Judgement> judge_end(const NamedFault& fault, const Probe& probe, const Probe& before) {
    if (probe.hangs) {
        const auto waits = probe.hangs->empty() ? std::string() : "; it waits for " + *probe.hangs;
        return Judgement{FaultOutcome::endless, "no 'timeout' applies, so the run does not end" + waits,
                         fault.job};
    }
    if (!probe.too_slow.empty() && before.too_slow.empty())
        return Judgement{FaultOutcome::endless, probe.too_slow.front(), fault.job};
    return std::nullopt;
}

std::optional<Judgement> judge_clean_up(const NamedFault& fault, const Probe& probe, const Probe& before) {
    for (const auto& problem : probe.cleanup) {
        if (std::ranges::find(before.cleanup, problem) != before.cleanup.end()) continue;
        // That the job fails to which it happens is as it should be.
        const bool is_own = std::ranges::any_of(
            fault.jobs, [&](const JobPlace& place) { return contains(place.chain, problem.job.job); });
        if (is_own && problem.what.starts_with("failed")) continue;
        return Judgement{FaultOutcome::clean_up, "in the clean-up, " + problem.job.title + ' ' + problem.what,
                         problem.job};
    }
    return std::nullopt;
}

Judgement judge_order(const NamedFault& fault, const Probe& probe, const Probe& before) {
    if (probe.trial.status != 0) {
        // Time limits and expected durations are there to tell.
        const bool is_about_time = probe.timed_out || probe.failure.find("duration") != std::string::npos;
        if (is_about_time) return {FaultOutcome::noticed, {}, fault.job};
        return {FaultOutcome::order, "then the run fails: " + probe.failure, fault.job};
    }
    const auto variables = variables_of(before);
    for (const auto& [name, value] : variables_of(probe)) {
        const auto found = variables.find(name);
        if (found != variables.end() && found->second != value)
            return {FaultOutcome::order,
                    "then the variable " + quote_whole(name) + " is " + excerpt(value, 60) + " instead of " +
                        excerpt(found->second, 60),
                    fault.job};
    }
    // Lines that are only missing, or more, tell of the time that something had.
    const auto more = other_line(probe, before);
    const auto less = other_line(before, probe);
    if (more.empty() || less.empty()) return {FaultOutcome::handled, {}, fault.job};
    return {FaultOutcome::order,
            "then the run prints " + quote_ends(more) + " instead of " + quote_ends(less), fault.job};
}

Judgement judge_green(const NamedFault& fault, const Probe& probe, const Probe& before) {
    const auto form = fault.faults.back().form;
    const auto& chain = fault.job.chain;
    const auto count = [](const Probe& of, const Job* job) {
        const auto found = of.retried.find(job);
        return found == of.retried.end() ? 0 : found->second;
    };
    const bool retried =
        std::ranges::any_of(chain, [&](const Job* job) { return count(probe, job) > count(before, job); });
    if (retried) return {FaultOutcome::tolerated, "retry", fault.job};
    const bool in_race = std::ranges::any_of(chain, [](const Job* job) { return is_kind(job, "race"); });
    if (in_race) return {FaultOutcome::tolerated, "a race", fault.job};
    const bool is_content = form == Form::silent || form == Form::empty || form == Form::cut;
    const bool reads_lines = is_kind(fault.job.job, "for_each");
    if (is_content && !reads_lines && !reads_result(*fault.job.job))
        return {FaultOutcome::not_applicable, {}, fault.job};
    if (!is_content && does_more(probe, before)) return {FaultOutcome::tolerated, "the script", fault.job};
    const auto unnoticed = [&](std::string why) {
        return Judgement{FaultOutcome::unnoticed, std::move(why), fault.job};
    };
    if (meets(chain, probe.allowed))
        return unnoticed("its failure is ignored: 'continue_on_error', and nothing reads its outcome");
    if (meets(chain, probe.stopped)) return unnoticed("nothing waits for it: it was stopped");
    if (form == Form::silent) return unnoticed("its output is never checked");
    if (is_content)
        return unnoticed(reads_lines ? "the number of lines is never checked" : "the body is never checked");
    if (form == Form::late) return unnoticed("no time limit applies to it");
    if (probe.failed.contains(fault.job.job)) return unnoticed("its failure is allowed elsewhere");
    if (form == Form::exit || form == Form::status) return unnoticed("its 'expect' accepts that status");
    return unnoticed("nothing checks its result");
}

}  // namespace

std::optional<Judgement> Exploration::judge_limits(const NamedFault& fault, const Probe& probe) const {
    const auto form = fault.faults.back().form;
    if (!probe.timed_out || (form != Form::never && form != Form::late)) return std::nullopt;
    const auto inner = std::ranges::find_if(fault.job.chain,
                                            [](const Job* job) { return limit_of(*job) > Duration::zero(); });
    if (inner == fault.job.chain.end() || *probe.timed_out == *inner) return std::nullopt;
    const auto outer = std::find(inner, fault.job.chain.end(), *probe.timed_out);
    auto limit = outer != fault.job.chain.end() ? limit_of(**outer) : Duration();
    if (*probe.timed_out == nullptr) {
        // Of several scripts it is not known which one's it was.
        const auto& scripts = stage_.scripts().list;
        limit = stage_.options().session.timeout;
        const auto* body = scripts.size() == 1 ? &scripts.front()->body : nullptr;
        if (body != nullptr && body->timeout && body->timeout->computed == nullptr)
            limit = body->timeout->literal;
    }
    if (limit <= Duration::zero() || limit_of(**inner) <= limit) return std::nullopt;
    return Judgement{FaultOutcome::limit,
                     "its 'timeout' of " + format_duration(limit_of(**inner)) +
                         " never comes into effect: one around it ends the job after " +
                         format_duration(limit),
                     fault.job};
}

Judgement Exploration::judge(const NamedFault& fault, const Probe& probe, const Probe& before) const {
    if (!probe.reached || probe.unanswered) return {FaultOutcome::not_applicable, {}, fault.job};
    if (auto found = judge_end(fault, probe, before)) return *std::move(found);
    if (auto found = judge_clean_up(fault, probe, before)) return *std::move(found);
    if (auto found = judge_limits(fault, probe)) return *std::move(found);
    const auto form = fault.faults.back().form;
    if (form == Form::order) return judge_order(fault, probe, before);
    if (form == Form::signal) return {FaultOutcome::handled, {}, fault.job};
    if (probe.trial.status != 0) return {};
    return judge_green(fault, probe, before);
}

}  // namespace arun::app
