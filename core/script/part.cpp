#include "script/part.hpp"

#include "script/compiler.hpp"

namespace arun::script {

void* allocate(Compiler& compiler, std::size_t size, std::size_t align) {
    return compiler.arena().allocate(size, align);
}

bool read_part(Compiler& compiler, syntax::Node node, std::string_view what, const ArgumentSchema& shape,
               void* object) {
    if (node.is(Type::map) || !shape.shorthand.empty())
        return compiler.read_shape_or_shorthand(node, shape, object);
    std::string names;
    for (const auto& field : shape.fields) names += (names.empty() ? "" : ", ") + std::string(field.name);
    compiler.error(
        node.span(),
        std::string(what) + ": expected a mapping, not " + std::string(type_name(literal_value(node).type())),
        "it takes " + names);
    return false;
}

}  // namespace arun::script
