#include "tape/recording_world.hpp"

#include "rt/process/real_child.hpp"
#include "rt/signals.hpp"
#include "rt/task.hpp"
#include "tape/guarded_sink.hpp"

#include <array>
#include <functional>
#include <utility>

namespace arun::tape {
namespace {

std::int64_t signed_of(std::uint64_t n) noexcept {
    return static_cast<std::int64_t>(n);
}

/// Tells when the process changes, and what was found out about its group.
class RecordedProcess final : public Process {
public:
    RecordedProcess(RecordingWorld& world, std::int64_t id, Loop& loop, const ProcessOptions& options)
        : Process(loop, options), world_(world), id_(id) {
        on_change = [this] { changed_outside(); };
    }

    bool group_lives() noexcept override {
        if (gone_) return false;
        const bool lives = Process::group_lives();
        world_.line().number("lives", id_).boolean("value", lives);
        return lives;
    }
    void signal(int signo) noexcept override {
        if (!gone_) world_.line().number("kill", id_).number("signal", signo);
        Process::signal(signo);
    }
    std::vector<std::string> group_members() const override {
        auto members = Process::group_members();
        world_.line().number("members", id_).texts("names", members);
        return members;
    }

private:
    void changed_outside() {
        if (status_) {
            world_.arriving()
                .number("exit", id_)
                .number("status", status_->code)
                .number("signal", status_->signal);
        } else {
            world_.arriving().number("stop", id_).number("signal", stop_signal_);
        }
        world_.writer().flush();
    }

    RecordingWorld& world_;
    std::int64_t id_;
};

/// Writes down how a task that brings something in has ended, also if that was before its first step.
class EndOfTask final : public WaitNode {
public:
    /// `details` adds the result to the line.
    EndOfTask(RecordingWorld& world, std::int64_t id, TaskBase& task,
              std::function<void(Writer::Line&)> details)
        : world_(world), id_(id), task_(task), details_(std::move(details)) {
        task.set_from_outside();
        task.add_waiter(*this);
    }
    void notify() noexcept override {
        try {
            auto line = world_.arriving();
            line.number("done", id_);
            if (task_.cancelled()) {
                line.boolean("cancelled", true);
            } else if (const auto error = task_.error()) {
                line.error(error);
            } else if (details_) {
                details_(line);
            }
        } catch (const std::exception&) {
            // Without memory the run ends anyway.
        }
        world_.writer().flush();
    }

private:
    RecordingWorld& world_;
    std::int64_t id_;
    TaskBase& task_;
    std::function<void(Writer::Line&)> details_;
};

class RecordedChild final : public RealChild {
public:
    RecordedChild(RecordingWorld& world, Loop& loop) : RealChild(loop), world_(world), id_(world.next_id()) {}

    bool borrow_terminal() override {
        bool taken = false;
        try {
            taken = RealChild::borrow_terminal();
        } catch (const std::exception&) {
            world_.line().number("terminal", id_).error(std::current_exception());
            throw;
        }
        world_.line().number("terminal", id_).boolean("taken", taken).boolean("owned", owns_terminal());
        return taken;
    }
    bool suspend() noexcept override {
        const bool in_foreground = RealChild::suspend();
        world_.line().number("suspended", id_).boolean("foreground", in_foreground);
        return in_foreground;
    }

    Coro<> open_input(ChildRequest& request) override {
        if (request.input != ChildRequest::Input::file) return open_other(request);
        world_.line().number("input", id_).text("path", request.input_text);
        return open_recorded(request);
    }

    void open_pipes(ChildRequest& request) override {
        try {
            RealChild::open_pipes(request);
        } catch (const std::exception&) {
            world_.line().number("unopened", id_).error(std::current_exception());
            throw;
        }
    }

