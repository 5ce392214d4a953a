// Whole runs, cut short after 1, 2, 3... steps, by a signal at each event, and by an output that breaks at
// each write. It finds what no hand-written case finds.
#include "jobs/session.hpp"

#include "jobs/engine.hpp"
#include "rt/signals.hpp"
#include "support/cut_scripts.hpp"
#include "support/files.hpp"
#include "support/runtime.hpp"
#include "support/sessions.hpp"
#include "syntax/document.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace arun;
using namespace arun::test;

namespace {

/// Where the script has lists of jobs that are a `finally`.
class Finallies {
public:
    explicit Finallies(const Compilation& compilation) {
        for (const auto& script : compilation.scripts())
            for (const auto& document : script->documents) visit(document->root());
    }
    bool contain(const Span& span) const {
        return std::ranges::any_of(spans_, [&](const Span& f) {
            return f.source == span.source && f.begin <= span.begin && span.begin < f.end;
        });
    }

private:
    void visit(syntax::Node node) {
        if (node.is(syntax::Type::list)) node.for_each_item([&](syntax::Node item) { visit(item); });
        if (node.is(syntax::Type::map))
            node.for_each_entry([&](syntax::Node key, syntax::Node value) {
                if (key.text() == "finally") spans_.push_back(value.span());
                visit(value);
            });
    }
    std::vector<Span> spans_;
};

/// One run that is watched: what must hold however it ends is checked here.
class Watched {
public:
    Watched(const CutScript& script, const Files& files, bool wants_jobs)
        : endless_(script.endless),
          session_(replaced(script.text, files), virtual_session(), wants_jobs),
          finallies_(session_.compilation) {
        REQUIRE(session_.compilation.messages() == "");
        session_.output.on_write = [this](std::string_view text) { wrote(text); };
        session_.recorder.on_start = [this](const jobs::Scope& scope) { started(scope); };
        session_.recorder.on_event = [this](const std::string& event) { told(event); };
    }

    jobs::SessionOptions& options() { return session_.options; }
    const jobs::RunResult& run_result() const { return session_.run_result; }
    std::uint64_t events() const { return events_; }
    std::uint64_t writes() const { return session_.output.writes; }
    /// The number of the event after which no job of the lists was started any more.
    std::uint64_t last_start() const { return last_start_; }

    void raise_at(std::uint64_t event) { raise_at_ = event; }
    void break_at(std::uint64_t write) { session_.output.break_at = write; }
    /// So many steps after the first event; then it is closed, which may take as many as it needs.
    void stop_after(std::uint64_t steps) { stop_after_ = steps; }

    void run() {
        session_.run();
        ended_ = true;
        if (interrupted_) CHECK(now_ - cut_time_ <= options().grace);
        // Whatever began has ended, as far as it had the time.
        // (Stopped while it was being closed, it is dropped.)
        const bool dropped = run_result().stopped && (options().max_steps != 0 || !cancelled_);
        for (const auto& [name, count] : open_) {
            CAPTURE(name);
            CHECK((count == 0 || ((endless_ || dropped) && count > 0)));
        }
        CHECK((running_ == 0 || dropped));
        CHECK(run_result().internal == "");
        if (!wrong_.empty()) FAIL_CHECK(wrong_);
    }
    std::string events_text() const { return session_.recorder.text(); }

private:
    static std::string replaced(std::string_view text, const Files& files) {
        const auto directory = files.path("");
        std::string out(text);
        for (auto at = out.find("@/"); at != out.npos; at = out.find("@/", at + directory.size()))
            out.replace(at, 2, directory);
        return out;
    }

    void tick() {
        if (auto* loop = Loop::running()) {
            now_ = loop->time();
            if (stop_after_ != 0) loop->stop_after(std::exchange(stop_after_, 0));
        }
        if (++events_ == raise_at_) {
            cut();
            std::raise(SIGINT);
        }
    }
    void cut() {
        interrupted_ = true;
        cut_time_ = now_;
    }
    void wrong(std::string what) {
        if (wrong_.empty()) wrong_ = std::move(what) + "\n" + session_.recorder.text();
    }

