#include "script/compiler.hpp"

#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "script/advice.hpp"
#include "script/key_synonyms.hpp"
#include "syntax/load.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

namespace arun::script {

namespace {

constexpr std::size_t max_include_depth = 64;
constexpr std::size_t max_includes = 10000;

/// The same for every path of a file.
std::string canonical(const std::string& path) {
    char buffer[PATH_MAX];
    return realpath(path.c_str(), buffer) != nullptr ? std::string(buffer) : path;
}

/// A path that is relative to the folder of `file`.
std::string resolve_path(const std::string& file, std::string_view path) {
    auto slash = file.rfind('/');
    if (path.starts_with('/') || slash == std::string::npos) return std::string(path);
    return file.substr(0, slash + 1) + std::string(path);
}

std::string type_of(syntax::Node node) {
    return std::string(type_name(node.type()));
}

/// The last of the jobs that has a kind, or null.
const Job* job_above(std::span<const Job> jobs) {
    // Bounded: with many jobs without a kind, the search would be quadratic.
    constexpr std::size_t max_steps = 20;
    for (std::size_t i = jobs.size(); i > 0 && jobs.size() - i < max_steps; --i)
        if (jobs[i - 1].kind() != nullptr) return &jobs[i - 1];
    return nullptr;
}

/// The warnings that `ignore_warnings` names; its reader reports what is wrong with it.
WarningSet warnings_in(syntax::Node names) {
    WarningSet set;
    const auto add = [&](syntax::Node node) {
        if (node.text() == "all") set.add_all();
        const auto found = std::ranges::find(warning_names, node.text());
        if (found != warning_names.end()) set.add(static_cast<Warning>(found - warning_names.begin()));
    };
    if (names.is(Type::list))
        names.for_each_item(add);
    else
        add(names);
    return set;
}

/// Whether the mapping under a kind's key has the kind's arguments. Otherwise it is the value of the
/// shorthand:
///
///     - do: {jobs: [{print: a}], timeout: 2s}    # arguments
///     - do: {print: a, timeout: 2s}              # a job
bool has_arguments(syntax::Node map, const ArgumentSchema& schema) {
    if (schema.bare) return false;
    const auto* shorthand = schema.find(schema.shorthand);
    if (shorthand == nullptr || !shorthand->takes_map) return true;
    bool found = false;
    map.for_each_entry(
        [&](syntax::Node key, syntax::Node) { found = found || schema.find(key.text()) != nullptr; });
    return found;
}

}  // namespace

/// The values that a mapping gives for the fields of a schema: a null Node for those that are absent.
class Compiler::FieldValues {
public:
    explicit FieldValues(const ArgumentSchema& schema) : schema_(schema) {
        std::uninitialized_value_construct_n(values_, schema.fields.size());
    }
    /// Precondition: `field` is one of the schema.
    syntax::Node& operator[](const ArgumentSpec& field) noexcept { return values_[schema_.index_of(field)]; }
    operator std::span<const syntax::Node>() const noexcept { return {values_, schema_.fields.size()}; }

private:
    const ArgumentSchema& schema_;
    union {
        syntax::Node values_[ArgumentSchema::max_fields];  // as many as there are fields are constructed
    };
};

Compiler::Compiler(Script& script, CompilationContext& compilation, Diagnostics& diagnostics)
    : script_(script),
      compilation_(compilation),
      diagnostics_(diagnostics),
      scope_(compilation.names.root()) {}

// --- Scripts ---

void Compiler::begin(const std::shared_ptr<const Source>& source) {
    script_.sources.push_back(source);
    script_name_ = source->name();
    including_.assign(1, source->name());
}

void Compiler::read_script(const std::shared_ptr<const syntax::Document>& document) {
    begin(document->shared_source());
    read_rest(document);
}

void Compiler::read_item(syntax::Node item) {
    auto& jobs = script_.jobs;
    constexpr std::size_t many = 1000;
    if (jobs.size() == jobs.capacity() && jobs.size() >= many) {
        // Doubling would touch twice the memory. Expects the rest of the text to be like the part already
        // read.
        const auto at = item.span();
        const auto expected = jobs.size() * at.source->text().size() / std::max(at.begin, 1U);
        jobs.reserve(std::clamp(expected + expected / 16, jobs.size() * 2, jobs.size() * 1000));
    }
    auto& job = jobs.emplace_back();
    read_job(item, job, job_above({jobs.data(), jobs.size() - 1}));
}

void Compiler::read_line_item(syntax::Node item) {
    declared_ids_.clear();
    read_item(item);
}

void Compiler::read_rest(const std::shared_ptr<const syntax::Document>& document) {
    script_.documents.push_back(document);
    if (script_.jobs.empty()) {
        script_.body = read_body(document->root());
    } else {
        script_.body.name = document->source().name();
        script_.body.jobs = {script_.jobs};
    }
    check_isolation();
}

void Compiler::read_line(const std::shared_ptr<const syntax::Document>& document) {
    begin(document->shared_source());
    script_.documents.push_back(document);
    script_.body.name = document->source().name();
    const auto root = document->root();
    if (root.find("jobs") && !has_kind(root)) {
        return error(root.span(), "a line of JSON Lines is one job, not a script with 'jobs'",
                     "--format json reads a script");
    }
    if (root.is(Type::list)) {
        return error(root.span(), "a line of JSON Lines is one job, not a list",
                     "write each job on its own line; --format json reads a list");
    }
    std::vector<Job> jobs(1);
    read_job(root, jobs.front());
    script_.body.jobs = {arena().copy(jobs)};
    check_isolation();
}

Body Compiler::read_body(syntax::Node root) {
    Body body;
    body.name = root.span().source->name();
    if (root.is(Type::list)) {
        auto outer_name = std::exchange(script_name_, std::string(body.name));
        const auto* outer_defaults = std::exchange(run_defaults_, nullptr);
        body.jobs = read_jobs(root, "a script");
        run_defaults_ = outer_defaults;
        script_name_ = std::move(outer_name);
        return body;
    }
    if (!root.is(Type::map)) {
        error(root.span(), "a script is a list of jobs, or a mapping with 'jobs', not " + type_of(root),
              "for example: [{print: hello}]");
        return body;
    }
    if (!root.find("jobs") && root.find("tests")) {
        error(root.find("tests").span(), "this is a file of tests, not a script", "'arun test' runs it");
        return body;
    }
    if (!root.find("jobs") && has_kind(root)) {
        error(root.span(), "a script is a list of jobs, or a mapping with 'jobs', not a job",
              "put '- ' before it in YAML, '[' and ']' around it in JSON");
        return body;
    }
    if (!root.find("jobs") && is_named_jobs(root)) {
        report_named_jobs(root, "a script");
        return body;
    }
    auto extension = [](syntax::Node key, syntax::Node) { return key.text().starts_with("x-"); };
    auto outer_name = std::exchange(script_name_, std::string(body.name));
    if (const auto name = root.find("name"); name && name.is(Type::string)) script_name_ = name.text();
    const auto* outer_defaults = std::exchange(run_defaults_, nullptr);
    const auto outer = ignored_warnings_;
    if (const auto names = root.find("ignore_warnings")) ignored_warnings_.add(warnings_in(names));
    read_arguments(root, script_schema, &body, extension);
    check_declaration_order(*this, body);
    for (const auto& input : body.inputs) {
        const auto variable = std::ranges::find(body.variables, input.symbol, &Variable::symbol);
        if (input.symbol != nullptr && variable != body.variables.end())
            error(variable->span,
                  quote_whole(input.symbol->name) + " is an input, and cannot be among 'vars' too",
                  "the value of an input that is not given is its 'default'");
    }
    ignored_warnings_ = outer;
    run_defaults_ = outer_defaults;
    script_name_ = std::move(outer_name);
    return body;
}

bool Compiler::read_run_defaults(syntax::Node node) {
    constexpr std::array<std::string_view, 4> names{"shell", "dir", "output", "env"};
    const auto* kind = compilation_.kinds.find("run");
    if (!node.is(Type::map)) {
        error(node.span(), "'run' of defaults: expected a mapping, not " + type_of(node));
        return false;
    }
    auto* object = arena().allocate(kind->size, kind->align);
    kind->construct(object);
    bool ok = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        if (std::ranges::find(names, key.text()) == names.end()) {
            ok = false;
            error(key.span(), "unknown argument " + quote_whole(key.text()) + " of defaults",
                  did_you_mean(key.text(), {names.begin(), names.end()}, "it takes " + join(names, ", "),
                               key_synonyms()));
        } else if (!value.is(Type::null)) {
            const auto& field = *kind->schema.find(key.text());
            ok = field.read(*this, value, quote_whole(key.text()) + " of defaults", object) && ok;
        }
    });
    if (ok) run_defaults_ = object;
    return ok;
}

