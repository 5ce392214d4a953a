/// A child as a job runs it: its input, its output as it comes, and its process group.
#pragma once

#include "rt/coro.hpp"
#include "rt/output_stream.hpp"
#include "rt/process/process.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace arun {

/// What a child is to be.
struct ChildRequest {
    enum class Input : std::uint8_t { none, inherited, text, file };

    /// The environment is set by Child::start() from the changes, `in` by Child::open_input(), and `out` and
    /// `err` by Child::open_pipes() if the output is read.
    ProcessOptions process;
    std::map<std::string, std::string, std::less<>> set;  ///< on top of this process's environment
    std::set<std::string, std::less<>> unset;             ///< of that
    Input input = Input::none;
    std::string input_text;     ///< the text, or the path of the file
    bool reads_output = false;  ///< else it goes to the descriptors in `process`
    bool has_terminal = false;  ///< see Child::borrow_terminal()
};

/// One child of a job. open(), start() and the like are called once each, in this order; if one of them
/// throws, close() begins anew.
class Child {
public:
    /// Called on the loop's thread with what the child has written. What it throws ends the reading.
    using Sink = std::function<void(OutputStream, std::string_view)>;

    Child() = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    virtual ~Child() = default;

    /// Takes the terminal, for ChildRequest::has_terminal. Returns false if another child has it. Throws
    /// std::runtime_error if this process is in the background.
    virtual bool borrow_terminal() = 0;
    /// There is a terminal, and the child has it.
    virtual bool owns_terminal() const noexcept = 0;
    /// Stops this process as Ctrl-Z does. Returns, when it goes on, whether the child has the terminal again.
    virtual bool suspend() noexcept = 0;
    virtual void return_terminal() noexcept = 0;

    /// Opens its input. Waits for the writer of a FIFO. Throws std::runtime_error, and std::system_error if
    /// there are too many open files.
    virtual Coro<> open_input(ChildRequest& request) = 0;
    /// Opens the pipes for its output, if that is read. Throws std::system_error.
    virtual void open_pipes(ChildRequest& request) = 0;
    /// Throws as detail::spawn().
    virtual void start(ChildRequest& request, Sink sink) = 0;
    /// Closes what open_input() and open_pipes() have opened.
    virtual void close() noexcept = 0;

    /// Precondition: start() has returned.
    virtual ChildProcess& process() noexcept = 0;
    /// Reads what is there, without waiting. Returns whether the stream has ended, as one that is not read
    /// has.
    virtual bool read_rest(OutputStream stream) = 0;
    /// Reads no more. Throws what the sink has thrown.
    virtual void end_reading(OutputStream stream) = 0;
};

/// A child of this process.
std::unique_ptr<Child> make_child(Loop& loop);

}  // namespace arun
