/// What a kind of job declares about itself. The parser, the JSON Schema, the help and the manual's section
/// are made of it.
#pragma once

#include "script/codec.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace arun::script {

struct ArgumentSchema;

/// One argument.
struct ArgumentSpec {
    std::string_view name;
    std::string_view help;
    std::string_view fallback;  ///< the default in words, or empty
    bool required = false;
    TypeInfo type;
    std::span<const std::string_view> words;  ///< of an enum
    bool computable = false;                  ///< takes `${{ }}`
    bool takes_map = false;                   ///< a mapping can be its value
    bool (*read)(Compiler&, syntax::Node, std::string_view what, void* object) = nullptr;
    const ArgumentSchema* part = nullptr;  ///< the arguments of a NestedArguments, see plan/part.hpp
};

struct ArgumentOptions {
    std::string_view fallback = {};
    bool required = false;
};

namespace detail {
template <class M>
struct MemberOf;
template <class C, class T>
struct MemberOf<T C::*> {
    using Class = C;
    using Type = T;
};
template <class T>
inline constexpr bool takes_map =
    std::is_base_of_v<JobList, T> || std::is_same_v<T, std::optional<JobList>> ||
    std::is_same_v<T, ChildList> || std::is_same_v<T, Variables> || std::is_same_v<T, AnyValue>;
}  // namespace detail

/// The row of the argument that is read into `Member`: field<&Args::every>("every", "length of a slot",
/// {.required = true}).
template <auto Member>
constexpr ArgumentSpec field(std::string_view name, std::string_view help, ArgumentOptions options = {}) {
    using M = detail::MemberOf<decltype(Member)>;
    using T = typename M::Type;
    const ArgumentSchema* part = nullptr;
    if constexpr (requires { TypeOf<T>::part; }) part = TypeOf<T>::part;
    return {name,
            help,
            options.fallback,
            options.required,
            TypeOf<T>::info,
            TypeOf<T>::names(),
            TypeOf<T>::computable,
            detail::takes_map<T>,
            [](Compiler& compiler, syntax::Node node, std::string_view what, void* object) {
                return read(compiler, node, what, static_cast<typename M::Class*>(object)->*Member);
            },
            part};
}

/// A mapping of arguments: a kind's, or a part of one such as `retry`.
struct ArgumentSchema {
    std::string_view name;  ///< as messages call it: "tick"
    std::span<const ArgumentSpec> fields;
    std::string_view
        shorthand;      ///< the field that a value which is no mapping of fields stands for, or empty
    bool bare = false;  ///< the value is the shorthand's even if it is a mapping

    const ArgumentSpec* find(std::string_view field) const noexcept {
        for (auto& f : fields) {
            if (f.name == field) return &f;
        }
        return nullptr;
    }
};

struct KindSpec {
    ArgumentSchema shape;
    std::string_view summary;  ///< one line, no full stop
    std::string_view result;   ///< what jobs.ID.result is
    std::string_view
        notes;  ///< text for help and manual: paragraphs divided by an empty line, `code` in backticks
    std::string_view example;  ///< a YAML script, complete
    bool effects = false;      ///< it does something outside of arun: a plan must not run it
    std::size_t size = 0;      ///< of the arguments
    std::size_t align = 1;
    void (*construct)(void*) = nullptr;
    /// Judges what single fields cannot: combinations, bodies. May add errors.
    void (*check)(Compiler&, void* arguments, syntax::Node kind_key) = nullptr;

    std::string_view name() const noexcept { return shape.name; }
};

}  // namespace arun::script