const Ready* Compiler::read_ready(syntax::Node node) {
    auto* ready = arena().make<Ready>();
    ready->kind = compilation_.kinds.find("wait_for");
    auto* arguments = arena().allocate(ready->kind->size, ready->kind->align);
    ready->kind->construct(arguments);
    ready->arguments = arguments;
    bool ok = true;
    const auto read_timeout = [&](syntax::Node key, syntax::Node value) {
        if (key.text() != "timeout") return false;
        ok = value.is(Type::null) || read(*this, value, "'timeout' of ready", ready->timeout);
        return true;
    };
    auto schema = ready->kind->schema;
    schema.name = "ready";
    ok = read_arguments(node, schema, arguments, read_timeout) && ok;
    if (!ok) return nullptr;
    reading_ready_ = true;
    ready->kind->check(*this, arguments, node);
    reading_ready_ = false;
    return ready;
}

bool Compiler::has_kind(syntax::Node map) const {
    bool found = false;
    map.for_each_entry([&](syntax::Node key, syntax::Node) {
        found = found || compilation_.kinds.find(key.text()) != nullptr;
    });
    return found;
}

const Body* Compiler::include(syntax::Node path) {
    auto file = resolve_path(including_.back(), path.text());
    auto known = std::ranges::find(including_, canonical(file), canonical);
    if (known != including_.end()) {
        std::string cycle;
        for (auto i = known; i != including_.end(); ++i) cycle += *i + " includes ";
        error(path.span(), "the includes form a cycle: " + cycle + file);
        return nullptr;
    }
    if (including_.size() >= max_include_depth || script_.documents.size() >= max_includes) {
        error(path.span(), "too many includes");
        return nullptr;
    }
    Diagnostics load_errors;
    auto source =
        compilation_.load ? compilation_.load(file, load_errors) : syntax::load_file(file, load_errors);
    if (source == nullptr) {
        error(path.span(), load_errors.sorted().front().message);
        return nullptr;
    }
    const auto format = syntax::format_for(file, source->text());
    if (format == syntax::Format::json_lines) {
        error(path.span(), quote_whole(file) + " is JSON Lines, which cannot be included",
              "make it a list: '[' before the first line, ',' between the lines, ']' after the last");
        return nullptr;
    }
    script_.sources.push_back(source);
    auto documents = syntax::read(source, format, diagnostics_);
    if (documents.size() != 1) {
        if (!documents.empty())
            error(path.span(), quote_whole(file) + " contains several scripts; only one can be included");
        return nullptr;
    }
    script_.documents.push_back(documents.front());
    including_.push_back(file);
    auto* body = arena().make<Body>(read_body(documents.front()->root()));
    including_.pop_back();
    return body;
}