    void wrote(std::string_view text) {
        if (text.starts_with('+')) ++open_[std::string(text.substr(1))];
        if (text.starts_with('-')) --open_[std::string(text.substr(1))];
        if (session_.output.broken() && !interrupted_) {
            if (const auto* loop = Loop::running()) now_ = loop->time();
            cut();
        }
        tick();
    }
    void told(const std::string& event) {
        if (event.find("end of script: ") != event.npos) finished_ = true;
        if (event.find("end of script: cancelled") != event.npos) cancelled_ = true;
        const auto word = event.substr(event.find(' ') + 1);
        if (word.starts_with("success ") || word.starts_with("failure ") || word.starts_with("cancelled "))
            --running_;
        tick();
    }
    void started(const jobs::Scope& scope) {
        ++running_;
        const auto label = jobs::step_of(scope).label;
        now_ = scope.now();
        if (ended_) wrong("started after the end: " + label);
        if (finallies_.contain(scope.job()->span()) || inside_finally(scope)) {
            if (scope.parent()->job() == nullptr && scope.background() == nullptr) script_finally_ = true;
            return;
        }
        last_start_ = events_ + 1;
        if (finished_) wrong("started when the script had ended: " + label);
        // Background jobs go on until the Runner closes.
        if (scope.background() != nullptr) return;
        if (script_finally_) wrong("started beside the script's finally: " + label);
        if (interrupted_ && now_ > cut_time_) wrong("started after it was cut short: " + label);
        // A background job may have raised it in the very turn in which the next job of the script begins.
        if (interrupted_ && scope.parent()->job() == nullptr && scope.engine().background.empty())
            wrong("a job of the script started after it was cut short: " + label);
    }
    /// In an included script that a finally includes.
    bool inside_finally(const jobs::Scope& scope) const {
        for (const auto* s = scope.parent(); s != nullptr && s->job() != nullptr; s = s->parent())
            if (finallies_.contain(s->job()->span())) return true;
        return false;
    }

    bool endless_;
    Session session_;
    Finallies finallies_;
    std::uint64_t events_ = 0;
    std::uint64_t raise_at_ = 0;
    std::uint64_t stop_after_ = 0;
    std::uint64_t last_start_ = 0;
    Duration now_{};
    Duration cut_time_{};
    bool interrupted_ = false;
    bool ended_ = false;
    bool finished_ = false;
    bool cancelled_ = false;
    bool script_finally_ = false;
    int running_ = 0;
    std::map<std::string, int> open_;
    std::string wrong_;
};

/// Calls f(script, files, wants_jobs) for each script, with an observer that wants to hear of each job and
/// with one that does not.
template <class F>
void for_each_script(F f) {
    const Files files;
    files.write("part.yaml", cut_part);
    for (const auto& script : cut_scripts) {
        for (const bool wants_jobs : {true, false}) {
            CAPTURE(script.name);
            CAPTURE(wants_jobs);
            f(script, files, wants_jobs);
        }
    }
}

/// Calls run(1), run(2), ... for more and more steps, until they are enough; gives how many that are.
template <class F>
std::uint64_t steps_of(const CutScript& script, F run) {
    std::uint64_t enough = 0;
    for (std::uint64_t steps = 1; steps < (enough == 0 ? 5000 : enough + 30); ++steps) {
        CAPTURE(steps);
        const jobs::RunResult run_result = run(steps);
        CHECK(run_result.signal == 0);
        if (run_result.stopped) {
            CHECK(enough == 0);
            enough = 0;
        } else if (enough == 0) {
            enough = steps;
            CHECK(run_result.exit_status() == script.status);
        }
    }
    return enough;
}

}  // namespace

TEST_CASE("the scripts that are cut short below end as they should by themselves") {
    for_each_script([](const CutScript& script, const Files& files, bool wants_jobs) {
        Watched run(script, files, wants_jobs);
        run.run();
        CHECK(run.run_result().exit_status() == script.status);
        CHECK_FALSE(run.run_result().stopped);
        if (run.run_result().exit_status() != script.status) MESSAGE(run.events_text());
    });
}

TEST_CASE("a run can be stopped after any number of steps, and closed") {
    for_each_script([](const CutScript& script, const Files& files, bool wants_jobs) {
        const auto steps = steps_of(script, [&](std::uint64_t limit) {
            Watched run(script, files, wants_jobs);
            run.stop_after(limit);
            run.run();
            return run.run_result();
        });
        CHECK(steps >= 5);
    });
}

