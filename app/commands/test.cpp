#include "base/difference.hpp"
#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "commands/commands.hpp"
#include "reports/report_file.hpp"
#include "rt/file.hpp"
#include "tape/given_answers.hpp"
#include "tape/reader.hpp"
#include "trials/stage.hpp"
#include "trials/test_file.hpp"
#include "trials/trial_reports.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace arun::app {
namespace {

using script::Value;

struct Mismatch {
    Span where;
    std::string message;
};

/// Compares a run with what is expected of it.
class ExpectationReport {
public:
    ExpectationReport(const Trial& trial, const TestCase& test) : trial_(trial), test_(test) {
        for (const auto& script : trial_.record.scripts)
            for (const auto& one : script.cases) collect(*one);
    }

    std::vector<Mismatch> take() {
        const auto& expected = test_.expected;
        if (!trial_.problem.empty()) {
            // Everything else may follow from that.
            add(test_.span, trial_.problem);
            return std::move(mismatches_);
        }
        const auto exit = Value::number(std::int64_t{trial_.status});
        if (expected.exit) {
            check(expected.exit.expectation, exit, "exit");
        } else if (trial_.status != 0) {
            add(test_.span, "expected exit 0, got " + std::to_string(trial_.status));
        }
        check(expected.out.expectation, Value::string(trial_.out), "stdout");
        check(expected.err.expectation, Value::string(trial_.err), "stderr");
        check(expected.duration.expectation, seconds(trial_.result.duration), "duration");
        for (const auto& variable : expected.variables) {
            const auto found = trial_.variables.find(variable.name);
            if (found != trial_.variables.end()) {
                check(variable.expectation, found->second, variable.name);
            } else {
                std::vector<std::string_view> names;
                for (const auto& [name, value] : trial_.variables) names.push_back(name);
                add(variable.span, "there is no variable " + quote_whole(variable.name) + " at the end",
                    did_you_mean(variable.name, names));
            }
        }
        for (const auto& job : expected.jobs) check_job(job);
        check_order();
        return std::move(mismatches_);
    }

private:
    static Value seconds(Duration duration) { return Value::number(to_seconds(duration)); }

    void collect(const CaseRecord& record) {
        cases_.push_back(&record);
        for (const auto& inner : record.cases) collect(*inner);
    }
    void add(Span where, std::string message, const std::string& hint = {}) {
        if (!hint.empty()) message += "; " + hint;
        mismatches_.push_back({where, std::move(message)});
    }
    void check(const script::Expectation* expectation, const Value& got, const std::string& what) {
        if (expectation == nullptr) return;
        script::ExpectationChecker checker(no_context());
        checker.check(*expectation, got, what);
        if (!checker.ok()) add(expectation->requirements.front().span, checker.message());
    }

    std::string names_of_jobs(std::string_view wanted) const {
        std::vector<std::string_view> names;
        std::set<std::string_view> shown;
        for (const auto* one : cases_) {
            const std::string_view name = one->id.empty() ? one->title : one->id;
            if (shown.insert(name).second) names.push_back(name);
        }
        if (shown.contains(wanted)) return {};
        constexpr std::size_t max_names = 12;
        auto some = names;
        if (some.size() > max_names) some.resize(max_names);
        return did_you_mean(wanted, names, some.empty() ? std::string() : "there are " + join(some, ", "));
    }

    void check_job(const ExpectedJob& expected) {
        bool found = false;
        for (const auto* one : cases_) {
            if (one->id != expected.name && one->name != expected.name && one->title != expected.name)
                continue;
            found = true;
            const auto& name = one->items.empty() ? expected.name : one->title;
            const auto what = [&](std::string_view field) {
                return std::string(field) + " of " + quote_whole(name);
            };
            if (expected.outcome && one->outcome != *expected.outcome) {
                const auto reason = one->reason.empty() ? std::string() : " (" + one->reason + ')';
                const auto why = one->failure ? " (" + one->failure->headline() + ')' : reason;
                add(expected.span, "expected " + quote_whole(name) + " to end as " +
                                       std::string(name_of(*expected.outcome)) + ", got " +
                                       std::string(name_of(one->outcome)) + why);
            }
            check(expected.start.expectation, one->started ? seconds(one->start) : Value(), what("start"));
            check(expected.duration.expectation, one->started ? seconds(one->duration) : Value(),
                  what("duration"));
            check(expected.attempts.expectation, Value::number(one->attempts), what("attempts"));
            check(expected.error.expectation,
                  one->failure ? Value::string(one->failure->whole_message()) : Value(), what("error"));
        }
        if (!found)
            add(expected.span, "no job called " + quote_whole(expected.name) + " was reached",
                names_of_jobs(expected.name));
    }

