/// Scripts that are compiled while they are read.
#pragma once

#include "base/diagnostic.hpp"
#include "script/compiler.hpp"
#include "script/job.hpp"
#include "syntax/document.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace arun::script {

/// The jobs of a script that is a list are compiled one by one, so that its tree is never in memory as a
/// whole. What is wrong with them is told as by compile().
class ScriptSink final : public syntax::DocumentSink {
public:
    ScriptSink(CompilationContext& compilation, Diagnostics& diagnostics)
        : compilation_(compilation), diagnostics_(diagnostics) {}

    void begin(const std::shared_ptr<const Source>& source) override;
    bool takes_items() const noexcept override { return true; }
    void item(syntax::Node item) override { compiler_->read_item(item); }
    void end(std::shared_ptr<const syntax::Document> document) override;

    std::vector<std::unique_ptr<Script>> scripts;
    /// Those that could not be read to their end. The universe points into them.
    std::vector<std::unique_ptr<Script>> broken;

private:
    CompilationContext& compilation_;
    Diagnostics& diagnostics_;
    std::unique_ptr<Script> script_;
    std::optional<Compiler> compiler_;
};

}  // namespace arun::script
