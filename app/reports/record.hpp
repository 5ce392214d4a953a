/// A finished run as plain data, which each report format turns into text.
#pragma once

#include "base/duration.hpp"
#include "base/source.hpp"
#include "console/secrets.hpp"
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
    std::string job;                   ///< the failed job, if it is not that of the case itself
    std::vector<std::string> around;   ///< the jobs around the failed one, innermost first
    std::vector<std::string> running;  ///< see jobs::Failure
    std::string output;
    std::vector<FailureRecord> others;

    /// The first line of the message; if the job of the case is not the one that failed, with its name and
    /// those of its failed siblings.
    std::string headline() const;
    /// The message, with the headline for its first line.
    std::string whole_message() const;
    /// Everything but the first line of the message, for people; one fact a line. `with_output`: also the
    /// last lines of the job's own output.
    std::string details(bool with_output = true) const;
};
/// `own`: the job of the case that has the failure; null if none has.
FailureRecord record_of(const jobs::Failure& failure, const script::Job* own = nullptr);

/// An attempt of a job, a round of a loop, or several that follow each other.
struct StepRecord {
    Duration start{};
    Duration end{};
    jobs::Outcome outcome = jobs::Outcome::success;  ///< the worst of them
    std::uint64_t first = 1;                         ///< their numbers
    std::uint64_t last = 1;
    std::string text;  ///< of an attempt, why it ended; of a round, its item; of several, those of the worst
};

/// Steps in the order of their ends. Takes a bounded amount of memory: of more than max_size steps,
/// neighbours become one.
class StepList {
public:
    static constexpr std::size_t max_size = 256;

    void add(StepRecord step);
    bool empty() const noexcept { return steps_.empty(); }
    /// True if none has been merged.
    bool is_complete() const noexcept { return stride_ == 1; }
    std::size_t total() const noexcept { return total_; }
    const std::vector<StepRecord>& steps() const noexcept { return steps_; }
    std::vector<StepRecord>& steps() noexcept { return steps_; }

private:
    std::vector<StepRecord> steps_;
    std::size_t stride_ = 1;  ///< how many steps a full record stands for
    std::size_t total_ = 0;
};

/// The end of what a job has written to one stream.
struct OutputRecord {
    /// Of what is shown; up to twice as much is kept, so that secrets are masked before the cut. Units:
    /// bytes.
    static constexpr std::size_t max_size = std::size_t{16} << 10;

    std::string text;
    bool is_cut = false;  ///< there was more before it

    void add(std::string_view more);
    /// Drops what is not shown. Whole lines remain where possible.
    void shorten();
};

/// What only timelines show.
struct CaseDetail {
    std::string label;  ///< the title with the values of its expressions; empty: the title
    std::string cut;    ///< what cancelled the job, or empty
    StepList attempts;  ///< if there was more than one
    StepList rounds;
    Duration attempt_start{};
    OutputRecord out, err;
    bool output_dropped = false;  ///< to make room for that of later jobs

    std::size_t output_size() const noexcept { return out.text.size() + err.text.size(); }
};

/// A case: a top-level job, or a named job that is not inside an endless loop.
struct CaseRecord {
    std::string kind;
    std::string id;
    std::string name;   ///< as the script gives it, or empty
    std::string title;  ///< the name, or the kind and its argument, with the items of rounds; unique among
                        ///< its siblings
    std::string items;  ///< those items, or empty
    Position place;
    bool started = false;
    jobs::Outcome outcome = jobs::Outcome::cancelled;  ///< until it ends otherwise
    std::string reason;                                ///< why it was skipped or cancelled, or empty
    Duration start{};                                  ///< since the start of the run
    Duration duration{};
    std::int64_t attempts = 0;
    bool allowed = false;
    bool background = false;
    bool cleanup = false;                    ///< part of the script's finally
    std::unique_ptr<FailureRecord> failure;  ///< null in most of the cases, of which there may be a million
    std::unique_ptr<CaseDetail> detail;      ///< null if it has none, or no report needs it
    std::vector<std::unique_ptr<CaseRecord>> cases;

    /// True if the cases inside say everything that this one would.
    bool is_group() const;
    /// Its detail, made if it has none.
    CaseDetail& make_detail() {
        if (!detail) detail = std::make_unique<CaseDetail>();
        return *detail;
    }
    /// Marks the failures of this case and of those inside as allowed.
    void allow() {
        if (outcome == jobs::Outcome::failure) allowed = true;
        for (auto& inner : cases) inner->allow();
    }
};

struct ScriptRecord {
    std::string name;
    std::string file;
    bool started = false;
    jobs::Outcome outcome = jobs::Outcome::skipped;
    Duration start{};
    Duration duration{};
    std::optional<FailureRecord> failure;  ///< of the script as a whole, such as its timeout
    std::vector<std::unique_ptr<CaseRecord>> cases;
};

struct Totals {
    std::size_t cases = 0, passed = 0, failed = 0, allowed = 0, cancelled = 0, skipped = 0;

    void add(jobs::Outcome outcome, bool failure_allowed);
    /// One that was counted as failed was allowed later.
    void allow_failure() noexcept {
        --failed;
        ++allowed;
    }
};
/// "3 passed, 1 failed, 2 skipped", without the counts that are 0.
std::string to_text(const Totals& totals);

struct RunRecord {
    std::chrono::system_clock::time_point started;
    Duration duration{};
    int exit_status = 0;
    std::string signal;    ///< "SIGINT", or empty
    std::string internal;  ///< why arun itself failed, or empty
    /// The invalid line or document of a stream that ended the run.
    std::optional<FailureRecord> rejected;
    std::vector<ScriptRecord> scripts;

    /// What cut the run short, other than the failure of a job; or empty.
    std::string interruption() const;
};

/// A case after those around it, outermost first.
using Path = std::vector<const CaseRecord*>;
/// The titles along the path: "outer > inner".
std::string title_of(const Path& path);
/// Calls f for each case that is not a group, in script order.
void for_each_case(const ScriptRecord& script, const std::function<void(const Path&)>& f);

Totals count(const ScriptRecord& script);
Totals count(const RunRecord& run);

/// Calls f for each text of the record that may contain secrets.
void for_each_text(RunRecord& run, const std::function<void(std::string&)>& f);

/// Hides the secrets in all of them.
void redact(RunRecord& run, const Secrets& secrets);

/// Replaces invalid UTF-8, and control characters that XML and terminals do not accept, with U+FFFD. Keeps
/// newlines and tabs; CR LF becomes a newline.
std::string clean_text(std::string_view text);

}  // namespace arun::app
