/// Where an imagined world has its answers from.
#pragma once

#include "base/duration.hpp"
#include "rt/http/client.hpp"
#include "rt/process/child.hpp"
#include "tape/reader.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arun::tape {

/// Something that comes after a question, and how long after it.
struct Arrival {
    Duration after{};
    Event event;
};

/// A question, and all that came of it.
struct Answer {
    Event asked;
    Duration at{};                  ///< when it was asked
    std::vector<Arrival> arrivals;  ///< in the order of their times
    /// Until when, after the question, it is known what came: on a tape, the asking job was cut short then,
    /// or the run ended. Duration::max(): there is nothing more to know.
    Duration known_until{};
};

/// A signal, on the clock of one of the Runners.
struct SignalArrival {
    std::int64_t runner = 0;
    Arrival arrival;
};

/// What a run asks of the world. `kind` is that of the event which a tape has for it, see arun-tape(5).
struct Question {
    std::string_view kind;
    /// Identifies it among those of its kind. Up to a line feed, it is what messages call it.
    std::string key;
    /// What it is called in messages: "the command", "the file".
    std::string_view title = {};
    const ChildRequest* child = nullptr;   ///< of a command
    const HttpRequest* request = nullptr;  ///< of a request
    Duration now{};                        ///< on the loop's clock

    /// "the command 'make test'"
    std::string text() const;
};

Question question_of(const ChildRequest& request);
/// Precondition: the body is as it would be on a tape.
Question question_of(const HttpRequest& request);

/// Answers live as long as their source.
class AnswerSource {
public:
    AnswerSource() = default;
    AnswerSource(const AnswerSource&) = delete;
    AnswerSource& operator=(const AnswerSource&) = delete;
    virtual ~AnswerSource() = default;

    /// From here on, everything is asked for the first time.
    virtual void rewind() noexcept = 0;
    /// The answer to the question, the next time that it is asked. Null if there is none.
    virtual const Answer* next(const Question& question) = 0;
    /// The same, but the last answer goes on for ever: for probes, which ask until the answer is another one.
    virtual const Answer* next_or_last(const Question& question) = 0;
    /// Whether there was ever an answer to it.
    virtual bool knows(const Question& question) const = 0;
    /// Why there is no answer: a sentence without a full stop.
    virtual std::string missing(const Question& question) const = 0;
    virtual const std::vector<SignalArrival>& signals() const noexcept = 0;
    /// What is in a file at that time. Empty if that is not known.
    virtual std::optional<std::string> text_of_file(const std::string& path, Duration time) = 0;
    /// Nothing is known beyond some point in the middle of the run.
    virtual bool is_cut() const noexcept { return false; }
};

}  // namespace arun::tape
