#include "tape/answering_world.hpp"

#include "base/text.hpp"
#include "rt/signals.hpp"
#include "rt/sleep.hpp"
#include "rt/wait_list.hpp"
#include "tape/guarded_sink.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <deque>
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
    std::vector<TimerHandle>& timers() noexcept { return timers_; }
    void cancel() noexcept {
        for (auto& timer : timers_) timer.cancel();
        timers_.clear();
    }

private:
    Loop& loop_;
    std::vector<TimerHandle> timers_;
};

/// A child that does what the one on the tape did, until it gets a signal: then what that one did after its
/// first signal. SIGKILL ends it at once.
class AnsweredProcess final : public ChildProcess {
public:
    using Write = std::function<void(OutputStream, const std::string&)>;

    AnsweredProcess(AnsweringWorld& world, Loop& loop, const Answer& answer, std::string name, Write write)
        : ChildProcess(loop),
          answer_(answer),
          schedule_(loop),
          write_(std::move(write)),
          started_(loop.time()) {
        pid_ = static_cast<int>(answer.asked.number("pid"));
        for (const auto& [after, event] : answer.arrivals) {
            if (event.is("kill") && !killed_) killed_ = after;
            // What it left behind has lived on after its end.
            if (event.is("lives") && event.boolean("value")) left_until_ = after;
            if (event.is("members")) members_ = event.texts("names");
        }
        bool ends = false;
        for (const auto& arrival : answer.arrivals) {
            if (killed_ && arrival.after >= *killed_) break;
            ends = ends || arrival.event.is("exit");
            play(arrival, arrival.after);
        }
        if (!ends)
            world.watch(
                loop, answer, std::move(name), [this] { return !status_ && !signalled_; },
                schedule_.timers());
    }

    bool group_lives() noexcept override {
        if (gone_) return false;
        if (loop_.time() - started_ <= left_until_ && !signalled_) return true;
        gone_ = true;
        return false;
    }
    std::vector<std::string> group_members() const override { return members_; }

    void signal(int signo) noexcept override {
        if (gone_ || signo == SIGCONT) return;
        if (signo == SIGKILL) {
            schedule_.cancel();
            pending_.clear();
            gone_ = status_.has_value();
            if (!status_) end(ExitStatus{128 + SIGKILL, SIGKILL});
            return;
        }
        if (std::exchange(signalled_, true) || status_) return;
        schedule_.cancel();
        pending_.clear();
        if (!killed_) return end(ExitStatus{128 + signo, signo});
        try {
            for (const auto& arrival : answer_.arrivals) {
                const bool by_kill = arrival.event.is("exit") && arrival.event.number("signal") == SIGKILL;
                if (arrival.after >= *killed_ && !by_kill) play(arrival, arrival.after - *killed_);
            }
        } catch (const std::exception&) {
            end(ExitStatus{128 + signo, signo});
        }
    }
    /// All that it writes has come.
    bool has_written() const noexcept { return pending_.empty(); }
    /// It has ended: what was on its way is there.
    void write_rest() {
        while (!pending_.empty()) write_next();
    }

private:
    void play(const Arrival& arrival, Duration after) {
        const auto& event = arrival.event;
        const bool names_stream = event.is("rest") || event.is("held");
        const auto stream = names_stream ? event.text("stream") : event.kind();
        if (event.is("exit")) {
            const ExitStatus status{static_cast<int>(event.number("status")),
                                    static_cast<int>(event.number("signal"))};
            schedule_.add(after, [this, status] { end(status); });
        } else if (event.is("stop")) {
            const int signo = static_cast<int>(event.number("signal"));
            schedule_.add(after, [this, signo] {
                stop_signal_ = signo;
                changed_.set();
            });
        } else if ((stream == "out" || stream == "err") && event.has("text")) {
            pending_.emplace_back(stream == "out" ? OutputStream::out : OutputStream::err,
                                  event.text("text"));
            schedule_.add(after, [this] {
                if (!pending_.empty()) write_next();
            });
        }
    }
    void write_next() {
        const auto [stream, text] = std::move(pending_.front());
        pending_.pop_front();
        write_(stream, text);
    }
    void end(ExitStatus status) noexcept {
        status_ = status;
        changed_.set();
    }