void Compiler::check_isolation() {
    if (!compilation_.isolated) return;
    for (auto& job : script_.body.jobs.jobs) {
        if (job.modifiers() != nullptr && job.modifiers()->background) {
            error(job.span(), "with --isolated a top-level job cannot be a background job",
                  "its Runner ends with it; put it into a 'do'");
        }
        if (job.kind() != nullptr && job.kind()->name() == "wait") {
            error(job.span(), "with --isolated there is nothing that a top-level job could wait for",
                  "put both jobs into a 'do'");
        }
    }
}

// --- Jobs ---

JobList Compiler::read_jobs(syntax::Node node, std::string_view what) {
    std::vector<Job> jobs;
    const auto result_read = result_read_;
    if (node.is(Type::list)) {
        jobs.resize(node.size());
        // The result of a list is that of the last job that ran: any after the last one that cannot be
        // skipped.
        std::size_t last_unconditional = 0;
        std::size_t i = 0;
        node.for_each_item([&](syntax::Node item) {
            if (!(item.is(Type::map) && item.find("if"))) last_unconditional = i;
            ++i;
        });
        i = 0;
        node.for_each_item([&](syntax::Node item) {
            result_read_ = result_read && i >= last_unconditional;
            read_job(item, jobs[i], job_above({jobs.data(), i}));
            ++i;
        });
    } else if (is_named_jobs(node)) {
        report_named_jobs(node, what);
    } else if (node.is(Type::map) || node.is(Type::string)) {
        read_job(node, jobs.emplace_back());
    } else {
        report_not_jobs(node, what);
    }
    result_read_ = result_read;
    return {arena().copy(jobs)};
}