    void check_order() {
        auto from = trial_.started.begin();
        std::string before;
        for (const auto& name : test_.expected.order) {
            const auto is_it = [&](const auto& names) {
                return std::ranges::find(names, name.text) != names.end();
            };
            const auto found = std::find_if(from, trial_.started.end(), is_it);
            if (found == trial_.started.end()) {
                const auto started = std::ranges::count_if(trial_.started, is_it);
                if (before == quote_whole(name.text)) return add(name.span, before + " did not start again");
                if (started > 0) return add(name.span, quote_whole(name.text) + " started before " + before);
                return add(name.span, quote_whole(name.text) + " never started", names_of_jobs(name.text));
            }
            from = found + 1;
            before = quote_whole(name.text);
        }
    }

    const Trial& trial_;
    const TestCase& test_;
    std::vector<const CaseRecord*> cases_;
    std::vector<Mismatch> mismatches_;
};

std::string snapshot_of(const Trial& trial) {
    const auto section = [](std::string_view name, const std::string& text) {
        return "--- " + std::string(name) + '\n' + text + (text.empty() || text.ends_with('\n') ? "" : "\n");
    };
    return "exit " + std::to_string(trial.status) + '\n' + section("stdout", trial.out) +
           section("stderr", trial.err);
}

class TestCommand {
public:
    TestCommand(const Options& options, Terminal& terminal) : options_(options), terminal_(terminal) {}

    int run() {
        if (options_.operands.empty()) throw UsageError("test: expected a file of tests");
        Diagnostics diagnostics;
        std::vector<std::unique_ptr<TestFile>> files;
        for (const auto& path : options_.operands)
            if (const auto document = load_test_document(path, diagnostics))
                if (auto file = read_test_file(path, document, diagnostics)) files.push_back(std::move(file));
        terminal_.show(diagnostics);
        if (diagnostics.has_errors()) return exit_usage;
        choose(files);
        record_.started = std::chrono::system_clock::now();
        for (const auto& file : files) {
            auto& script = record_.scripts.emplace_back();
            script.name = script.file = file->path;
            script.started = true;
            script.outcome = jobs::Outcome::success;
            for (const auto& test : file->tests) run_test(*file, test, script);
        }
        record_.exit_status = status_;
        terminal_.output().flush();
        const auto totals = count(record_);
        if (!options_.quiet || totals.failed > 0) terminal_.message(to_text(totals));
        if (!reports_.write(record_, terminal_)) status_ = exit_internal;
        return terminal_.finish(status_);
    }

private:
    void choose(std::vector<std::unique_ptr<TestFile>>& files) {
        std::size_t left = 0;
        for (auto& file : files) {
            std::erase_if(file->tests, [&](const TestCase& test) { return !is_selected(options_, test); });
            left += file->tests.size();
        }
        if (left == 0) throw UsageError("test: --only and --skip leave no test");
    }

    void run_test(const TestFile& file, const TestCase& test, ScriptRecord& script) {
        Trial trial;
        std::vector<Mismatch> mismatches;
        try {
            Stage stage(file, test);
            const bool can_run = !stage.diagnostics().has_errors();
            trial = can_run ? stage.run(stage.answers()) : stage.refuse();
            mismatches = ExpectationReport(trial, test).take();
            if (can_run && trial.problem.empty()) add_unused(stage, test, trial, mismatches);
            const auto& snapshot = test.expected.snapshot;
            if (snapshot && trial.problem.empty()) compare_snapshot(*snapshot, trial, mismatches);
        } catch (const tape::TapeError& error) {
            const auto& tape = test.setting.tape ? test.setting.tape : file.setting.tape;
            mismatches.push_back({tape ? tape->span : test.span, error.what()});
        }
        terminal_.output().hide_all(trial.secrets);
        auto record = std::make_unique<CaseRecord>();
        record->kind = "test";
        record->name = record->title = test.name;
        record->place = test.span.position();
        record->started = true;
        record->attempts = 1;
        record->duration = trial.result.duration;
        record->outcome = mismatches.empty() ? jobs::Outcome::success : jobs::Outcome::failure;
        if (!options_.takes_stdout() && !options_.quiet)
            terminal_.output().write(jobs::Stream::out, mismatches.empty() ? "ok    " : "FAIL  ",
                                     displayed(trial.secrets.redact(test.name)) + '\n');
        if (options_.verbose && !options_.takes_stdout()) {
            terminal_.output().write(jobs::Stream::out, trial.out);
            terminal_.output().flush();
            terminal_.output().say(trial.err);
        }
        if (!mismatches.empty()) {
            script.outcome = jobs::Outcome::failure;
            report(test, trial, mismatches, *record);
        }
        script.cases.push_back(std::move(record));
    }

