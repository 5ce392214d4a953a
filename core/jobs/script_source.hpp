/// Where a run takes its scripts from: compiled before it, or still arriving.
#pragma once

#include "base/diagnostic.hpp"
#include "rt/coro.hpp"
#include "script/job.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace arun::jobs {

/// Scripts, one after the other, and the jobs of each, one after the other.
class ScriptSource {
public:
    ScriptSource() = default;
    ScriptSource(const ScriptSource&) = delete;
    ScriptSource& operator=(const ScriptSource&) = delete;
    virtual ~ScriptSource() = default;

    enum class Next : std::uint8_t {
        ready,    ///< the next one is there
        waiting,  ///< it has not arrived: await wait_for_more() and ask again
        end,      ///< there is no more
        invalid,  ///< it has errors, see diagnostics(); nothing after it may run
    };
    /// Advances to the next script.
    virtual Next next_script() = 0;
    virtual const script::Body& script() const = 0;
    /// Advances to the next job of the script.
    virtual Next next_job() = 0;
    const script::Job& job() const { return jobs()[job_ - 1]; }
    /// That job and those after it that are ready, which may run without next_job().
    std::span<const script::Job> ready_jobs() const { return jobs().subspan(job_ - 1); }
    /// Skips `count` of them.
    void advance(std::size_t count) noexcept { job_ += count; }
    /// A failed job ends its script at once.
    virtual bool ends_at_failure() const noexcept { return false; }

    /// Returns when more may have arrived. Runs in the loop, so that everything else goes on.
    virtual Coro<> wait_for_more() = 0;
    /// Of the last next_script() or next_job(). Empty if the script was checked before the run.
    virtual const Diagnostics& diagnostics() const noexcept { return no_diagnostics_; }

    /// True if everything that it will ever return has been compiled.
    virtual bool exhausted() const noexcept { return true; }

    /// Owner of what script() and job() refer to; null if that lives as long as the source. To use a job
    /// after the next one was asked for, share its owner.
    virtual std::shared_ptr<const script::Script> owner() const { return nullptr; }
    /// Keeps the present owner() as long as the source.
    void retain() {
        if (auto script = owner()) retained_.push_back(std::move(script));
    }

protected:
    /// The compiled jobs of the script, of which the first `job_` were returned.
    virtual std::span<const script::Job> jobs() const { return script().jobs.jobs; }
    /// Advances to the next of them; false if there is none.
    bool advance_to_next_job() {
        const bool more = job_ < jobs().size();
        if (more) ++job_;
        return more;
    }
    std::size_t job_ = 0;

private:
    Diagnostics no_diagnostics_;
    std::vector<std::shared_ptr<const script::Script>> retained_;
};

/// Scripts that were compiled and checked before the run.
class CompiledScriptSource final : public ScriptSource {
public:
    explicit CompiledScriptSource(std::span<const std::unique_ptr<script::Script>> scripts)
        : scripts_(scripts) {}

    Next next_script() override;
    const script::Body& script() const override { return scripts_[script_ - 1]->body; }
    Next next_job() override { return advance_to_next_job() ? Next::ready : Next::end; }
    Coro<> wait_for_more() override;

private:
    std::span<const std::unique_ptr<script::Script>> scripts_;
    std::size_t script_ = 0;  ///< how many were returned
};

}  // namespace arun::jobs
