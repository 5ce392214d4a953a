#include "jobs/script_source.hpp"

namespace arun::jobs {

ScriptSource::Next CompiledScriptSource::next_script() {
    job_ = 0;
    if (script_ == scripts_.size()) return Next::end;
    ++script_;
    return Next::ready;
}

Coro<> CompiledScriptSource::wait_for_more() {
    co_return;
}

}  // namespace arun::jobs
