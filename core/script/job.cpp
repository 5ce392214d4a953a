#include "script/job.hpp"

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "script/advice.hpp"
#include "script/compiler.hpp"

#include <algorithm>
#include <array>

namespace arun::script {

namespace {

constexpr std::size_t max_label = 40;

std::string_view indentation_of(std::string_view line) {
    return line.substr(0, std::min(line.find_first_not_of(' '), line.size()));
}

/// The items of a YAML list with one of them on each line, as "[a, b]". Empty if one is no text or number.
std::string flow_list(std::string_view block) {
    std::string out;
    for (auto line : split(block, "\n")) {
        line = trim(line);
        if (line.empty()) continue;
        if (!line.starts_with("- ")) return {};
        line = trim(line.substr(2));
        if (line.empty() || line.ends_with(':') || line.find(": ") != line.npos) return {};
        if (out.size() > max_label) break;
        out += (out.empty() ? "[" : ", ") + std::string(line);
    }
    return out.empty() ? out : out + ']';
}

/// The value of the key in a YAML mapping with one key on each line, which may go on in further lines.
/// `column`: where the keys begin. Empty if there is none.
std::string_view block_value(std::string_view map, std::string_view key, std::size_t column) {
    bool first = true;
    for (std::size_t at = 0; at < map.size();) {
        const auto end = std::min(map.find('\n', at), map.size());
        auto line = map.substr(at, end - at);
        const bool is_key = first || indentation_of(line).size() == column;
        line.remove_prefix(first ? 0 : std::min(column, line.size()));
        first = false;
        if (is_key && line.starts_with(key) && line.substr(key.size()).starts_with(':')) {
            const auto value = trim(line.substr(key.size() + 1));
            if (!value.empty() && value[0] != '|' && value[0] != '>') return value;
            // The lines below it, up to the next key. A list may begin in the same column.
            auto stop = std::min(end + 1, map.size());
            while (stop < map.size()) {
                const auto next = map.substr(stop, map.find('\n', stop) - stop);
                const auto depth = indentation_of(next).size();
                if (depth < column || (depth == column && !next.substr(depth).starts_with("- "))) break;
                stop = std::min(stop + next.size() + 1, map.size());
            }
            return map.substr(std::min(end + 1, map.size()), stop - std::min(end + 1, map.size()));
        }
        at = end + 1;
    }
    return {};
}

/// The part of a kind's value that says most: of arguments in lines of their own, the one that the shorthand
/// has.
std::string telling_text(const ArgumentSchema& schema, std::string_view source, std::size_t begin,
                         std::size_t end) {
    // The text of a group may be that of a million jobs.
    constexpr std::size_t max_size = 1000;
    auto text = source.substr(begin, std::min(end - begin, max_size));
    const auto colon = text.find(':');
    if (colon != text.npos && schema.find(text.substr(0, colon)) != nullptr && !schema.shorthand.empty()) {
        const auto line_begin = source.substr(0, begin).rfind('\n') + 1;
        const auto value = block_value(text, schema.shorthand, begin - line_begin);
        if (!value.empty()) text = value;
    }
    // script: |
    if ((text.starts_with('|') || text.starts_with('>')) && text.find('\n') != text.npos)
        text.remove_prefix(text.find('\n') + 1);
    auto list = trim(text).starts_with("- ") ? flow_list(text) : std::string();
    return list.empty() ? std::string(trim(text)) : list;
}

/// The value of the key that names the kind, as written.
std::string_view source_text(const Job& job) {
    if (job.span().source == nullptr || job.text_end <= job.text_begin) return {};
    return job.span().source->text().substr(job.text_begin, job.text_end - job.text_begin);
}

/// The first line of `text`, or as much of it as a label has room for. Sets `is_cut` if there is more.
std::string_view start_of_text(std::string_view text, bool& is_cut) {
    constexpr std::size_t max_size = max_label;
    // The text of a group may be that of a million jobs.
    auto line = text.substr(0, max_size + 1);
    line = line.substr(0, line.find_first_of("\r\n"));
    is_cut = line.size() < text.size();
    if (line.size() > max_size) {
        auto size = max_size;
        while (size > 0 && is_utf8_tail(line[size])) --size;
        line = line.substr(0, size);
        is_cut = true;
    }
    return line;
}

/// What `context` gives, except random numbers.
class WithoutRandomNumbers final : public EvalContext {
public:
    explicit WithoutRandomNumbers(const EvalContext& context) noexcept : context_(context) {}
    const Value* variable(const Symbol& symbol) const override { return context_.variable(symbol); }
    Value environment(std::string_view name) const override { return context_.environment(name); }
    Value environment() const override { return context_.environment(); }
    Value job(const JobId& id, JobProperty property) const override { return context_.job(id, property); }
    Value loop_index() const override { return context_.loop_index(); }
    bool status(Status which) const override { return context_.status(which); }
    Duration now() const override { return context_.now(); }
    Value run_property(std::string_view name) const override { return context_.run_property(name); }
    std::chrono::system_clock::time_point wall_time() const override { return context_.wall_time(); }
    std::optional<double> random() const override { return std::nullopt; }

private:
    const EvalContext& context_;
};

}  // namespace

std::string default_label(const Job& job) {
    std::string label(job.kind()->name());
    const auto source = source_text(job);
    if (source.empty()) return label;
    const auto text =
        telling_text(job.kind()->schema, job.span().source->text(), job.text_begin, job.text_end);
    bool is_cut = false;
    auto line = start_of_text(text, is_cut);
    if (line.starts_with('"') || line.starts_with('\'')) {
        line.remove_prefix(1);
        if (!is_cut && !line.empty()) line.remove_suffix(1);
    }
    label += ' ';
    label += line;
    if (is_cut) label += "...";
    return label;
}

std::string computed_label(const Job& job, const EvalContext& context) {
    const auto& schema = job.kind()->schema;
    const auto* field = schema.find(schema.shorthand);
    if (field == nullptr || field->append_value == nullptr) return default_label(job);
    const auto source = source_text(job);
    // A block scalar begins with its indicator, as in "run: |".
    const bool is_block = source.starts_with('|') || source.starts_with('>');
    if (!is_block && !has_expression(source)) return default_label(job);
    std::string text;
    try {
        if (!field->append_value(job.arguments, WithoutRandomNumbers(context), text))
            return default_label(job);
    } catch (const std::exception&) {
        return default_label(job);
    }
    bool is_cut = false;
    std::string label(job.kind()->name());
    label.append(" ").append(start_of_text(text, is_cut));
    if (is_cut) label += "...";
    return label;
}

std::string context_name_error(std::string_view name) {
    if (!is_name(name))
        return quote(name) +
               " is not the name of a context: a name consists of letters, digits, '_' and '-', and "
               "does not start with a digit or '-'";
    if (is_reserved(name))
        return quote(name) + " cannot be the name of a context, the expression language reserves it";
    return {};
}

// The argument types of modifiers and of the keys of a script.

template <>
struct TypeOf<const JobId*> : PlainType {
    static constexpr TypeInfo info{"name", R"({"$ref":"#/$defs/name"})"};
};
template <>
struct TypeOf<const Symbol*> : TypeOf<const JobId*> {};
template <>
struct TypeOf<const Expression*> : TypeOf<Condition> {};
template <>
struct TypeOf<const ContextSpec*> : PlainType {
    static constexpr TypeInfo info{
        "mapping or name",
        R"({"anyOf":[{"type":"object","propertyNames":{"$ref":"#/$defs/name"},"additionalProperties":{"description":"a variable"}},{"type":"string"}]})"};
};
template <>
struct TypeOf<const Retry*> : PlainType {
    static constexpr TypeInfo info{"count or mapping", R"({"$ref":"#/$defs/retry"})"};
};
template <>
struct TypeOf<Defaults> : PlainType {
    static constexpr TypeInfo info{"mapping", R"({"$ref":"#/$defs/defaults"})"};
};
template <>
struct TypeOf<const Ready*> : PlainType {
    static constexpr TypeInfo info{"mapping, as of wait_for", R"({"$ref":"#/$defs/ready"})"};
};
template <>
struct TypeOf<SecretNames> : PlainType {
    static constexpr TypeInfo info{
        "list of names",
        R"({"anyOf":[{"type":"string","minLength":1},{"type":"array","items":{"type":"string","minLength":1}}]})"};
};

// Not in an unnamed namespace: field<>() finds these by argument-dependent lookup.

static bool read(Compiler& compiler, syntax::Node node, std::string_view what, const Expression*& out) {
    Condition condition;
    if (!script::read(compiler, node, what, condition)) return false;
    out = condition.expression;
    return true;
}

static bool read(Compiler& compiler, syntax::Node node, std::string_view what, const Symbol*& out) {
    if (node.is(Type::map)) {
        // capture: {token: json.token}
        std::string wanted = "a: \"${{ r.json.a }}\"";
        node.for_each_entry([&](syntax::Node key, syntax::Node value) {
            if (is_name(key.text()) && is_name(value.text().substr(0, value.text().find_first_of(".["))))
                wanted = std::string(key.text()) + ": \"${{ r." + std::string(value.text()) + " }}\"";
        });
        compiler.error(node.span(), std::string(what) + ": expected the name of a variable, not a mapping",
                       "write 'capture: r', and after the job '- set: {" + wanted + "}'");
        return false;
    }
    std::string_view name;
    if (!script::read(compiler, node, what, name)) return false;
    const auto* symbol = compiler.define(node, compiler.result_type(), true);
    out = symbol;
    if (symbol != nullptr) compiler.assignment(*symbol, node.span());
    return symbol != nullptr;
}

static bool read(Compiler& compiler, syntax::Node node, std::string_view what, const JobId*& out) {
    std::string_view name;
    if (!script::read(compiler, node, what, name)) return false;
    out = compiler.declare_id(node);
    return out != nullptr;
}

static bool read(Compiler& compiler, syntax::Node node, std::string_view what, Defaults&) {
    if (!node.is(Type::map)) {
        report_mismatch(compiler, node, what, "expected a mapping such as {run: {dir: src}}");
        return false;
    }
    bool ok = true;
    node.for_each_entry([&](syntax::Node key, syntax::Node value) {
        if (key.text() == "run") {
            ok = (value.is(Type::null) || compiler.read_run_defaults(value)) && ok;
        } else {
            compiler.error(key.span(), "unknown key " + quote_whole(key.text()) + " of defaults",
                           "there is only 'run', for every exec and run");
            ok = false;
        }
    });
    return ok;
}

static bool read(Compiler& compiler, syntax::Node node, std::string_view what, const Ready*& out) {
    if (!node.is(Type::map)) {
        compiler.error(node.span(),
                       std::string(what) + ": expected a mapping such as {tcp: \"127.0.0.1:80\"}",
                       node.is(Type::string) ? advice_for_readiness(node.text()) : "");
        return false;
    }
    out = compiler.read_ready(node);
    return out != nullptr;
}

static bool read(Compiler& compiler, syntax::Node node, std::string_view what, SecretNames& out) {
    std::vector<std::string_view> names;
    const auto add = [&](syntax::Node item) {
        std::string_view name;
        if (!script::read(compiler, item, what, name)) return false;
        if (name.empty()) {
            compiler.error(item.span(), "a secret needs a name",
                           "that of a variable or an environment variable");
            return false;
        }
        compiler.compilation().symbols.add_secret(name);
        if (const auto* symbol = compiler.compilation().symbols.find(name))
            compiler.compilation().names.want(*symbol);
        names.push_back(name);
        return true;
    };
    bool ok = true;
    if (node.is(Type::map)) {
        std::string first;
        node.for_each_entry([&](syntax::Node key, syntax::Node) {
            if (first.empty()) first = key.text();
        });
        compiler.error(
            node.span(), std::string(what) + ": expected a list of names, not a mapping",
            "write the names alone: [" + first + "]; the values are in the environment or in variables");
        return false;
    }
    if (node.is(Type::list)) {
        node.for_each_item([&](syntax::Node item) { ok = add(item) && ok; });
    } else {
        ok = add(node);
    }
    out.names = compiler.arena().copy(names);
    return ok;
}

static bool read(Compiler& compiler, syntax::Node node, std::string_view what, const ContextSpec*& out) {
    auto* spec = compiler.arena().make<ContextSpec>();
    out = spec;
    if (!node.is(Type::map)) {
        if (!script::read(compiler, node, what, spec->name)) return false;
        if (spec->name->computed() != nullptr) return true;
        const auto error = context_name_error(spec->name->literal());
        if (!error.empty())
            compiler.error(node.span(), error, "a mapping of variables gives the job a context of its own");
        return error.empty();
    }
    bool ok = false;
    // An entry sees the ones before it. None is visible outside the job.
    compiler.with_scope("a job with its own context", [&](LexicalScope& scope) {
        scope.isolates = true;
        ok = script::read(compiler, node, what, spec->variables);
    });
    return ok;
}

static bool read(Compiler& compiler, syntax::Node node, std::string_view, const Retry*& out) {
    auto* retry = compiler.arena().make<Retry>();
    out = retry;
    return compiler.read_arguments_or_shorthand(node, retry_schema, retry);
}

namespace {

bool read_on_exit(Compiler& compiler, syntax::Node node, std::string_view what, void* object) {
    std::string_view word;
    if (!read(compiler, node, what, word)) return false;
    if (word != "fail" && word != "ignore") {
        compiler.error(node.span(), std::string(what) + ": expected fail or ignore, not " + quote(word));
        return false;
    }
    static_cast<Modifiers*>(object)->ends_by_failure = word == "fail";
    return true;
}

constexpr ArgumentSpec on_exit_field() {
    ArgumentSpec f;
    f.name = "on_exit";
    f.help = "what the end of a background job is that nothing has stopped: fail makes it a failure";
    f.fallback = "ignore";
    f.type = {"fail or ignore", R"({"enum":["fail","ignore"]})"};
    f.read = &read_on_exit;
    return f;
}

bool read_retry_condition(Compiler& compiler, syntax::Node node, std::string_view what, void* object) {
    bool ok = false;
    compiler.with_scope("the 'if' of a retry", [&](LexicalScope& scope) {
        compiler.bind(scope, "attempt", &result_types::number);
        compiler.bind(scope, "result", compiler.result_type());
        compiler.bind(scope, "error", &result_types::text);
        ok = read(compiler, node, what, static_cast<Retry*>(object)->condition);
    });
    return ok;
}

template <auto Member>
bool read_finally(Compiler& compiler, syntax::Node node, std::string_view what, void* object) {
    compiler.with_scope("a finally", [&](LexicalScope& scope) {
        compiler.bind(scope, "error", &result_types::text);
        using Class = typename detail::MemberOf<decltype(Member)>::Class;
        static_cast<Class*>(object)->*Member = compiler.read_jobs(node, what);
    });
    return true;
}

template <auto Member>
constexpr ArgumentSpec finally_field(std::string_view help) {
    auto f = field<Member>("finally", help);
    f.read = &read_finally<Member>;
    return f;
}

constexpr ArgumentSpec retry_condition() {
    auto f =
        field<&Retry::condition>("if", "retries only while this is true; sees attempt, result and error");
    f.read = &read_retry_condition;
    return f;
}

constexpr std::array retry_fields{
    field<&Retry::limit>("limit", "number of extra attempts", {.fallback = "1"}),
    field<&Retry::interval>("interval", "wait before each retry", {.fallback = "1s"}),
    field<&Retry::backoff>("backoff", "factor by which the interval grows", {.fallback = "1"}),
    field<&Retry::max_interval>("max_interval", "upper limit of the interval"),
    field<&Retry::jitter>("jitter", "random part of the interval, 0 to 1", {.fallback = "0"}),
    field<&Retry::timeout>("timeout", "limit for each attempt"),
    retry_condition(),
};

constexpr std::array modifier_fields{
    field<&Modifiers::name>("name", "label in reports and messages"),
    field<&Modifiers::id>("id", "name for wait, cancel and jobs.ID"),
    field<&Modifiers::condition>("if", "the job is skipped when this is false"),
    field<&Modifiers::context>("context", "runs in its own context: variables, or the name of a shared one"),
    field<&Modifiers::timeout>("timeout", "limit for the job with all its retries; 0 means none"),
    field<&Modifiers::retry>("retry", "extra attempts after a failure"),
    field<&Modifiers::continue_on_error>(
        "continue_on_error", "a failure is reported and the script continues", {.fallback = "false"}),
    field<&Modifiers::capture>("capture", "variable that gets the result"),
    finally_field<&Modifiers::finally>(
        "jobs that run when this one ends, however it ends; `error` is available in them"),
    field<&Modifiers::background>("background", "starts the job and continues", {.fallback = "false"}),
    field<&Modifiers::ready>("ready",
                             "a background job is waited for until this holds: the arguments of wait_for, or "
                             "contains or matches for its own output"),
    on_exit_field(),
    field<&Modifiers::ignored_warnings>("ignore_warnings", "warnings that are not shown for this job"),
};

constexpr std::array script_fields{
    field<&Body::name>("name", "shown in reports"),
    field<&Body::description>("description", "what it is for, shown by `arun help SCRIPT`"),
    field<&Body::inputs>("inputs", "what the command line or an including job gives it"),
    field<&Body::variables>("vars", "initial values of variables"),
    field<&Body::environment>("env", "environment of every child process"),
    field<&Body::defaults>("defaults", "arguments for every exec and run: {run: {shell, dir, output, env}}"),
    field<&Body::secrets>("secrets", "variables and environment variables whose values are shown as ***"),
    field<&Body::timeout>("timeout", "limit for the jobs together; 0 means none"),
    field<&Body::ignored_warnings>("ignore_warnings", "warnings that are not shown for this script"),
    field<&Body::jobs>("jobs", "the jobs", {.required = true}),
    finally_field<&Body::finally>(
        "jobs that run after the others, whatever their outcome; `error` is available in them"),
};

}  // namespace

constinit const ArgumentSchema retry_schema{"retry", retry_fields, "limit"};
constinit const ArgumentSchema modifier_schema{"job", modifier_fields, {}};
constinit const ArgumentSchema script_schema{"script", script_fields, {}};

}  // namespace arun::script
