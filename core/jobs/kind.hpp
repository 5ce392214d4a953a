/// A kind of job: what it declares and what it does, together.
///
/// One file of jobs/kinds defines a struct such as
///
///     struct Sleep {
///         struct Arguments { script::Dyn<Duration> length; };
///         static constexpr std::string_view name = "sleep", summary = "...", result = "null", shorthand =
///         "for"; static constexpr std::string_view notes = "...", example = "..."; static constexpr
///         std::array fields{script::field<&Arguments::length>("for", "how long", {.required = true})};
///         static Coro<script::Value> run(Scope& scope, const Arguments& arguments);
///     };
///     ARUN_JOB_KIND(sleep, Sleep)
///
/// and nothing else has to be touched: the build lists the files of that folder. A kind that never waits
/// returns the script::Value itself from run(). `static constexpr bool bare = true` says that the value is
/// the shorthand's even if it is a mapping, and `effects = true` that the job does something outside of arun,
/// so that `arun plan` must not run it. An optional `static void check(script::Compiler&, Arguments&,
/// syntax::Node key)` judges what single fields cannot.
#pragma once

#include "jobs/scope.hpp"
#include "rt/coro.hpp"
#include "script/kind.hpp"
#include "script/value.hpp"

#include <array>
#include <new>
#include <string_view>
#include <type_traits>

namespace arun::jobs {

struct JobKind : script::KindSpec {
    /// Exactly one of the two is set.
    script::Value (*run_now)(Scope&, const void* arguments) = nullptr;
    Coro<script::Value> (*run)(Scope&, const void* arguments) = nullptr;
};

/// The kind of a compiled job: every kind is a JobKind.
inline const JobKind& kind_of(const script::Job& job) noexcept {
    return static_cast<const JobKind&>(*job.kind());
}

template <class K>
constexpr JobKind make_kind() {
    using Arguments = typename K::Arguments;
    static_assert(std::is_trivially_destructible_v<Arguments>, "arguments live in an arena");
    JobKind kind;
    kind.schema = {K::name, K::fields, K::shorthand};
    if constexpr (requires { K::bare; }) kind.schema.bare = K::bare;
    if constexpr (requires { K::effects; }) kind.effects = K::effects;
    kind.summary = K::summary;
    kind.result = K::result;
    kind.notes = K::notes;
    kind.example = K::example;
    kind.size = sizeof(Arguments);
    kind.align = alignof(Arguments);
    kind.construct = [](void* place) { new (place) Arguments(); };
    if constexpr (requires { &K::check; }) {
        kind.check = [](script::Compiler& compiler, void* arguments, syntax::Node key) {
            K::check(compiler, *static_cast<Arguments*>(arguments), key);
        };
    }
    if constexpr (std::is_same_v<decltype(&K::run), script::Value (*)(Scope&, const Arguments&)>) {
        kind.run_now = [](Scope& scope, const void* arguments) {
            return K::run(scope, *static_cast<const Arguments*>(arguments));
        };
    } else {
        kind.run = [](Scope& scope, const void* arguments) {
            return K::run(scope, *static_cast<const Arguments*>(arguments));
        };
    }
    return kind;
}

}  // namespace arun::jobs

/// Defines job_kind_<stem>, which the generated registry looks for in the file <stem>.cpp.
#define ARUN_JOB_KIND(stem, K)            \
    extern const JobKind job_kind_##stem; \
    constinit const JobKind job_kind_##stem = ::arun::jobs::make_kind<K>();
