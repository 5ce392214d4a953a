/// Compiles scripts from texts, and lists their errors.
#pragma once

#include "base/diagnostic.hpp"
#include "jobs/kind.hpp"
#include "script/compiler.hpp"
#include "script/kind.hpp"
#include "syntax/load.hpp"

#include <array>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::test {

/// All errors and warnings, one per line: "1:2: message; hint", preceded by the file unless it is `main`.
inline std::string list_of(const Diagnostics& diagnostics, std::string_view main = "s") {
    std::string out;
    for (const auto& d : diagnostics.sorted()) {
        if (!out.empty()) out += '\n';
        if (d.span.source != nullptr) {
            const auto at = d.span.source->position(d.span.begin);
            if (d.span.source->name() != main) out += d.span.source->name() + ":";
            out += std::to_string(at.line) + ":" + std::to_string(at.column) + ": ";
        }
        if (d.severity == Severity::warning) out += "warning: ";
        out += d.message;
        if (!d.hint.empty()) out += "; " + d.hint;
    }
    return out;
}

/// A kind `k` with these fields, which does nothing.
template <class Arguments, std::size_t N>
script::KindSpec kind_with(const std::array<script::ArgumentSpec, N>& fields) {
    script::KindSpec kind;
    kind.schema = {"k", fields, {}};
    kind.size = sizeof(Arguments);
    kind.align = alignof(Arguments);
    kind.construct = [](void* place) { new (place) Arguments(); };
    return kind;
}

/// The scripts of one command line, compiled as app/ does, by default with all kinds of arun.
class Compilation {
public:
    explicit Compilation(std::span<const script::KindSpec* const> kinds = jobs::all_kinds())
        : kinds_(kinds), compilation_(kinds_) {}
    Compilation(const Compilation&) = delete;
    Compilation& operator=(const Compilation&) = delete;

    /// Adds a script. Its format is recognised, as for a file without an extension.
    void add(std::string_view text, std::string name = "s") {
        auto source = std::make_shared<const Source>(std::move(name), std::string(text));
        const auto format = syntax::format_for("s", text);
        for (auto& document : syntax::read(std::move(source), format, diagnostics_))
            scripts_.push_back(script::compile(document, compilation_, diagnostics_));
    }
    /// Checks the names, after the last add().
    void check() { script::check_names(compilation_, diagnostics_); }

    script::CompilationContext& compilation() noexcept { return compilation_; }
    const std::vector<std::unique_ptr<script::Script>>& scripts() const noexcept { return scripts_; }
    const Diagnostics& diagnostics() const noexcept { return diagnostics_; }
    std::string messages() const { return list_of(diagnostics_); }

    /// The top-level jobs of the first script.
    std::span<const script::Job> jobs() const { return scripts_.at(0)->body.jobs.jobs; }

private:
    script::KindTable kinds_;
    script::CompilationContext compilation_;
    Diagnostics diagnostics_;
    std::vector<std::unique_ptr<script::Script>> scripts_;
};

/// The errors of a script.
inline std::string errors_in(std::string_view text) {
    Compilation compilation;
    compilation.add(text);
    compilation.check();
    return compilation.messages();
}

}  // namespace arun::test
