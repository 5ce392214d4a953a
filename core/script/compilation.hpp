/// What the scripts of one command line share while they are compiled.
#pragma once

#include "base/diagnostic.hpp"
#include "script/arguments.hpp"
#include "script/inputs.hpp"
#include "script/kind.hpp"
#include "script/names.hpp"

#include <functional>
#include <string_view>
#include <vector>

namespace arun::script {

struct Script;

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
    /// --strict: warnings are errors.
    bool strict = false;
    struct IdUse {
        const JobId* id;
        Span span;
        bool must_be_background;
    };
    /// The uses of ids since the last check_names().
    std::vector<IdUse> id_uses;
    /// Expressions whose types check_names() checks.
    std::vector<const Expression*> typed_expressions;
    /// Texts for a shell with expressions in them.
    std::vector<const Template*> shell_texts;
    /// A piece of plain text that looks like an expression in another language.
    struct Lookalike {
        const LexicalScope* scope;
        Span where;  ///< the text that it is part of
        std::string_view text;
        std::string_view name;  ///< what it would read
    };
    std::vector<Lookalike> lookalikes;
    /// Where variables and environment variables get their values, since the last check_names().
    std::vector<Variables> assigned;
    std::vector<TextMap> environments;
    /// check_names() calls it with the literal values of secrets, so that messages do not show them.
    std::function<void(std::string_view)> hide;

    /// Reads a file that a script includes; empty: from the file system.
    std::function<std::shared_ptr<const Source>(const std::string& path, Diagnostics&)> load;
    /// What relative paths of scripts are relative to, for script.dir; empty: the working directory.
    std::string directory;

    /// Defines a variable that is given from outside.
    void define(std::string_view name) {
        auto& symbol = symbols.symbol(name);
        symbol.type.add(nullptr);
        names.give(symbol);
    }
};

/// Reports names that nothing defines and ids that no job has, in everything compiled since the last call.
/// Call it once all scripts are known: a later script may define what an earlier one uses.
void check_names(CompilationContext& compilation, Diagnostics& diagnostics);

/// Reports the variables of the command line that nothing declares or reads. Call it after check_names(),
/// when all scripts are known.
void check_given_variables(const CompilationContext& compilation, GivenVariables given, Severity severity,
                           Diagnostics& diagnostics);

/// Discards the uses of names in a script that could not be read in full, and in what it includes: what it
/// did not get to may define them. After detach_scripts(), the script may be destroyed.
void discard_uses(CompilationContext& compilation, const Script& script);

/// For streams, after check_names(): the scripts compiled so far may be destroyed. Keeps only the names and
/// ids that they defined.
void detach_scripts(CompilationContext& compilation);

}  // namespace arun::script
