#include "jobs/limits.hpp"

#include "jobs/blocked_jobs.hpp"
#include "rt/errors.hpp"
#include "rt/timeout.hpp"

#include <string>
#include <utility>

namespace arun::jobs {

void Grace::start() {
    if (started_) return;
    started_ = true;
    auto& loop = *engine_.loop;
    loop.call_later(length_, [this, &loop] {
        over_ = true;
        for (auto& line : waiting_jobs(loop))
            engine_.observer.notice("still running after the grace period of " + format_duration(length_) +
                                    ": " + line);
        loop.break_shields();
    });
}

Coro<> limited(Engine& engine, Limit& limit, Grace& grace, Coro<> inner) {
    if (!limit) {
        co_await std::move(inner);
        co_return;
    }
    const auto deadline = limit.end - engine.before;
    auto timer = engine.loop->call_at(deadline, [&grace] { grace.start(); });
    Timeout scope(deadline);
    scope.enter();
    bool cancelled = false;
    try {
        co_await std::move(inner);
    } catch (const CancelledError&) {
        cancelled = true;
        // A clean-up that outlasts the grace period is cancelled once more, but what began it was the limit.
        limit.passed = scope.leave_cancelled() || (scope.expired() && grace.over());
    } catch (...) {
        timer.cancel();
        throw;
    }
    if (limit.passed) co_return;
    timer.cancel();
    if (cancelled) throw CancelledError();
}

}  // namespace arun::jobs
