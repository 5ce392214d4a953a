/// JSON text (RFC 8259) to a Document.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "doc/builder.hpp"
#include "doc/document.hpp"
#include "doc/document_sink.hpp"

#include <cstdint>
#include <memory>

namespace arun::doc {

/// Reads the one value that stands in `range` of a source whose bytes have been checked. The sink gets null
/// when there are errors of syntax; all of them that can be found are in `diagnostics`.
void read_json(const std::shared_ptr<const Source>& source, Range range, Diagnostics& diagnostics,
               DocumentSink& sink);

/// Reads lines of JSON Lines, one value each, as if they were the items of one list: many at a time cost less
/// than one by one. The sink takes them.
class JsonLines {
public:
    /// The source's bytes have been checked.
    JsonLines(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics, DocumentSink& sink);
    /// False if there is no value in this line; no other can be read after that. Why is for read_json() to
    /// say.
    bool read(Range line);
    bool stopped() const noexcept { return stopped_; }
    /// What keeps the texts of the items.
    std::shared_ptr<const Document> finish(std::uint32_t end);

private:
    const Source& source_;
    Builder builder_;
    bool stopped_ = false;
};

}  // namespace arun::doc