    const Answer& answer_;
    Schedule schedule_;
    Write write_;
    std::optional<Duration> killed_;  ///< when the one on the tape got its first signal, since its start
    Duration left_until_{-1};         ///< since its start
    std::vector<std::string> members_;
    Duration started_;
    std::deque<std::pair<OutputStream, std::string>> pending_;  ///< texts that have not come yet, in order
    bool signalled_ = false;
};

class AnsweredChild final : public Child {
public:
    AnsweredChild(AnsweringWorld& world, Loop& loop) : world_(world), loop_(loop), watch_(loop) {}

    bool borrow_terminal() override { return true; }
    bool owns_terminal() const noexcept override { return false; }
    bool suspend() noexcept override { return true; }
    void return_terminal() noexcept override {}

    Coro<> open_input(ChildRequest& request) override {
        if (request.input != ChildRequest::Input::file) co_return;
        const auto& answer = world_.answer({"input", request.input_text, "the file"});
        for (const auto& [after, event] : answer.arrivals) {
            if (!event.is("done") || event.has("cancelled")) continue;
            if (after > Duration::zero()) co_await sleep(after);
            event.rethrow_error();
            co_return;
        }
        world_.watch(
            loop_, answer, "the file " + quote_ends(request.input_text), [] { return true; },
            watch_.timers());
        co_await sleep(Duration::max());
    }
    void open_pipes(ChildRequest& /*request*/) override {}

    void start(ChildRequest& request, Sink sink) override {
        auto question = question_of(request);
        auto name = question.text();
        const auto& answer = world_.answer(std::move(question));
        answer.asked.rethrow_error();
        if (request.reads_output && answer.asked.has("unread")) world_.not_recorded("the output of " + name);
        sink_.set(std::move(sink));
        process_ = std::make_unique<AnsweredProcess>(
            world_, loop_, answer, std::move(name),
            [this](OutputStream stream, const std::string& text) { sink_.write(stream, text); });
    }
    void close() noexcept override {}

    ChildProcess& process() noexcept override { return *process_; }
    bool read_rest(OutputStream /*stream*/) override {
        return process_ == nullptr || process_->has_written();
    }
    void end_reading(OutputStream stream) override {
        if (process_ != nullptr && process_->exited()) process_->write_rest();
        sink_.rethrow(stream);
    }

private:
    AnsweringWorld& world_;
    Loop& loop_;
    Schedule watch_;
    GuardedSink sink_;
    std::unique_ptr<AnsweredProcess> process_;  ///< it writes to what is above
};

class AnsweredTransfer final : public HttpTransfer {
public:
    AnsweredTransfer(AnsweringWorld& world, Loop& loop, const Answer& answer, const HttpRequest& request,
                     std::string name)
        : HttpTransfer(loop), max_body_(request.max_body), schedule_(loop) {
        bool ends = false;
        for (const auto& [after, event] : answer.arrivals) {
            if (event.is("progress")) progress_ = event.text("text");
            if (!event.is("response") && !event.is("early")) continue;
            ends = true;
            schedule_.add(after, [this, &event] { arrive(event); });
        }
        if (!ends)
            world.watch(
                loop, answer, std::move(name), [this] { return event_ == nullptr; }, schedule_.timers());
    }

    const HttpResponse& response() const noexcept override { return response_; }
    HttpTimings timings() const override { return timings_; }
    std::string progress() const override { return progress_; }
    std::string redirected_to() const override { return redirected_; }

protected:
    bool ended() const noexcept override { return event_ != nullptr; }
    WaitList& waiters() noexcept override { return waiters_; }
    void require_response() const override {
        event_->rethrow_error();
        if (max_body_ && response_.body_size > *max_body_) throw HttpBodyTooLarge();
    }

private:
    void arrive(const Event& event) {
        event.read_response(response_, timings_, redirected_);
        event_ = &event;
        waiters_.notify_all();
    }

    std::optional<std::uint64_t> max_body_;
    Schedule schedule_;
    HttpResponse response_;
    HttpTimings timings_;
    std::string redirected_;
    std::string progress_ = "no answer";
    const Event* event_ = nullptr;
    WaitList waiters_;
};

