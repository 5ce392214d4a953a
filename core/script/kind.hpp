/// What a kind declares about itself. The parser, the JSON Schema, the help and the manual are generated from
/// it.
#pragma once

#include "script/arguments.hpp"
#include "script/result_type.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace arun::script {

struct ArgumentSchema;

/// One argument.
struct ArgumentSpec {
    std::string_view name;
    std::string_view help;
    std::string_view fallback;  ///< the default value, in words, or empty
    bool required = false;
    TypeInfo type;
    std::span<const std::string_view> choices;  ///< the names of an enum
    bool computable = false;                    ///< takes `${{ }}`
    bool takes_map = false;                     ///< its value can be a mapping
    bool (*read)(Compiler&, syntax::Node, std::string_view what, void* object) = nullptr;
    const ArgumentSchema* nested = nullptr;  ///< of an ArgumentStruct
    /// The jobs in the argument, given the arguments of a job that was compiled; null if it has none.
    std::span<const Job> (*jobs)(const void* arguments) = nullptr;
    /// Appends the value that the argument has in `context`, if it is a text or computed; else returns false.
    /// Throws EvalError. Null if the type is neither.
    bool (*append_value)(const void* arguments, const EvalContext& context, std::string& out) = nullptr;
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
template <auto Member>
constexpr auto jobs_of() -> std::span<const Job> (*)(const void*) {
    using M = MemberOf<decltype(Member)>;
    if constexpr (std::is_base_of_v<JobList, typename M::Type> ||
                  std::is_same_v<typename M::Type, ChildList>) {
        return [](const void* arguments) -> std::span<const Job> {
            return (static_cast<const typename M::Class*>(arguments)->*Member).jobs;
        };
    }
    return nullptr;
}

inline bool append_value(const Text& text, const EvalContext& context, std::string& out) {
    std::string buffer;
    out += text.get(context, buffer);
    return true;
}
template <class T>
bool append_value(const Dyn<T>& value, const EvalContext& context, std::string& out) {
    if (value.computed == nullptr) return false;
    append_text(*value.computed, context, out);
    return true;
}
template <class T>
bool append_value(const std::optional<T>& value, const EvalContext& context, std::string& out)
    requires requires { append_value(*value, context, out); }
{
    return value && append_value(*value, context, out);
}
bool append_value(const AnyValue& value, const EvalContext& context, std::string& out);

template <auto Member>
constexpr auto append_value_of() -> bool (*)(const void*, const EvalContext&, std::string&) {
    using M = MemberOf<decltype(Member)>;
    if constexpr (requires(const typename M::Type& member, const EvalContext& context, std::string& out) {
                      append_value(member, context, out);
                  }) {
        return [](const void* arguments, const EvalContext& context, std::string& out) {
            return append_value(static_cast<const typename M::Class*>(arguments)->*Member, context, out);
        };
    }
    return nullptr;
}
}  // namespace detail

/// Describes the argument that is read into `Member`: field<&Arguments::every>("every", "the length of a
/// slot",
/// {.required = true}).
template <auto Member>
constexpr ArgumentSpec field(std::string_view name, std::string_view help, ArgumentOptions options = {}) {
    using M = detail::MemberOf<decltype(Member)>;
    using T = typename M::Type;
    const ArgumentSchema* nested = nullptr;
    if constexpr (requires { TypeOf<T>::nested; }) nested = TypeOf<T>::nested;
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
            nested,
            detail::jobs_of<Member>(),
            detail::append_value_of<Member>()};
}

/// A mapping of arguments: those of a kind, or nested ones such as `retry`.
struct ArgumentSchema {
    /// The compiler reads the fields of a job on the stack.
    static constexpr std::size_t max_fields = 24;

    constexpr ArgumentSchema() = default;
    /// Does not compile with more than max_fields.
    constexpr ArgumentSchema(std::string_view n, std::span<const ArgumentSpec> f, std::string_view s)
        : name(n), fields(f), shorthand(s) {
        if (fields.size() > max_fields) throw std::length_error("more than max_fields arguments");
    }

    std::string_view name;  ///< for messages: "tick"
    std::span<const ArgumentSpec> fields;
    std::string_view shorthand;  ///< the field that takes a value which is not a mapping of fields, or empty
    bool bare = false;           ///< the shorthand takes mappings as well

    const ArgumentSpec* find(std::string_view field) const noexcept {
        for (auto& f : fields) {
            if (f.name == field) return &f;
        }
        return nullptr;
    }
    /// Precondition: `field` is one of `fields`.
    std::size_t index_of(const ArgumentSpec& field) const noexcept {
        return static_cast<std::size_t>(&field - fields.data());
    }
};

/// A struct of arguments that is an argument itself, such as `expect`: a mapping of its fields, or its
/// shorthand. It may have `static void check(Compiler&, T&, syntax::Node)`.
template <class T>
concept ArgumentStruct = requires {
    T::name;
    T::fields;
    T::shorthand;
};
template <ArgumentStruct T>
inline constexpr ArgumentSchema schema_of{T::name, T::fields, T::shorthand};

/// Reads a mapping of the schema's fields, or its shorthand, into `object`. Returns false after an error.
bool read_nested(Compiler& compiler, syntax::Node node, std::string_view what, const ArgumentSchema& schema,
                 void* object);

template <ArgumentStruct T>
bool read(Compiler& compiler, syntax::Node node, std::string_view what, T& out) {
    if (!read_nested(compiler, node, what, schema_of<T>, &out)) return false;
    if constexpr (requires { &T::check; }) T::check(compiler, out, node);
    return true;
}

template <ArgumentStruct T>
struct TypeOf<T> : PlainType {
    static constexpr TypeInfo info{"mapping", {}};  // its JSON Schema is made of the fields
    static constexpr const ArgumentSchema* nested = &schema_of<T>;
};

struct KindSpec {
    ArgumentSchema schema;
    std::string_view summary;  ///< one line, without a full stop
    std::string_view result;   ///< describes jobs.ID.result
    std::string_view notes;    ///< paragraphs separated by empty lines, with `code` in backticks
    std::string_view example;  ///< a complete script in YAML
    const ResultType* result_type = nullptr;  ///< null: any
    bool has_locals = false;                  ///< what its arguments declare is not visible outside of it
    bool effects = false;  ///< acts on the world outside of arun, so that `arun plan` must not run it
    std::size_t size = 0;  ///< of the arguments
    std::size_t align = 1;
    void (*construct)(void*) = nullptr;
    /// Of a loop: whether it may have few rounds, so that reports list them, given the arguments of a job
    /// that was compiled. Null for other kinds.
    bool (*lists_rounds)(const void* arguments) = nullptr;
    /// Checks combinations of arguments. May be null.
    void (*check)(Compiler&, void* arguments, syntax::Node kind_key) = nullptr;

    std::string_view name() const noexcept { return schema.name; }
};

/// The kinds that scripts may use, by name.
class KindTable {
public:
    explicit KindTable(std::span<const KindSpec* const> kinds) : kinds_(kinds) {}
    const KindSpec* find(std::string_view name) const noexcept;
    std::span<const KindSpec* const> all() const noexcept { return kinds_; }
    std::vector<std::string_view> names() const;

private:
    std::span<const KindSpec* const> kinds_;
    mutable const KindSpec* last_ = nullptr;  ///< a script often has many jobs of one kind in a row
};

}  // namespace arun::script
