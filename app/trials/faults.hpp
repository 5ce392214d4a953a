/// What `arun explore` lets go wrong.
#pragma once

#include "tape/answer_source.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace arun::app {

/// How a fault shows. The names are those of the command line.
enum class Form : std::uint8_t {
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
    order,    ///< what comes next comes after what comes then
};

struct FormName {
    std::string_view name;
    std::string_view what;  ///< "exits with 1", after the title of the job; of a jump of the clock, empty
};
const FormName& name_of(Form form) noexcept;

/// A fault at a point of a run, which is the same up to there in every run of the script.
struct Fault {
    Form form = Form::exit;
    std::size_t point = 0;  ///< the number of a question, or of a jump of the clock, from 0
    Duration by{};          ///< of `order`: how much later it comes

    bool is_at_jump() const noexcept { return form == Form::signal || form == Form::order; }
};

/// The faults of one answer to a question of that kind. `probe`: it is asked again until the answer is
/// another one.
std::vector<Form> forms_of(const tape::Answer& answer, bool probe);

/// The answer with that fault. Precondition: the form is one of forms_of().
tape::Answer with_fault(const tape::Answer& answer, Form form);

/// The answer to a probe that waits for success, or for a failure: one that does not end the wait.
tape::Answer without_end(const tape::Answer& answer, bool for_success);

}  // namespace arun::app
