#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "reports/report_file.hpp"
#include "syntax/load.hpp"
#include "tape/given_answers.hpp"
#include "tape/reader.hpp"
#include "trials/exploration.hpp"
#include "trials/test_file.hpp"
#include "trials/trial_reports.hpp"

#include <algorithm>
#include <array>
#include <cctype>
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

    void add(const Judgement& judgement, bool is_allowed) {
        ++faults;
        if (judgement.verdict == FaultOutcome::tolerated) {
            ++tolerated[judgement.why];
        } else if (is_allowed) {
            ++allowed;
        } else {
            ++of[judgement.verdict];
        }
    }
    std::string text() {
        std::string text = std::to_string(faults) + (faults == 1 ? " fault" : " faults");
        const auto add = [&](std::size_t n, const std::string& what) {
            if (n > 0) text += ", " + std::to_string(n) + ' ' + what;
        };
        add(of[FaultOutcome::noticed], "noticed");
        add(of[FaultOutcome::handled], "handled");
        for (const auto& [by, n] : tolerated) add(n, "tolerated by " + by);
        add(allowed, "allowed");
        const auto before = text.size();
        add(of[FaultOutcome::unnoticed], "unnoticed");
        add(of[FaultOutcome::endless], "endless");
        add(of[FaultOutcome::clean_up], "with incomplete clean-up");
        add(of[FaultOutcome::limit], "with an ineffective timeout");
        add(of[FaultOutcome::order], "with a different result");
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
        const bool with_tape = tape::Reader::is_tape(first);
        const bool chooses = !options_.only.empty() || !options_.skip.empty();
        for (std::size_t i = 1; i < options_.operands.size(); ++i)
            if (tape::Reader::is_tape(options_.operands[i]))
                throw UsageError("explore: one tape, and scripts after it");
        record_.started = std::chrono::system_clock::now();
        if (with_tape) {
            if (chooses)
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
            if (record_.scripts.empty() && !refused_) {
                terminal_.message("explore: the run of each test fails, so there is nothing to explore");
                refused_ = true;
            }
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
            terminal_.message(std::to_string(left_out_) + " faults were not tried; raise '--limit'");
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
            const auto source = syntax::load_file(path, diagnostics);
            const bool json = syntax::format_by_extension(path) == syntax::Format::json;
            const auto documents =
                source == nullptr
                    ? std::vector<std::shared_ptr<const syntax::Document>>()
                    : syntax::read(source, json ? syntax::Format::json : syntax::Format::yaml, diagnostics);
            // What is wrong is told when it is read as a script.
            if (documents.size() != 1 || diagnostics.has_errors() || !is_test_file(*documents.front())) {
                if (!files.empty())
                    throw UsageError("explore: " + quote(path) +
                                     " is not a file of tests, as those before it are");
                return {};
            }
            auto file = read_test_file(path, documents.front(), diagnostics);
            terminal_.show(diagnostics);
            refused_ = refused_ || file == nullptr;
            if (file != nullptr) files.push_back(std::move(file));
        }
        if (refused_) files.clear();
        return files;
    }

    void explore_tests(const TestFile& file) {
        for (const auto& test : file.tests) {
            const auto matches = [&](const std::string& pattern) {
                return tape::matches_pattern(pattern, test.name);
            };
            if (!options_.only.empty() && std::ranges::none_of(options_.only, matches)) continue;
            if (std::ranges::any_of(options_.skip, matches)) continue;
            Stage stage(file, test);
            const auto selection = file.tests.size() > 1 ? " --only " + shell_word(test.name) : std::string();
            any_test_ = true;
            explore(stage, file.path, selection, &test);
        }
    }

    /// Returns false if the run fails without a fault.
    bool explore(Stage& stage, const std::string& path, const std::string& selection,
                 const TestCase* test = nullptr) {
        if (stage.diagnostics().has_errors()) {
            terminal_.show(stage.diagnostics());
            refused_ = true;
            return false;
        }
        terminal_.output().hide_all(stage.secrets());
        Exploration exploration(stage);
        const auto& baseline = exploration.baseline();
        if (stage.is_cut()) {
            terminal_.message("explore: the tape ends in the middle of the run");
            refused_ = true;
            return false;
        }
        if (baseline.trial.status != 0 || baseline.hangs) {
            if (test != nullptr) return false;  // it is about a failure
            terminal_.output().say(baseline.trial.err);
            refused_ = true;
            if (baseline.hangs) {
                terminal_.message(
                    "explore: the run does not end without a fault, so there is nothing to compare with");
                return false;
            }
            terminal_.message("explore: the run fails without a fault (exit status " +
                              std::to_string(baseline.trial.status) +
                              "): it needs the tape of a run that succeeds, or a test with answers");
            refused_ = true;
            return false;
        }
        command_ = "arun explore " + shell_word(path);
        for (std::size_t i = 1; i < options_.operands.size() && test == nullptr; ++i)
            command_ += ' ' + shell_word(options_.operands[i]);
        for (const auto& variable : options_.session.variables)
            command_ += ' ' + shell_word(variable.name + '=' + variable.value.to_text());
        for (const auto& file : options_.vars_files) command_ += " --vars-file " + shell_word(file);
        if (test == nullptr) {
            for (const auto& job : options_.only) command_ += " --only " + shell_word(job);
            for (const auto& job : options_.skip) command_ += " --skip " + shell_word(job);
        }
        command_ += selection;
        auto& script = record_.scripts.emplace_back();
        script.name = test != nullptr ? path + ": " + test->name : path;
        script.file = path;
        script.started = true;
        script.outcome = jobs::Outcome::success;
        const auto faults = exploration.faults();
        if (options_.fault) {
            repeat(exploration, faults);
            return true;
        }
        std::deque<std::pair<NamedFault, Probe>> firsts;
        std::set<std::string> found;
        for (const auto& fault : faults) {
            if (!may_run()) continue;
            auto probe = exploration.run(fault, options_.pairs);
            terminal_.output().hide_all(probe.trial.secrets);
            const auto judgement = exploration.judge(fault, probe, baseline);
            add(fault, judgement, script);
            if (judgement.is_finding()) found.insert(fault.id);
            if (options_.pairs && !judgement.is_finding() && probe.reached)
                firsts.emplace_back(fault, std::move(probe));
        }
        for (const auto& [first, probe] : firsts) {
            for (const auto& pair : exploration.faults_after(first, probe)) {
                // What the second one does alone is known.
                if (found.contains(pair.id.substr(first.id.size() + 1)) || !may_run()) continue;
                const auto both = exploration.run(pair);
                terminal_.output().hide_all(both.trial.secrets);
                add(pair, exploration.judge(pair, both, probe), script);
            }
        }
        return true;
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

    void add(const NamedFault& fault, const Judgement& judgement, ScriptRecord& script) {
        if (judgement.verdict == FaultOutcome::not_applicable) return;
        const bool is_finding = judgement.is_finding();
        const bool allowed = is_finding && is_allowed(fault.id);
        counts_.add(judgement, allowed);
        auto& record = *script.cases.emplace_back(std::make_unique<CaseRecord>());
        record.kind = "fault";
        record.name = record.title = terminal_.output().secrets().redact(fault.id);
        record.place = fault.job.job->span().position();
        record.started = true;
        record.attempts = 1;
        record.outcome = is_finding ? jobs::Outcome::failure : jobs::Outcome::success;
        record.allowed = allowed;
        if (is_finding) {
            record.failure = std::make_unique<FailureRecord>();
            const auto message = fault.what + ": " + judgement.why + "\nagain: " + command_ + " --fault " +
                                 shell_word(fault.id);
            record.failure->message = terminal_.output().secrets().redact(message);
            record.failure->place = record.place;
        }
        if (is_finding && !allowed) {
            if (options_.verbose && !options_.takes_stdout())
                terminal_.output().write(
                    jobs::Stream::out, "FINDING   ",
                    displayed(terminal_.output().secrets().redact(fault.id + ": " + fault.what)) + '\n');
            status_ = 1;
            script.outcome = jobs::Outcome::failure;
            note(fault, judgement);
        } else if (options_.verbose && !options_.takes_stdout()) {
            const std::string_view verdict = allowed                                        ? "allowed   "
                                             : judgement.verdict == FaultOutcome::tolerated ? "tolerated "
                                             : judgement.verdict == FaultOutcome::handled   ? "handled   "
                                                                                            : "noticed   ";
            terminal_.output().write(
                jobs::Stream::out, verdict,
                displayed(terminal_.output().secrets().redact(fault.id + ": " + fault.what)) + '\n');
        }
    }

    /// What is the same for several faults of a job is told once.
    struct Group {
        std::string text;
        std::string id;
        std::vector<std::string> others;
    };
    void note(const NamedFault& fault, const Judgement& judgement) {
        const bool is_elsewhere =
            judgement.verdict == FaultOutcome::clean_up || judgement.verdict == FaultOutcome::endless;
        const auto key = (is_elsewhere ? std::string() : fault.job.title) + '\n' + judgement.why;
        const auto found = by_reason_.find(key);
        if (found != by_reason_.end()) {
            auto& others = groups_[found->second].others;
            if (std::ranges::find(others, fault.id) == others.end() && groups_[found->second].id != fault.id)
                others.push_back(fault.id);
            return;
        }
        by_reason_.emplace(key, groups_.size());
        groups_.push_back({described(fault, judgement), fault.id, {}});
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

    std::string described(const NamedFault& fault, const Judgement& judgement) {
        const auto message = fault.what + ": " + judgement.why;
        Diagnostic diagnostic;
        diagnostic.span =
            judgement.place.job != nullptr ? judgement.place.job->span() : fault.job.job->span();
        diagnostic.message = message;
        return terminal_.output().secrets().redact(
            render(diagnostic, terminal_.color()) +
            "    again: " + displayed(command_ + " --fault " + shell_word(fault.id)) + '\n');
    }

    void repeat(Exploration& exploration, const std::vector<NamedFault>& faults) {
        const auto& id = *options_.fault;
        for (const auto& fault : faults) {
            known_.push_back(fault.id);
            if (fault.id == id) return show_run(exploration, fault, exploration.baseline());
            if (!id.starts_with(fault.id + '+')) continue;
            const auto probe = exploration.run(fault, true);
            for (const auto& pair : exploration.faults_after(fault, probe))
                if (pair.id == id) return show_run(exploration, pair, probe);
        }
    }

    void show_run(Exploration& exploration, const NamedFault& fault, const Probe& before) {
        found_fault_ = true;
        const auto probe = exploration.run(fault);
        terminal_.output().hide_all(probe.trial.secrets);
        const auto judgement = exploration.judge(fault, probe, before);
        terminal_.output().write(jobs::Stream::out, probe.trial.out);
        terminal_.output().flush();
        terminal_.output().say(probe.trial.err);
        if (judgement.is_finding() && !is_allowed(fault.id)) {
            status_ = 1;
            return terminal_.output().say(described(fault, judgement));
        }
        const auto verdict = judgement.verdict == FaultOutcome::tolerated ? "tolerated by " + judgement.why
                             : judgement.is_finding()                     ? std::string("allowed")
                             : judgement.verdict == FaultOutcome::noticed ? std::string("noticed")
                                                                          : std::string("handled");
        terminal_.message(fault.what + ": " + verdict + ", exit status " +
                          std::to_string(probe.trial.status));
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
