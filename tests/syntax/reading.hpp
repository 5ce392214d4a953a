/// Helpers for the tests of core/syntax: reading a text and formatting the result.
#pragma once

#include "syntax/load.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace arun::syntax::testing {

/// A tree on one line, almost JSON: strings in single quotes, other scalars in their spelling.
inline std::string show(Node node) {
    std::string out;
    const auto separate = [&] {
        if (out.size() > 1) out += ", ";
    };
    switch (node.type()) {
        case Type::list:
            out = "[";
            node.for_each_item([&](Node item) {
                separate();
                out += show(item);
            });
            return out + "]";
        case Type::map:
            out = "{";
            node.for_each_entry([&](Node key, Node value) {
                separate();
                out.append(key.text()).append(": ").append(show(value));
            });
            return out + "}";
        case Type::string:
            return "'" + std::string(node.text()) + "'";
        case Type::null:
            return "null";
        case Type::boolean:
            return node.boolean() ? "true" : "false";
        case Type::number:
            break;
    }
    return std::string(node.text());
}

/// The bytes of the source that a node spans.
inline std::string_view source_of(Node node) {
    const auto span = node.span();
    return span.source->text().substr(span.begin, span.end - span.begin);
}

/// The source of each scalar, key and container, in source order.
inline std::string spans(Node node) {
    auto out = "<" + std::string(source_of(node)) + ">";
    if (node.is(Type::list)) node.for_each_item([&](Node item) { out += spans(item); });
    if (node.is(Type::map))
        node.for_each_entry([&](Node key, Node value) { out += spans(key) + spans(value); });
    return out;
}

/// The documents and diagnostics of a text.
class ReadResult {
public:
    ReadResult(Format format, std::string_view text)
        : source_(std::make_shared<const Source>("s", std::string(text))) {
        documents_ = read(source_, format, diagnostics_);
    }

    /// All documents, one per line.
    std::string trees() const {
        std::string out;
        for (const auto& document : documents_) out += (out.empty() ? "" : "\n") + show(document->root());
        return out;
    }
    /// All errors and warnings, one per line: "1:2: message; hint".
    std::string messages() const {
        std::string out;
        for (const auto& d : diagnostics_.sorted()) {
            const auto at = source_->position(d.span.begin);
            if (!out.empty()) out += '\n';
            out += std::to_string(at.line) + ":" + std::to_string(at.column) + ": ";
            if (d.severity == Severity::warning) out += "warning: ";
            out += d.message;
            if (!d.hint.empty()) out += "; " + d.hint;
        }
        return out;
    }
    Node root() const { return documents_.empty() ? Node() : documents_[0]->root(); }
    const std::vector<std::shared_ptr<const Document>>& all() const { return documents_; }
    std::size_t documents() const { return documents_.size(); }
    std::size_t nodes() const { return documents_.empty() ? 0 : documents_[0]->node_count(); }
    const Diagnostics& diagnostics() const { return diagnostics_; }

private:
    std::shared_ptr<const Source> source_;
    Diagnostics diagnostics_;
    std::vector<std::shared_ptr<const Document>> documents_;
};

inline ReadResult yaml(std::string_view text) {
    return {Format::yaml, text};
}
inline ReadResult json(std::string_view text) {
    return {Format::json, text};
}

}  // namespace arun::syntax::testing