ChildList Compiler::read_children(syntax::Node node, std::string_view what) {
    std::vector<Job> jobs;
    const auto result_read = result_read_;
    const auto add = [&](syntax::Node item) {
        const auto group = std::string(kind_->name());
        with_scope("a job of " + group, [&](LexicalScope& scope) {
            scope.isolates = true;
            auto& job = jobs.emplace_back();
            read_job(item, job, job_above({jobs.data(), jobs.size() - 1}));
            if (job.modifiers() != nullptr && job.modifiers()->background) {
                error(job.span(), "a job directly in " + group + " cannot be a background job",
                      "put it into a 'do'");
            }
        });
        result_read_ = result_read;
    };
    if (node.is(Type::list)) {
        node.for_each_item(add);
    } else if (is_named_jobs(node)) {
        report_named_jobs(node, what);
    } else if (node.is(Type::map) || node.is(Type::string)) {
        add(node);
    } else {
        report_not_jobs(node, what);
    }
    return {arena().copy(jobs)};
}

/// Finds the kind of the job and sorts its entries. Returns false after an error.
bool Compiler::classify_keys(syntax::Node node, JobKeys& keys) {
    keys.job = node;
    if (node.is(Type::string)) {
        keys.kind = compilation_.kinds.find(node.text());
        keys.kind_key = node;
        if (keys.kind == nullptr) {
            error(node.span(), "expected a job, not the text " + quote_whole(node.text().substr(0, 40)),
                  did_you_mean(node.text(), compilation_.kinds.names(),
                               "a job is a mapping such as {print: hello}", key_synonyms()));
        }
        return keys.kind != nullptr;
    }
    if (!node.is(Type::map)) {
        error(node.span(), "expected a job, not " + type_of(node),
              "a job is a mapping such as {print: hello}");
        return false;
    }
    // `do` is a kind, and the body of others.
    syntax::Node do_key;
    syntax::Node do_value;
    syntax::Node second_kind;
    syntax::Node second_value;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        const auto* kind = compilation_.kinds.find(key.text());
        if (kind != nullptr && kind->name() == "do") {
            do_key = key;
            do_value = value;
        } else if (kind != nullptr && keys.kind == nullptr) {
            keys.kind = kind;
            keys.kind_key = key;
            keys.kind_value = value;
        } else if (kind != nullptr) {
            if (!second_kind) {
                second_kind = key;
                second_value = value;
            }
        } else if (modifier_schema.find(key.text()) != nullptr) {
            keys.modifiers.emplace_back(key, value);
        } else {
            keys.others.emplace_back(key, value);
        }
    });
    if (do_key && keys.kind == nullptr) {
        keys.kind = compilation_.kinds.find("do");
        keys.kind_key = do_key;
        keys.kind_value = do_value;
    } else if (do_key && keys.kind->schema.find("do") != nullptr) {
        keys.others.emplace_back(do_key, do_value);
    } else if (do_key && !second_kind) {
        second_kind = do_key;
    }
    if (second_kind) {
        report_second_kind(keys, second_kind, second_value);
        return false;
    }
    if (keys.kind == nullptr) report_missing_kind(keys);
    return keys.kind != nullptr;
}

const JobHead* Compiler::shared_head(const JobHead& head) {
    if (last_head_ == nullptr || last_head_->kind != head.kind || last_head_->source != head.source)
        last_head_ = arena().make<JobHead>(head);
    return last_head_;
}

void Compiler::read_job(syntax::Node node, Job& job, const Job* above) {
    JobKeys keys;
    keys.above = above;
    if (!classify_keys(node, keys)) return;
    const auto key = keys.kind_key.span();
    job.key_begin = key.begin;
    job.key_end = key.end;
    const auto names_read = names_read_;
    const auto value = keys.kind_value;
    if (value && !value.is(Type::null)) {
        job.text_begin = value.span().begin;
        job.text_end = value.span().end;
    }
    // `timeout` may also be among the arguments of any kind.
    if (value && value.is(Type::map) && keys.kind->schema.find("timeout") == nullptr &&
        has_arguments(value, keys.kind->schema)) {
        value.for_each_entry([&](syntax::Node k, syntax::Node v) {
            if (k.text() == "timeout") keys.modifiers.emplace_back(k, v);
        });
    }
    if (keys.modifiers.empty()) {
        job.head = shared_head({keys.kind, nullptr, key.source});
        job.result_read = result_read_;
        read_kind(keys, job);
    } else {
        read_modified_job(keys, job);
    }
    job.reads_names = names_read_ != names_read;
}

