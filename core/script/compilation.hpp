/// What the scripts of one command line share while they are compiled.
#pragma once

#include "base/diagnostic.hpp"
#include "script/arguments.hpp"
#include "script/kind.hpp"
#include "script/names.hpp"

#include <functional>
#include <string_view>
#include <vector>

namespace arun::script {

/// The scripts run in one Runner, so a name means the same in all of them.
struct CompilationContext {
    explicit CompilationContext(const KindTable& k) : kinds(k) {}

    const KindTable& kinds;
    Symbols symbols;
    NameTable names;
    /// --isolated: each top-level job has its own Runner.
    bool isolated = false;
    /// A script is read from standard input, so that jobs cannot read it.
    bool stdin_is_script = false;
    struct IdUse {
        const JobId* id;
        Span span;
        bool must_be_background;
    };
    /// The uses of ids since the last check_names().
    std::vector<IdUse> id_uses;
    /// Where variables and environment variables get their values, since the last check_names().
    std::vector<Variables> assigned;
    std::vector<TextMap> environments;
    /// check_names() calls it with the literal values of secrets, so that messages do not show them.
    std::function<void(std::string_view)> hide;

    /// Defines a variable of the command line (--var).
    void define(std::string_view name) { names.define(symbols.symbol(name), names.root(), {}); }
};

/// Reports names that nothing defines and ids that no job has, in everything compiled since the last call.
/// Call it once all scripts are known: a later script may define what an earlier one uses.
void check_names(CompilationContext& compilation, Diagnostics& diagnostics);

/// Discards the uses of names in a source that could not be read in full: check_names() would blame them on
/// the author.
void discard_uses(CompilationContext& compilation, const Source& source);

/// For streams, after check_names(): the scripts compiled so far may be destroyed. Keeps only the names and
/// ids that they defined.
void detach_scripts(CompilationContext& compilation);

}  // namespace arun::script
