#include "trials/stage.hpp"

#include "base/time_format.hpp"
#include "commands/tape_header.hpp"
#include "rt/os.hpp"
#include "tape/writer.hpp"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace arun::app {
namespace {

/// 2000-01-01: a test is the same every day. Units: seconds since 1970.
const std::chrono::system_clock::time_point default_start{std::chrono::seconds(946'684'800)};

}  // namespace

TimeZoneScope::TimeZoneScope() {
    if (const char* zone = std::getenv("TZ")) before_ = zone;
}

TimeZoneScope::~TimeZoneScope() {
    if (before_) {
        set(before_->c_str());
    } else {
        ::unsetenv("TZ");
        ::tzset();
    }
}

void TimeZoneScope::set(const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();
}

Stage::Stage(const TestFile& file, const TestCase& test)
    : terminal_(When::never, [this](jobs::Stream, std::string_view text) { text_ += text; }) {
    options_.command = Command::test;
    const auto& outer = file.setting;
    const auto& inner = test.setting;
    auto& variables = options_.session.variables;
    const auto& tape = inner.tape ? inner.tape : outer.tape;
    zone_.set("UTC0");
    if (tape) open_tape(tape->text);
    variables.insert(variables.end(), outer.variables.begin(), outer.variables.end());
    for (auto& variable : variables) variable.may_be_unread = true;
    variables.insert(variables.end(), inner.variables.begin(), inner.variables.end());
    answers_.environment = inner.environment;
    answers_.environment.insert(outer.environment.begin(), outer.environment.end());
    if (const auto zone = answers_.environment.find("TZ"); zone != answers_.environment.end())
        zone_.set(zone->second.c_str());
    answers_.standard_input = inner.standard_input ? inner.standard_input : outer.standard_input;
    answers_.answers = inner.answers;
    answers_.answers.insert(answers_.answers.end(), outer.answers.begin(), outer.answers.end());
    if (const auto& signals = inner.signals ? inner.signals : outer.signals)
        answers_.signals_given = *signals;
    const auto& start_time = inner.start_time ? inner.start_time : outer.start_time;
    // It was checked when the file was read.
    if (const auto time = parse_time(start_time.value_or(std::string()))) options_.session.start_time = *time;
    if (!options_.session.start_time) options_.session.start_time = default_start;
    load_scripts(inner.scripts.empty() ? outer.scripts : inner.scripts);
}

Stage::Stage(const std::string& tape, const std::vector<std::string>& scripts, const Options& options)
    : terminal_(When::never, [this](jobs::Stream, std::string_view text) { text_ += text; }) {
    options_.command = Command::explore;
    options_.session.variables = options.session.variables;
    options_.vars_files = options.vars_files;
    open_tape(tape);
    load_scripts(scripts);
}

Stage::Stage(const Options& options)
    : terminal_(When::never, [this](jobs::Stream, std::string_view text) { text_ += text; }) {
    options_.command = Command::explore;
    options_.session.variables = options.session.variables;
    options_.vars_files = options.vars_files;
    options_.operands = options.operands;
    options_.only = options.only;
    options_.skip = options.skip;
    answers_.environment = os::environment_variables();
    load(scripts_, options_, terminal_.output());
}

void Stage::open_tape(const std::string& path) {
    reader_.emplace(open_tape_of_run(path, options_, scripts_, sources_, terminal_.output()));
    tape_.emplace(*reader_);
    answers_.other = &*tape_;
}

void Stage::load_scripts(const std::vector<std::string>& paths) {
    if (paths.empty() && !sources_.empty())
        return load_sources(scripts_, options_, sources_, terminal_.output());
    use_other_scripts(options_, scripts_, paths);
    load(scripts_, options_, terminal_.output());
}

Trial Stage::run(tape::AnswerSource& answers, jobs::Observer* observer,
                 const std::function<void(tape::AnsweringWorld&)>& prepare) {
    tape::AnsweringWorld world(answers);
    if (prepare) prepare(world);
    if (reader_) world.hide = [this](auto text) { return secrets().redact(text, tape::secret_mark); };
    answers.rewind();
    return run_trial(scripts_, world, options_, secrets(), observer);
}

Trial Stage::refuse() {
    Trial trial;
    terminal_.show(scripts_.diagnostics);
    terminal_.output().flush();
    trial.status = exit_usage;
    trial.err = std::exchange(text_, {});
    trial.secrets = terminal_.output().secrets();
    return trial;
}

}  // namespace arun::app
