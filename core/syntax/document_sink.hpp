/// Who takes the documents of a text as they are read.
#pragma once

#include "base/source.hpp"
#include "syntax/document.hpp"

#include <memory>

namespace arun::syntax {

class DocumentSink {
public:
    virtual ~DocumentSink() = default;

    /// A document begins; end() comes for each.
    virtual void begin([[maybe_unused]] const std::shared_ptr<const Source>& source) {}
    /// True to have the items of a document that is a list one by one: a large script then never has its
    /// tree in memory as a whole.
    virtual bool takes_items() const noexcept { return false; }
    /// The next of them. The node goes after the call, what it has of texts stays as long as the document.
    /// An error may be found later on.
    virtual void item([[maybe_unused]] Node item) {}
    /// The document; null when it could not be read, or when nothing is in it. Of a list whose items have
    /// been taken only the root is left, without items.
    virtual void end(std::shared_ptr<const Document> document) = 0;
};

}  // namespace arun::syntax
