/// The compiler: turns Documents into Scripts and reports every error in one pass.
#pragma once

#include "base/diagnostic.hpp"
#include "script/compilation.hpp"
#include "script/expression_parser.hpp"
#include "script/job.hpp"
#include "script/kind.hpp"
#include "script/warnings.hpp"
#include "syntax/document.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::script {

/// Compiles one script. The result is complete only if no errors were reported.
std::unique_ptr<Script> compile(const std::shared_ptr<const syntax::Document>& document,
                                CompilationContext& compilation, Diagnostics& diagnostics);

/// Compiles a line of JSON Lines: a script of one job.
std::unique_ptr<Script> compile_line(const std::shared_ptr<const syntax::Document>& document,
                                     CompilationContext& compilation, Diagnostics& diagnostics);

/// Compiles one script. The argument types read themselves through it.
class Compiler final : public NameResolver {
public:
    Compiler(Script& script, CompilationContext& compilation, Diagnostics& diagnostics);

    // The ways to give it the script. Exactly one of them is used.

    void read_script(const std::shared_ptr<const syntax::Document>& document);
    /// A line of JSON Lines.
    void read_line(const std::shared_ptr<const syntax::Document>& document);
    /// A list whose items arrive one by one: begin(), read_item() for each, then read_rest() with what else
    /// the document has. read_line_item() is for a line of JSON Lines, which may use the id of an earlier
    /// line.
    void begin(const std::shared_ptr<const Source>& source);
    void read_item(syntax::Node item);
    void read_line_item(syntax::Node item);
    void read_rest(const std::shared_ptr<const syntax::Document>& document);

    // For the types of arguments.

    Arena& arena() noexcept { return script_.arena; }
    Diagnostics& diagnostics() noexcept { return diagnostics_; }
    CompilationContext& compilation() noexcept { return compilation_; }
    const Value* keep(Value value) override;
    const Regex* keep(std::shared_ptr<const Regex> pattern) override;
    void error(Span where, std::string message, std::string hint = {}) override;

    const Symbol& variable(std::string_view name, Span where) override;
    const JobId& job(std::string_view id, Span where) override;
    void result_read(const JobId& id) override { compilation_.symbols.id(id.name).result_read = true; }
    Value script_property(std::string_view name) override;
    void loop(Span where) override;
    void optional(bool is_optional) override { optional_ = is_optional; }
    void check_later(const Expression& expression) override {
        compilation_.typed_expressions.push_back(&expression);
    }
    void plain_text(std::string_view text, Span where) override;
    /// An id that must be one of a background job: `wait`, `cancel`.
    const JobId& background_id(std::string_view id, Span where);
    /// Defines a variable in the current context, whose value has that type if it is not null. Returns null
    /// after an error. `is_result`: the variable gets the result of a job.
    const Symbol* define(syntax::Node name, const ResultType* type = nullptr, bool is_result = false);
    /// Declares the id of a job. Returns null after an error.
    const JobId* declare_id(syntax::Node name);
    /// Binds a name in the scope only.
    void bind(LexicalScope& scope, std::string_view name, const ResultType* type = nullptr);
    /// The type of the result of the job whose modifiers are being read, or null.
    const ResultType* result_type() const noexcept { return result_type_; }

    bool ignores(Warning warning) const noexcept { return ignored_warnings_.contains(warning); }
    /// The text is one for a shell, which reads it as a program.
    void shell_text(const Template& text);
    /// A job assigns to the variable. Returns false after an error: nothing can read it where a binding hides
    /// it.
    bool assignment(const Symbol& symbol, Span name);
    /// The same for those of a `set`. Warns if nothing reads one of them.
    void assignments(Variables variables);
    /// Calls `f`, during which plain texts are for a shell.
    template <class F>
    auto for_shell(F&& f) {
        const bool outer = std::exchange(for_shell_, true);
        const auto result = f();
        for_shell_ = outer;
        return result;
    }
    /// Calls `f`, during which the variables that are defined are declared: the command line may give them,
    /// and they are local to an include.
    template <class F>
    auto declaring(F&& f) {
        const bool outer = std::exchange(declaring_, true);
        const auto result = f();
        declaring_ = outer;
        return result;
    }

    /// Calls `f` with a new scope, which is the current one until `f` returns.
    template <class F>
    void with_scope(std::string_view description, F&& f) {
        auto* outer = scope_;
        auto* inner = compilation_.names.open(outer);
        inner->description = description;
        scope_ = inner;
        f(*inner);
        scope_ = outer;
    }

    JobList read_jobs(syntax::Node node, std::string_view what);
    ChildList read_children(syntax::Node node, std::string_view what);
    /// Handles a key that is not in the schema. Returns false to have it reported.
    using OtherKey = std::function<bool(syntax::Node key, syntax::Node value)>;
    /// Reads a mapping of the schema's fields into `object`. Returns false after an error.
    bool read_arguments(syntax::Node node, const ArgumentSchema& schema, void* object,
                        const OtherKey& other = {});
    /// The same, unless the node is not a mapping: then it is the schema's shorthand.
    bool read_arguments_or_shorthand(syntax::Node node, const ArgumentSchema& schema, void* object);
    /// Compiles the script at that path into the same Script. Returns null after an error.
    const Body* include(syntax::Node path);