    void start(ChildRequest& request, Sink sink) override {
        sink_.set(std::move(sink));
        auto record = [this](OutputStream stream, std::string_view bytes) { take(stream, bytes); };
        try {
            RealChild::start(request, std::move(record));
        } catch (const std::exception&) {
            line_of(request)->error(std::current_exception());
            throw;
        }
        line_of(request)->number("pid", process().pid());
        world_.writer().flush();
    }

    bool read_rest(OutputStream stream) override {
        auto& text = of(stream);
        collecting_ = true;
        const bool ended = RealChild::read_rest(stream);
        collecting_ = false;
        auto rest = std::exchange(text.rest, {});
        if (ended) rest += std::exchange(text.held, {});
        line_of_rest(stream, rest, ended);
        sink_.write(stream, rest);
        return ended;
    }

    void end_reading(OutputStream stream) override {
        auto& text = of(stream);
        if (const auto held = std::exchange(text.held, {}); !held.empty()) {
            world_.line().number("held", id_).text("stream", name_of(stream)).text("text", held);
            sink_.write(stream, held);
        }
        RealChild::end_reading(stream);
        sink_.rethrow(stream);
    }

protected:
    std::unique_ptr<Process> make_process(const ProcessOptions& options) override {
        return std::make_unique<RecordedProcess>(world_, id_, loop_, options);
    }

private:
    struct Text {
        std::string held;  ///< may be the beginning of a secret
        std::string rest;  ///< what read_rest() has read
    };
    Text& of(OutputStream stream) noexcept { return texts_[static_cast<std::size_t>(stream)]; }
    static std::string_view name_of(OutputStream stream) noexcept {
        return stream == OutputStream::out ? "out" : "err";
    }

    /// Does not wait.
    Coro<> open_other(ChildRequest& request) {
        std::exception_ptr error;
        try {
            co_await RealChild::open_input(request);
        } catch (const std::exception&) {
            error = std::current_exception();
        }
        if (!error) co_return;
        world_.line().number("unopened", id_).error(error);
        std::rethrow_exception(error);
    }

    void line_of_rest(OutputStream stream, std::string_view text, bool ended) {
        auto line = world_.line();
        line.number("rest", id_).text("stream", name_of(stream));
        if (!text.empty()) line.text("text", text);
        line.boolean("ended", ended);
    }

    Coro<> open_recorded(ChildRequest& request) {
        auto task = create_task(RealChild::open_input(request));
        const EndOfTask end(world_, id_, *task, {});
        co_await std::move(task);
    }

    /// The child has written.
    void take(OutputStream stream, std::string_view bytes) {
        auto& text = of(stream);
        text.held += bytes;
        const auto& begun = world_.writer().mask().begun;
        const auto kept = begun ? begun(text.held) : 0;
        const auto ready = text.held.substr(0, text.held.size() - kept);
        text.held.erase(0, ready.size());
        if (collecting_) {
            text.rest += ready;
            return;
        }
        if (ready.empty()) return;
        world_.arriving().number(name_of(stream), id_).text("text", ready);
        world_.writer().flush();
        sink_.write(stream, ready);
        sink_.rethrow(stream);
    }

    std::unique_ptr<Writer::Line> line_of(const ChildRequest& request) {
        auto line = std::make_unique<Writer::Line>(world_.writer());
        line->number("at", signed_of(world_.position())).number("start", id_);
        line->number("ns", world_.asked_at().count());
        line->texts("argv", request.process.argv);
        if (!request.process.directory.empty()) line->text("directory", request.process.directory);
        if (!request.set.empty()) line->pairs("set", Pairs(request.set.begin(), request.set.end()));
        if (!request.unset.empty())
            line->texts("unset", std::vector<std::string>(request.unset.begin(), request.unset.end()));
        if (request.input == ChildRequest::Input::text) line->text("stdin", request.input_text);
        if (request.input == ChildRequest::Input::file) line->text("from", request.input_text);
        if (!request.reads_output) line->boolean("unread", true);
        return line;
    }

