#include "syntax/document.hpp"

#include "syntax/scalar.hpp"

namespace arun::syntax {

bool Node::boolean() const noexcept {
    const auto word = text();
    return !word.empty() && (word[0] | 0x20) == 't';
}

double Node::number() const noexcept {
    return number_value(text());
}

Node Node::find(std::string_view key) const noexcept {
    if (!document_ || !is(Type::map)) return {};
    for (auto i = first(); i != 0;) {
        const auto value = next(i);
        if (Node(document_, follow(i)).text() == key) return Node(document_, follow(value));
        i = next(value);
    }
    return {};
}

}  // namespace arun::syntax
