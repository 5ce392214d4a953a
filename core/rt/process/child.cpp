#include "rt/process/child.hpp"

#include "rt/fd_watch.hpp"
#include "rt/os.hpp"
#include "rt/process/real_child.hpp"

#include <unistd.h>
#include <exception>
#include <utility>

namespace arun {

std::unique_ptr<Child> make_child(Loop& loop) {
    return std::make_unique<RealChild>(loop);
}

bool RealChild::borrow_terminal() {
    if (!terminal_) terminal_.emplace();
    return terminal_->open();
}

bool RealChild::suspend() noexcept {
    arun::suspend();
    return terminal_->in_foreground();
}

Coro<> RealChild::open_input(ChildRequest& request) {
    switch (request.input) {
        case ChildRequest::Input::none:
            break;
        case ChildRequest::Input::inherited:
            request.process.in = STDIN_FILENO;
            break;
        case ChildRequest::Input::text:
            input_ = temporary_file(request.input_text);
            request.process.in = input_.get();
            break;
        case ChildRequest::Input::file:
            input_ = open_to_read(request.input_text);
            request.process.in = input_.get();
            if (!is_fifo(input_.get())) co_return;
            {
                FdWatch watch(loop_, input_.get());
                co_await watch.readable();
            }
            make_blocking(input_.get());
    }
}

void RealChild::open_pipes(ChildRequest& request) {
    if (!request.reads_output) return;
    for (auto& stream : streams_) stream.pipe.open();
    request.process.out = of(OutputStream::out).pipe.write_end();
    request.process.err = of(OutputStream::err).pipe.write_end();
}

std::unique_ptr<Process> RealChild::make_process(const ProcessOptions& options) {
    return std::make_unique<Process>(loop_, options);
}

namespace {

/// "NAME=value", in the order of the names; empty if it is that of this process.
std::optional<std::vector<std::string>> environment_of(const ChildRequest& request) {
    if (request.set.empty() && request.unset.empty()) return {};
    auto all = os::environment_variables();
    for (const auto& name : request.unset) all.erase(name);
    for (const auto& [name, value] : request.set) all[name] = value;
    std::vector<std::string> list;
    for (const auto& [name, value] : all) list.push_back(name + '=' + value);
    return list;
}

}  // namespace

void RealChild::start(ChildRequest& request, Sink sink) {
    request.process.environment = environment_of(request);
    if (terminal_) request.process.terminal = terminal_->descriptor();
    process_ = make_process(request.process);
    if (terminal_) terminal_->lend(process_->pid());
    input_.reset();
    for (auto& stream : streams_) stream.pipe.close_write();
    if (!request.reads_output) return;
    sink_ = std::move(sink);
    for (const auto stream : {OutputStream::out, OutputStream::err})
        of(stream).reader.emplace(loop_, of(stream).pipe.release_read(),
                                  [this, stream](std::string_view bytes) { sink_(stream, bytes); });
}

void RealChild::close() noexcept {
    input_.reset();
    for (auto& stream : streams_) stream.pipe.close();
}

bool RealChild::read_rest(OutputStream stream) {
    auto& reader = of(stream).reader;
    if (reader) reader->read_rest();
    return !reader || reader->ended();
}

void RealChild::end_reading(OutputStream stream) {
    auto& reader = of(stream).reader;
    if (!reader) return;
    std::exception_ptr error;
    try {
        reader->rethrow_error();
    } catch (...) {
        error = std::current_exception();
    }
    reader.reset();
    if (error) std::rethrow_exception(error);
}

}  // namespace arun
