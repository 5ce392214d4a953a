/// The world as a tape has it: the same answers at the same times, and nothing outside is touched.
#pragma once

#include "rt/journal.hpp"
#include "tape/tape_world.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arun::tape {

/// A run that asks for anything else than the recorded one, or goes on after the tape has ended, is stopped.
class ReplayingWorld final : public TapeWorld, public Journal {
public:
    /// `reader` must outlive it.
    explicit ReplayingWorld(Reader& reader) : reader_(reader) {}

    /// The events of the recorded run go on after its end here.
    void check_end(int exit_status);
    /// Nothing runs any more; a signal may have come since.
    void finish();
    /// Whether the write failed that makes `size` bytes of the stream.
    std::optional<OutputLoss> lost_output(OutputStream stream, std::uint64_t size) noexcept;
    /// Called for a loss that lost_output() was not asked about in time: with other options, such as -v,
    /// output is written at other moments.
    std::function<void(const OutputLoss&)> when_lost;
    /// Called when a new Runner's clock has begun, at 0.
    std::function<void()> when_opened;
    /// Called before something happens, with its time on the loop's clock. May wait.
    std::function<void(const Event&, Duration)> before_event;

    // Journal
    Duration now(const Clock& clock) noexcept override;
    void expiring(Duration /*now*/) noexcept override {}
    void settled_early() noexcept override {}
    void signalled(int /*signo*/) noexcept override {}
    void deadlock() noexcept override {}
    bool replays() const noexcept override { return true; }
    void advance(Loop& loop) override;
    void wait(Loop& loop) override;

    // World
    Journal* journal() noexcept override { return this; }
    void opened(Loop& loop) override;
    void look(Loop& loop) override;
    std::unique_ptr<Child> child(Loop& loop) override;
    std::unique_ptr<HttpTransfer> request(Loop& loop, HttpRequest request) override;
    Coro<std::optional<std::string>> connect(Loop& loop, TcpAddress address) override;
    std::shared_ptr<LineReader> read_lines(const std::string& path, std::size_t max_line) override;
    FileStatus look_at(const std::string& path) override;
    std::string read_block(const std::string& path, std::int64_t offset, std::size_t max_size) override;
    std::string read_whole(const std::string& path, std::int64_t max_size) override;
    std::string end_of(const std::string& path, std::int64_t begin, std::size_t max_size) override;
    OutputFile open_output(const std::string& path, bool append) override;
    void write(int file, std::string_view text, const std::string& what) override;
    std::unique_ptr<SavedFile> new_file(const std::string& path) override;
    std::optional<std::string> environment(const std::string& name) override;
    Variables environment() override;
    std::string host_name() override;
    std::uint64_t entropy() override;

    // For what it has made:
    /// Something that events with its id happen to.
    class Handle {
    public:
        Handle(ReplayingWorld& world, std::int64_t id);
        Handle(const Handle&) = delete;
        Handle& operator=(const Handle&) = delete;
        virtual ~Handle();
        std::int64_t id() const noexcept { return id_; }
        virtual void happen(const Event& event) = 0;

    protected:
        ReplayingWorld& world_;

    private:
        std::int64_t id_;
    };
    std::int64_t next_id() noexcept { return ++ids_; }
    /// The answer to what a step asks, which the tape has next. `asked`: for the message if it has not.
    /// Throws TapeError.
    Event answer(std::string_view kind, const std::string& asked);
    /// The same for the Handle.
    Event answer(std::string_view kind, std::int64_t id, const std::string& asked);
    /// The same for a file. Throws what was thrown then, too.
    Event answer_about_file(std::string_view kind, const std::string& path);
    /// Stops the run, and throws TapeError, if something else was asked then.
    void require_same(const Event& event, const std::vector<std::string>& recorded,
                      const std::vector<std::string>& asked, const std::string& in_words);
    /// The same as answer(); null if the tape has something else next.
    std::optional<Event> possible_answer(std::string_view kind);

private:
    std::optional<Event> fact(std::string_view kind, std::string_view name, const std::string& asked);
    const Event* peek();
    /// Takes the clocks that come next; a loss that follows, or null.
    std::optional<OutputLoss> next_loss();
    /// The same, and the output is lost now. False if the tape has something else next.
    bool pass_loss();
    void happen(Loop& loop, const Event& event);
    /// Lets happen what comes next at this position, as long as `test` says so.
    template <class Test>
    void let_happen(Loop& loop, Test test) noexcept;
    void go_on_without_events() noexcept;
    void end_here() noexcept;
    void take_clocks();
    std::string describe(const Event& event) const;

    Reader& reader_;
    std::uint64_t last_position_ = 0;  ///< of the last event so far
    std::map<std::int64_t, Handle*> handles_;
    std::map<std::string, std::optional<std::string>, std::less<>> variables_;
    std::int64_t ids_ = 0;
    Duration time_{};
};

}  // namespace arun::tape
