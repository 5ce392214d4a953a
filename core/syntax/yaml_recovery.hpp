/// Where to read on in a YAML document after a mistake.
#pragma once

#include "syntax/builder.hpp"
#include "syntax/yaml_explain.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace arun::syntax {

/// A part of a document that can be read alone: the items of one list, or the entries of one mapping, that
/// begin in the same column.
struct YamlPart {
    Range at;
    std::uint32_t column = 0;
};

/// The first part at or after `from` whose column is at most `most`, down to the end of `text`.
std::optional<YamlPart> next_yaml_part(std::string_view text, std::uint32_t from, std::uint32_t most);

/// The deepest column in which something can begin that the mistake does not reach: that of the list item or
/// key in whose value it is. None inside brackets that no item or key stands before.
std::optional<std::uint32_t> column_outside(const YamlScene& scene, const YamlFault& fault,
                                            const Builder& builder);

}  // namespace arun::syntax
