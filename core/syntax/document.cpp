#include "syntax/document.hpp"

#include "syntax/scalar.hpp"

namespace arun::syntax {

std::string_view type_name(Type type) {
    switch (type) {
        case Type::null:
            return "null";
        case Type::boolean:
            return "a boolean";
        case Type::number:
            return "a number";
        case Type::string:
            return "text";
        case Type::list:
            return "a list";
        case Type::map:
            return "a mapping";
    }
    return {};
}

bool Node::boolean() const noexcept {
    const auto word = text();
    return !word.empty() && (word[0] | 0x20) == 't';
}

Number Node::number() const {
    return number_value(text());
}

Node Node::find(std::string_view key) const noexcept {
    if (!document_ || !is(Type::map)) return {};
    for (auto i = first(); i != 0;) {
        const auto value = next(i);
        if (Node(document_, resolve(i)).text() == key) return Node(document_, resolve(value));
        i = next(value);
    }
    return {};
}

}  // namespace arun::syntax
