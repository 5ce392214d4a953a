/// The output of a child process, on its way to arun's output, to a file, and into the job's result.
#pragma once

#include "jobs/output.hpp"
#include "jobs/process_arguments.hpp"
#include "jobs/spool.hpp"
#include "rt/file.hpp"
#include "rt/loop.hpp"
#include "world/world.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace arun::jobs {

class ChildOutput {
public:
    struct Options {
        Shown shown = Shown::inherit;
        std::string label;        ///< before each line, with Shown::prefix
        std::size_t colour = 0;   ///< the number of the label's colour
        std::string path;         ///< with Shown::file
        bool append = false;      ///< to what the file has
        bool errors_too = true;   ///< to the file
        bool keep = false;        ///< text() is needed
        bool logged = false;      ///< the caller needs all that add() gets
        std::uint64_t limit = 0;  ///< of each kept text; units: bytes
        bool may_lose = false;    ///< a text beyond that is forgotten, instead of too large
    };
    ChildOutput(Loop& loop, World& world, Output& output, Options options)
        : loop_(loop), world_(world), output_(output), options_(std::move(options)) {}
    ChildOutput(const ChildOutput&) = delete;
    ChildOutput& operator=(const ChildOutput&) = delete;
    ~ChildOutput() {
        timer_.cancel();
        output_.end_line(this);
    }

    /// With Shown::file: opens it. Returns false if it is a FIFO without a reader. Throws std::system_error
    /// and std::runtime_error.
    bool open_file();

    /// False if the child can write to descriptor() itself.
    bool piped() const noexcept {
        if (options_.keep || options_.logged) return true;
        const bool direct = options_.shown == Shown::inherit || options_.shown == Shown::file;
        return !direct || descriptor(Stream::out) < 0 || descriptor(Stream::err) < 0;
    }
    bool keeps() const noexcept { return options_.keep; }
    /// Where the child's stream leads in the end; -1 if it has to be read.
    int descriptor(Stream stream) const noexcept {
        return to_file(stream) ? file_.get() : output_.descriptor(stream);
    }
    /// The child has written `bytes` to `stream`. Throws std::system_error if a file cannot be written.
    void add(Stream stream, std::string_view bytes);
    /// The child writes no more: shows what was held back.
    void end();

    /// The first stream that exceeded the limit, and may not.
    std::optional<Stream> overflowed() const noexcept { return overflowed_; }
    bool lost(Stream stream) const noexcept { return texts_[static_cast<std::size_t>(stream)].lost; }
    /// The kept text without trailing newlines, as `$(...)`; empty if it was too large and is lost.
    std::optional<std::string_view> text(Stream stream) const noexcept;
    /// The last lines of both streams, in the order of their arrival; empty if everything was shown.
    std::string tail();

private:
    struct StreamText {
        std::string kept;
        bool lost = false;
        std::string line;      ///< what of the unfinished line is not shown yet, with Shown::prefix
        bool restart = false;  ///< the cursor is at the start of a line that has a label
    };

    StreamText& text_of(Stream stream) noexcept { return texts_[static_cast<std::size_t>(stream)]; }
    bool to_file(Stream stream) const noexcept {
        return options_.shown == Shown::file && (stream == Stream::out || options_.errors_too);
    }
    void keep(Stream stream, std::string_view bytes);
    void show(Stream stream, std::string_view bytes);
    void show_lines(Stream stream, std::string_view bytes);
    void show_part(Stream stream, std::string_view part);
    void show_unfinished();
    void arm_timer();
    void add_to_tail(std::string_view bytes);

    Loop& loop_;
    World& world_;
    Output& output_;
    Options options_;
    std::array<StreamText, 2> texts_;
    UniqueFd file_;
    bool file_is_open_ = false;
    std::int64_t file_size_ = 0;  ///< when it was opened
    Spool spool_;                 ///< with Shown::group
    TimerHandle timer_;
    bool timer_armed_ = false;
    std::string tail_;
    std::uint64_t tail_total_ = 0;  ///< size of all text that went through it
    std::optional<Stream> overflowed_;
};

}  // namespace arun::jobs
