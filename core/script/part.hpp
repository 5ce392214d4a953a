/// Arguments that are mappings of arguments, such as `expect`.
#pragma once

#include "script/kind.hpp"
#include "syntax/document.hpp"

#include <new>
#include <string_view>
#include <type_traits>

namespace arun::script {

/// An argument with arguments of its own. T has `name`, `fields` and `shorthand`, as kinds have, and may have
/// `static void check(Compiler&, T&, syntax::Node)`. Null when the script does not give it.
template <class T>
struct NestedArguments {
    const T* value = nullptr;
    explicit operator bool() const noexcept { return value != nullptr; }
    const T* operator->() const noexcept { return value; }
};

void* allocate(Compiler& compiler, std::size_t size, std::size_t align);
/// Reads a mapping of the shape's arguments, or its shorthand, into `object`. False after an error.
bool read_part(Compiler& compiler, syntax::Node node, std::string_view what, const ArgumentSchema& shape,
               void* object);

template <class T>
inline constexpr ArgumentSchema shape_of_part{T::name, T::fields, T::shorthand};

template <class T>
bool read(Compiler& compiler, syntax::Node node, std::string_view what, NestedArguments<T>& out) {
    static_assert(std::is_trivially_destructible_v<T>, "arguments live in an arena");
    auto* value = new (allocate(compiler, sizeof(T), alignof(T))) T();
    out.value = value;
    if (!read_part(compiler, node, what, shape_of_part<T>, value)) return false;
    if constexpr (requires { &T::check; }) T::check(compiler, *value, node);
    return true;
}

template <class T>
struct TypeOf<NestedArguments<T>> : PlainType {
    static constexpr TypeInfo info{"mapping", {}};  // the schema is made of the fields
    static constexpr const ArgumentSchema* part = &shape_of_part<T>;
};

}  // namespace arun::script