void Compiler::read_modified_job(JobKeys& keys, Job& job) {
    auto* modifiers = arena().make<Modifiers>();
    job.head = arena().make<JobHead>(JobHead{keys.kind, modifiers, keys.kind_key.span().source});
    bool result_read = result_read_;
    bool background = false;
    const auto ignored = ignored_warnings_;
    for (const auto& [key, value] : keys.modifiers) {
        const auto name = key.text();
        if (value.is(Type::null)) continue;
        result_read = result_read || name == "capture" || name == "id" || name == "retry";
        if (name == "background") background = value.is(Type::boolean) && value.boolean();
        if (name == "ignore_warnings") ignored_warnings_.add(warnings_in(value));
    }
    result_read = result_read || background;  // by `wait: all`
    job.result_read = result_read;
    const auto read = [&] {
        result_read_ = false;
        read_modifiers(keys, *modifiers);
        if (background && modifiers->id != nullptr)
            compilation_.symbols.id(modifiers->id->name).background = true;
        result_read_ = result_read;
        read_kind(keys, job);
    };
    if (background) {
        with_scope("a background job", [&](LexicalScope& scope) {
            scope.isolates = true;
            read();
        });
    } else {
        read();
    }
    ignored_warnings_ = ignored;
}

void Compiler::read_modifiers(JobKeys& keys, Modifiers& modifiers) {
    const auto* outer = std::exchange(result_type_, keys.kind->result_type);
    FieldValues values(modifier_schema);
    for (const auto& [key, value] : keys.modifiers) {
        auto& slot = values[*modifier_schema.find(key.text())];
        if (slot) error(key.span(), quote_whole(key.text()) + " is given twice");
        if (!value.is(Type::null)) slot = value;
    }
    read_fields(values, modifier_schema, &modifiers, keys.kind_key.span());
    modifiers.condition_asks_status = modifiers.condition != nullptr && asks_status(*modifiers.condition);
    result_type_ = outer;
    if (modifiers.background) return;
    for (const auto& [key, value] : keys.modifiers)
        if ((key.text() == "ready" || key.text() == "on_exit") && !value.is(Type::null))
            error(key.span(), quote_whole(key.text()) + " is for background jobs", "add 'background: true'");
}

void Compiler::read_kind(JobKeys& keys, Job& job) {
    const auto* context = job.modifiers() != nullptr ? job.modifiers()->context : nullptr;
    if (context == nullptr && !keys.kind->has_locals) return read_kind_arguments(keys, job);
    const auto read = [&] {
        if (!keys.kind->has_locals) return read_kind_arguments(keys, job);
        with_scope("an " + std::string(keys.kind->name()),
                   [&](LexicalScope&) { read_kind_arguments(keys, job); });
    };
    if (context == nullptr) return read();
    with_scope("a job with its own context", [&](LexicalScope& scope) {
        scope.isolates = true;
        if (context->name) {
            scope.shared_name_is_computed = context->name->computed() != nullptr;
            scope.shared_name = context->name->literal();
        }
        for (const auto& variable : context->variables) {
            if (variable.symbol == nullptr) continue;
            compilation_.names.define(*variable.symbol, &scope, variable.span);
            scope.context_variables.push_back(variable.symbol);
        }
        read();
    });
}

