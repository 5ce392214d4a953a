/// Reads fuzzed input as a script and visits every node.
#pragma once

#include "syntax/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

namespace arun::fuzz {

/// Checks that every span is inside the source.
inline std::size_t walk(syntax::Node node) {
    const auto span = node.span();
    if (span.begin > span.end || span.end > span.source->text().size()) std::abort();
    std::size_t size = node.text().size() + node.size();
    if (node.is(syntax::Type::boolean)) size += node.boolean();
    if (node.is(syntax::Type::number)) size += node.number() > Number(0);
    if (node.is(syntax::Type::list)) node.for_each_item([&](syntax::Node item) { size += walk(item); });
    if (node.is(syntax::Type::map)) {
        node.for_each_entry([&](syntax::Node key, syntax::Node value) {
            if (!node.find(key.text())) std::abort();
            size += walk(key) + walk(value);
        });
    }
    return size;
}

/// Checks that a text without documents has an error, and that every error can be rendered.
inline void read_and_walk(const std::uint8_t* data, std::size_t size, syntax::Format format) {
    Diagnostics diagnostics;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto documents = syntax::read(std::make_shared<const Source>("fuzz", text), format, diagnostics);
    for (const auto& document : documents) walk(document->root());
    for (const auto& diagnostic : diagnostics.sorted()) render(diagnostic, true);
    if (documents.empty() && !diagnostics.has_errors()) std::abort();
}

}  // namespace arun::fuzz
