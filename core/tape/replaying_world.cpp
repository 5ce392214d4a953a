#include "tape/replaying_world.hpp"

#include "base/text.hpp"
#include "rt/signals.hpp"
#include "rt/wait_list.hpp"
#include "tape/guarded_sink.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <exception>
#include <utility>

namespace arun::tape {
namespace {

/// What happens between two steps; everything else is the answer to what a step asks.
constexpr std::array<std::string_view, 12> arrivals{"settle",  "timers", "out",      "err",
                                                    "exit",    "stop",   "response", "done",
                                                    "arrived", "signal", "notice",   "deadlock"};

bool happens_between_steps(const Event& event) {
    return std::ranges::find(arrivals, event.kind()) != arrivals.end();
}

class TapedProcess final : public ChildProcess, public ReplayingWorld::Handle {
public:
    TapedProcess(ReplayingWorld& world, std::int64_t id, Loop& loop, int pid)
        : ChildProcess(loop), Handle(world, id) {
        pid_ = pid;
    }

    bool group_lives() noexcept override {
        if (gone_) return false;
        try {
            const bool lives = world_.answer("lives", id(), "whether the group lives").boolean("value");
            if (!lives) gone_ = true;
            return lives;
        } catch (const std::exception&) {
            gone_ = true;
            return false;
        }
    }
    std::vector<std::string> group_members() const override {
        return world_.answer("members", id(), "the members of a group").texts("names");
    }
    void signal(int /*signo*/) noexcept override {
        if (gone_) return;
        try {
            static_cast<void>(world_.answer("kill", id(), "a signal"));
        } catch (const std::exception&) {
            // The run is over.
        }
    }

    void happen(const Event& event) override {
        if (event.is("exit")) {
            status_ = ExitStatus{static_cast<int>(event.number("status")),
                                 static_cast<int>(event.number("signal"))};
        } else {
            stop_signal_ = static_cast<int>(event.number("signal"));
        }
        changed_.set();
    }
};

/// A wait that the awaiting task cannot end: the tape knows how it ended.
class TapedOperation final : public ReplayingWorld::Handle {
public:
    using Handle::Handle;

    class Wait final : public WaitNode {
    public:
        explicit Wait(TapedOperation& operation) noexcept : operation_(operation) {}
        bool await_ready() const noexcept { return operation_.event_.has_value(); }
        void await_suspend(std::coroutine_handle<> frame) { suspend(frame, operation_.waiters_); }
        const Event& await_resume() const {
            check_cancelled();
            const auto& event = *operation_.event_;
            if (event.has("cancelled")) throw CancelledError();
            event.rethrow_error();
            return event;
        }
        bool cancel() noexcept override { return true; }

    private:
        TapedOperation& operation_;
    };
    Wait done() noexcept { return Wait(*this); }

    void happen(const Event& event) override {
        event_ = event;
        waiters_.notify_all();
    }

private:
    std::optional<Event> event_;
    WaitList waiters_;
};

std::string in_words(const std::vector<std::string>& argv) {
    return one_line(join(argv, " "));
}

class TapedChild final : public Child, public ReplayingWorld::Handle {
public:
    TapedChild(ReplayingWorld& world, Loop& loop) : Handle(world, world.next_id()), loop_(loop) {}

    bool borrow_terminal() override {
        const auto event = world_.answer("terminal", id(), "the terminal");
        event.rethrow_error();
        owns_terminal_ = event.boolean("owned");
        return event.boolean("taken");
    }
    bool owns_terminal() const noexcept override { return owns_terminal_; }
    bool suspend() noexcept override {
        try {
            return world_.answer("suspended", id(), "Ctrl-Z").boolean("foreground");
        } catch (const std::exception&) {
            return false;
        }
    }
    void return_terminal() noexcept override { owns_terminal_ = false; }

    Coro<> open_input(ChildRequest& request) override {
        if (request.input == ChildRequest::Input::text) may_fail();
        if (request.input != ChildRequest::Input::file) co_return;
        const auto asked = "the file " + quote_whole(request.input_text);
        const auto event = world_.answer("input", id(), asked);
        world_.require_same(event, {event.text("path")}, {request.input_text}, asked);
        operation_ = std::make_unique<TapedOperation>(world_, id());
        co_await operation_->done();
        operation_.reset();
    }
    void open_pipes(ChildRequest& request) override {
        if (request.reads_output) may_fail();
    }

