#include "jobs/feed.hpp"

namespace arun::jobs {

Feed::Next CompiledFeed::next_script() {
    job_ = 0;
    if (script_ == scripts_.size()) return Next::end;
    ++script_;
    return Next::ready;
}

Coro<> CompiledFeed::more() {
    co_return;
}

}  // namespace arun::jobs
