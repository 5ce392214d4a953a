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

/// Evaluates the program and its arguments in the environment of the child.
using MakeArgv = std::function<std::vector<std::string>(const Scope&)>;

/// Runs a process until it has exited, stops what is left of its group, and returns `{exit, signal, stdout,
/// stderr, duration}`. Throws JobFailure if a signal killed it or if it is not as expected, SpawnError and
/// the like if it cannot be started. When cancelled, it stops the group first. `scope` and `arguments` must
/// outlive it.
Coro<script::Value> run_process(const Scope& scope, const ProcessArguments& arguments, MakeArgv argv);

}  // namespace arun::jobs
