#include "commands/selection.hpp"

#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "describe/columns.hpp"
#include "script/compiler.hpp"

#include <fnmatch.h>
#include <algorithm>
#include <set>
#include <string_view>

namespace arun::app {
namespace {

/// A name that is computed is known as it is written.
std::string written_name(const script::Text& name) {
    const auto* computed = name.computed();
    if (computed == nullptr) return std::string(name.literal());
    auto text =
        computed->span.source->text().substr(computed->span.begin, computed->span.end - computed->span.begin);
    const bool quoted =
        text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
    return one_line(quoted ? text.substr(1, text.size() - 2) : text);
}

/// The names under which the job can be chosen, the best first.
std::vector<std::string> names_of(const script::Job& job) {
    std::vector<std::string> names;
    const auto* modifiers = job.modifiers();
    if (modifiers != nullptr && modifiers->id != nullptr) names.push_back(modifiers->id->name);
    if (modifiers != nullptr && modifiers->name) {
        names.push_back(written_name(*modifiers->name));
    }
    if (names.empty()) names.push_back(one_line(script::default_label(job)));
    return names;
}

/// Patterns of one option, and which of them have matched.
class Patterns {
public:
    explicit Patterns(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {}

    bool match(const script::Job& job) {
        bool any = false;
        for (const auto& name : names_of(job)) {
            for (const auto& pattern : patterns_) {
                if (pattern != name && ::fnmatch(pattern.c_str(), name.c_str(), 0) != 0) continue;
                any = true;
                matched_.insert(pattern);
            }
        }
        return any;
    }
    bool empty() const noexcept { return patterns_.empty(); }

    void report_unmatched(std::string_view option, const std::vector<std::string>& names,
                          Diagnostics& diagnostics) const {
        for (const auto& pattern : patterns_) {
            if (matched_.contains(pattern)) continue;
            diagnostics.error(
                {}, std::string(option) + ": no job at the top of a script is called " + quote(pattern),
                did_you_mean(pattern, {names.begin(), names.end()}, "'arun list' names them"));
        }
    }

private:
    std::vector<std::string> patterns_;
    std::set<std::string> matched_;
};

}  // namespace

bool selects_jobs(const Options& options) noexcept {
    return !options.only.empty() || !options.skip.empty() || options.from;
}

void select_jobs(const std::vector<std::unique_ptr<script::Script>>& scripts, const Options& options,
                 Diagnostics& diagnostics) {
    if (!selects_jobs(options)) return;
    Patterns only(options.only);
    Patterns skip(options.skip);
    Patterns from(options.from ? std::vector{*options.from} : std::vector<std::string>());
    bool begun = from.empty();
    bool any = false;
    std::vector<std::string> names;
    for (const auto& script : scripts) {
        std::vector<script::Job> chosen;
        for (const auto& job : script->body.jobs.jobs) {
            for (auto& name : names_of(job)) names.push_back(std::move(name));
            begun = begun || from.match(job);
            const bool wanted = only.match(job) || only.empty();
            const bool skipped = skip.match(job);
            if (!begun || !wanted || skipped) continue;
            chosen.push_back(job);
            any = true;
        }
        script->left_out = script->body.jobs.jobs.size() - chosen.size();
        script->body.jobs = {script->arena.copy(chosen)};
    }
    only.report_unmatched("--only", names, diagnostics);
    skip.report_unmatched("--skip", names, diagnostics);
    from.report_unmatched("--from", names, diagnostics);
    if (!any && !diagnostics.has_errors()) diagnostics.error({}, "--only, --skip and --from leave no job");
}

std::string list_jobs(const script::Script& script) {
    std::vector<Columns> rows;
    for (const auto& job : script.body.jobs.jobs) {
        const auto names = names_of(job);
        const auto label = one_line(script::default_label(job));
        auto what = names.size() > 1 ? names[1] + ": " + label : label;
        if (names.front() == label) what.clear();
        if (job.modifiers() != nullptr && job.modifiers()->background)
            what += what.empty() ? "(background)" : " (background)";
        rows.push_back({names.front(), what});
    }
    return std::string(script.body.name) + '\n' + in_columns(rows);
}

}  // namespace arun::app