    RecordingWorld& world_;
    std::int64_t id_;
    GuardedSink sink_;
    bool collecting_ = false;
    std::array<Text, 2> texts_;  ///< by OutputStream
};

std::int64_t or_none(const std::optional<Duration>& time) noexcept {
    return time ? time->count() : -1;
}

}  // namespace

class RecordedTransfer final : public RealHttpTransfer {
public:
    RecordedTransfer(RecordingWorld& world, std::int64_t id, Loop& loop, HttpRequest request)
        : RealHttpTransfer(loop, std::move(request), [this, id, &world] { world.ended(*this, id); }),
          world_(world),
          id_(id) {}
    ~RecordedTransfer() override { world_.forget(id_); }

    std::string progress() const override {
        auto text = RealHttpTransfer::progress();
        world_.line().number("progress", id_).text("text", text);
        return text;
    }

    void write(Writer::Line& line) const {
        const auto& got = response();
        const auto times = timings();
        line.number("status", got.status)
            .pairs("headers", got.headers)
            .text("body", got.body)
            .number("size", signed_of(got.body_size))
            .json("timings", '[' + std::to_string(or_none(times.dns)) + ',' +
                                 std::to_string(or_none(times.connect)) + ',' +
                                 std::to_string(or_none(times.tls)) + ',' +
                                 std::to_string(or_none(times.first_byte)) + ']');
        if (const auto last = redirected_to(); !last.empty()) line.text("redirected", last);
        try {
            require_response();
        } catch (const std::exception&) {
            line.error(std::current_exception());
        }
    }

private:
    RecordingWorld& world_;
    std::int64_t id_;
};

void RecordingWorld::ended(const RecordedTransfer& transfer, std::int64_t id) {
    if (requesting_) return ended_early_.emplace_back(&transfer, id), void();
    {
        auto line = arriving();
        line.number("response", id);
        transfer.write(line);
    }
    writer_.flush();
}

void RecordingWorld::forget(std::int64_t id) {
    std::erase_if(ended_early_, [&](const auto& early) { return early.second == id; });
}

namespace {

class RecordedLines final : public LineReader {
public:
    RecordedLines(RecordingWorld& world, std::string_view path, int fd, FdWatch::Sharing sharing,
                  std::size_t max_line)
        : LineReader(Key(), fd, sharing, max_line, 0), world_(world), id_(world.next_id()) {
        world_.line()
            .number("lines", id_)
            .number("ns", world_.asked_at().count())
            .text("path", path)
            .boolean("regular", regular());
    }

protected:
    bool read_some(bool ahead) override {
        bool got = false;
        try {
            got = LineReader::read_some(ahead);
        } catch (const std::exception&) {
            (ahead ? world_.arriving() : world_.line())
                .number(ahead ? "arrived" : "got", id_)
                .error(std::current_exception());
            throw;
        }
        if (ahead && !got) return false;
        {
            auto line = ahead ? world_.arriving() : world_.line();
            line.number(ahead ? "arrived" : "got", id_);
            if (got) line.text("text", added()).boolean("end", ended());
        }
        if (ahead) world_.writer().flush();
        return got;
    }

private:
    RecordingWorld& world_;
    std::int64_t id_;
};

class RecordedFile final : public SavedFile {
public:
    RecordedFile(RecordingWorld& world, const std::string& path, std::unique_ptr<SavedFile> file)
        : world_(world), path_(path), file_(std::move(file)) {}
    int descriptor() const noexcept override { return file_->descriptor(); }
    void finish() override {
        try {
            file_->finish();
        } catch (const std::exception&) {
            world_.line().text("named", path_).error(std::current_exception());
            throw;
        }
        world_.line().text("named", path_);
    }

private:
    RecordingWorld& world_;
    std::string path_;
    std::unique_ptr<SavedFile> file_;
};

/// What `call` returns, after `note` has written it down, or what it throws.
template <class F, class G>
auto recorded(RecordingWorld& world, std::string_view what, std::string_view path, F call, G note) {
    try {
        auto answer = call();
        auto line = world.line();
        line.text(what, path);
        note(line, answer);
        return answer;
    } catch (const std::exception&) {
        world.line().text(what, path).error(std::current_exception());
        throw;
    }
}

}  // namespace

Writer::Line RecordingWorld::line() {
    return Writer::Line(writer_, signed_of(position()));
}

Writer::Line RecordingWorld::arriving() {
    return Writer::Line(writer_, signed_of(position()),
                        loop_ != nullptr ? loop_->time_outside() : Duration());
}

Duration RecordingWorld::asked_at() const noexcept {
    if (read_at_ == position()) return time_;
    return loop_ != nullptr ? loop_->time_outside() : Duration();
}

// --- the journal ---

Duration RecordingWorld::now(const Clock& clock) noexcept {
    if (paused()) return clock.now();
    if (read_at_ == position()) return time_;
    const auto time = clock.now();
    if (!read_at_ || time != time_) line().number("clock", time.count());
    time_ = time;
    read_at_ = position();
    return time_;
}

void RecordingWorld::expiring(Duration now) noexcept {
    if (paused()) return;
    line().number("timers", now.count());
    time_ = now;
    read_at_ = position();
}

void RecordingWorld::settled_early() noexcept {
    if (!paused()) line().boolean("settle", true);
}

void RecordingWorld::signalled(int signo) noexcept {
    arriving().text("signal", signal_name(signo));
    writer_.flush();
}

void RecordingWorld::deadlock() noexcept {
    line().boolean("deadlock", true);
}

// --- the world ---

void RecordingWorld::opened(Loop& loop) {
    loop_ = &loop;
    step();
    read_at_.reset();
    line().number("runner", ++runners_);
}

void RecordingWorld::look(Loop& /*loop*/) {
    finish();
}

void RecordingWorld::reported(std::string_view message) {
    if (paused()) line().text("notice", message);
}

std::unique_ptr<Child> RecordingWorld::child(Loop& loop) {
    return std::make_unique<RecordedChild>(*this, loop);
}

/// libcurl may end the request at once, and others with it.
std::unique_ptr<HttpTransfer> RecordingWorld::request(Loop& loop, HttpRequest request) {
    const auto id = next_id();
    const auto method = request.method;
    const auto url = request.url;
    const auto headers = request.headers;
    const auto sends = request.body ? std::optional(writer_.digest(*request.body)) : std::nullopt;
    std::unique_ptr<RecordedTransfer> transfer;
    std::exception_ptr error;
    requesting_ = true;
    try {
        transfer = std::make_unique<RecordedTransfer>(*this, id, loop, std::move(request));
    } catch (const std::exception&) {
        error = std::current_exception();
        forget(id);
    }
    requesting_ = false;
    {
        auto written = line();
        written.number("request", id).number("ns", asked_at().count());
        written.text("method", method).text("url", url).texts("headers", headers);
        if (sends) written.text("sends", *sends);
        if (error) written.error(error);
    }
    for (const auto& [early, its_id] : std::exchange(ended_early_, {})) {
        auto written = line();
        written.number("early", its_id);
        early->write(written);
    }
    writer_.flush();
    if (error) std::rethrow_exception(error);
    return transfer;
}

Coro<std::optional<std::string>> RecordingWorld::connect(Loop& loop, TcpAddress address) {
    const auto id = next_id();
    const auto name = address.text();
    line().number("connect", id).number("ns", asked_at().count()).text("address", name);
    auto task = create_task(try_to_connect(loop, std::move(address)));
    const EndOfTask end(*this, id, *task, [state = &task.state()](Writer::Line& line) {
        if (const auto& problem = state->result()) line.text("problem", *problem);
    });
    co_return co_await std::move(task);
}

std::shared_ptr<LineReader> RecordingWorld::standard_input(std::size_t max_line) {
    return std::make_shared<RecordedLines>(*this, "-", 0, FdWatch::Sharing::shared, max_line);
}

std::shared_ptr<LineReader> RecordingWorld::read_lines(const std::string& path, std::size_t max_line) {
    try {
        const auto open = open_lines(path);
        return std::make_shared<RecordedLines>(*this, path, open, FdWatch::Sharing::own, max_line);
    } catch (const std::exception&) {
        line().number("lines", next_id()).text("path", path).error(std::current_exception());
        throw;
    }
}

FileStatus RecordingWorld::look_at(const std::string& path) {
    const auto status = RealWorld::look_at(path);
    line()
        .text("file", path)
        .number("errno", status.error)
        .boolean("regular", status.regular)
        .number("number", signed_of(status.number))
        .number("size", status.size);
    return status;
}

std::string RecordingWorld::read_block(const std::string& path, std::int64_t offset, std::size_t max_size) {
    return recorded(
        *this, "block", path, [&] { return RealWorld::read_block(path, offset, max_size); },
        [&](Writer::Line& line, const std::string& text) {
            line.number("offset", offset).text("text", text);
        });
}

std::string RecordingWorld::read_whole(const std::string& path, std::int64_t max_size) {
    return recorded(
        *this, "whole", path, [&] { return RealWorld::read_whole(path, max_size); },
        [](Writer::Line& line, const std::string& text) {
            line.number("size", signed_of(text.size()));
            // What a request sends tells it from others.
            constexpr std::size_t max_kept = std::size_t{1} << 20;
            if (text.size() <= max_kept) line.text("text", text);
        });
}

std::string RecordingWorld::end_of(const std::string& path, std::int64_t begin, std::size_t max_size) {
    return recorded(
        *this, "tail", path, [&] { return RealWorld::end_of(path, begin, max_size); },
        [](Writer::Line& line, const std::string& text) { line.text("text", text); });
}

OutputFile RecordingWorld::open_output(const std::string& path, bool append) {
    return recorded(
        *this, "output", path, [&] { return RealWorld::open_output(path, append); },
        [](Writer::Line& line, const OutputFile& output) {
            line.boolean("ready", output.ready).number("size", output.size);
        });
}

void RecordingWorld::write(int file, std::string_view text, const std::string& what) {
    try {
        RealWorld::write(file, text, what);
    } catch (const std::exception&) {
        line().text("unwritten", what).error(std::current_exception());
        throw;
    }
}

std::unique_ptr<SavedFile> RecordingWorld::new_file(const std::string& path) {
    auto file = recorded(
        *this, "new", path, [&] { return RealWorld::new_file(path); },
        [](Writer::Line&, const std::unique_ptr<SavedFile>&) {});
    return std::make_unique<RecordedFile>(*this, path, std::move(file));
}

std::optional<std::string> RecordingWorld::environment(const std::string& name) {
    auto value = RealWorld::environment(name);
    if (!variables_.insert(name).second) return value;
    auto written = line();
    written.text("env", name);
    if (value) written.text("value", *value);
    return value;
}

World::Variables RecordingWorld::environment() {
    auto all = RealWorld::environment();
    line().pairs("environment", Pairs(all.begin(), all.end()));
    return all;
}

std::string RecordingWorld::host_name() {
    auto name = RealWorld::host_name();
    line().text("host", name);
    return name;
}

std::uint64_t RecordingWorld::entropy() {
    const auto bits = RealWorld::entropy();
    line().text("entropy", std::to_string(bits));
    return bits;
}

void RecordingWorld::finish() {
    step();
    auto* signals = SignalScope::current();
    if (signals == nullptr) return;
    if (const int signo = signals->look()) signalled(signo);
}

void RecordingWorld::lost_output(const OutputLoss& loss) noexcept {
    line()
        .text("lost", loss.stream == OutputStream::out ? "out" : "err")
        .number("after", signed_of(loss.after))
        .number("errno", loss.error);
}

void RecordingWorld::ended(int exit_status) {
    line().number("end", exit_status);
    writer_.flush();
}

}  // namespace arun::tape
