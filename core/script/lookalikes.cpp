#include "script/lookalikes.hpp"

#include "base/text.hpp"
#include "script/names.hpp"

#include <algorithm>

namespace arun::script {
namespace {

/// How long the name at the front of the text is. Without dashes, as in other languages.
std::size_t name_size(std::string_view text) {
    if (text.empty() || !starts_name(text.front())) return 0;
    const auto end = std::ranges::find_if_not(text, [](char c) { return continues_name(c) && c != '-'; });
    return static_cast<std::size_t>(end - text.begin());
}

}  // namespace

Lookalike find_lookalike(std::string_view text, std::size_t at, bool for_shell) {
    const auto rest = text.substr(at);
    const char before = at > 0 ? text[at - 1] : ' ';
    if (before == '$' || before == '\\' || before == '{') return {};
    if (rest.starts_with("{{")) {
        const auto end = rest.find("}}", 2);
        if (end == rest.npos) return {};
        auto inner = trim(rest.substr(2, end - 2));
        const auto name = inner.substr(0, inner.find_first_of(" |"));
        if (name_size(name) == 0 || name.find_first_of("{}\"'") != name.npos) return {};
        return {end + 2, name};
    }
    if (for_shell || !rest.starts_with('$')) return {};
    if (rest.substr(1).starts_with('{')) {
        const auto end = rest.find('}');
        if (end == rest.npos) return {};
        const auto name = trim(rest.substr(2, end - 2));
        if (name_size(name) == 0 || name.find_first_of(" {}:$") != name.npos) return {};
        return {end + 1, name};
    }
    const auto size = name_size(rest.substr(1));
    return size == 0 ? Lookalike{} : Lookalike{size + 1, rest.substr(1, size)};
}

}  // namespace arun::script
