#include "script/compilation.hpp"

#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "script/advice.hpp"
#include "script/expression_parser.hpp"
#include "script/job.hpp"
#include "script/type_check.hpp"
#include "script/warnings.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace arun::script {

namespace {

void hide_literals(CompilationContext& compilation) {
    const auto variables = std::exchange(compilation.assigned, {});
    const auto environments = std::exchange(compilation.environments, {});
    if (compilation.symbols.secrets().empty() || !compilation.hide) return;
    for (const auto& list : variables) {
        for (const auto& variable : list) {
            if (variable.symbol != nullptr && variable.symbol->secret && variable.value->literal != nullptr)
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

void check_ids(CompilationContext& compilation, Diagnostics& diagnostics) {
    std::vector<std::string_view> names;  // of all ids, once one is wrong
    const auto hint_for = [&](const JobId& unknown) {
        if (!diagnostics.lists_more(Severity::error)) return std::string();
        if (names.empty()) {
            for (auto& id : compilation.symbols.ids())
                if (id.exists) names.push_back(id.name);
        }
        return did_you_mean(unknown.name, names, "write 'id: " + unknown.name + "' in the job that is meant");
    };
    for (const auto& use : std::exchange(compilation.id_uses, {})) {
        if (!use.id->exists) {
            diagnostics.error(use.span, "no job has the id " + quote_whole(use.id->name), hint_for(*use.id));
        } else if (use.must_be_background && !use.id->background) {
            diagnostics.error(use.span, quote_whole(use.id->name) + " is not a background job",
                              "add 'background: true' to it, or read jobs." + use.id->name + ".result");
        }
    }
}

void check_expressions(CompilationContext& compilation, Diagnostics& diagnostics) {
    for (const auto* expression : std::exchange(compilation.typed_expressions, {}))
        check_types(*expression, diagnostics);
    for (const auto* text : std::exchange(compilation.shell_texts, {})) {
        for (const auto& part : text->parts) {
            if (part.expression == nullptr || !needs_quoting(*part.expression)) continue;
            const auto value = std::string(part.expression->text);
            diagnostics.warning(
                part.expression->span,
                with_name("the shell runs what " + quote_whole(value) + " contains", Warning::unquoted),
                "pass it with 'env', or write '${{ quote(" + value + ") }}'");
        }
    }
}

/// The place of `piece` in the source text of the string at `whole`, which may have escapes.
Span place_of(std::string_view piece, Span whole) {
    if (whole.source == nullptr) return whole;
    const auto at = whole.source->text().substr(0, whole.end).find(piece, whole.begin);
    if (at == std::string_view::npos) return whole;
    const auto begin = static_cast<std::uint32_t>(at);
    return {whole.source, begin, begin + static_cast<std::uint32_t>(piece.size())};
}

/// Whether it would have a value, were it an expression.
bool has_value(const CompilationContext& compilation, const CompilationContext::Lookalike& lookalike) {
    const auto name = lookalike.name.substr(0, lookalike.name.find_first_of(".["));
    if (name == "env" || name == "jobs" || name == "loop") return name.size() < lookalike.name.size();
    const auto* symbol = compilation.symbols.find(name);
    return symbol != nullptr && compilation.names.is_visible(*symbol, lookalike.scope);
}

void check_lookalikes(CompilationContext& compilation, Diagnostics& diagnostics) {
    for (const auto& lookalike : std::exchange(compilation.lookalikes, {})) {
        if (!has_value(compilation, lookalike)) continue;
        // To find the place in a long text takes time.
        const auto where = diagnostics.lists_more(Severity::warning)
                               ? place_of(lookalike.text, lookalike.where)
                               : lookalike.where;
        diagnostics.warning(where,
                            with_name(quote_whole(lookalike.text) + " stays as it is", Warning::unexpanded),
                            "write '${{ " + std::string(lookalike.name) + " }}' for the value");
    }
}

void explain_unknown(NameTable::Problem& problem, const std::vector<std::string_view>& defined) {
    if (!problem.hint.empty()) return;
    const std::string_view name = problem.symbol->name;
    if (const auto* function = find_function(name)) {
        problem.message = quote_whole(name) + " is a function";
        problem.hint = "write " + std::string(function->usage);
        return;
    }
    if (const auto advice = advice_for_name(name); !advice.empty()) {
        problem.hint = advice;
        return;
    }
    problem.hint = difference_hint(
        {}, name, [&](std::string_view part) { return std::ranges::find(defined, part) != defined.end(); });
    if (problem.hint.empty())
        problem.hint =
            did_you_mean(name, defined, "nothing in the script sets it; text in an expression needs quotes");
}

}  // namespace

void check_names(CompilationContext& compilation, Diagnostics& diagnostics) {
    hide_literals(compilation);
    check_lookalikes(compilation, diagnostics);
    std::vector<std::string_view> defined;  // once a name is unknown
    for (auto& problem : compilation.names.check_references()) {
        if (problem.unknown && diagnostics.lists_more(Severity::error)) {
            if (defined.empty()) defined = compilation.names.defined();
            explain_unknown(problem, defined);
        }
        if (problem.severity == Severity::error)
            diagnostics.error(problem.span, std::move(problem.message), std::move(problem.hint));
        else
            diagnostics.warning(problem.span, with_name(std::move(problem.message), Warning::unread),
                                std::move(problem.hint));
    }
    check_ids(compilation, diagnostics);
    check_expressions(compilation, diagnostics);
}

void check_given_variables(const CompilationContext& compilation, GivenVariables given, Severity severity,
                           Diagnostics& diagnostics) {
    const auto unwanted = compilation.names.unwanted();
    if (unwanted.empty()) return;
    const auto wanted = compilation.names.wanted();
    constexpr std::size_t max_listed = 8;
    std::string others;
    if (!wanted.empty() && wanted.size() <= max_listed) others = "the variables are " + join(wanted, ", ");
    for (const auto& variable : given) {
        if (std::ranges::find(unwanted, variable.name, &Symbol::name) == unwanted.end()) continue;
        const auto how = variable.may_be_unread ? Severity::warning : severity;
        auto message = variable.origin + ": no script declares or reads this variable";
        auto hint = diagnostics.lists_more(how) ? did_you_mean(variable.name, wanted, others) : std::string();
        if (how == Severity::error)
            diagnostics.error(variable.where, std::move(message), std::move(hint));
        else
            diagnostics.warning(variable.where, std::move(message), std::move(hint));
    }
}

void discard_uses(CompilationContext& compilation, const Script& script) {
    std::unordered_set<const Source*> sources;
    for (const auto& source : script.sources) sources.insert(source.get());
    const auto is_in = [&](const Span& span) { return sources.contains(span.source); };
    compilation.names.discard(is_in);
    std::erase_if(compilation.id_uses, [&](const auto& use) { return is_in(use.span); });
    std::erase_if(compilation.typed_expressions, [&](const auto* e) { return is_in(e->span); });
    std::erase_if(compilation.shell_texts, [&](const auto* text) { return is_in(text->span); });
    std::erase_if(compilation.lookalikes, [&](const auto& lookalike) { return is_in(lookalike.where); });
}

void detach_scripts(CompilationContext& compilation) {
    compilation.names.detach();
    compilation.assigned.clear();
    compilation.environments.clear();
}

}  // namespace arun::script