    void start(ChildRequest& request, Sink sink) override {
        const auto asked = "the command " + quote_ends(in_words(request.process.argv));
        const auto event = world_.answer("start", id(), asked);
        world_.require_same(event, event.texts("argv"), request.process.argv, asked);
        event.rethrow_error();
        sink_.set(std::move(sink));
        process_ = std::make_unique<TapedProcess>(world_, id(), loop_, static_cast<int>(event.number("pid")));
    }
    void close() noexcept override {}

    ChildProcess& process() noexcept override { return *process_; }

    bool read_rest(OutputStream stream) override {
        if (process_ == nullptr) return true;
        const auto event = world_.answer("rest", id(), "the rest of the output");
        sink_.write(stream, event.text_if_any("text"));
        return event.boolean("ended");
    }
    void end_reading(OutputStream stream) override {
        if (process_ == nullptr) return;
        if (const auto event = world_.possible_answer("held")) sink_.write(stream, event->text("text"));
        sink_.rethrow(stream);
    }

    void happen(const Event& event) override {
        if (event.is("out") || event.is("err")) {
            sink_.write(event.is("out") ? OutputStream::out : OutputStream::err, event.text_if_any("text"));
        } else if (event.is("done")) {
            if (operation_) operation_->happen(event);
        } else if (process_) {
            process_->happen(event);
        }
    }

private:
    /// There may have been too few descriptors.
    void may_fail() {
        if (const auto event = world_.possible_answer("unopened")) event->rethrow_error();
    }

    Loop& loop_;
    GuardedSink sink_;
    bool owns_terminal_ = false;
    std::unique_ptr<TapedOperation> operation_;
    std::unique_ptr<TapedProcess> process_;
};

class TapedTransfer final : public HttpTransfer, public ReplayingWorld::Handle {
public:
    TapedTransfer(ReplayingWorld& world, std::int64_t id, Loop& loop)
        : HttpTransfer(loop), Handle(world, id) {}

    const HttpResponse& response() const noexcept override { return response_; }
    HttpTimings timings() const override { return timings_; }
    std::string progress() const override {
        return world_.answer("progress", id(), "the progress of a request").text("text");
    }
    std::string redirected_to() const override { return redirected_; }

    void happen(const Event& event) override {
        event.read_response(response_, timings_, redirected_);
        event_ = event;
        waiters_.notify_all();
    }

protected:
    bool ended() const noexcept override { return event_.has_value(); }
    WaitList& waiters() noexcept override { return waiters_; }
    void require_response() const override { event_->rethrow_error(); }

private:
    HttpResponse response_;
    HttpTimings timings_;
    std::string redirected_;
    std::optional<Event> event_;
    WaitList waiters_;
};

class TapedLines final : public LineReader, public ReplayingWorld::Handle {
public:
    TapedLines(ReplayingWorld& world, std::int64_t id, bool is_regular, std::size_t max_line)
        : LineReader(Key(), -1, FdWatch::Sharing::shared, max_line, 0), Handle(world, id) {
        set_regular(is_regular);
    }

