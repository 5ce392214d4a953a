#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "syntax/load.hpp"
#include "tape/given_answers.hpp"
#include "tape/reader.hpp"
#include "trials/exploration.hpp"
#include "trials/test_file.hpp"
#include "trials/trial_reports.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace arun::app {
namespace {

constexpr std::size_t default_limit = 10'000;

/// In a shell, as one word.
std::string shell_word(const std::string& text) {
    constexpr std::string_view plain = "@:.+/,=";
    const bool is_plain = !text.empty() && std::ranges::all_of(text, [&](char c) {
        return script::continues_name(c) || plain.find(c) != plain.npos;
    });
    return is_plain && text.front() != '=' ? text : in_single_quotes(text);
}

struct Counts {
    std::size_t faults = 0;
    std::size_t allowed = 0;
    std::map<FaultOutcome, std::size_t> of;
    std::map<std::string, std::size_t> tolerated;  ///< by what

    void add(const Assessment& assessment, bool is_allowed) {
        ++faults;
        if (assessment.outcome == FaultOutcome::tolerated) {
            ++tolerated[assessment.why];
        } else if (is_allowed) {
            ++allowed;
        } else {
            ++of[assessment.outcome];
        }
    }
    std::string text() const {
        std::string text = std::to_string(faults) + (faults == 1 ? " fault" : " faults");
        const auto add = [&](std::size_t n, const std::string& what) {
            if (n > 0) text += ", " + std::to_string(n) + ' ' + what;
        };
        const auto add_all = [&](FaultOutcome outcome, const std::string& what) {
            const auto found = of.find(outcome);
            if (found != of.end()) add(found->second, what);
        };
        add_all(FaultOutcome::noticed, "noticed");
        add_all(FaultOutcome::handled, "handled");
        for (const auto& [by, n] : tolerated) add(n, "tolerated by " + by);
        add(allowed, "allowed");
        const auto before = text.size();
        add_all(FaultOutcome::unnoticed, "unnoticed");
        add_all(FaultOutcome::endless, "endless");
        add_all(FaultOutcome::clean_up, "with incomplete clean-up");
        add_all(FaultOutcome::limit, "with an ineffective timeout");
        add_all(FaultOutcome::order, "with a different result");
        return text.size() == before ? text + ", 0 unnoticed" : text;
    }
};

class Explorer {
public:
    Explorer(const Options& options, Terminal& terminal) : options_(options), terminal_(terminal) {}

