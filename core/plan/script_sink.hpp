/// Scripts that are compiled while they are read.
#pragma once

#include "base/diagnostic.hpp"
#include "doc/document_sink.hpp"
#include "plan/compiler.hpp"
#include "plan/job.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace arun::plan {

/// The jobs of a script that is a list are compiled one by one, so that its tree is never in memory as a
/// whole. What is wrong with them is told as by compile().
class ScriptSink final : public doc::DocumentSink {
public:
    ScriptSink(Universe& universe, Diagnostics& diagnostics)
        : universe_(universe), diagnostics_(diagnostics) {}

    void begin(const std::shared_ptr<const Source>& source) override;
    bool takes_items() const noexcept override { return true; }
    void item(doc::Node item) override { compiler_->read_item(item); }
    void end(std::shared_ptr<const doc::Document> document) override;

    std::vector<std::unique_ptr<Script>> scripts;
    /// Those that could not be read to their end. The universe points into them.
    std::vector<std::unique_ptr<Script>> broken;

private:
    Universe& universe_;
    Diagnostics& diagnostics_;
    std::unique_ptr<Script> script_;
    std::optional<Compiler> compiler_;
};

}  // namespace arun::plan
