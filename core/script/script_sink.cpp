#include "script/script_sink.hpp"

#include <utility>

namespace arun::script {

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
        // What was read may use what was not.
        forget_uses(compilation_, *script_->sources.front());
        broken.push_back(std::move(script_));
    }
    compiler_.reset();
    script_.reset();
}

}  // namespace arun::script
