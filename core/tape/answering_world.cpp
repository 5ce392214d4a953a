#include "tape/answering_world.hpp"

#include "base/text.hpp"
#include "rt/signals.hpp"
#include "rt/sleep.hpp"
#include "rt/wait_list.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <utility>
#include <vector>

namespace arun::tape {
namespace {

/// Calls a function for each arrival when its time has come, as long as it lives.
class Schedule {
public:
    explicit Schedule(Loop& loop) noexcept : loop_(loop) {}
    Schedule(const Schedule&) = delete;
    Schedule& operator=(const Schedule&) = delete;
    ~Schedule() { cancel(); }

    void add(Duration after, std::function<void()> f) {
        timers_.push_back(loop_.call_later(std::max(after, Duration::zero()), std::move(f)));
    }
    void cancel() noexcept {
        for (auto& timer : timers_) timer.cancel();
        timers_.clear();
    }

private:
    Loop& loop_;
    std::vector<TimerHandle> timers_;
};

/// A child that does what the one on the tape did, until it gets a signal.
class AnsweredProcess final : public ChildProcess {
public:
    AnsweredProcess(Loop& loop, const Answer& answer) : ChildProcess(loop), answer_(answer), ends_(loop) {
        pid_ = static_cast<int>(answer.asked.number("pid"));
        for (const auto& [after, event] : answer.arrivals) {
            if (event.is("kill")) killed_ = killed_ ? killed_ : std::optional(after);
            // What it left behind has lived on after its end.
            if (event.is("lives") && event.boolean("value")) left_until_ = after;
            if (event.is("members")) members_ = event.texts("names");
        }
        for (const auto& arrival : answer.arrivals) {
            if (killed_ && arrival.after >= *killed_) break;
            if (arrival.event.is("exit"))
                ends_.add(arrival.after, [this, &arrival] { end(arrival.event); });
            else if (arrival.event.is("stop"))
                ends_.add(arrival.after, [this, &arrival] { pause(arrival.event); });
        }
        started_ = loop.time();
    }

    bool group_lives() noexcept override {
        if (gone_) return false;
        if (loop_.time() - started_ <= left_until_ && !stopped_) return true;
        gone_ = true;
        return false;
    }
    std::vector<std::string> group_members() const override { return members_; }

    /// It ends at once, in the way in which the one on the tape did when it got its first signal, if it did.
    void signal(int signo) const noexcept override {
        if (gone_ || signo == SIGCONT) return;
        auto& self = const_cast<AnsweredProcess&>(*this);
        self.stopped_ = true;
        if (status_) return;
        self.ends_.cancel();
        for (const auto& [after, event] : answer_.arrivals) {
            if (!killed_ || after < *killed_ || !event.is("exit")) continue;
            self.ends_.add(after - *killed_, [&self, &event] { self.end(event); });
            return;
        }
        self.status_ = ExitStatus{128 + signo, signo};
        self.changed_.set();
    }
    /// When the output of the one on the tape was that of one which had got a signal.
    std::optional<Duration> killed() const noexcept { return killed_; }

private:
    void end(const Event& event) {
        status_ =
            ExitStatus{static_cast<int>(event.number("status")), static_cast<int>(event.number("signal"))};
        changed_.set();
    }
    void pause(const Event& event) {
        stop_signal_ = static_cast<int>(event.number("signal"));
        changed_.set();
    }

    const Answer& answer_;
    Schedule ends_;
    std::optional<Duration> killed_;  ///< when the one on the tape got its first signal, since its start
    Duration left_until_{-1};         ///< since its start
    std::vector<std::string> members_;
    Duration started_{};
    bool stopped_ = false;
};

class AnsweredChild final : public Child {
public:
    AnsweredChild(AnsweringWorld& world, Loop& loop) : world_(world), loop_(loop), output_(loop) {}

    bool borrow_terminal() override { return true; }
    bool owns_terminal() const noexcept override { return false; }
    bool suspend() noexcept override { return true; }
    void return_terminal() noexcept override {}

    Coro<> open_input(ChildRequest& request) override {
        if (request.input != ChildRequest::Input::file) co_return;
        const auto& answer = world_.answer("input", request.input_text, "the file");
        for (const auto& [after, event] : answer.arrivals) {
            if (!event.is("done")) continue;
            if (after > Duration::zero()) co_await sleep(after);
            event.rethrow_error();
        }
    }
    void open_pipes(ChildRequest& /*request*/) override {}