void Compiler::read_kind_arguments(JobKeys& keys, Job& job) {
    const auto& kind = *keys.kind;
    const auto& schema = kind.schema;
    const auto* outer = std::exchange(kind_, &kind);
    auto* object = arena().allocate(kind.size, kind.align);
    kind.construct(object);
    job.arguments = object;

    FieldValues values(schema);
    const auto value = keys.kind_value;
    bool ok = true;
    if (value && value.is(Type::map) && has_arguments(value, schema)) {
        value.for_each_entry([&](syntax::Node key, syntax::Node item) {
            if (const auto* field = schema.find(key.text())) {
                if (!item.is(Type::null)) values[*field] = item;
            } else if (key.text() != "timeout") {
                ok = false;
                report_unknown(key, schema, false);
            }
        });
    } else if (value && !value.is(Type::null)) {
        if (const auto* shorthand = schema.find(schema.shorthand)) {
            values[*shorthand] = value;
        } else {
            ok = false;
            std::string hint;
            if (schema.name == "wait_for" && value.is(Type::string))
                hint = advice_for_readiness(value.text());
            if (hint.empty()) hint = "'arun help " + std::string(schema.name) + "' shows them";
            error(value.span(),
                  quote_whole(schema.name) + " takes a mapping of arguments, not " + type_of(value),
                  std::move(hint));
        }
    }
    for (const auto& [key, item] : keys.others) {
        const auto* field = schema.find(key.text());
        if (field == nullptr) {
            ok = false;
            report_unknown(key, schema, true);
        } else if (values[*field]) {
            error(key.span(),
                  quote_whole(key.text()) + " of " + quote_whole(schema.name) + " is given twice");
        } else if (!item.is(Type::null)) {
            values[*field] = item;
        }
    }
    ok = read_fields(values, schema, object, keys.kind_key.span()) && ok;
    // If a for_each has no body.
    loop_variable = nullptr;
    item_type = nullptr;
    kind_ = outer;
    if (ok && kind.check != nullptr) kind.check(*this, object, keys.kind_key);
}

// --- Arguments ---

/// What messages call the field: "'every' of tick". Made once per field, since a script may have a million of
/// them.
const std::string& Compiler::name_for_messages(const ArgumentSpec& field, const ArgumentSchema& schema) {
    if (last_field_ == &field && last_schema_.data() == schema.name.data()) return *last_field_name_;
    auto& name = field_names_[{&field, schema.name}];
    if (name.empty()) {
        name = field.name == schema.shorthand && schema.fields.size() == 1
                   ? quote_whole(schema.name)
                   : quote_whole(field.name) + " of " + std::string(schema.name);
    }
    last_field_ = &field;
    last_schema_ = schema.name;
    last_field_name_ = &name;
    return name;
}

bool Compiler::read_fields(std::span<const syntax::Node> values, const ArgumentSchema& schema, void* object,
                           Span where) {
    bool ok = true;
    for (std::size_t i = 0; i < schema.fields.size(); ++i) {
        const auto& field = schema.fields[i];
        if (values[i]) {
            ok = field.read(*this, values[i], name_for_messages(field, schema), object) && ok;
        } else if (field.required) {
            ok = false;
            error(where, quote_whole(schema.name) + " needs " + quote_whole(field.name) + ": " +
                             std::string(field.help));
        }
    }
    return ok;
}

bool Compiler::read_arguments(syntax::Node node, const ArgumentSchema& schema, void* object,
                              const OtherKey& other) {
    FieldValues values(schema);
    bool ok = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        if (const auto* field = schema.find(key.text())) {
            if (!value.is(Type::null)) values[*field] = value;
        } else if (!other || !other(key, value)) {
            ok = false;
            report_unknown(key, schema, false);
        }
    });
    return read_fields(values, schema, object, node.span()) && ok;
}

bool Compiler::read_arguments_or_shorthand(syntax::Node node, const ArgumentSchema& schema, void* object) {
    if (node.is(Type::map)) return read_arguments(node, schema, object);
    return schema.find(schema.shorthand)->read(*this, node, quote_whole(schema.name), object);
}

void Compiler::error(Span where, std::string message, std::string hint) {
    diagnostics_.error(where, std::move(message), std::move(hint));
}

// --- Drivers ---

std::unique_ptr<Script> compile(const std::shared_ptr<const syntax::Document>& document,
                                CompilationContext& compilation, Diagnostics& diagnostics) {
    auto script = std::make_unique<Script>();
    Compiler(*script, compilation, diagnostics).read_script(document);
    return script;
}

std::unique_ptr<Script> compile_line(const std::shared_ptr<const syntax::Document>& document,
                                     CompilationContext& compilation, Diagnostics& diagnostics) {
    auto script = std::make_unique<Script>();
    Compiler(*script, compilation, diagnostics).read_line(document);
    return script;
}

void ScriptSink::begin(const std::shared_ptr<const Source>& source) {
    script_ = std::make_unique<Script>();
    compiler_.emplace(*script_, compilation_, diagnostics_);
    compiler_->begin(source);
}

void ScriptSink::end(std::shared_ptr<const syntax::Document> document) {
    if (document) {
        compiler_->read_rest(document);
        scripts.push_back(std::move(script_));
    } else {
        discard_uses(compilation_, *script_);
        broken.push_back(std::move(script_));
    }
    compiler_.reset();
    script_.reset();
}

}  // namespace arun::script