TEST_CASE("a run can be stopped after any number of steps, and dropped") {
    for_each_script([](const CutScript& script, const Files& files, bool wants_jobs) {
        const auto steps = steps_of(script, [&](std::uint64_t limit) {
            Watched run(script, files, wants_jobs);
            run.options().max_steps = limit;
            run.run();
            return run.run_result();
        });
        CHECK(steps >= 5);
    });
}

TEST_CASE("a signal may come at any event") {
    for_each_script([](const CutScript& script, const Files& files, bool wants_jobs) {
        Watched whole(script, files, wants_jobs);
        whole.run();
        for (std::uint64_t k = 1; k <= whole.events(); ++k) {
            CAPTURE(k);
            SignalScope signals({SIGINT});
            Watched run(script, files, wants_jobs);
            run.raise_at(k);
            run.run();
            CHECK(signals.first() == SIGINT);
            CHECK(signals.count() == 1);
            // Where nothing was left to be cut short, the signal is for whoever made the SignalScope.
            const bool cut = run.run_result().signal == SIGINT;
            CHECK((cut || run.run_result().signal == 0));
            if (wants_jobs && k < whole.last_start()) CHECK(cut);
            if (cut) CHECK(run.run_result().exit_status() == 128 + SIGINT);
            CHECK_FALSE(run.run_result().stopped);
        }
    });
}

TEST_CASE("the output may break at any write") {
    for_each_script([](const CutScript& script, const Files& files, bool wants_jobs) {
        Watched whole(script, files, wants_jobs);
        whole.run();
        for (std::uint64_t k = 1; k <= whole.writes(); ++k) {
            CAPTURE(k);
            Watched run(script, files, wants_jobs);
            run.break_at(k);
            run.run();
            CHECK(run.run_result().signal == 0);
            CHECK_FALSE(run.run_result().stopped);
        }
    });
}

TEST_CASE("a run whose every job waits for another ends as a deadlock, or as it is cut short") {
    constexpr std::string_view text = R"(
jobs:
- {do: [{sleep: 100ms}, {wait: b}], id: a, background: true, finally: [{print: +1}, {print: -1}]}
- {do: [{sleep: 100ms}, {wait: a}], id: b, background: true, finally: [{print: +2}, {sleep: 1}, {print: -2}]}
- sleep: 1
- {wait: a, finally: [{print: +3}, {sleep: 1}, {print: -3}]}
finally: [{print: +4}, {sleep: 1}, {print: -4}]
)";
    for (std::uint64_t steps = 0; steps < 60; ++steps) {
        CAPTURE(steps);
        Session session(text);
        session.options.max_steps = steps;
        session.run();
        CHECK((session.run_result.stopped || !session.run_result.internal.empty()));
        if (session.run_result.stopped) continue;
        for (const std::string n : {"1", "2", "3", "4"})
            CHECK((session.output.out.find("+" + n) == std::string::npos) ==
                  (session.output.out.find("-" + n) == std::string::npos));
    }
}

TEST_CASE("a run that was stopped ends, even if a finally does not") {
    for (const std::string_view text :
         {"jobs: [{repeat: null, do: timestamp}]\nfinally: [{sleep: 1}]\n",
          "- {repeat: null, do: timestamp, finally: [{repeat: null, do: timestamp}]}\n",
          "jobs: [{sleep: 1}]\nfinally: [{repeat: null, do: timestamp}]\n",
          "- {repeat: null, do: timestamp, background: true, finally: [{repeat: null, "
          "do: timestamp}]}\n- repeat: null\n  do: timestamp\n"}) {
        CAPTURE(text);
        // What would go on for ever is interrupted then: by the second signal at the latest.
        constexpr std::uint64_t too_many = 4'000'000;
        SignalScope signals({SIGINT});
        Session session(text);
        session.options.max_steps = 1000;
        session.output.on_write = [&](std::string_view) {
            session.output.out.clear();
            if (session.output.writes % too_many == 0) std::raise(SIGINT);
        };
        session.run();
        CHECK(session.output.writes < too_many);
        CHECK(session.run_result.stopped);
    }
}