class AnsweredLines final : public LineReader {
public:
    AnsweredLines(AnsweringWorld& world, Loop& loop, const Answer& answer, std::size_t max_line,
                  std::string name)
        : LineReader(Key(), -1, FdWatch::Sharing::shared, max_line, 0), schedule_(loop) {
        for (const auto& [after, event] : answer.arrivals)
            if (event.has("end") || event.has("error")) {
                pending_.push_back(&event);
                schedule_.add(after, [this] { take_next(); });
            }
        // Its reader may never want more; who waits for more has to know.
        world.watch(
            loop, answer, std::move(name), [this] { return !ended() && is_awaited(); }, schedule_.timers());
    }

protected:
    bool read_some(bool /*ahead*/) override { return false; }
    void read_in_background() override {}

private:
    /// In their order, even if a timer is late.
    void take_next() {
        const Event& event = *pending_.front();
        pending_.pop_front();
        try {
            event.rethrow_error();
            add(event.text_if_any("text"), event.boolean("end"));
            arrive();
        } catch (const std::exception&) {
            arrive(std::current_exception());
        }
    }

    std::deque<const Event*> pending_;
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
    ++runners_;
    if (when_opened) when_opened(loop);
    for (const auto& [runner, arrival] : answers_.signals()) {
        if (runner != runners_) continue;
        const int signo = arrival.event.signal_number();
        loop.call_at(arrival.after, [this, &loop, signo] { signalled(loop, signo); });
    }
}

void AnsweringWorld::signalled(Loop& loop, int signo) {
    const bool is_second = first_signal_ && loop.time() - *first_signal_ >= duplicate_signal_window;
    if (is_second || signo == SIGQUIT) {
        killed_by_ = signo;
        stop({});
        return;
    }
    if (!first_signal_) first_signal_ = loop.time();
    SignalScope::pretend(signo);
    loop.replay_wake();
}

Question AnsweringWorld::asked(Question question) const {
    if (loop_ != nullptr) question.now = loop_->time();
    question.key = hidden(question.key);
    return question;
}

void AnsweringWorld::not_recorded(const std::string& what) {
    fail(what + " is not on the tape");
}

void AnsweringWorld::watch(Loop& loop, const Answer& answer, std::string asked,
                           std::function<bool()> still_open, std::vector<TimerHandle>& timers) {
    if (ignores_cuts || answer.known_until == Duration::max()) return;
    // What cut it short comes at about the same time again.
    const auto margin = std::chrono::milliseconds(20) + answer.known_until / 50;
    timers.push_back(loop.call_later(answer.known_until + margin, [this, &answer, asked = std::move(asked),
                                                                   still_open = std::move(still_open)] {
        if (!still_open()) return;
        stop("the script waits for " + asked + ", of which the tape has no more: after " +
             format_duration(answer.known_until) +
             (answers_.is_cut() ? " the tape ends" : " it was cut short, or its run ended") + " (" +
             answer.asked.where() + ')');
    }));
}

const Answer& AnsweringWorld::answer(Question question) {
    if (over()) fail(problem());
    question = asked(std::move(question));
    if (const auto* found = answers_.next(question)) return *found;
    missing(question);
}

const Answer& AnsweringWorld::probe(Question question) {
    if (over()) fail(problem());
    question = asked(std::move(question));
    if (const auto* found = answers_.next_or_last(question)) return *found;
    missing(question);
}

std::unique_ptr<Child> AnsweringWorld::child(Loop& loop) {
    return std::make_unique<AnsweredChild>(*this, loop);
}

std::unique_ptr<HttpTransfer> AnsweringWorld::request(Loop& loop, HttpRequest request) {
    if (request.body) request.body = hidden(*request.body);
    auto question = question_of(request);
    auto name = question.text();
    const auto& found = answer(std::move(question));
    found.asked.rethrow_error();
    return std::make_unique<AnsweredTransfer>(*this, loop, found, request, std::move(name));
}

