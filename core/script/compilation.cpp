#include "script/compilation.hpp"

#include "base/suggestion.hpp"
#include "base/text.hpp"

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
    const auto uses = std::exchange(compilation.id_uses, {});
    if (uses.empty()) return;
    std::vector<std::string_view> names;
    for (auto& id : compilation.symbols.ids()) {
        if (id.exists) names.push_back(id.name);
    }
    for (const auto& use : uses) {
        if (!use.id->exists) {
            diagnostics.error(use.span, "no job has the id " + quote_whole(use.id->name),
                              did_you_mean(use.id->name, names));
        } else if (use.must_be_background && !use.id->background) {
            diagnostics.error(use.span, quote_whole(use.id->name) + " is not a background job",
                              "add 'background: true' to it, or read jobs." + use.id->name + ".result");
        }
    }
}

}  // namespace

void check_names(CompilationContext& compilation, Diagnostics& diagnostics) {
    hide_literals(compilation);
    for (auto& problem : compilation.names.check_references())
        diagnostics.error(problem.span, std::move(problem.message), std::move(problem.hint));
    check_ids(compilation, diagnostics);
}

void discard_uses(CompilationContext& compilation, const Source& source) {
    compilation.names.discard_references(source);
    std::erase_if(compilation.id_uses,
                  [&](const CompilationContext::IdUse& use) { return use.span.source == &source; });
}

void detach_scripts(CompilationContext& compilation) {
    compilation.names.detach();
    compilation.assigned.clear();
    compilation.environments.clear();
}

}  // namespace arun::script