    void start(ChildRequest& request, Sink sink) override {
        const auto& answer = world_.answer("start", key_of_command(request.process.argv), "the command");
        answer.asked.rethrow_error();
        sink_ = std::move(sink);
        process_ = std::make_unique<AnsweredProcess>(loop_, answer);
        for (const auto& [after, event] : answer.arrivals) {
            const bool is_out = event.is("out") || (event.is("rest") && event.text("stream") == "out");
            const bool is_err = event.is("err") || (event.is("rest") && event.text("stream") == "err");
            if ((!is_out && !is_err) || (process_->killed() && after >= *process_->killed())) continue;
            if (!event.has("text")) continue;
            const auto stream = is_out ? OutputStream::out : OutputStream::err;
            auto bytes = event.text_if_any("text");
            auto write = [this, stream, bytes = std::move(bytes)] { pass_on(stream, bytes); };
            // Its end does not come before its last words.
            if (event.is("rest"))
                last_words_.push_back(std::move(write));
            else
                output_.add(after, std::move(write));
        }
    }
    void close() noexcept override {}

    ChildProcess& process() noexcept override { return *process_; }
    bool read_rest(OutputStream /*stream*/) override {
        if (process_ == nullptr || !process_->exited()) return true;
        for (const auto& write : std::exchange(last_words_, {})) write();
        return true;
    }
    void end_reading(OutputStream stream) override {
        output_.cancel();
        auto& error = errors_[static_cast<std::size_t>(stream)];
        if (error) std::rethrow_exception(std::exchange(error, nullptr));
    }

private:
    void pass_on(OutputStream stream, const std::string& bytes) {
        auto& error = errors_[static_cast<std::size_t>(stream)];
        if (error) return;
        try {
            sink_(stream, bytes);
        } catch (...) {
            error = std::current_exception();
        }
    }

    AnsweringWorld& world_;
    Loop& loop_;
    Sink sink_;
    std::array<std::exception_ptr, 2> errors_;  ///< what the sink has thrown, by OutputStream
    std::vector<std::function<void()>> last_words_;
    std::unique_ptr<AnsweredProcess> process_;
    Schedule output_;
};

class AnsweredTransfer final : public HttpTransfer {
public:
    AnsweredTransfer(Loop& loop, const Answer& answer) : HttpTransfer(loop), schedule_(loop) {
        for (const auto& [after, event] : answer.arrivals) {
            if (event.is("progress")) progress_ = event.text("text");
            if (event.is("response") || event.is("early"))
                schedule_.add(after, [this, &event] { arrive(event); });
        }
    }

    const HttpResponse& response() const noexcept override { return response_; }
    HttpTimings timings() const override { return timings_; }
    std::string progress() const override { return progress_; }
    std::string redirected_to() const override { return redirected_; }

protected:
    bool ended() const noexcept override { return event_ != nullptr; }
    WaitList& waiters() noexcept override { return waiters_; }
    void require_response() const override { event_->rethrow_error(); }

private:
    void arrive(const Event& event) {
        event.read_response(response_, timings_, redirected_);
        event_ = &event;
        waiters_.notify_all();
    }

    Schedule schedule_;
    HttpResponse response_;
    HttpTimings timings_;
    std::string redirected_;
    std::string progress_ = "no answer on the tape";
    const Event* event_ = nullptr;
    WaitList waiters_;
};

class AnsweredLines final : public LineReader {
public:
    AnsweredLines(Loop& loop, const Answer& answer, std::size_t max_line)
        : LineReader(Key(), -1, FdWatch::Sharing::shared, max_line, 0), schedule_(loop) {
        for (const auto& [after, event] : answer.arrivals)
            if (event.has("end") || event.has("error")) schedule_.add(after, [this, &event] { take(event); });
    }

protected:
    bool read_some(bool /*ahead*/) override { return false; }
    void read_in_background() override {}

private:
    void take(const Event& event) {
        try {
            event.rethrow_error();
            add(event.text_if_any("text"), event.boolean("end"));
            arrive();
        } catch (const std::exception&) {
            arrive(std::current_exception());
        }
    }