Coro<std::optional<std::string>> AnsweringWorld::connect(Loop& loop, TcpAddress address) {
    const auto name = address.text();
    const auto& found = probe({"connect", name, "a connection to"});
    for (const auto& [after, event] : found.arrivals) {
        if (!event.is("done") || event.has("cancelled")) continue;
        co_await sleep(std::max(after, Duration::zero()));
        event.rethrow_error();
        co_return event.has("problem") ? std::optional(event.text("problem")) : std::nullopt;
    }
    Schedule schedule(loop);
    watch(loop, found, "a connection to " + quote_ends(name), [] { return true; }, schedule.timers());
    co_await sleep(Duration::max());
    co_return std::nullopt;
}

std::shared_ptr<LineReader> AnsweringWorld::read_lines(const std::string& path, std::size_t max_line) {
    const auto& found = answer({"lines", path, "the lines of"});
    found.asked.rethrow_error();
    return std::make_shared<AnsweredLines>(*this, *loop_, found, max_line,
                                           "the lines of " + quote_ends(path));
}

FileStatus AnsweringWorld::look_at(const std::string& path) {
    const auto& found = probe({"file", path, "the file"});
    looked_at_[hidden(path)] = found.at;
    return found.asked.file_status();
}

std::string AnsweringWorld::read_block(const std::string& path, std::int64_t offset, std::size_t max_size) {
    // What was there when the answer to look_at() was found, although that may be a little later here.
    const auto found = looked_at_.find(hidden(path));
    const auto time = std::max(loop_->time(), found != looked_at_.end() ? found->second : Duration());
    const auto text = answers_.text_of_file(hidden(path), time);
    if (!text) missing({"block", path, "what is in the file"});
    const auto begin = std::min(offset, static_cast<std::int64_t>(text->size()));
    return text->substr(static_cast<std::size_t>(begin), max_size);
}

std::string AnsweringWorld::read_whole(const std::string& path, std::int64_t /*max_size*/) {
    const auto& event = probe({"whole", path, "the file"}).asked;
    event.rethrow_error();
    return event.text_if_any("text");
}

std::string AnsweringWorld::end_of(const std::string& path, std::int64_t /*begin*/,
                                   std::size_t /*max_size*/) {
    const auto* found = answers_.next(asked({"tail", path}));
    return found != nullptr ? found->asked.text_if_any("text") : std::string();
}

OutputFile AnsweringWorld::open_output(const std::string& path, bool /*append*/) {
    if (const auto* found = answers_.next(asked({"output", path}))) found->asked.rethrow_error();
    return {{}, true, 0};
}

std::unique_ptr<SavedFile> AnsweringWorld::new_file(const std::string& path) {
    if (const auto* found = answers_.next(asked({"new", path}))) found->asked.rethrow_error();
    return std::make_unique<AnsweredFile>();
}

std::optional<std::string> AnsweringWorld::environment(const std::string& name) {
    // The run had no reason to look at these; a request now does.
    static constexpr std::array proxies{"http_proxy", "https_proxy",    "HTTPS_PROXY",
                                        "all_proxy",  "ALL_PROXY",      "no_proxy",
                                        "NO_PROXY",   "CURL_CA_BUNDLE", "SSL_CERT_FILE"};
    const auto question = asked({"env", name, "the environment variable"});
    if (std::ranges::find(proxies, name) != proxies.end() && !answers_.knows(question)) return std::nullopt;
    const auto& event = probe(question).asked;
    if (!event.has("value")) return std::nullopt;
    return event.text("value");
}

std::optional<std::string> AnsweringWorld::known_environment(const std::string& name) {
    return answers_.knows(asked({"env", name})) ? environment(name) : std::nullopt;
}

World::Variables AnsweringWorld::environment() {
    const auto pairs = probe({"environment", {}, "the environment"}).asked.pairs("environment");
    return {pairs.begin(), pairs.end()};
}

std::string AnsweringWorld::host_name() {
    return probe({"host", {}, "the name of the machine"}).asked.text("host");
}

/// The run on a virtual clock needed none.
std::uint64_t AnsweringWorld::entropy() {
    const auto* found = answers_.next_or_last({"entropy", {}});
    return found != nullptr ? found->asked.bits("entropy") : 1;
}

}  // namespace arun::tape
