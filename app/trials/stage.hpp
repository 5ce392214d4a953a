/// Scripts with an imagined world, which can run any number of times.
#pragma once

#include "commands/scripts.hpp"
#include "console/terminal.hpp"
#include "tape/answers.hpp"
#include "tape/given_answers.hpp"
#include "trials/test_file.hpp"
#include "trials/trial.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace arun::app {

/// Restores the time zone of the process.
class TimeZoneScope {
public:
    TimeZoneScope();
    TimeZoneScope(const TimeZoneScope&) = delete;
    TimeZoneScope& operator=(const TimeZoneScope&) = delete;
    ~TimeZoneScope();
    void set(const char* zone);

private:
    std::optional<std::string> before_;
};

class Stage {
public:
    /// For a test. Throws tape::TapeError.
    Stage(const TestFile& file, const TestCase& test);
    /// For the run of a tape, or, with `scripts`, for those with its answers; `options` has the variables.
    /// Throws tape::TapeError.
    Stage(const std::string& tape, const std::vector<std::string>& scripts, const Options& options);
    /// For the scripts and variables of a command line, in the environment of this process. Nothing else is
    /// known.
    explicit Stage(const Options& options);
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    /// If they have errors, nothing can run.
    const Diagnostics& diagnostics() const noexcept { return scripts_.diagnostics; }
    const Scripts& scripts() const noexcept { return scripts_; }
    tape::GivenAnswers& answers() noexcept { return answers_; }
    const Options& options() const noexcept { return options_; }
    const Secrets& secrets() noexcept { return terminal_.output().secrets(); }
    /// The tape ends in the middle of the run.
    bool is_cut() const noexcept { return tape_ && tape_->is_cut(); }

    /// `answers` has those of the stage, or asks them.
    /// `prepare` may change the world before the run.
    Trial run(tape::AnswerSource& answers, jobs::Observer* observer = nullptr,
              const std::function<void(tape::AnsweringWorld&)>& prepare = {});
    /// The scripts have errors: as a run of them would end.
    Trial refuse();

private:
    void open_tape(const std::string& path);
    void load_scripts(const std::vector<std::string>& paths);

    TimeZoneScope zone_;
    Options options_;
    Scripts scripts_;
    std::string text_;  ///< what was printed before a run
    Terminal terminal_;
    std::optional<tape::Reader> reader_;
    std::optional<tape::Answers> tape_;
    std::vector<LoadedSource> sources_;  ///< the scripts of the tape
    tape::GivenAnswers answers_;
};

}  // namespace arun::app
