/// The world, with everything that it answers written on a tape.
#pragma once

#include "rt/journal.hpp"
#include "tape/writer.hpp"
#include "world/world.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::tape {

class RecordedTransfer;

class RecordingWorld final : public RealWorld, public Journal {
public:
    /// `writer` must outlive it.
    explicit RecordingWorld(Writer& writer) : writer_(writer) {}

    // Journal
    Duration now(const Clock& clock) noexcept override;
    void expiring(Duration now) noexcept override;
    void settled_early() noexcept override;
    void signalled(int signo) noexcept override;
    void deadlock() noexcept override;
    bool replays() const noexcept override { return false; }
    void advance(Loop& /*loop*/) override {}
    void wait(Loop& /*loop*/) override {}

    // World
    Journal* journal() noexcept override { return this; }
    void opened(Loop& loop) override;
    void look(Loop& loop) override;
    void reported(std::string_view message) override;
    void waiting() override { writer_.flush(); }
    bool reads_all_output() const noexcept override { return true; }
    std::unique_ptr<Child> child(Loop& loop) override;
    std::unique_ptr<HttpTransfer> request(Loop& loop, HttpRequest request) override;
    Coro<std::optional<std::string>> connect(Loop& loop, TcpAddress address) override;
    std::shared_ptr<LineReader> standard_input(std::size_t max_line) override;
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

    /// Nothing runs any more; a signal may have come since.
    void finish();
    /// Output of the run was lost.
    void lost_output(const OutputLoss& loss) noexcept;
    /// The run is over.
    void ended(int exit_status);

    // For what it has made:
    /// A line for an event at this position.
    Writer::Line line();
    /// The same for what comes from outside between two steps, with its time.
    Writer::Line arriving();
    /// The present time, for what a step asks.
    Duration asked_at() const noexcept;
    /// The request has ended.
    void ended(const RecordedTransfer& transfer, std::int64_t id);
    void forget(std::int64_t id);
    std::int64_t next_id() noexcept { return ++ids_; }
    Writer& writer() noexcept { return writer_; }

private:
    Writer& writer_;
    Loop* loop_ = nullptr;  ///< the run's last
    std::int64_t ids_ = 0;
    std::int64_t runners_ = 0;
    bool requesting_ = false;                                                    ///< request() is at work
    std::vector<std::pair<const RecordedTransfer*, std::int64_t>> ended_early_;  ///< meanwhile
    Duration time_{};                       ///< what the loop's clock shows in this step
    std::optional<std::uint64_t> read_at_;  ///< the position of the last step that has read it
    std::set<std::string> variables_;       ///< whose values are on the tape
};

}  // namespace arun::tape