    /// The arguments of the kind `run` that `defaults` gives for this script, or null.
    const void* run_defaults() const noexcept { return run_defaults_; }
    /// Reads the `run` of a script's `defaults`: some of the arguments of that kind. Returns false after an
    /// error.
    bool read_run_defaults(syntax::Node node);

    /// Reads the arguments of wait_for that a `ready` has. Returns null after an error.
    const Ready* read_ready(syntax::Node node);
    /// They are being read: the words may be those of the job's own output.
    bool reading_ready() const noexcept { return reading_ready_; }

    /// What `as` of a for_each names, until the body is read.
    const Symbol* loop_variable = nullptr;
    /// The type of the items of a for_each, until the body is read; null: any.
    const ResultType* item_type = nullptr;

private:
    /// The entries of a job, by their role.
    struct JobKeys {
        syntax::Node job;
        const Job* above = nullptr;  ///< the job before it in the list
        const KindSpec* kind = nullptr;
        syntax::Node kind_key;
        syntax::Node kind_value;
        std::vector<std::pair<syntax::Node, syntax::Node>> modifiers;
        std::vector<std::pair<syntax::Node, syntax::Node>> others;
    };
    class FieldValues;

    Body read_body(syntax::Node root);
    void check_isolation();
    bool has_kind(syntax::Node map) const;

    /// `above`: the job before it in the list, or null.
    void read_job(syntax::Node node, Job& job, const Job* above = nullptr);
    bool classify_keys(syntax::Node node, JobKeys& keys);
    void report_missing_kind(const JobKeys& keys);
    void report_second_kind(const JobKeys& keys, syntax::Node key, syntax::Node value);
    bool is_named_jobs(syntax::Node map) const;
    bool is_like_job(syntax::Node node) const;
    const JobHead* shared_head(const JobHead& head);
    void read_modified_job(JobKeys& keys, Job& job);
    void read_modifiers(JobKeys& keys, Modifiers& modifiers);
    void read_kind(JobKeys& keys, Job& job);
    void read_kind_arguments(JobKeys& keys, Job& job);
    bool read_fields(std::span<const syntax::Node> values, const ArgumentSchema& schema, void* object,
                     Span where);
    void report_not_jobs(syntax::Node node, std::string_view what);
    void report_named_jobs(syntax::Node node, std::string_view what);
    void report_unknown(syntax::Node key, const ArgumentSchema& schema, bool in_job);
    const std::string& name_for_messages(const ArgumentSpec& field, const ArgumentSchema& schema);

    Script& script_;
    CompilationContext& compilation_;
    Diagnostics& diagnostics_;
    LexicalScope* scope_;
    std::vector<std::string> including_;  ///< the files being read, outermost first
    std::set<const JobId*> declared_ids_;
    bool optional_ = false;
    bool for_shell_ = false;
    bool declaring_ = false;
    WarningSet ignored_warnings_;
    const void* run_defaults_ = nullptr;
    bool reading_ready_ = false;
    std::string script_name_;
    const ResultType* result_type_ = nullptr;
    const KindSpec* kind_ = nullptr;  ///< whose arguments are being read
    bool result_read_ = false;        ///< something may read the result of the job being compiled
    std::uint64_t names_read_ = 0;
    std::map<std::pair<const ArgumentSpec*, std::string_view>, std::string> field_names_;
    // The last ones used: a script often has many jobs of one kind in a row.
    const ArgumentSpec* last_field_ = nullptr;
    std::string_view last_schema_;
    const std::string* last_field_name_ = nullptr;
    const JobHead* last_head_ = nullptr;
};

/// Compiles scripts while they are read. The jobs of a list are compiled one by one, so that its tree is
/// never in memory as a whole. Reports the same errors as compile().
class ScriptSink final : public syntax::DocumentSink {
public:
    ScriptSink(CompilationContext& compilation, Diagnostics& diagnostics)
        : compilation_(compilation), diagnostics_(diagnostics) {}

    void begin(const std::shared_ptr<const Source>& source) override;
    bool takes_items() const noexcept override { return true; }
    void item(syntax::Node item) override { compiler_->read_item(item); }
    void end(std::shared_ptr<const syntax::Document> document) override;

    std::vector<std::unique_ptr<Script>> scripts;
    /// Scripts that could not be read in full. The CompilationContext points into them.
    std::vector<std::unique_ptr<Script>> broken;

private:
    CompilationContext& compilation_;
    Diagnostics& diagnostics_;
    std::unique_ptr<Script> script_;
    std::optional<Compiler> compiler_;
};

}  // namespace arun::script
