/// What a kind of job is: its declaration and its behaviour, in one struct.
///
/// A file of jobs/kinds defines, for example,
///
///     struct Sleep {
///         struct Arguments { script::Dyn<Duration> length; };
///         static constexpr std::string_view name = "sleep", summary = "...", result = "null",
///                                           shorthand = "for", notes = "...", example = "...";
///         static constexpr std::array fields{script::field<&Arguments::length>("for", "how long", {.required
///         = true})}; static Coro<script::Value> run(Scope& scope, const Arguments& arguments);
///     };
///     ARUN_JOB_KIND(sleep, Sleep)
///
/// and the build registers it; nothing else changes. run() returns script::Value instead of a coroutine if
/// the kind never waits. Optional members:
/// - `bool bare = true`: the value is always the shorthand's, even if it is a mapping;
/// - `bool effects = true`: the job acts outside of arun, so `arun plan` does not run it;
/// - `const script::ResultType& result_type`: what is known about its results before it runs;
/// - `bool has_locals = true`: the variables that its arguments declare are not visible outside of it;
/// - `void check(script::Compiler&, Arguments&, syntax::Node key)`: reports what no single argument shows.
#pragma once

#include "jobs/output.hpp"
#include "jobs/scope.hpp"
#include "rt/value_task.hpp"
#include "script/kind.hpp"
#include "script/value.hpp"

#include <array>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>

namespace arun::jobs {

struct JobKind : script::KindSpec {
    /// Starts the job of `scope`, which must outlive the result. Throws JobFailure and the like.
    ValueTask<script::Value> (*run)(Scope& scope, const void* arguments) = nullptr;
    /// The same for a kind that never waits; null for the others.
    script::Value (*call)(Scope& scope, const void* arguments) = nullptr;

    bool is_synchronous() const noexcept { return call != nullptr; }
};

/// Every kind is a JobKind.
inline const JobKind& kind_of(const script::Job& job) noexcept {
    return static_cast<const JobKind&>(*job.kind());
}

/// All kinds, in alphabetical order. The build generates the list from the files of jobs/kinds.
std::span<const script::KindSpec* const> all_kinds();

template <class K>
constexpr JobKind make_kind() {
    using Arguments = typename K::Arguments;
    static_assert(std::is_trivially_destructible_v<Arguments>, "arguments live in an arena");
    JobKind kind;
    kind.schema = {K::name, K::fields, K::shorthand};
    if constexpr (requires { K::bare; }) kind.schema.bare = K::bare;
    if constexpr (requires { K::effects; }) kind.effects = K::effects;
    if constexpr (requires { K::has_locals; }) kind.has_locals = K::has_locals;
    if constexpr (requires { K::result_type; }) kind.result_type = &K::result_type;
    kind.summary = K::summary;
    kind.result = K::result;
    kind.notes = K::notes;
    kind.example = K::example;
    kind.size = sizeof(Arguments);
    kind.align = alignof(Arguments);
    kind.construct = [](void* place) { new (place) Arguments(); };
    if constexpr (requires { &K::lists_rounds; }) {
        kind.lists_rounds = [](const void* arguments) {
            return K::lists_rounds(*static_cast<const Arguments*>(arguments));
        };
    }
    if constexpr (requires { &K::check; }) {
        kind.check = [](script::Compiler& compiler, void* arguments, syntax::Node key) {
            K::check(compiler, *static_cast<Arguments*>(arguments), key);
        };
    }
    if constexpr (std::is_same_v<decltype(&K::run), script::Value (*)(Scope&, const Arguments&)>) {
        kind.call = [](Scope& scope, const void* arguments) {
            return K::run(scope, *static_cast<const Arguments*>(arguments));
        };
    }
    kind.run = [](Scope& scope, const void* arguments) -> ValueTask<script::Value> {
        return K::run(scope, *static_cast<const Arguments*>(arguments));
    };
    return kind;
}

}  // namespace arun::jobs

/// The `to` of the kinds that print.
template <>
struct arun::script::EnumNames<arun::jobs::Stream> {
    static constexpr std::array<std::string_view, 2> names{"stdout", "stderr"};
};

/// Defines job_kind_<stem>, which the generated list expects of the file <stem>.cpp.
#define ARUN_JOB_KIND(stem, K)            \
    extern const JobKind job_kind_##stem; \
    constinit const JobKind job_kind_##stem = ::arun::jobs::make_kind<K>();
