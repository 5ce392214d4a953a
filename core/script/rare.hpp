/// Arguments that few jobs give.
#pragma once

#include "script/part.hpp"

#include <new>
#include <type_traits>

namespace arun::script {

/// The arguments that are members of T lie apart from the others: the jobs that give none of them, of which
/// there may be millions, share one.
template <class T>
struct Rare {
    const T* value = &usual;
    const T* operator->() const noexcept { return value; }

    static constexpr T usual{};
};

/// The row of the argument that is read into `Member` of the Rare that is `Of`: field<&Args::rare,
/// &Rarely::to>("to", ...).
template <auto Of, auto Member>
constexpr ArgumentSpec field(std::string_view name, std::string_view help, ArgumentOptions options = {}) {
    using C = typename detail::MemberOf<decltype(Of)>::Class;
    using T = typename detail::MemberOf<decltype(Member)>::Class;
    static_assert(std::is_trivially_destructible_v<T>, "arguments live in an arena");
    ArgumentSpec row = field<Member>(name, help, options);
    row.read = [](Compiler& compiler, syntax::Node node, std::string_view what, void* object) {
        auto& rare = static_cast<C*>(object)->*Of;
        if (rare.value == &Rare<T>::usual) rare.value = new (allocate(compiler, sizeof(T), alignof(T))) T();
        // It is this job's own.
        return read(compiler, node, what, const_cast<T*>(rare.value)->*Member);
    };
    return row;
}

}  // namespace arun::script
