#include "jobs/session.hpp"

namespace arun::jobs {

int RunResult::exit_status() const noexcept {
    if (!internal.empty()) return 125;
    if (signal != 0) return 128 + signal;
    if (rejected) return 2;
    if (failure) return failure->cause == Cause::timeout ? 124 : 1;
    return 0;
}

RunResult run_session(std::span<const std::unique_ptr<script::Script>> scripts,
                      const script::CompilationContext& compilation, const SessionOptions& options,
                      Output& output, Observer& observer) {
    CompiledScriptSource feed(scripts);
    ScriptSource* const feeds[] = {&feed};
    return run_session(feeds, compilation, options, output, observer);
}

}  // namespace arun::jobs
