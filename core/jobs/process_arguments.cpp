#include "jobs/process_arguments.hpp"

#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "rt/signals.hpp"
#include "script/compiler.hpp"
#include "script/value.hpp"

#include <algorithm>
#include <array>

namespace arun::script {

using jobs::Argv;
using jobs::SignalNumber;
using jobs::StandardInput;

namespace {

/// Whether the list begins with a shell and an option such as -c or -ec, after which a program comes.
bool is_shell_command(syntax::Node node) {
    if (!node.is(syntax::Type::list) || node.size() < 3) return false;
    std::array<std::string_view, 2> words;
    std::size_t i = 0;
    node.for_each_item([&](syntax::Node item) {
        if (i < words.size()) words[i] = item.text();
        ++i;
    });
    const auto shell = words[0].substr(words[0].rfind('/') + 1);
    constexpr std::array<std::string_view, 6> shells{"sh", "bash", "dash", "ash", "ksh", "zsh"};
    return std::ranges::find(shells, shell) != shells.end() && words[1].starts_with('-') &&
           words[1].ends_with('c');
}

/// What other tools call the places of output.
constexpr std::array output_synonyms{
    Synonym{"none", "discard"},   Synonym{"null", "discard"},        Synonym{"quiet", "discard"},
    Synonym{"silent", "discard"}, Synonym{"/dev/null", "discard"},   Synonym{"false", "discard"},
    Synonym{"hide", "discard"},   Synonym{"interleaved", "inherit"}, Synonym{"prefixed", "prefix"},
    Synonym{"grouped", "group"},  Synonym{"stdout", "inherit"},
};

}  // namespace

Result<SignalNumber> Codec<SignalNumber>::from(const Value& value) {
    const auto number = value.is(Type::number) || value.is(Type::string) ? signal_named(value.to_text()) : 0;
    if (number == 0) return Error{"expected the name of a signal such as TERM, INT or HUP"};
    return SignalNumber{number};
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, StandardInput& out) {
    static constexpr std::array fields{field<&StandardInput::file>("file", "the file", {.required = true})};
    static constexpr ArgumentSchema schema{"stdin", fields, {}};
    if (node.is(syntax::Type::map)) return compiler.read_arguments(node, schema, &out);
    out.inherited = node.is(syntax::Type::string) && node.text() == "inherit";
    if (out.inherited) return true;
    return read(compiler, node, what, out.text);
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::OutputTarget& out) {
    using jobs::OutputTarget;
    static constexpr std::array fields{
        field<&OutputTarget::file>("file", "the file", {.required = true}),
        field<&OutputTarget::append>("append", "whether what it has stays"),
        field<&OutputTarget::errors>("stderr", "where standard error goes"),
    };
    static constexpr ArgumentSchema schema{"output", fields, {}};
    if (node.is(syntax::Type::map)) return compiler.read_arguments(node, schema, &out);
    if (node.is(Type::string) && !has_expression(node.text())) {
        const auto text = node.text();
        const auto& names = EnumNames<jobs::Shown>::names;
        if (std::ranges::find(names, text) == names.end()) {
            compiler.error(node.span(),
                           std::string(what) +
                               ": expected inherit, prefix, group, discard or {file: PATH}, not " +
                               quote(text),
                           text.find_first_of("./") != text.npos && text != "/dev/null"
                               ? "write {file: " + std::string(text) + "}"
                               : did_you_mean(text, {names.begin(), names.end()}, {}, output_synonyms));
            return false;
        }
    }
    return read(compiler, node, what, out.shown);
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, Argv& out) {
    if (node.is(syntax::Type::string)) {
        const auto text = node.text();
        if (has_expression(text)) {
            out.computed = parse_template(node, compiler.arena(), compiler);
            return out.computed != nullptr;
        }
        // `exec: ls -l`, as one types it.
        auto words = split(text, " ");
        std::erase(words, std::string_view());
        compiler.error(node.span(), std::string(what) + ": expected a list of texts, not text",
                       "write [" + join(words, ", ") + "]; a shell's command line is for 'run'");
        return false;
    }
    if (is_shell_command(node)) {
        // exec: [sh, -c, "..."]
        if (!compiler.for_shell([&] { return read(compiler, node, what, out.texts); })) return false;
        if (const auto* program = out.texts[2].computed()) compiler.shell_text(*program);
        return true;
    }
    if (!read(compiler, node, what, out.texts)) return false;
    if (!out.texts.empty()) return true;
    compiler.error(node.span(), std::string(what) + ": there is no program to start");
    return false;
}

bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::Words& out) {
    if (node.is(syntax::Type::list)) {
        if (!read(compiler, node, what, out.texts)) return false;
        if (!out.texts.empty()) return true;
        compiler.error(node.span(), std::string(what) + ": the list is empty");
        return false;
    }
    Text text;
    if (!read(compiler, node, what, text)) return false;
    out.texts = compiler.arena().copy(std::vector<Text>{text});
    return true;
}

}  // namespace arun::script

namespace arun::jobs {

void apply_defaults(const script::Compiler& compiler, ProcessArguments& arguments) {
    const auto* defaults = static_cast<const RunArguments*>(compiler.run_defaults());
    if (defaults == nullptr) return;
    if (!arguments.directory) arguments.directory = defaults->directory;
    if (!arguments.output) arguments.output = defaults->output;
    if (!defaults->environment.empty()) arguments.default_environment = &defaults->environment;
}

void apply_defaults(const script::Compiler& compiler, RunArguments& arguments) {
    const auto* defaults = static_cast<const RunArguments*>(compiler.run_defaults());
    if (defaults != nullptr && !arguments.shell) arguments.shell = defaults->shell;
    apply_defaults(compiler, static_cast<ProcessArguments&>(arguments));
}

std::vector<std::string> texts_of(const Argv& argv, const script::EvalContext& context) {
    std::vector<std::string> texts;
    if (argv.computed == nullptr) {
        for (const auto& text : argv.texts) texts.push_back(text.get(context));
        return texts;
    }
    const auto list = script::evaluate(*argv.computed, context);
    if (!list.is(script::Type::list) || list.items().empty())
        throw script::EvalError(argv.computed->span, "expected a list of texts, a program and its arguments");
    for (const auto& item : list.items()) texts.push_back(item.to_text());
    return texts;
}

bool append_value(const Argv& argv, const script::EvalContext& context, std::string& out) {
    const auto is_computed = [](const script::Text& text) { return text.computed() != nullptr; };
    if (argv.computed == nullptr && std::ranges::none_of(argv.texts, is_computed)) return false;
    out += '[' + join(texts_of(argv, context), ", ") + ']';
    return true;
}

}  // namespace arun::jobs