    void happen(const Event& event) override {
        try {
            event.rethrow_error();
            add(event.text_if_any("text"), event.boolean("end"));
            arrive();
        } catch (const TapeError&) {
            throw;
        } catch (const std::exception&) {
            arrive(std::current_exception());
        }
    }

protected:
    bool read_some(bool /*ahead*/) override {
        const auto event = world_.answer("got", id(), "lines");
        event.rethrow_error();
        if (!event.has("end")) return false;
        add(event.text_if_any("text"), event.boolean("end"));
        return true;
    }
    void read_in_background() override {}
};

class TapedFile final : public SavedFile {
public:
    TapedFile(ReplayingWorld& world, std::string path) : world_(world), path_(std::move(path)) {}
    int descriptor() const noexcept override { return -1; }
    void finish() override { world_.answer_about_file("named", path_); }

private:
    ReplayingWorld& world_;
    std::string path_;
};

}  // namespace

ReplayingWorld::Handle::Handle(ReplayingWorld& world, std::int64_t id) : world_(world), id_(id) {
    // A process has the id of its child, which passes events on to it.
    world_.handles_.try_emplace(id, this);
}

ReplayingWorld::Handle::~Handle() {
    const auto found = world_.handles_.find(id_);
    if (found != world_.handles_.end() && found->second == this) world_.handles_.erase(found);
}

std::string ReplayingWorld::describe(const Event& event) const {
    std::string text = event.kind();
    if (event.is("start")) text = "the command " + quote_ends(in_words(event.texts("argv")));
    if (event.is("request")) text = event.text("method") + ' ' + event.text("url");
    return text + " (" + event.where() + ')';
}

const Event* ReplayingWorld::peek() {
    if (over()) return nullptr;
    try {
        const auto is_fact = [](const Event& event) {
            return event.is("env") || event.is("environment") || event.is("host");
        };
        const auto* next = reader_.peek();
        for (; next != nullptr && is_fact(*next); next = reader_.peek()) reader_.next();
        if (next != nullptr) last_position_ = next->position();
        return next;
    } catch (const TapeError& e) {
        stop(e.what());
        return nullptr;
    }
}

/// The clock may be read here when it was not then, as by a report, and the other way round.
void ReplayingWorld::take_clocks() {
    for (const auto* event = peek();
         event != nullptr && event->is("clock") && event->position() <= position(); event = peek()) {
        time_ = Duration(event->number("clock"));
        reader_.next();
    }
}

Duration ReplayingWorld::now(const Clock& clock) noexcept {
    try {
        take_clocks();
        // A step that reads the clock has an event on the tape: the run did not get as far as this one.
        const bool is_new = clock.mode() == ClockMode::real && !paused() && position() > last_position_;
        if (is_new && !over() && peek() == nullptr) end_here();
    } catch (const std::exception& e) {
        stop(e.what());
    }
    return time_;
}

void ReplayingWorld::happen(Loop& loop, const Event& event) {
    const auto& kind = event.kind();
    if (kind == "timers") {
        time_ = Duration(event.number("timers"));
        if (before_event) before_event(event, time_);
        return loop.replay_timers(time_);
    }
    if (before_event) before_event(event, event.has("ns") ? Duration(event.number("ns")) : time_);
    if (kind == "signal") {
        SignalScope::pretend(event.signal_number());
        return loop.replay_wake();
    }
    if (kind == "settle") return loop.replay_settle();
    if (kind == "notice") return loop.call_exception_handler(event.text("notice"), nullptr);
    const auto found = handles_.find(event.number(kind));
    if (found != handles_.end()) found->second->happen(event);
}

template <class Test>
void ReplayingWorld::let_happen(Loop& loop, Test test) noexcept {
    try {
        for (;;) {
            take_clocks();
            const auto* next = peek();
            if (next == nullptr) return go_on_without_events();
            if (next->is("lost") && next->position() < position()) {
                pass_loss();
                continue;
            }
            if (next->position() != position() || !test(*next)) return;
            happen(loop, reader_.take());
        }
    } catch (const std::exception& e) {
        stop(e.what());
    }
}

void ReplayingWorld::advance(Loop& loop) {
    let_happen(loop,
               [](const Event& event) { return happens_between_steps(event) && !event.is("deadlock"); });
}

/// The last event of a killed run may have caused steps without an event of their own, which printed
/// something. More than `enough` of them are a loop that never waits.
void ReplayingWorld::go_on_without_events() noexcept {
    constexpr std::uint64_t enough = 1000;
    if (position() > last_position_ + enough) end_here();
}

void ReplayingWorld::end_here() noexcept {
    stop("the tape ends here, at " + format_duration(time_) + ": its run was killed, or it goes on still");
}

void ReplayingWorld::opened(Loop& loop) {
    time_ = {};
    loop_ = &loop;
    step();
    if (when_opened) when_opened();
    try {
        static_cast<void>(answer("runner", "a Runner"));
    } catch (const std::exception& e) {
        stop(e.what());
    }
}

void ReplayingWorld::look(Loop& loop) {
    step();
    let_happen(loop, [](const Event& event) { return event.is("signal") || event.is("notice"); });
}

void ReplayingWorld::wait(Loop& loop) {
    if (over()) return loop.stop();
    bool deadlocked = false;
    try {
        if (pass_loss()) return;
        const auto* next = peek();
        if (over()) return;
        if (next == nullptr) return end_here();
        if (next->position() != position() || !happens_between_steps(*next))
            return stop("the run waits, but on the tape comes " + describe(*next));
        deadlocked = next->is("deadlock");
        const auto event = reader_.take();
        if (!deadlocked) happen(loop, event);
    } catch (const std::exception& e) {
        stop(e.what());
    }
    if (deadlocked) throw DeadlockError();
}

std::optional<Event> ReplayingWorld::possible_answer(std::string_view kind) {
    pass_loss();
    const auto* next = peek();
    if (next == nullptr || next->position() != position() || !next->is(kind)) return std::nullopt;
    return reader_.take();
}

Event ReplayingWorld::answer_about_file(std::string_view kind, const std::string& path) {
    const auto asked = "the file " + quote_whole(path);
    auto event = answer(kind, asked);
    require_same(event, {event.text(kind)}, {path}, asked);
    event.rethrow_error();
    return event;
}

Event ReplayingWorld::answer(std::string_view kind, const std::string& asked) {
    if (auto event = possible_answer(kind)) return *std::move(event);
    if (const auto* next = peek())
        fail("the script asks for " + asked + ", but on the tape comes " + describe(*next));
    fail("the tape ends where the script asks for " + asked);
}

Event ReplayingWorld::answer(std::string_view kind, std::int64_t id, const std::string& asked) {
    auto event = answer(kind, asked);
    if (event.is(kind, id)) return event;
    fail("the script asks for " + asked + ", but on the tape comes " + describe(event));
}

void ReplayingWorld::finish() {
    loop_ = nullptr;
    step();
    try {
        take_clocks();
        const auto* next = peek();
        if (next == nullptr || next->position() != position() || !next->is("signal")) return;
        SignalScope::pretend(next->signal_number());
        reader_.next();
    } catch (const std::exception& e) {
        stop(e.what());
    }
}

std::optional<OutputLoss> ReplayingWorld::next_loss() {
    take_clocks();
    const auto* next = peek();
    if (next == nullptr || next->position() > position() || !next->is("lost")) return std::nullopt;
    const auto error = next->number("errno");
    return OutputLoss{next->text("lost") == "out" ? OutputStream::out : OutputStream::err,
                      static_cast<std::uint64_t>(next->number("after")),
                      error > 0 && error <= INT_MAX ? static_cast<int>(error) : EIO};
}

bool ReplayingWorld::pass_loss() {
    const auto loss = next_loss();
    if (!loss) return false;
    reader_.next();
    if (when_lost) when_lost(*loss);
    return true;
}

std::optional<OutputLoss> ReplayingWorld::lost_output(OutputStream stream, std::uint64_t size) noexcept {
    if (over()) return std::nullopt;
    try {
        const auto loss = next_loss();
        if (!loss || loss->stream != stream || loss->after >= size) return std::nullopt;
        reader_.next();
        return loss;
    } catch (const std::exception& e) {
        stop(e.what());
        return std::nullopt;
    }
}

void ReplayingWorld::require_same(const Event& event, const std::vector<std::string>& recorded,
                                  const std::vector<std::string>& asked, const std::string& in_words) {
    // What was made of a secret is not the same when it is made of its mark.
    const auto has_secret = [](const std::string& text) {
        return text.find(secret_mark) != std::string::npos;
    };
    if (recorded == asked || std::ranges::any_of(recorded, has_secret)) return;
    fail("the script asks for " + in_words + ", but on the tape comes " + describe(event));
}

void ReplayingWorld::check_end(int exit_status) {
    if (over()) return;
    try {
        take_clocks();
        const auto* next = peek();
        if (next == nullptr) {
            end_here();
        } else if (!next->is("end")) {
            stop("the run has ended, but on the tape comes " + describe(*next));
        } else if (next->number("end") != exit_status) {
            stop("the exit status is " + std::to_string(exit_status) + ", but on the tape " +
                 std::to_string(next->number("end")));
        } else {
            reader_.next();
            if (const auto* rest = reader_.peek())
                stop("the run has ended, but on the tape comes " + describe(*rest));
        }
    } catch (const std::exception& e) {
        stop(e.what());
    }
}

std::unique_ptr<Child> ReplayingWorld::child(Loop& loop) {
    return std::make_unique<TapedChild>(*this, loop);
}

std::unique_ptr<HttpTransfer> ReplayingWorld::request(Loop& loop, HttpRequest request) {
    const auto id = next_id();
    const auto asked = request.method + ' ' + request.url;
    const auto event = answer("request", id, asked);
    require_same(event, {event.text("method"), event.text("url")}, {request.method, request.url}, asked);
    auto transfer = std::make_unique<TapedTransfer>(*this, id, loop);
    while (const auto early = possible_answer("early")) {
        const auto found = handles_.find(early->number("early"));
        if (found != handles_.end()) found->second->happen(*early);
    }
    event.rethrow_error();
    return transfer;
}

Coro<std::optional<std::string>> ReplayingWorld::connect(Loop& /*loop*/, TcpAddress address) {
    const auto id = next_id();
    const auto name = address.text();
    const auto asked = answer("connect", id, "a connection to " + name);
    require_same(asked, {asked.text("address")}, {name}, "a connection to " + name);
    TapedOperation operation(*this, id);
    const auto& event = co_await operation.done();
    co_return event.has("problem") ? std::optional(event.text("problem")) : std::nullopt;
}

std::shared_ptr<LineReader> ReplayingWorld::read_lines(const std::string& path, std::size_t max_line) {
    const auto id = next_id();
    const auto asked = "the lines of " + quote_whole(path);
    const auto event = answer("lines", id, asked);
    require_same(event, {event.text("path")}, {path}, asked);
    event.rethrow_error();
    return std::make_shared<TapedLines>(*this, id, event.boolean("regular"), max_line);
}

FileStatus ReplayingWorld::look_at(const std::string& path) {
    return answer_about_file("file", path).file_status();
}

std::string ReplayingWorld::read_block(const std::string& path, std::int64_t /*offset*/,
                                       std::size_t /*max_size*/) {
    return answer_about_file("block", path).text_if_any("text");
}

std::string ReplayingWorld::read_whole(const std::string& path, std::int64_t /*max_size*/) {
    answer_about_file("whole", path);
    return {};
}

std::string ReplayingWorld::end_of(const std::string& path, std::int64_t /*begin*/,
                                   std::size_t /*max_size*/) {
    return answer_about_file("tail", path).text_if_any("text");
}

OutputFile ReplayingWorld::open_output(const std::string& path, bool /*append*/) {
    const auto event = answer_about_file("output", path);
    return {{}, event.boolean("ready"), event.number("size")};
}

void ReplayingWorld::write(int /*file*/, std::string_view /*text*/, const std::string& /*what*/) {
    if (const auto event = possible_answer("unwritten")) event->rethrow_error();
}

std::unique_ptr<SavedFile> ReplayingWorld::new_file(const std::string& path) {
    answer_about_file("new", path);
    return std::make_unique<TapedFile>(*this, path);
}

/// What does not change during a run is found wherever it is on the tape: a report may ask for it earlier.
std::optional<Event> ReplayingWorld::fact(std::string_view kind, std::string_view name,
                                          const std::string& asked) {
    auto found = reader_.find(kind, name);
    if (!found && !observing()) {
        fail("the script asks for " + asked + ", which the tape does not have");
    }
    return found;
}

std::optional<std::string> ReplayingWorld::environment(const std::string& name) {
    if (const auto known = variables_.find(name); known != variables_.end()) return known->second;
    const auto event = fact("env", name, "the environment variable " + name);
    std::optional<std::string> value;
    if (event && event->has("value")) value = event->text_if_any("value");
    variables_.emplace(name, value);
    return value;
}

World::Variables ReplayingWorld::environment() {
    const auto event = fact("environment", {}, "the environment");
    if (!event) return {};
    const auto pairs = event->pairs("environment");
    return {pairs.begin(), pairs.end()};
}

std::string ReplayingWorld::host_name() {
    const auto event = fact("host", {}, "the name of the machine");
    return event ? event->text("host") : std::string();
}

std::uint64_t ReplayingWorld::entropy() {
    return answer("entropy", "a random number").bits("entropy");
}

}  // namespace arun::tape
