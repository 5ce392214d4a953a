/// From a Document to jobs that can run. Every error of a script is found here, in one pass.
#pragma once

#include "base/diagnostic.hpp"
#include "script/job.hpp"
#include "script/kind.hpp"
#include "script/scope.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace arun::script {

/// The kinds that scripts may use, by name.
class KindTable {
public:
    explicit KindTable(std::span<const KindSpec* const> kinds) : kinds_(kinds) {}
    const KindSpec* find(std::string_view name) const;
    std::span<const KindSpec* const> all() const noexcept { return kinds_; }

private:
    std::span<const KindSpec* const> kinds_;
    mutable const KindSpec* last_ = nullptr;  ///< scripts have the same kind many times in a row
};

/// What the scripts of one command line share: they run in one Runner, so a name means the same in all of
/// them.
struct CompilationContext {
    explicit CompilationContext(const KindTable& k) : kinds(k) {}

    const KindTable& kinds;
    Symbols symbols;
    NameTable names;
    /// --isolated: every top-level job has a Runner of its own.
    bool isolated = false;
    /// A script of the command line is read from standard input: no job can read it.
    bool stdin_is_script = false;
    /// Where ids are used; judged by check_names().
    struct IdUse {
        const JobId* id;
        Span span;
        bool joins;  ///< `wait`, `cancel`: only a background job will do
    };
    std::vector<IdUse> id_uses;
    /// Where variables and environment variables get their values, since the last check_names().
    std::vector<Variables> assigned;
    std::vector<TextMap> environments;
    /// Called by check_names() with the values of secrets that scripts write down, so that messages do not
    /// show them.
    std::function<void(std::string_view)> hide;

    /// A variable from outside (--var).
    void define(std::string_view name) { names.define(symbols.symbol(name), names.root(), {}); }
};

/// Compiles one script. The errors go to `diagnostics`; the result is complete only if there were none.
std::unique_ptr<Script> compile(std::shared_ptr<const syntax::Document> document,
                                CompilationContext& compilation, Diagnostics& diagnostics);

/// Compiles a line of JSON Lines: a script of one job.
std::unique_ptr<Script> compile_line(const std::shared_ptr<const syntax::Document>& document,
                                     CompilationContext& compilation, Diagnostics& diagnostics);

/// Tells of names that nothing can define and of ids that no job has, in all that was compiled since the last
/// call.
void check_names(CompilationContext& compilation, Diagnostics& diagnostics);

/// Forgets what was referred to in a source: what could not be read is not judged.
void forget_uses(CompilationContext& compilation, const Source& source);

/// For streams, after check_names(): what was compiled so far may be destroyed. The names and ids that it
/// defined stay known, and that is all that is kept of it.
void forget_places(CompilationContext& compilation);

/// The compiler at work on one script, as the types of arguments see it.
class Compiler final : public NameSink {
public:
    Compiler(Script& script, CompilationContext& compilation, Diagnostics& diagnostics);

    Arena& arena() noexcept { return script_.arena; }
    Diagnostics& diagnostics() noexcept { return diagnostics_; }
    CompilationContext& compilation() noexcept { return compilation_; }

    const Symbol& variable(std::string_view name, Span where) override;
    const JobId& job(std::string_view id, Span where) override;
    const Value* keep(Value value) override;
    const Regex* keep(std::shared_ptr<const Regex> pattern);
    void error(Span where, std::string message, std::string hint = {}) override;
    void loop(Span where) override;

    /// A variable that gets its value here, in the current context. Null after an error.
    const Symbol* define(syntax::Node name);
    /// The id that a job declares. Null after an error.
    const JobId* declare_id(syntax::Node name);
    /// An id that `wait` or `cancel` names.
    const JobId& joined(std::string_view name, Span where);

    /// Runs `f` with names of its own; see LexicalScope.
    template <class F>
    void within(std::string_view what, F&& f) {
        auto* outer = here_;
        auto* inner = compilation_.names.open(outer);
        inner->what = what;
        here_ = inner;
        f(*inner);
        here_ = outer;
    }

    JobList read_jobs(syntax::Node node, std::string_view what);
    ChildList read_children(syntax::Node node, std::string_view what);
    /// Reads a mapping of arguments into `object`. Unknown keys go to `other`, which returns false to have
    /// them reported.
    using OtherKey = std::function<bool(syntax::Node key, syntax::Node value)>;
    bool read_shape(syntax::Node node, const ArgumentSchema& shape, void* object, const OtherKey& other = {});
    /// A value that is either a mapping of the shape's fields or the shorthand for one.
    bool read_shape_or_shorthand(syntax::Node node, const ArgumentSchema& shape, void* object);

    /// The name that a for_each gives its items, until its body is read.
    const Symbol* loop_variable = nullptr;
    /// Something can read the result of the job that is being compiled.
    bool result_read() const noexcept { return result_read_; }
    /// Reads the body of an included script into the same Script. Null after an error.
    const Body* include(syntax::Node path);
    void read_script(const std::shared_ptr<const syntax::Document>& document);
    /// The same for a list whose items come one by one, see ScriptSink.
    void begin(const std::shared_ptr<const Source>& source);
    void read_item(syntax::Node item);
    /// The same for a line of JSON Lines, which may use an id again.
    void read_line_item(syntax::Node item);
    void read_rest(const std::shared_ptr<const syntax::Document>& document);
    void read_line(const std::shared_ptr<const syntax::Document>& document);

private:
    void check_isolation();
    const std::string& name_of(const ArgumentSpec& field, const ArgumentSchema& shape);
    bool names_kind(syntax::Node map) const;
    Body read_body(syntax::Node root);
    struct JobKeys;
    const JobHead* head(const JobHead& wanted);
    void read_job(syntax::Node node, Job& job);
    bool sort_keys(syntax::Node node, JobKeys& keys);
    void read_modifiers(JobKeys& keys, Modifiers& modifiers);
    void read_kind(JobKeys& keys, Job& job);
    void read_arguments(JobKeys& keys, Job& job);
    bool read_fields(std::span<const syntax::Node> values, const ArgumentSchema& shape, void* object,
                     Span place);
    void report_unknown(syntax::Node key, const ArgumentSchema& shape, bool in_job);

    Script& script_;
    CompilationContext& compilation_;
    Diagnostics& diagnostics_;
    LexicalScope* here_;
    std::vector<std::string> including_;  ///< the files that are being read, outermost first
    std::set<const JobId*> declared_ids_;
    const KindSpec* kind_ = nullptr;  ///< whose arguments are being read
    bool result_read_ = false;
    std::uint64_t names_read_ = 0;
    /// What messages call the arguments: made once for each, there may be a million of them.
    std::map<const ArgumentSpec*, std::string> field_names_;
    // The last ones: a large script has the same kind of job many times in a row.
    const ArgumentSpec* last_field_ = nullptr;
    const std::string* last_field_name_ = nullptr;
    const JobHead* last_head_ = nullptr;
};

/// The modifiers, described as the arguments of a kind are.
extern const ArgumentSchema modifier_shape;
/// The keys of a script that is a mapping.
extern const ArgumentSchema script_shape;
extern const ArgumentSchema retry_shape;

}  // namespace arun::script
