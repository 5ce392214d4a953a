/// A world that is imagined: what a run asks is answered from a tape of another run or the like, as long
/// after the question as it took then.
#pragma once

#include "tape/answer_source.hpp"
#include "tape/tape_world.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arun::tape {

/// For a virtual clock.
class AnsweringWorld final : public TapeWorld {
public:
    /// `answers` must outlive it.
    explicit AnsweringWorld(AnswerSource& answers) : answers_(answers) {}

    /// Called when a Runner's loop has been opened.
    std::function<void(Loop&)> when_opened;
    /// What was cut short on a tape goes on for ever, instead of stopping the run.
    bool ignores_cuts = false;
    /// The text as it is on a tape; empty: as it is.
    std::function<std::string(std::string_view)> hide;

    /// The signal that has ended the run at once: SIGQUIT, or a second one. 0 if none has.
    int killed_by() const noexcept { return killed_by_; }

    bool is_imaginary() const noexcept override { return true; }
    void opened(Loop& loop) override;
    std::unique_ptr<Child> child(Loop& loop) override;
    std::unique_ptr<HttpTransfer> request(Loop& loop, HttpRequest request) override;
    Coro<std::optional<std::string>> connect(Loop& loop, TcpAddress address) override;
    std::shared_ptr<LineReader> read_lines(const std::string& path, std::size_t max_line) override;
    FileStatus look_at(const std::string& path) override;
    std::string read_block(const std::string& path, std::int64_t offset, std::size_t max_size) override;
    std::string read_whole(const std::string& path, std::int64_t max_size) override;
    std::string end_of(const std::string& path, std::int64_t begin, std::size_t max_size) override;
    OutputFile open_output(const std::string& path, bool append) override;
    void write(int /*file*/, std::string_view /*text*/, const std::string& /*what*/) override {}
    std::unique_ptr<SavedFile> new_file(const std::string& path) override;
    std::optional<std::string> environment(const std::string& name) override;
    std::optional<std::string> known_environment(const std::string& name) override;
    Variables environment() override;
    std::string host_name() override;
    std::uint64_t entropy() override;
    bool has_entropy() const noexcept override { return answers_.knows({"entropy", {}}); }

    // For what it has made:
    /// The answer to the question, whose `now` is set and whose key is hidden here. Stops the run and throws
    /// TapeError if there is none.
    const Answer& answer(Question question);
    /// The same for probes, see AnswerSource::next_or_last().
    const Answer& probe(Question question);
    /// Stops the run, and throws TapeError.
    [[noreturn]] void not_recorded(const std::string& what);
    /// Stops the run a little later than Answer::known_until, if the question is `still_open` then. What was
    /// cut short on the tape is so again before that, in a script that has not changed.
    void watch(Loop& loop, const Answer& answer, std::string asked, std::function<bool()> still_open,
               std::vector<TimerHandle>& timers);

private:
    /// As it is asked: now, and without secrets.
    Question asked(Question question) const;
    [[noreturn]] void missing(const Question& question) { fail(answers_.missing(question)); }
    std::string hidden(const std::string& text) const { return hide ? hide(text) : text; }

    void signalled(Loop& loop, int signo);

    AnswerSource& answers_;
    std::int64_t runners_ = 0;
    std::optional<Duration> first_signal_;
    std::map<std::string, Duration> looked_at_;  ///< files; when on the tape the answer was found
    int killed_by_ = 0;
};

}  // namespace arun::tape
