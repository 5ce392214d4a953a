#include "jobs/feed.hpp"

namespace arun::jobs {

Feed::Next CompiledFeed::next_script() {
    job_ = 0;
    if (script_ == scripts_.size()) return Next::end;
    ++script_;
    return Next::ready;
}

Feed::Next CompiledFeed::next_job() {
    if (job_ == script().jobs.jobs.size()) return Next::end;
    ++job_;
    return Next::ready;
}

Coro<> CompiledFeed::more() {
    co_return;
}

}  // namespace arun::jobs
