#include "script/compiler.hpp"

#include "base/quote.hpp"
#include "syntax/load.hpp"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <utility>

namespace arun::script {

namespace {

constexpr std::size_t max_include_depth = 64;
constexpr std::size_t max_includes = 10000;

/// One name for a file, however it was reached.
std::string canonical(const std::string& path) {
    char buffer[PATH_MAX];
    return realpath(path.c_str(), buffer) != nullptr ? std::string(buffer) : path;
}

std::string beside(const std::string& file, std::string_view path) {
    auto slash = file.rfind('/');
    if (path.starts_with('/') || slash == std::string::npos) return std::string(path);
    return file.substr(0, slash + 1) + std::string(path);
}

}  // namespace

const KindSpec* KindTable::find(std::string_view name) const {
    if (last_ != nullptr && last_->name() == name) return last_;
    // Of so few, none is found faster than by looking at each.
    const auto found = std::ranges::find(kinds_, name, &KindSpec::name);
    return found == kinds_.end() ? nullptr : last_ = *found;
}

Compiler::Compiler(Script& script, CompilationContext& compilation, Diagnostics& diagnostics)
    : script_(script),
      compilation_(compilation),
      diagnostics_(diagnostics),
      here_(compilation.names.root()) {}

const Symbol& Compiler::variable(std::string_view name, Span where) {
    ++names_read_;
    auto& symbol = compilation_.symbols.symbol(name);
    compilation_.names.refer(symbol, here_, where);
    return symbol;
}

const JobId& Compiler::job(std::string_view id, Span where) {
    auto& job = compilation_.symbols.id(id);
    compilation_.id_uses.push_back({&job, where, false});
    return job;
}

const JobId& Compiler::joined(std::string_view name, Span where) {
    auto& job = compilation_.symbols.id(name);
    compilation_.id_uses.push_back({&job, where, true});
    return job;
}

const Value* Compiler::keep(Value value) {
    return &script_.literals.emplace_front(std::move(value));
}

const Regex* Compiler::keep(std::shared_ptr<const Regex> pattern) {
    return script_.patterns.emplace_back(std::move(pattern)).get();
}

void Compiler::error(Span where, std::string message, std::string hint) {
    diagnostics_.error(where, std::move(message), std::move(hint));
}

void Compiler::loop(Span where) {
    ++names_read_;
    if (!here_->loop)
        error(where, "loop.index is known only inside a loop", "the loops are tick, repeat and for_each");
}

const Symbol* Compiler::define(syntax::Node name) {
    if (!is_name(name.text())) {
        error(name.span(), quote_whole(name.text()) + " is not the name of a variable",
              "a name has letters, digits, '_' and '-', and does not begin with a digit or '-'");
        return nullptr;
    }
    if (is_reserved(name.text())) {
        error(name.span(), quote_whole(name.text()) + " cannot be the name of a variable",
              "it is a word of the expression language");
        return nullptr;
    }
    auto& symbol = compilation_.symbols.symbol(name.text());
    compilation_.names.define(symbol, here_, name.span());
    return &symbol;
}

const JobId* Compiler::declare_id(syntax::Node name) {
    if (!is_name(name.text()) || is_reserved(name.text())) {
        error(name.span(), quote_whole(name.text()) + " cannot be the id of a job",
              is_name(name.text())
                  ? "it is a word of the expression language"
                  : "an id has letters, digits, '_' and '-', and does not begin with a digit or '-'");
        return nullptr;
    }
    auto& id = compilation_.symbols.id(name.text());
    // An id is global to the Runner, so another script may use it as well; twice in one is a slip. (What an
    // alias repeats is read more than once.)
    const bool known = !declared_ids_.insert(&id).second;
    if (known && id.declared.source == name.span().source && id.declared.begin != name.span().begin) {
        error(name.span(),
              "the id " + quote_whole(name.text()) + " is taken by the job in line " +
                  std::to_string(id.declared.source->position(id.declared.begin).line),
              "every id of a script is used once");
        return nullptr;
    }
    id.declared = name.span();
    id.exists = true;
    return &id;
}

bool Compiler::names_kind(syntax::Node map) const {
    bool found = false;
    map.for_each_entry([&](syntax::Node key, syntax::Node) {
        found = found || compilation_.kinds.find(key.text()) != nullptr;
    });
    return found;
}

Body Compiler::read_body(syntax::Node root) {
    Body body;
    body.name = root.span().source->name();
    if (root.is(Type::list)) {
        body.jobs = read_jobs(root, "a script");
        return body;
    }
    if (!root.is(Type::map)) {
        error(root.span(),
              "a script is a list of jobs, or a mapping with 'jobs', not " +
                  std::string(type_name(literal_value(root).type())),
              "for example: [{print: hello}]");
        return body;
    }
    // A script that is a single job: its author forgot the list.
    if (!root.find("jobs")) {
        if (names_kind(root)) {
            error(root.span(), "a script is a list of jobs, or a mapping with 'jobs', not a job",
                  "put '- ' before it in YAML, '[' and ']' around it in JSON");
            return body;
        }
    }
    auto extension = [](syntax::Node key, syntax::Node) { return key.text().starts_with("x-"); };
    read_shape(root, script_shape, &body, extension);
    return body;
}

const Body* Compiler::include(syntax::Node path) {
    auto file = beside(including_.back(), path.text());
    auto name = canonical(file);
    auto known = std::ranges::find(including_, name, canonical);
    if (known != including_.end()) {
        std::string way;
        for (auto i = known; i != including_.end(); ++i) way += *i + " includes ";
        error(path.span(), "this include never ends: " + way + file);
        return nullptr;
    }
    if (including_.size() >= max_include_depth || script_.documents.size() >= max_includes) {
        error(path.span(), "too many includes");
        return nullptr;
    }
    Diagnostics trouble;
    auto source = syntax::load_file(file, trouble);
    if (source == nullptr) {
        error(path.span(), trouble.sorted().front().message);
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
            error(path.span(), quote_whole(file) + " holds several scripts; only one can be included");
        return nullptr;
    }
    script_.documents.push_back(documents.front());
    including_.push_back(file);
    auto* body = arena().make<Body>(read_body(documents.front()->root()));
    including_.pop_back();
    return body;
}

void Compiler::begin(const std::shared_ptr<const Source>& source) {
    script_.sources.push_back(source);
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
        // Growing by doubling would touch twice the memory: room for as many as there are if the rest of the
        // text is as what came before.
        const auto at = item.span();
        const auto expected = jobs.size() * at.source->text().size() / std::max(at.begin, 1U);
        jobs.reserve(std::clamp(expected + expected / 16, jobs.size() * 2, jobs.size() * 1000));
    }
    read_job(item, jobs.emplace_back());
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
    if (root.find("jobs") && !names_kind(root)) {
        return error(root.span(), "a line of JSON Lines is one job, not a script with 'jobs'",
                     "--format json reads a script");
    }
    if (root.is(Type::list)) {
        return error(root.span(), "a line of JSON Lines is one job, not a list",
                     "write each job on a line of its own; --format json reads a list");
    }
    std::vector<Job> jobs(1);
    read_job(root, jobs.front());
    script_.body.jobs = {arena().copy(jobs)};
    check_isolation();
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

std::unique_ptr<Script> compile(std::shared_ptr<const syntax::Document> document,
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

void forget_uses(CompilationContext& compilation, const Source& source) {
    compilation.names.forget_references(source);
    std::erase_if(compilation.id_uses,
                  [&](const CompilationContext::IdUse& use) { return use.span.source == &source; });
}

void forget_places(CompilationContext& compilation) {
    compilation.names.settle();
    compilation.assigned.clear();
    compilation.environments.clear();
}

namespace {

void hide_literals(CompilationContext& compilation) {
    const auto variables = std::exchange(compilation.assigned, {});
    const auto environments = std::exchange(compilation.environments, {});
    if (compilation.symbols.secrets().empty() || !compilation.hide) return;
    for (const auto& list : variables) {
        for (const auto& variable : list) {
            if (variable.symbol == nullptr || !variable.symbol->secret || variable.value->literal == nullptr)
                continue;
            for_each_secret(*variable.value->literal, compilation.hide);
        }
    }
    for (const auto& list : environments) {
        for (const auto& entry : list) {
            if (compilation.symbols.is_secret(entry.key) && entry.value.computed() == nullptr)
                compilation.hide(entry.value.literal());
        }
    }
}

}  // namespace

void check_names(CompilationContext& compilation, Diagnostics& diagnostics) {
    hide_literals(compilation);
    for (auto& problem : compilation.names.judge())
        diagnostics.error(problem.span, problem.message, problem.hint);
    if (compilation.id_uses.empty()) return;
    std::vector<std::string_view> names;
    for (auto& id : compilation.symbols.ids()) {
        if (id.exists) names.push_back(id.name);
    }
    for (auto& use : compilation.id_uses) {
        if (!use.id->exists) {
            auto guess = closest(use.id->name, names);
            diagnostics.error(use.span, "no job has the id " + quote_whole(use.id->name),
                              guess.empty() ? std::string() : "did you mean " + quote_whole(guess) + "?");
        } else if (use.joins && !use.id->background) {
            diagnostics.error(use.span, quote_whole(use.id->name) + " is not a background job",
                              "add 'background: true' to it, or read jobs." + use.id->name + ".result");
        }
    }
    compilation.id_uses.clear();
}

std::string default_label(const Job& job) {
    std::string label(job.kind()->name());
    if (job.span().source == nullptr || job.text_end <= job.text_begin) return label;
    auto text = job.span().source->text().substr(job.text_begin, job.text_end - job.text_begin);
    auto line = text.substr(0, text.find_first_of("\r\n"));
    constexpr std::size_t most = 40;
    bool cut = line.size() < text.size();
    if (line.size() > most) {
        auto size = most;
        while (size > 0 && (static_cast<unsigned char>(line[size]) & 0xC0U) == 0x80) --size;
        line = line.substr(0, size);
        cut = true;
    }
    if (line.starts_with('"') || line.starts_with('\'')) {
        line.remove_prefix(1);
        if (!cut && !line.empty()) line.remove_suffix(1);
    }
    label += ' ';
    label += line;
    if (cut) label += "...";
    return label;
}

}  // namespace arun::script