    int run() {
        if (options_.fault && !options_.reports.empty())
            throw UsageError("explore: --fault shows a run, and writes no report");
        if (options_.operands.empty())
            throw UsageError("explore: expected a tape, a file of tests or a script");
        const auto& first = options_.operands.front();
        for (std::size_t i = 1; i < options_.operands.size(); ++i)
            if (tape::Reader::is_tape(options_.operands[i]))
                throw UsageError("explore: one tape, and scripts after it");
        record_.started = std::chrono::system_clock::now();
        if (tape::Reader::is_tape(first)) {
            if (!options_.only.empty() || !options_.skip.empty())
                throw UsageError(
                    "explore: --only and --skip choose tests, or jobs of scripts without a tape");
            const std::vector<std::string> scripts(options_.operands.begin() + 1, options_.operands.end());
            Stage stage(first, scripts, options_);
            explore(stage, first, {});
        } else if (auto files = test_files(); files.empty()) {
            if (refused_) return exit_usage;
            Stage stage(options_);
            explore(stage, first, {});
        } else {
            for (const auto& file : files) explore_tests(*file);
            if (!any_test_ && !refused_) throw UsageError("explore: --only and --skip leave no test");
            if (record_.scripts.empty() && !refused_)
                refuse("the run of each test fails, so there is nothing to explore");
        }
        if (refused_) return exit_usage;
        if (options_.fault) {
            if (!found_fault_) throw UsageError(no_such_fault());
            return terminal_.finish(status_);
        }
        show_groups();
        terminal_.output().flush();
        if (!options_.quiet || status_ != 0) terminal_.message(counts_.text());
        for (const auto& pattern : options_.allow)
            if (!used_.contains(pattern)) terminal_.message("--allow " + pattern + " matches no finding");
        if (left_out_ > 0)
            terminal_.message(std::to_string(left_out_) + (left_out_ == 1 ? " fault was" : " faults were") +
                              " not tried; raise '--limit'");
        record_.exit_status = status_;
        if (!reports_.write(record_, terminal_)) status_ = exit_internal;
        return terminal_.finish(status_);
    }

private:
    /// Empty if the operands are scripts.
    std::vector<std::unique_ptr<TestFile>> test_files() {
        std::vector<std::unique_ptr<TestFile>> files;
        for (const auto& path : options_.operands) {
            std::error_code ignored;
            if (!std::filesystem::is_regular_file(path, ignored) ||
                syntax::format_by_extension(path) == syntax::Format::json_lines)
                return {};
            Diagnostics diagnostics;
            const auto document = load_test_document(path, diagnostics);
            // Errors are reported when it is loaded as a script.
            if (document == nullptr || !is_test_file(*document)) {
                if (!files.empty())
                    throw UsageError("explore: " + quote(path) +
                                     " is not a file of tests, as those before it are");
                return {};
            }
            auto file = read_test_file(path, document, diagnostics);
            terminal_.show(diagnostics);
            refused_ = refused_ || file == nullptr;
            if (file != nullptr) files.push_back(std::move(file));
        }
        if (refused_) files.clear();
        return files;
    }

    void explore_tests(const TestFile& file) {
        for (const auto& test : file.tests) {
            if (!is_selected(options_, test)) continue;
            Stage stage(file, test);
            const auto selection = file.tests.size() > 1 ? " --only " + shell_word(test.name) : std::string();
            any_test_ = true;
            explore(stage, file.path, selection, &test);
        }
    }

    /// `test`: null for scripts and tapes.
    void explore(Stage& stage, const std::string& path, const std::string& selection,
                 const TestCase* test = nullptr) {
        if (stage.diagnostics().has_errors()) {
            terminal_.show(stage.diagnostics());
            refused_ = true;
            return;
        }
        if (stage.is_cut()) return refuse("the tape ends in the middle of the run");
        terminal_.output().hide_all(stage.secrets());
        Exploration exploration(stage);
        if (!succeeds(exploration.baseline(), test != nullptr)) return;
        command_ = command(path, selection, test != nullptr);
        auto& script = record_.scripts.emplace_back();
        script.name = test != nullptr ? path + ": " + test->name : path;
        script.file = path;
        script.started = true;
        script.outcome = jobs::Outcome::success;
        if (options_.fault) {
            repeat(exploration);
        } else {
            try_all(exploration, script);
        }
    }

    void refuse(std::string_view why) {
        terminal_.message("explore: " + std::string(why));
        refused_ = true;
    }

    /// Whether the run without a fault does. A test may be about a failure.
    bool succeeds(const ObservedRun& baseline, bool is_test) {
        if (baseline.trial.status == 0 && !baseline.hangs) return true;
        if (is_test) return false;
        terminal_.output().say(baseline.trial.err);
        refuse(baseline.hangs
                   ? "the run does not end without a fault, so there is nothing to compare with"
                   : "the run fails without a fault (exit status " + std::to_string(baseline.trial.status) +
                         "): it needs the tape of a run that succeeds, or a test with answers");
        return false;
    }

    /// The command line without --fault.
    std::string command(const std::string& path, const std::string& selection, bool is_test) const {
        std::string text = "arun explore " + shell_word(path);
        for (std::size_t i = 1; i < options_.operands.size() && !is_test; ++i)
            text += ' ' + shell_word(options_.operands[i]);
        for (const auto& variable : options_.session.variables)
            text += ' ' + shell_word(variable.name + '=' + variable.value.to_text());
        for (const auto& file : options_.vars_files) text += " --vars-file " + shell_word(file);
        if (is_test) return text + selection;
        for (const auto& job : options_.only) text += " --only " + shell_word(job);
        for (const auto& job : options_.skip) text += " --skip " + shell_word(job);
        return text;
    }

