#include "jobs/session.hpp"

namespace arun::jobs {

int Verdict::exit_status() const noexcept {
    if (!internal.empty()) return 125;
    if (signal != 0) return 128 + signal;
    if (rejected) return 2;
    if (failure) return failure->cause == Cause::timeout ? 124 : 1;
    return 0;
}

Verdict run_session(std::span<const std::unique_ptr<plan::Script>> scripts, const plan::Universe& universe,
                    const SessionOptions& options, Output& output, Observer& observer) {
    CompiledFeed feed(scripts);
    Feed* const feeds[] = {&feed};
    return run_session(feeds, universe, options, output, observer);
}

}  // namespace arun::jobs
