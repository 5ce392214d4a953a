#include "syntax/yaml_recovery.hpp"

#include "syntax/yaml_text.hpp"

#include <algorithm>

namespace arun::syntax {
namespace {

std::uint32_t end_of_part(std::string_view text, const YamlLine& first) {
    auto at = yaml_next_line(text, first.begin);
    while (at < text.size()) {
        const auto line = yaml_line_at(text, at);
        const bool other =
            line.indent() < first.indent() || (line.indent() == first.indent() && first.item && !line.item);
        if (!line.empty && other && !line.has_tab(text)) break;
        at = yaml_next_line(text, at);
    }
    return at;
}

}  // namespace

std::optional<YamlPart> next_yaml_part(std::string_view text, std::uint32_t from, std::uint32_t most) {
    auto at = yaml_line_begin(text, from) == from ? from : yaml_next_line(text, from);
    for (; at < text.size(); at = yaml_next_line(text, at)) {
        const auto line = yaml_line_at(text, at);
        if (line.empty || line.indent() > most || !line.is_entry()) continue;
        return YamlPart{{at, end_of_part(text, line)}, line.indent()};
    }
    return std::nullopt;
}

std::optional<std::uint32_t> column_outside(const YamlScene& scene, const YamlFault& fault,
                                            const Builder& builder) {
    const auto& brackets = scene.brackets;
    const auto line = yaml_line_at(
        scene.text, brackets.empty() ? fault.at.begin : std::min(brackets.front(), fault.at.begin));
    if (line.is_entry()) return line.entry_column();
    const auto& open = builder.open();
    for (auto i = open.rbegin(); i != open.rend(); ++i)
        if (!i->flow) return i->begin - yaml_line_begin(scene.text, i->begin);
    return std::nullopt;
}

}  // namespace arun::syntax