    /// Runs the script with the fault, and assesses the run.
    std::pair<ObservedRun, Assessment> try_fault(const Exploration& exploration, const NamedFault& fault,
                                                 const ObservedRun& before, bool first = false) {
        auto run = exploration.run(fault, first);
        terminal_.output().hide_all(run.trial.secrets);
        auto assessment = exploration.assess(fault, run, before);
        return {std::move(run), std::move(assessment)};
    }

    void try_all(const Exploration& exploration, ScriptRecord& script) {
        std::deque<std::pair<NamedFault, ObservedRun>> firsts;
        std::set<std::string> found;
        for (const auto& fault : exploration.faults()) {
            // What comes once shows the same.
            if (found.contains(fault.once)) continue;
            if (!may_run()) continue;
            auto [run, assessment] = try_fault(exploration, fault, exploration.baseline(), options_.pairs);
            add(fault, assessment, script);
            if (assessment.is_finding()) found.insert(fault.id);
            if (options_.pairs && !assessment.is_finding() && run.reached)
                firsts.emplace_back(fault, std::move(run));
        }
        for (const auto& [first, before] : firsts) {
            for (const auto& pair : exploration.faults_after(first, before)) {
                // What the second one does alone is known.
                const auto second = pair.id.substr(first.id.size() + 1);
                if (!found.contains(second) && may_run())
                    add(pair, try_fault(exploration, pair, before).second, script);
            }
        }
    }

    bool may_run() {
        if (runs_ < options_.limit.value_or(default_limit)) {
            ++runs_;
            return true;
        }
        ++left_out_;
        return false;
    }

    bool is_allowed(const std::string& id) {
        bool any = false;
        for (const auto& pattern : options_.allow) {
            if (!tape::matches_pattern(pattern, id)) continue;
            any = true;
            used_.insert(pattern);
        }
        return any;
    }

    void add(const NamedFault& fault, const Assessment& assessment, ScriptRecord& script) {
        if (assessment.outcome == FaultOutcome::not_applicable) return;
        const bool is_finding = assessment.is_finding();
        const bool allowed = is_finding && is_allowed(fault.id);
        counts_.add(assessment, allowed);
        auto& record = *script.cases.emplace_back(std::make_unique<CaseRecord>());
        record.kind = "fault";
        record.name = record.title = fault.id;
        record.place = fault.job().job->span().position();
        record.started = true;
        record.attempts = 1;
        record.outcome = is_finding ? jobs::Outcome::failure : jobs::Outcome::success;
        record.allowed = allowed;
        if (is_finding) {
            record.failure = std::make_unique<FailureRecord>();
            record.failure->message = fault.what + ": " + assessment.why + "\nagain: " + command_ +
                                      " --fault " + shell_word(fault.id);
            record.failure->place = record.place;
        }
        if (options_.verbose && !options_.takes_stdout())
            terminal_.output().write(
                jobs::Stream::out, word_for(assessment, allowed),
                displayed(terminal_.output().secrets().redact(fault.id + ": " + fault.what)) + '\n');
        if (!is_finding || allowed) return;
        status_ = 1;
        script.outcome = jobs::Outcome::failure;
        note(fault, assessment);
    }

    /// As wide as all of them.
    static std::string_view word_for(const Assessment& assessment, bool allowed) {
        if (allowed) return "allowed   ";
        if (assessment.is_finding()) return "FINDING   ";
        if (assessment.outcome == FaultOutcome::tolerated) return "tolerated ";
        return assessment.outcome == FaultOutcome::handled ? "handled   " : "noticed   ";
    }

