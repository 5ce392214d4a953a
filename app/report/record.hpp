/// A run as reports tell of it: plain data, from which each format makes its text.
#pragma once

#include "base/duration.hpp"
#include "base/source.hpp"
#include "jobs/failure.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arun::app {

struct FailureRecord {
    std::string message;
    bool timeout = false;
    Position place;
    std::vector<std::string> around;  ///< the jobs that the failed one was in, from the inside out
    std::string output;
    std::vector<FailureRecord> others;

    /// All of it but the message's first line, for people: a line for each thing.
    std::string details() const;
};
FailureRecord record_of(const jobs::Failure& failure);

/// A case: a top-level job, or one with a name that is not inside of a loop.
struct CaseRecord {
    std::string kind;
    std::string id;
    std::string name;   ///< what the script calls it, or empty
    std::string title;  ///< the name, or what it does; unique among its siblings
    Position place;
    bool started = false;
    jobs::Outcome outcome = jobs::Outcome::cancelled;  ///< what it is until it has ended otherwise
    std::string reason;                                ///< why it was skipped or cancelled, or empty
    Duration start{};                                  ///< since the run began
    Duration duration{};
    std::int64_t attempts = 0;
    bool allowed = false;
    bool background = false;
    bool cleanup = false;  ///< of a script's finally
    std::optional<FailureRecord> failure;
    std::vector<std::unique_ptr<CaseRecord>> cases;

    /// It stands for the cases inside of it, and has nothing to say that they do not.
    bool is_group() const;
    /// What has failed in it did no harm.
    void allow() {
        if (outcome == jobs::Outcome::failure) allowed = true;
        for (auto& inner : cases) inner->allow();
    }
    bool failed() const noexcept { return outcome == jobs::Outcome::failure && !allowed; }
};

struct ScriptRecord {
    std::string name;
    std::string file;
    bool started = false;
    jobs::Outcome outcome = jobs::Outcome::skipped;
    Duration start{};
    Duration duration{};
    std::optional<FailureRecord> failure;  ///< of the script as a whole: its variables, its timeout
    std::vector<std::unique_ptr<CaseRecord>> cases;
};

struct Totals {
    std::size_t cases = 0, passed = 0, failed = 0, allowed = 0, cancelled = 0, skipped = 0;
};

struct RunRecord {
    std::chrono::system_clock::time_point started;
    Duration duration{};
    int exit_status = 0;
    std::string signal;    ///< "SIGINT", or empty
    std::string internal;  ///< why arun itself failed, or empty
    /// A part of a stream that was no script, with which the run ended.
    std::optional<FailureRecord> rejected;
    std::vector<ScriptRecord> scripts;

    /// What cut the run short and is no job's failure, as a sentence; or empty.
    std::string interruption() const;
};

/// A case with the titles around it, outermost first.
using Path = std::vector<const CaseRecord*>;
/// Calls f for each case of a script that is no group, in the order of the script. The path ends with it.
void for_each_case(const ScriptRecord& script, const std::function<void(const Path&)>& f);

Totals count(const ScriptRecord& script);
Totals count(const RunRecord& run);

/// Calls f for each text of the record.
void for_each_text(RunRecord& run, const std::function<void(std::string&)>& f);

}  // namespace arun::app
