/// The Child that is a process, for those who want to watch what it does.
#pragma once

#include "rt/file.hpp"
#include "rt/pipe_reader.hpp"
#include "rt/process/child.hpp"
#include "rt/process/terminal.hpp"

#include <array>
#include <optional>

namespace arun {

class RealChild : public Child {
public:
    explicit RealChild(Loop& loop) noexcept : loop_(loop) {}

    bool borrow_terminal() override;
    bool owns_terminal() const noexcept override { return terminal_ && terminal_->descriptor() >= 0; }
    bool suspend() noexcept override;
    void return_terminal() noexcept override { terminal_.reset(); }

    Coro<> open_input(ChildRequest& request) override;
    void open_pipes(ChildRequest& request) override;
    void start(ChildRequest& request, Sink sink) override;
    void close() noexcept override;

    ChildProcess& process() noexcept override { return *process_; }
    bool read_rest(OutputStream stream) override;
    void end_reading(OutputStream stream) override;

protected:
    /// Starts a process of the type that is wanted.
    virtual std::unique_ptr<Process> make_process(const ProcessOptions& options);

    Loop& loop_;

private:
    struct Stream {
        Pipe pipe;
        std::optional<PipeReader> reader;
    };
    Stream& of(OutputStream stream) noexcept { return streams_[static_cast<std::size_t>(stream)]; }

    UniqueFd input_;
    std::optional<TerminalLoan> terminal_;
    std::unique_ptr<Process> process_;
    Sink sink_;
    std::array<Stream, 2> streams_;  ///< by OutputStream; their readers use what is above
};

}  // namespace arun
