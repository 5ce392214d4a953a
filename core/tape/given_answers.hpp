/// Answers that are given in a file of tests.
#pragma once

#include "script/value.hpp"
#include "tape/answer_source.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arun::tape {

/// The answer to every question that it matches. A pattern is that of a shell, as fnmatch() has it without
/// flags, or the text itself.
struct GivenAnswer {
    enum class Kind : std::uint8_t {
        run,   ///< the script of a shell
        exec,  ///< a command: its arguments, or all of them with blanks in between
        http,  ///< a URL, with a method before it or not
        tcp,   ///< host:port
        file,  ///< a path that is waited for or read
    };
    /// A part of a text, and when it comes.
    struct Piece {
        Duration after{};  ///< the question
        OutputStream stream = OutputStream::out;
        std::string text;
    };

    /// `with`: what else the question must have.
    struct Condition {
        enum class Of : std::uint8_t { env, dir, stdin_text, header, body, json };
        Of of = Of::dir;
        std::string name;     ///< of a variable or a header
        std::string pattern;  ///< except of `json`
        script::Value json;
    };

    Kind kind = Kind::run;
    std::vector<std::string> patterns;
    std::vector<Condition> with;
    bool has_arguments = false;         ///< there is a pattern for each argument
    std::string where;                  ///< "shop.test.yaml:12", for messages
    Span span;                          ///< the same
    std::string title;                  ///< as it is written there: "run 'make test'"
    std::optional<std::int64_t> times;  ///< how often it answers, at most
    Duration after{};                   ///< how long after the question
    bool never = false;                 ///< nothing comes, beside `pieces`
    std::optional<std::string> error;   ///< it cannot be started, reached or read
    // Of a process:
    int status = 0;  ///< also of a response
    int signal = 0;
    std::vector<Piece> pieces;  ///< in the order of their times
    // Of a response:
    Pairs headers;
    std::string text;  ///< the body; of a file, what is in it

    std::size_t used = 0;
    std::optional<Duration> first_asked = {};  ///< for a port or a file, `after` counts from here
};

class GivenAnswers final : public AnswerSource {
public:
    using Variables = std::map<std::string, std::string, std::less<>>;

    std::vector<GivenAnswer> answers;  ///< the first one that matches counts
    Variables environment;             ///< of the process
    /// Null: nothing is known of it.
    std::optional<std::vector<GivenAnswer::Piece>> standard_input;
    bool input_was_read = false;                              ///< since the last rewind()
    std::optional<std::vector<SignalArrival>> signals_given;  ///< null: those of `other`
    /// Has what none of the answers matches. May be null.
    AnswerSource* other = nullptr;

    void rewind() noexcept override;
    const Answer* next(const Question& question) override;
    const Answer* next_or_last(const Question& question) override;
    bool knows(const Question& question) const override;
    std::string missing(const Question& question) const override;
    const std::vector<SignalArrival>& signals() const noexcept override {
        static const std::vector<SignalArrival> none;
        return signals_given ? *signals_given : other != nullptr ? other->signals() : none;
    }
    std::optional<std::string> text_of_file(const std::string& path, Duration time) override;
    bool is_cut() const noexcept override { return other != nullptr && other->is_cut(); }

private:
    /// Without `other`.
    const Answer* own(const Question& question);
    GivenAnswer* find(const Question& question);
    const Answer& keep(Answer answer);
    const Answer& machine(const Question& question);

    std::deque<Answer> made_;
};

/// A signal of that number, so long after the start of the first Runner.
SignalArrival signal_at(Duration time, int signo, const std::string& where);

/// Whether the text is the pattern, or matches it.
bool matches_pattern(const std::string& pattern, const std::string& text);

}  // namespace arun::tape
