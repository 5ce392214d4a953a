/// What stands around the kind of a job: its modifiers, and the time limits and clean-ups of other things.
#pragma once

#include "jobs/scope.hpp"
#include "rt/coro.hpp"
#include "rt/value_task.hpp"
#include "script/job.hpp"
#include "script/value.hpp"

namespace arun::jobs {

/// Runs the job of `scope` inside its modifiers, except `if` and `background`, and records its outcome.
ValueTask<script::Value> run_modifiers(Scope& scope);

/// Runs `body` for at most `limit`. After that it is cancelled and awaited, and the job of `scope` fails with
/// Cause::timeout.
Coro<script::Value> with_timeout(const Scope& scope, Duration limit, Coro<script::Value> body);

/// Runs `body` and then `finally`, however `body` ended. `finally` is shielded from cancellation: the
/// canceller waits for it. The error of `body` stays primary; a failure of `finally` fails a job that
/// succeeded.
Coro<script::Value> with_finally(const Scope& scope, Coro<script::Value> body,
                                 const script::JobList& finally);

}  // namespace arun::jobs