    /// Faults with the same finding, which is reported once.
    struct Group {
        std::string text;
        std::string id;
        std::vector<std::string> others;
    };
    void note(const NamedFault& fault, const Assessment& assessment) {
        const bool is_elsewhere =
            assessment.outcome == FaultOutcome::clean_up || assessment.outcome == FaultOutcome::endless;
        const auto key = (is_elsewhere ? std::string() : fault.job().title) + '\n' + assessment.why;
        const auto found = by_reason_.find(key);
        if (found != by_reason_.end()) {
            auto& others = groups_[found->second].others;
            if (std::ranges::find(others, fault.id) == others.end() && groups_[found->second].id != fault.id)
                others.push_back(fault.id);
            return;
        }
        by_reason_.emplace(key, groups_.size());
        groups_.push_back({described(fault, assessment), fault.id, {}});
    }
    void show_groups() {
        for (const auto& group : groups_) {
            terminal_.output().say(group.text);
            if (group.others.empty()) continue;
            constexpr std::size_t max_others = 8;
            auto others = group.others;
            if (others.size() > max_others) others.resize(max_others);
            std::string text = "    the same: " + join(others, ", ");
            if (group.others.size() > max_others)
                text += " and " + std::to_string(group.others.size() - max_others) + " more";
            terminal_.output().say(displayed(text) + '\n');
        }
    }

    std::string described(const NamedFault& fault, const Assessment& assessment) {
        Diagnostic diagnostic;
        diagnostic.span = assessment.place.job->span();
        diagnostic.message = fault.what + ": " + assessment.why;
        return render(diagnostic, terminal_.color()) +
               "    again: " + displayed(command_ + " --fault " + shell_word(fault.id)) + '\n';
    }

    void repeat(const Exploration& exploration) {
        const auto& id = *options_.fault;
        for (const auto& fault : exploration.faults()) {
            known_.push_back(fault.id);
            if (fault.id == id) return show_run(exploration, fault, exploration.baseline());
            if (!id.starts_with(fault.id + '+')) continue;
            const auto before = exploration.run(fault, true);
            for (const auto& pair : exploration.faults_after(fault, before))
                if (pair.id == id) return show_run(exploration, pair, before);
        }
    }

    void show_run(const Exploration& exploration, const NamedFault& fault, const ObservedRun& before) {
        found_fault_ = true;
        const auto [run, assessment] = try_fault(exploration, fault, before);
        terminal_.output().write(jobs::Stream::out, run.trial.out);
        terminal_.output().flush();
        terminal_.output().say(run.trial.err);
        const bool allowed = assessment.is_finding() && is_allowed(fault.id);
        if (assessment.is_finding() && !allowed) {
            status_ = 1;
            return terminal_.output().say(described(fault, assessment));
        }
        std::string outcome(trim(word_for(assessment, allowed)));
        if (assessment.outcome == FaultOutcome::tolerated) outcome += " by " + assessment.why;
        terminal_.message(fault.what + ": " + outcome + ", exit status " + std::to_string(run.trial.status));
    }

    std::string no_such_fault() const {
        const std::vector<std::string_view> names(known_.begin(), known_.end());
        const auto hint = did_you_mean(*options_.fault, names, "'-v' lists them");
        return "explore: there is no fault " + quote(*options_.fault) + "; " + hint;
    }

    const Options& options_;
    Terminal& terminal_;
    TrialReports reports_{options_};
    RunRecord record_;
    Counts counts_;
    std::vector<Group> groups_;
    std::map<std::string, std::size_t> by_reason_;  ///< of those
    std::vector<std::string> known_;
    std::string command_;
    std::size_t runs_ = 0;
    std::size_t left_out_ = 0;
    std::set<std::string> used_;  ///< of --allow
    bool any_test_ = false;
    bool refused_ = false;
    bool found_fault_ = false;
    int status_ = 0;
};

}  // namespace

int explore_command(const Options& options, Terminal& terminal) {
    try {
        return Explorer(options, terminal).run();
    } catch (const tape::TapeError& error) {
        throw UsageError(error.what());
    }
}

}  // namespace arun::app