    Schedule schedule_;
};

class AnsweredFile final : public SavedFile {
public:
    int descriptor() const noexcept override { return -1; }
    void finish() override {}
};

}  // namespace

void AnsweringWorld::opened(Loop& loop) {
    loop_ = &loop;
    if (std::exchange(signals_set_, true)) return;
    for (const auto& [time, event] : answers_.signals()) {
        const int signo = signal_named(event.text("signal"));
        if (signo == 0) event.fail(quote(event.text("signal")) + " is no signal");
        loop.call_at(time, [&loop, signo] {
            SignalScope::pretend(signo);
            loop.replay_wake();
        });
    }
}

void AnsweringWorld::missing(std::string_view kind, const std::string& key, std::string_view asked) {
    if (!std::exchange(over_, true)) {
        const auto times = answers_.count(kind, key);
        const auto what = std::string(asked) + ' ' + quote_ends(one_line(key));
        if (times > 0) {
            problem_ = "the script asks for " + what + " once more: the tape has it " +
                       (times == 1 ? std::string("once") : std::to_string(times) + " times");
        } else {
            problem_ = "the script asks for " + what + ", which the tape does not have";
            if (const auto closest = answers_.closest(kind, key); !closest.empty())
                problem_ += "; closest is " + closest;
        }
        if (when_over) when_over();
    }
    if (loop_ != nullptr) loop_->stop();
    throw TapeError(problem_);
}

const Answer& AnsweringWorld::answer(std::string_view kind, const std::string& key, std::string_view asked) {
    if (const auto* found = over_ ? nullptr : answers_.next(kind, key)) return *found;
    missing(kind, key, asked);
}

const Answer& AnsweringWorld::probe(std::string_view kind, const std::string& key, std::string_view asked) {
    if (const auto* found = over_ ? nullptr : answers_.next_or_last(kind, key)) return *found;
    missing(kind, key, asked);
}

std::unique_ptr<Child> AnsweringWorld::child(Loop& loop) {
    return std::make_unique<AnsweredChild>(*this, loop);
}

std::unique_ptr<HttpTransfer> AnsweringWorld::request(Loop& loop, HttpRequest request) {
    const auto& found = answer("request", key_of_request(request.method, request.url), "the request");
    found.asked.rethrow_error();
    return std::make_unique<AnsweredTransfer>(loop, found);
}

Coro<std::optional<std::string>> AnsweringWorld::connect(Loop& /*loop*/, TcpAddress address) {
    const auto& found = probe("connect", address.host() + ':' + address.port(), "a connection to");
    for (const auto& [after, event] : found.arrivals) {
        if (!event.is("done")) continue;
        co_await sleep(std::max(after, Duration::zero()));
        event.rethrow_error();
        co_return event.has("problem") ? std::optional(event.text("problem")) : std::nullopt;
    }
    // It was cut short then.
    co_await sleep(Duration::max());
    co_return std::nullopt;
}

std::shared_ptr<LineReader> AnsweringWorld::standard_input(std::size_t max_line) {
    return read_lines("-", max_line);
}

std::shared_ptr<LineReader> AnsweringWorld::read_lines(const std::string& path, std::size_t max_line) {
    const auto& found = answer("lines", path, "the lines of");
    found.asked.rethrow_error();
    return std::make_shared<AnsweredLines>(*loop_, found, max_line);
}

FileStatus AnsweringWorld::look_at(const std::string& path) {
    return probe("file", path, "the file").asked.file_status();
}

std::string AnsweringWorld::read_block(const std::string& path, std::int64_t /*offset*/,
                                       std::size_t /*max_size*/) {
    // Beyond what was read then, nothing was added.
    const auto* found = answers_.next("block", path);
    if (found == nullptr) return {};
    found->asked.rethrow_error();
    return found->asked.text_if_any("text");
}

std::string AnsweringWorld::read_whole(const std::string& path, std::int64_t /*max_size*/) {
    probe("whole", path, "the file").asked.rethrow_error();
    return {};
}

std::string AnsweringWorld::end_of(const std::string& path, std::int64_t /*begin*/,
                                   std::size_t /*max_size*/) {
    const auto* found = answers_.next("tail", path);
    return found != nullptr ? found->asked.text_if_any("text") : std::string();
}

UniqueFd AnsweringWorld::open_output(const std::string& path, bool /*append*/, bool& ready,
                                     std::int64_t& size) {
    const auto* found = answers_.next("output", path);
    if (found != nullptr) found->asked.rethrow_error();
    ready = true;
    size = 0;
    return {};
}

std::unique_ptr<SavedFile> AnsweringWorld::new_file(const std::string& path) {
    if (const auto* found = answers_.next("new", path)) found->asked.rethrow_error();
    return std::make_unique<AnsweredFile>();
}

std::optional<std::string> AnsweringWorld::environment(const std::string& name) {
    const auto& event = probe("env", name, "the environment variable").asked;
    if (!event.has("value")) return std::nullopt;
    return event.text_if_any("value");
}

World::Variables AnsweringWorld::environment() {
    return probe("environment", {}, "the environment").asked.pairs("environment");
}

std::string AnsweringWorld::host_name() {
    return probe("host", {}, "the name of the machine").asked.text("host");
}

/// The run on a virtual clock needed none.
std::uint64_t AnsweringWorld::entropy() {
    const auto* found = answers_.next_or_last("entropy", {});
    return found != nullptr ? found->asked.bits("entropy") : 1;
}

}  // namespace arun::tape
