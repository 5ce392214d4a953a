/// A job that is a process.
#pragma once

#include "jobs/process_arguments.hpp"
#include "jobs/scope.hpp"
#include "rt/coro.hpp"
#include "script/value.hpp"

#include <functional>
#include <string>
#include <vector>

namespace arun::jobs {

/// The program and its arguments, computed where the process's own environment is known.
using MakeArgv = std::function<std::vector<std::string>(const Scope&)>;

/// Runs a process until it has exited, ends what it leaves of its group, and gives `{exit, signal, stdout,
/// stderr, duration}`. Throws JobFailure: it was killed, it is not what `expect` says; and SpawnError and the
/// like when it could not be started. Cancelled, it ends the group first. `arguments` and `scope` must
/// outlive it.
Coro<script::Value> run_process(const Scope& scope, const ProcessArguments& arguments, MakeArgv argv);

}  // namespace arun::jobs
