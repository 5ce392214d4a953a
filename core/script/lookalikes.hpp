/// Plain text that looks like an expression of another language.
#pragma once

#include <cstddef>
#include <string_view>

namespace arun::script {

struct Lookalike {
    std::size_t size = 0;  ///< 0: none
    std::string_view name;
};

/// What looks like one at the offset `at`: `$x`, `${x.y}` or `{{ x | filter }}`. In a text for a shell, only
/// the last. `last_close`: the offset of the last `}}` of the text, or npos.
Lookalike find_lookalike(std::string_view text, std::size_t at, bool for_shell, std::size_t last_close);

/// Calls `f` with the text of each, and with the name that it would read.
template <class F>
void for_each_lookalike(std::string_view text, bool for_shell, F&& f) {
    const auto last_close = text.rfind("}}");
    for (auto at = text.find_first_of("${"); at != text.npos; at = text.find_first_of("${", at)) {
        const auto [size, name] = find_lookalike(text, at, for_shell, last_close);
        if (size != 0) f(text.substr(at, size), name);
        at += size != 0 ? size : 1;
    }
}

}  // namespace arun::script
