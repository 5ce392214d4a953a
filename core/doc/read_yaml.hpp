/// YAML 1.2 text to Documents.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "doc/builder.hpp"
#include "doc/document.hpp"
#include "doc/load.hpp"

#include <memory>
#include <vector>

namespace arun::doc {

/// Reads the documents in `range` of a source whose bytes have been checked; empty ones are left out, and a
/// text of nothing else is an error unless that is allowed. Documents with errors of syntax are left out;
/// after such an error reading goes on at the next list item, key or document that stands clearly apart, to
/// find the errors there.
std::vector<std::shared_ptr<const Document>> read_yaml(const std::shared_ptr<const Source>& source,
                                                       Range range, Diagnostics& diagnostics,
                                                       Empty empty = Empty::refused);

}  // namespace arun::doc