    /// What the test itself gives, but the run did not need.
    static void add_unused(Stage& stage, const TestCase& test, const Trial& trial,
                           std::vector<Mismatch>& mismatches) {
        // The first answers of the stage are those of the test.
        for (std::size_t i = 0; i < test.setting.answers.size(); ++i) {
            const auto& answer = stage.answers().answers[i];
            if (answer.used == 0 && answer.times != 0)
                mismatches.push_back({answer.span, "the script never asked for " + answer.title});
        }
        if (test.setting.standard_input && !test.setting.standard_input->empty() &&
            !stage.answers().input_was_read)
            mismatches.push_back({test.span, "the script never reads standard input"});
        if (!test.setting.signals) return;
        for (const auto& [runner, arrival] : *test.setting.signals)
            if (arrival.after > trial.result.duration)
                mismatches.push_back({test.span, arrival.event.text("signal") + " at " +
                                                     format_duration(arrival.after) +
                                                     " comes after the end of the run"});
    }

    void report(const TestCase& test, const Trial& trial, const std::vector<Mismatch>& mismatches,
                CaseRecord& record) {
        status_ = 1;
        record.failure = std::make_unique<FailureRecord>();
        auto& failure = *record.failure;
        failure.place = record.place;
        failure.output = trial.err;
        terminal_.output().flush();
        for (const auto& [where, message] : mismatches) {
            failure.message += (failure.message.empty() ? "" : "\n") + message;
            Diagnostic diagnostic;
            diagnostic.span = where;
            diagnostic.message = quote_whole(test.name) + ": " + std::string(first_line(message));
            auto text = render(diagnostic, terminal_.color());
            const auto rest = std::string_view(message).substr(first_line(message).size());
            for (const auto line : lines_of(trim_newlines(rest)))
                if (!line.empty()) text.append("    ").append(displayed(line)).append("\n");
            terminal_.output().say(text);
        }
        if (trial.err.empty() || options_.verbose || !trial.problem.empty()) return;
        std::string text = "    what the run wrote to standard error:\n";
        for (const auto line : lines_of(trim_newlines(trial.err)))
            text.append("      ").append(displayed(line)).append("\n");
        terminal_.output().say(text);
    }

    void compare_snapshot(const PlacedText& snapshot, const Trial& trial, std::vector<Mismatch>& mismatches) {
        const auto text = snapshot_of(trial);
        const auto name = quote_whole(snapshot.text);
        const auto fail = [&](std::string message) {
            mismatches.push_back({snapshot.span, std::move(message)});
        };
        std::optional<std::string> before;
        try {
            std::error_code ignored;
            if (std::filesystem::exists(snapshot.text, ignored)) {
                const auto file = open_to_read(snapshot.text);
                if (!is_regular_file(file.get())) return fail(name + " is not a regular file");
                before = read_rest_of_file(file.get());
            }
        } catch (const std::exception& error) {
            return fail(error.what());
        }
        if (before == text) return;
        if (before && !(before->starts_with("exit ") && before->find("\n--- stdout\n") != std::string::npos))
            return fail(name + " is not a snapshot of a run");
        if (options_.update) {
            try {
                if (const int problem = ReportFile("snapshot", snapshot.text).write(text); problem != 0)
                    return fail("cannot write " + name + ": " + reason_of(problem));
            } catch (const UsageError& error) {
                return fail(error.what());
            }
            terminal_.output().flush();
            if (!options_.quiet) terminal_.message("updated " + snapshot.text);
            return;
        }
        if (!before) return fail("there is no snapshot " + name + "; 'arun test --update' writes it");
        fail("the run differs from its snapshot; expected -, got +; 'arun test --update' rewrites it\n" +
             difference(*before, text));
    }

    const Options& options_;
    Terminal& terminal_;
    TrialReports reports_{options_};
    RunRecord record_;
    int status_ = 0;
};

}  // namespace

int test_command(const Options& options, Terminal& terminal) {
    try {
        return TestCommand(options, terminal).run();
    } catch (const tape::TapeError& error) {
        throw UsageError(error.what());
    }
}

}  // namespace arun::app
