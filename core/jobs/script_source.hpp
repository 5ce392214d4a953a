/// Where a run takes its scripts from: compiled before it, or still on their way.
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

/// Scripts, one after the other, and of each its jobs, one after the other.
class ScriptSource {
public:
    ScriptSource() = default;
    ScriptSource(const ScriptSource&) = delete;
    ScriptSource& operator=(const ScriptSource&) = delete;
    virtual ~ScriptSource() = default;

    enum class Next : std::uint8_t {
        ready,    ///< here it is
        waiting,  ///< it has not arrived: await more(), and ask again
        end,      ///< there is none
        bad,      ///< it has errors, see diagnostics(); nothing after it is to run
    };
    /// Goes to the next script. Its jobs may be asked for one by one.
    virtual Next next_script() = 0;
    virtual const script::Body& script() const = 0;
    /// Goes to the next job of the script.
    virtual Next next_job() = 0;
    const script::Job& job() const { return jobs()[job_ - 1]; }
    /// That job, and those after it which are there and may be run without asking for each.
    std::span<const script::Job> ready_jobs() const { return jobs().subspan(job_ - 1); }
    /// Goes over so many of them.
    void advance(std::size_t count) noexcept { job_ += count; }
    /// The failure of a job ends its script at once.
    virtual bool ends_at_failure() const noexcept { return false; }

    /// Until there may be more. Runs in the loop, so that everything else goes on.
    virtual Coro<> more() = 0;
    /// What was found in the script or job that was asked for last. Empty where that was checked before.
    virtual const Diagnostics& diagnostics() const noexcept { return none_; }

    /// What script() and job() point into, where that does not live as long as the feed: whoever looks at
    /// them longer than until the next one shares it. Null where all lives as long as the feed.
    virtual std::shared_ptr<const script::Script> owner() const { return nullptr; }
    /// Keeps that as long as the feed.
    void retain() {
        if (auto script = owner()) retained_.push_back(std::move(script));
    }

protected:
    /// Jobs of the script that have been compiled. The first `job_` of them were given.
    virtual std::span<const script::Job> jobs() const { return script().jobs.jobs; }
    /// To the next of them. False if there is none.
    bool next_of_jobs() {
        const bool more = job_ < jobs().size();
        if (more) ++job_;
        return more;
    }
    std::size_t job_ = 0;

private:
    Diagnostics none_;
    std::vector<std::shared_ptr<const script::Script>> retained_;
};

/// Scripts that were compiled and checked before the run.
class CompiledScriptSource final : public ScriptSource {
public:
    explicit CompiledScriptSource(std::span<const std::unique_ptr<script::Script>> scripts)
        : scripts_(scripts) {}

    Next next_script() override;
    const script::Body& script() const override { return scripts_[script_ - 1]->body; }
    Next next_job() override { return next_of_jobs() ? Next::ready : Next::end; }
    Coro<> more() override;

private:
    std::span<const std::unique_ptr<script::Script>> scripts_;
    std::size_t script_ = 0;  ///< how many were given
};

}  // namespace arun::jobs
