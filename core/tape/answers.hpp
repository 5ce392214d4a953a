/// What a tape has for those who ask again, in the order in which it was asked: by what was asked, not when.
#pragma once

#include "base/duration.hpp"
#include "rt/process/child.hpp"
#include "tape/reader.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
    /// Until when, after the question, the tape knows what came: then the asking job was cut short, or the
    /// run ended.
    Duration known_until{};
};

/// A signal, on the clock of one of the Runners.
struct SignalArrival {
    std::int64_t runner = 0;
    Arrival arrival;
};

class Answers {
public:
    /// Reads the rest of the tape. Throws TapeError.
    explicit Answers(Reader& reader);

    /// The answer to the question that has this key: that of the next time that it was asked. Null if it was
    /// not asked so often.
    const Answer* next(std::string_view kind, const std::string& key);
    /// The same, but the last answer goes on for ever: for probes, which ask until the answer is another one.
    const Answer* next_or_last(std::string_view kind, const std::string& key);
    /// How often it was asked.
    std::size_t count(std::string_view kind, const std::string& key) const;
    /// The question of that kind which is most like this one, for a message; empty if there is none.
    std::string closest(std::string_view kind, const std::string& key) const;
    const std::vector<SignalArrival>& signals() const noexcept { return signals_; }
    /// What was read of a file until `time`. Empty if it was never read.
    std::optional<std::string> text_of_file(const std::string& path, Duration time) const;
    /// The tape ends in the middle of the run.
    bool is_cut() const noexcept { return is_cut_; }

private:
    struct Asked {
        std::vector<std::unique_ptr<Answer>> answers;
        std::size_t given = 0;
    };

    Answer& add(std::string_view kind, std::string key, const Event& event);
    void arrive(const Event& event, Duration time);

    std::map<std::pair<std::string, std::string>, Asked, std::less<>> asked_;
    std::map<std::int64_t, Answer*> open_;  ///< by the number of the child, request or the like
    std::vector<SignalArrival> signals_;
    bool is_cut_ = true;
};

/// The key of a question: how a child or a request is told from others. It begins with what a person calls
/// it, up to a line feed.
std::string key_of_command(const ChildRequest& request);
std::string key_of_request(const std::string& method, const std::string& url,
                           const std::optional<std::string>& body);

}  // namespace arun::tape
