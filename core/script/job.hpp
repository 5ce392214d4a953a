/// A compiled script: its jobs and the modifiers around them, with every name resolved.
#pragma once

#include "base/arena.hpp"
#include "base/duration.hpp"
#include "script/arguments.hpp"
#include "script/expression.hpp"
#include "script/inputs.hpp"
#include "script/template.hpp"
#include "syntax/document.hpp"

#include <forward_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace arun::script {

class Regex;
struct ArgumentSchema;
struct KindSpec;
struct Modifiers;
struct Ready;

/// Shared by jobs of one kind without modifiers.
struct JobHead {
    const KindSpec* kind = nullptr;
    const Modifiers* modifiers = nullptr;
    const Source* source = nullptr;
};

/// One job: its kind, the arguments and the modifiers. There may be millions of them, so it has 32 bytes; a
/// source has at most 2^30.
struct Job {
    const JobHead* head = &none;  ///< `none` after an error
    const void* arguments = nullptr;
    std::uint32_t key_begin = 0;  ///< the key that names the kind
    std::uint32_t key_end = 0;
    std::uint32_t text_begin : 31 = 0;  ///< the value of that key, for the default label
    std::uint32_t reads_names : 1 = 0;  ///< something in it reads a variable or loop.index
    std::uint32_t text_end : 31 = 0;
    std::uint32_t result_read : 1 = 0;  ///< something may read its result

    const KindSpec* kind() const noexcept { return head->kind; }
    /// Null if it has none.
    const Modifiers* modifiers() const noexcept { return head->modifiers; }
    /// Where messages about the job point: the key that names the kind.
    Span span() const noexcept { return {head->source, key_begin, key_end}; }

    static constexpr JobHead none{};
};
static_assert(sizeof(void*) != 8 || sizeof(Job) == 32);

/// The default label: the kind and the beginning of its argument, such as "sleep 1s".
std::string default_label(const Job& job);
/// The same with the values that the expressions of the argument have in `context`, and the first line of a
/// block scalar. Remains default_label() if the expressions have no value, or draw random numbers: another
/// evaluation would draw others.
std::string computed_label(const Job& job, const EvalContext& context);

/// `retry`
struct Retry {
    Dyn<Count> limit{Count{1}};
    Dyn<Duration> interval{std::chrono::seconds(1)};
    Dyn<Factor> backoff{Factor{1}};
    std::optional<Dyn<Duration>> max_interval;
    Dyn<Fraction> jitter{Fraction{0}};
    std::optional<Dyn<Duration>> timeout;
    const Expression* condition = nullptr;
};

/// What is wrong with the name of a context, or empty.
std::string context_name_error(std::string_view name);

/// `context`: the variables of a copy of the current context, or the name of a shared one.
struct ContextSpec {
    std::optional<Text> name;
    Variables variables;
};

/// `ready`: what a background job must do before the jobs after it start. The arguments of the kind wait_for.
struct Ready {
    const KindSpec* kind = nullptr;
    const void* arguments = nullptr;
    std::optional<Dyn<Duration>> timeout;
};

struct Modifiers {
    std::optional<Text> name;
    const JobId* id = nullptr;
    const Expression* condition = nullptr;
    bool condition_asks_status = false;
    const ContextSpec* context = nullptr;
    std::optional<Dyn<Duration>> timeout;
    const Retry* retry = nullptr;
    Dyn<bool> continue_on_error{false};
    const Symbol* capture = nullptr;
    std::optional<JobList> finally;
    bool background = false;
    const Ready* ready = nullptr;
    bool ends_by_failure = false;  ///< `on_exit: fail`
    IgnoredWarnings ignored_warnings;
};

/// `secrets`
struct SecretNames {
    std::span<const std::string_view> names;
};

/// `defaults`, which the Compiler has while it reads the jobs.
struct Defaults {};

/// The contents of a script file, run or included.
struct Body {
    std::string_view name;  ///< `name`, or the name of the file
    std::string_view description;
    InputList inputs;
    DeclaredVariables variables;
    EnvMap environment;
    Defaults defaults;
    SecretNames secrets;
    IgnoredWarnings ignored_warnings;
    std::optional<Dyn<Duration>> timeout;
    JobList jobs;
    std::optional<JobList> finally;
};

// The arguments that these are read from.
extern const ArgumentSchema retry_schema;
extern const ArgumentSchema modifier_schema;
extern const ArgumentSchema script_schema;

/// A script that is ready to run, with everything its jobs point into.
struct Script {
    Body body;
    std::vector<Job> jobs;     ///< the jobs of the body, if they were compiled one by one
    std::size_t left_out = 0;  ///< how many jobs of the body were not chosen to run
    std::vector<std::shared_ptr<const Source>> sources;
    std::vector<std::shared_ptr<const syntax::Document>> documents;
    Arena arena;
    std::forward_list<Value> literals;
    std::vector<std::shared_ptr<const Regex>> patterns;
    std::vector<std::shared_ptr<const Script>> parts;  ///< other scripts whose jobs this one runs
};

}  // namespace arun::script
