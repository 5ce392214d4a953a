/// The faults that `arun explore` injects.
#pragma once

#include "script/job.hpp"
#include "tape/answer_source.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace arun::app {

/// name_of() gives the names on the command line.
enum class FaultKind : std::uint8_t {
    exit,     ///< a child exits with another status
    killed,   ///< it is killed by SIGKILL
    silent,   ///< it prints nothing
    never,    ///< it never ends; what is waited for never comes
    refused,  ///< there is no connection for a request
    status,   ///< its response has the status 500
    empty,    ///< the response has no body; there are no lines
    late,     ///< the response comes after an hour
    cut,      ///< half of the lines are missing
    signal,   ///< SIGINT comes
    order,    ///< the next two events come in the other order
};

struct FaultKindName {
    std::string_view name;
    std::string_view what;  ///< "exits with 1", after the title of the job; of a jump of the clock, empty
};
const FaultKindName& name_of(FaultKind kind) noexcept;

/// A fault at a point of a run. Up to there, every run of the script is the same.
struct Fault {
    FaultKind kind = FaultKind::exit;
    std::size_t point = 0;  ///< the number of a question, or of a jump of the clock, from 0
    Duration by{};          ///< of `order`: how much later it comes
    /// Of a question: the fault comes again whenever this job asks, from `point` on. Null: only once.
    const script::Job* always = nullptr;
    bool at_question = false;  ///< of `signal`: `point` is a question, whose answer takes no time

    bool is_at_jump() const noexcept {
        return (kind == FaultKind::signal && !at_question) || kind == FaultKind::order;
    }
};

/// The faults that the answer can have. `probe`: a wait repeats the question until the answer is another one.
std::vector<FaultKind> faults_for(const tape::Answer& answer, bool probe);

/// The answer with that fault. Precondition: it is one of faults_for().
tape::Answer with_fault(const tape::Answer& answer, FaultKind kind);

/// The answer, or another one if that would end a wait for success, or else for failure.
tape::Answer without_end(const tape::Answer& answer, bool for_success);

}  // namespace arun::app
