/// Waiting until something is ready: the arguments of wait_for, and of `ready`.
#pragma once

#include "jobs/http.hpp"
#include "jobs/process_arguments.hpp"
#include "jobs/words.hpp"
#include "rt/coro.hpp"
#include "script/arguments.hpp"
#include "script/job.hpp"
#include "script/value.hpp"

#include <chrono>
#include <optional>

namespace arun::jobs {

/// "host:port"; checked with the script if it is literal.
struct TcpTarget : script::Text {};
/// The id of a background job, always literal.
struct BackgroundId {
    const script::JobId* id = nullptr;
};
/// The same, of one whose output is kept for those who wait for words in it.
struct LoggedId : BackgroundId {};

struct ReadinessArguments : SoughtWords {
    std::optional<TcpTarget> tcp;
    script::Boxed<HttpArguments> http;
    std::optional<script::Text> file;
    std::optional<script::ShellText> script;
    std::optional<Argv> argv;
    LoggedId output;
    bool own_output = false;  ///< of a `ready`: the words are those of the job itself
    script::Dyn<script::PositiveDuration> interval{script::PositiveDuration{std::chrono::milliseconds(200)}};
    script::Dyn<bool> invert{false};
    BackgroundId job;
};

/// Reports what the arguments do not fit together.
void check_readiness(script::Compiler& compiler, ReadinessArguments& arguments, Span where);

/// Waits, and returns the seconds that it took. Throws JobFailure if the job of `while` ends first, or the
/// one whose output is waited for.
Coro<script::Value> wait_until_ready(const Scope& scope, const ReadinessArguments& arguments);
/// The same for the `ready` of the job of `scope`. Throws JobFailure after its timeout, by default 30 s.
Coro<> wait_until_ready(const Scope& scope, const script::Ready& ready);

/// One look: whether the job of `scope` is ready now.
Coro<bool> is_ready(const Scope& scope, const script::Ready& ready);

bool reads_own_output(const script::Ready& ready) noexcept;

}  // namespace arun::jobs

namespace arun::script {

template <>
struct TypeOf<jobs::TcpTarget> : PlainType {
    static constexpr TypeInfo info{"host:port", R"({"type":"string"})"};
};
template <>
struct TypeOf<jobs::BackgroundId> : PlainType {
    static constexpr TypeInfo info{"id", R"({"$ref":"#/$defs/name"})"};
};
template <>
struct TypeOf<jobs::LoggedId> : TypeOf<jobs::BackgroundId> {};

bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::TcpTarget& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::BackgroundId& out);
bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::LoggedId& out);

}  // namespace arun::script
