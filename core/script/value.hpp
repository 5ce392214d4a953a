/// The values that expressions compute and jobs return: those of JSON.
#pragma once

#include "base/error.hpp"
#include "syntax/document.hpp"

#include <cstdint>
#include <functional>
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
/// A number or boolean that was written in a script keeps its spelling, so that `1.10` prints as `1.10`. Only
/// the text form depends on it, comparisons do not.
class Value {
public:
    using Entry = std::pair<std::string, Value>;

    Value() noexcept = default;
    /// The result of a job that `arun plan` does not run. Expressions that need it throw UnknownValue;
    /// everything else sees null.
    static Value unknown() noexcept;
    static Value boolean(bool b) noexcept;
    static Value boolean(bool b, std::string_view spelling);
    static Value number(double n) noexcept;
    static Value number(double n, std::string_view spelling);
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

    bool as_boolean() const noexcept;                        ///< of a boolean
    double as_number() const noexcept;                       ///< of a number
    const std::string& as_string() const noexcept;           ///< of a string
    std::span<const Value> items() const noexcept;           ///< of a list; empty for everything else
    std::span<const Entry> entries() const noexcept;         ///< of a map; empty for everything else
    const Value* find(std::string_view key) const noexcept;  ///< of a map, or null

    /// The text form: null is empty, a written scalar keeps its spelling, integers up to 2^53 print as such,
    /// other numbers shortest round-trip, lists and maps as compact JSON.
    std::string to_text() const;
    void append_text(std::string& out) const;

    /// As in GitHub's expressions: null, false, 0, NaN and "" are false.
    bool truthy() const noexcept;
    /// As in GitHub's comparisons: null and "" are 0, booleans 0 or 1, other text is the number it spells, or
    /// NaN.
    double coerce_number() const noexcept;

private:
    enum class Tag : std::uint8_t {
        null,
        unknown,
        boolean,
        number,
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
        double number;
        Rep* rep;
    };

    Value(Tag tag, Bits bits) noexcept : tag_(tag), bits_(bits) {}
    Value(Tag tag, Rep* rep) noexcept : Value(tag, Bits{.rep = rep}) {}
    void retain() const noexcept;
    void release() noexcept {
        if (tag_ > Tag::number) release_rep();
    }
    void release_rep() noexcept;

    Tag tag_ = Tag::null;
    Bits bits_ = {};
};

/// `==` of the expression language: values of the same type are compared deeply, different types as numbers.
bool loosely_equal(const Value& a, const Value& b);
/// -1, 0 or 1; 2 if the values have no order (NaN, lists, maps).
int compare(const Value& a, const Value& b);

/// Appends the text form of a number.
void append_number(std::string& out, double n);

/// Appends JSON: on one line, or with two blanks per level like GitHub's toJSON. Bytes that are not UTF-8
/// become U+FFFD.
void append_json(std::string& out, const Value& value, bool pretty = false);
void append_json_string(std::string& out, std::string_view text);

/// Parses a JSON text. Of several entries with one key, the last counts. Nesting deeper than 256 levels is an
/// error.
Result<Value> parse_json(std::string_view text);

/// Calls `hide` with each text under which a secret value could be printed: its own, or the texts and numbers
/// in it.
void for_each_secret(const Value& value, const std::function<void(std::string_view)>& hide);

}  // namespace arun::script
