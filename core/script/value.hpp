/// The values that expressions compute and jobs return: those of JSON.
#pragma once

#include "base/error.hpp"
#include "base/number.hpp"
#include "syntax/document.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::script {

using syntax::Type;

using syntax::type_name;

/// Immutable and cheap to copy: 16 bytes; texts, lists and maps are shared. The reference counts are not
/// atomic: copies must stay on one thread.
///
/// A number or boolean that was written in a script keeps its spelling, so that `1.10` prints as `1.10`, and
/// so does a number that no integer of 64 bits and no double is. Only the text form depends on it,
/// comparisons do not.
class Value {
public:
    using Entry = std::pair<std::string, Value>;

    Value() noexcept = default;
    /// The result of a job that `arun plan` does not run. Expressions that need it throw UnknownValue;
    /// everything else sees null.
    static Value unknown() noexcept;
    static Value boolean(bool b) noexcept;
    static Value boolean(bool b, std::string_view spelling);
    static Value number(Number n);
    static Value number(Number n, std::string_view spelling);
    static Value string(std::string_view text);
    static Value string(std::string&& text);
    static Value string(const std::string& text) { return string(std::string_view(text)); }
    static Value string(const char* text) { return string(std::string_view(text)); }
    static Value list(std::vector<Value> items);
    /// Keeps the order of the entries. Precondition: the keys are unique.
    static Value map(std::vector<Entry> entries);

    Value(const Value& other) noexcept : tag_(other.tag_), bits_(other.bits_) { retain(); }
    Value(Value&& other) noexcept : tag_(other.tag_), bits_(other.bits_) { other.tag_ = Tag::null; }
    Value& operator=(const Value& other) noexcept {
        Value copy(other);
        swap(copy);
        return *this;
    }
    Value& operator=(Value&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Value() { release(); }

    void swap(Value& other) noexcept {
        std::swap(tag_, other.tag_);
        std::swap(bits_, other.bits_);
    }

    Type type() const noexcept;
    bool is(Type t) const noexcept { return type() == t; }
    bool is_null() const noexcept { return tag_ <= Tag::unknown; }
    bool is_unknown() const noexcept { return tag_ == Tag::unknown; }

    bool as_boolean() const noexcept;                 ///< of a boolean
    Number as_number() const noexcept;                ///< of a number; may refer to the value
    const std::string& as_string() const noexcept;    ///< of a string
    std::span<const Value> items() const noexcept;    ///< of a list; empty for everything else
    std::span<const Entry> entries() const noexcept;  ///< of a map; empty for everything else
    /// The value of a key of a map, or null. Takes constant time if a large map is searched repeatedly.
    const Value* find(std::string_view key) const;

    /// The text form: null is empty, a written scalar keeps its spelling, integers print as such, other
    /// numbers as Number::append_to() says, lists and maps as compact JSON.
    std::string to_text() const;
    void append_text(std::string& out) const;

    /// As in GitHub's expressions: null, false, 0, NaN and "" are false.
    bool truthy() const noexcept;
    /// As in GitHub's comparisons: null and "" are 0, booleans 0 or 1, other text is the number it spells, or
    /// NaN. May refer to the value.
    Number coerce_number() const noexcept;

private:
    enum class Tag : std::uint8_t {
        null,
        unknown,
        boolean,
        integer,
        natural,  ///< an integer above those of std::int64_t
        real,
        spelled_boolean,
        spelled_number,
        string,
        list,
        map
    };
    struct Rep;
    struct StringRep;
    struct SpelledRep;
    struct ListRep;
    struct MapRep;
    union Bits {
        bool boolean;
        std::int64_t integer;
        std::uint64_t natural;
        double real;
        Rep* rep;
    };

    Value(Tag tag, Bits bits) noexcept : tag_(tag), bits_(bits) {}
    Value(Tag tag, Rep* rep) noexcept : Value(tag, Bits{.rep = rep}) {}
    void retain() const noexcept;
    void release() noexcept {
        if (tag_ > Tag::real) release_rep();
    }
    void release_rep() noexcept;

    Tag tag_ = Tag::null;
    Bits bits_ = {};
};
static_assert(sizeof(void*) != 8 || sizeof(Value) == 16);

/// Equality of JSON values: the same type, deeply equal.
bool strictly_equal(const Value& a, const Value& b);
/// `==` of the expression language: values of the same type are compared as strictly_equal() does, different
/// types as numbers.
bool loosely_equal(const Value& a, const Value& b);
/// -1, 0 or 1; 2 if the values have no order (NaN, lists, maps).
int compare(const Value& a, const Value& b);

/// The number, or the number that a text spells, which may refer to the value. Empty for anything else:
/// unlike coerce_number(), for null, booleans, blank text and NaN.
std::optional<Number> number_of(const Value& value) noexcept;

/// Appends JSON: on one line, or with two blanks per level like GitHub's toJSON. Bytes that are not UTF-8
/// become U+FFFD.
void append_json(std::string& out, const Value& value, bool pretty = false);
void append_json_string(std::string& out, std::string_view text);

/// Parses a JSON text. Numbers keep their value: those that are neither integers of 64 bits nor doubles keep
/// their spelling. Of several entries with one key, the last counts. Nesting deeper than 256 levels is an
/// error.
Result<Value> parse_json(std::string_view text);

/// Calls `hide` with each text under which a secret value could be printed: its own, or the texts and numbers
/// in it.
void for_each_secret(const Value& value, const std::function<void(std::string_view)>& hide);

}  // namespace arun::script
