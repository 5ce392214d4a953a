#include "script/lookalikes.hpp"

#include "base/ascii.hpp"
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

/// `{{ x | filter }}` at the front of `rest`. Precondition: there is a `}}` in it.
Lookalike find_braces(std::string_view rest) {
    std::size_t begin = 2;
    while (is_space(rest[begin])) ++begin;
    if (name_size(rest.substr(begin)) == 0) return {};
    // No further than the name goes: the text may have many braces that nothing closes.
    auto end = rest.find_first_of(" |{}\"'", begin);
    const auto name = trim(rest.substr(begin, end - begin));
    if (rest[end] == ' ' || rest[end] == '|') end = rest.find("}}", end);
    if (!rest.substr(end).starts_with("}}")) return {};
    return {end + 2, name};
}

/// `${x.y}` at the front of `rest`.
Lookalike find_dollar_brace(std::string_view rest) {
    const auto end = rest.find_first_of("{}:$", 2);
    if (end == rest.npos || rest[end] != '}') return {};
    const auto name = trim(rest.substr(2, end - 2));
    if (name_size(name) == 0 || name.find(' ') != name.npos) return {};
    return {end + 1, name};
}

}  // namespace

Lookalike find_lookalike(std::string_view text, std::size_t at, bool for_shell, std::size_t last_close) {
    const auto rest = text.substr(at);
    const char before = at > 0 ? text[at - 1] : ' ';
    if (before == '$' || before == '\\' || before == '{') return {};
    if (rest.starts_with("{{"))
        return last_close != text.npos && last_close >= at + 2 ? find_braces(rest) : Lookalike{};
    if (for_shell || !rest.starts_with('$')) return {};
    if (rest.substr(1).starts_with('{')) return find_dollar_brace(rest);
    const auto size = name_size(rest.substr(1));
    return size == 0 ? Lookalike{} : Lookalike{size + 1, rest.substr(1, size)};
}

}  // namespace arun::script
