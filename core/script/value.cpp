#include "script/value.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <unordered_map>

namespace arun::script {

struct Value::Rep {
    std::uint32_t refs = 1;
};
struct Value::StringRep : Rep {
    explicit StringRep(std::string t) : text(std::move(t)) {}
    std::string text;
};
struct Value::SpelledRep : Rep {
    SpelledRep(Number n, std::string_view s)
        : spelling(s), number(n.is_text() ? Number::parse(spelling).value_or(n) : n) {}
    SpelledRep(const SpelledRep&) = delete;
    SpelledRep& operator=(const SpelledRep&) = delete;
    std::string spelling;
    Number number;  ///< may refer to the spelling
};
struct Value::ListRep : Rep {
    explicit ListRep(std::vector<Value> i) : items(std::move(i)) {}
    std::vector<Value> items;
};
struct Value::MapRep : Rep {
    explicit MapRep(std::vector<Entry> e) : entries(std::move(e)) {}

    const Value* find(std::string_view key) {
        constexpr std::size_t min_indexed = 32;
        constexpr std::uint32_t max_scans = 8;
        if (entries.size() < min_indexed || (!index && scans++ < max_scans)) {
            const auto found = std::ranges::find(entries, key, &Entry::first);
            return found != entries.end() ? &found->second : nullptr;
        }
        if (!index) {
            index = std::make_unique<Index>();
            index->reserve(entries.size());
            for (const auto& [name, value] : entries) index->try_emplace(name, &value);
        }
        const auto found = index->find(key);
        return found != index->end() ? found->second : nullptr;
    }

    using Index = std::unordered_map<std::string_view, const Value*>;
    std::uint32_t scans = 0;  ///< how often it was searched without the index
    std::vector<Entry> entries;
    std::unique_ptr<Index> index;
};

Value Value::unknown() noexcept {
    return Value(Tag::unknown, Bits{});
}

Value Value::boolean(bool b) noexcept {
    return Value(Tag::boolean, Bits{.boolean = b});
}

Value Value::boolean(bool b, std::string_view spelling) {
    if (spelling == (b ? "true" : "false")) return boolean(b);
    return Value(Tag::spelled_boolean, new SpelledRep(b ? 1 : 0, spelling));
}

Value Value::number(Number n) {
    if (n.is_double()) return Value(Tag::real, Bits{.real = n.to_double()});
    if (const auto integer = n.to_int64()) return Value(Tag::integer, Bits{.integer = *integer});
    if (const auto natural = n.to_uint64()) return Value(Tag::natural, Bits{.natural = *natural});
    std::string spelling;
    n.append_to(spelling);
    return Value(Tag::spelled_number, new SpelledRep(n, spelling));
}

Value Value::number(Number n, std::string_view spelling) {
    std::string plain;
    n.append_to(plain);
    if (spelling == plain && !n.is_text()) return number(n);
    return Value(Tag::spelled_number, new SpelledRep(n, spelling));
}

Value Value::string(std::string_view text) {
    return Value(Tag::string, new StringRep(std::string(text)));
}
Value Value::string(std::string&& text) {
    return Value(Tag::string, new StringRep(std::move(text)));
}
Value Value::list(std::vector<Value> items) {
    return Value(Tag::list, new ListRep(std::move(items)));
}
Value Value::map(std::vector<Entry> entries) {
    return Value(Tag::map, new MapRep(std::move(entries)));
}

void Value::retain() const noexcept {
    if (tag_ > Tag::real) ++bits_.rep->refs;
}

void Value::release_rep() noexcept {
    if (--bits_.rep->refs != 0) return;
    switch (tag_) {
        case Tag::string:
            delete static_cast<StringRep*>(bits_.rep);
            break;
        case Tag::spelled_boolean:
        case Tag::spelled_number:
            delete static_cast<SpelledRep*>(bits_.rep);
            break;
        case Tag::list:
            delete static_cast<ListRep*>(bits_.rep);
            break;
        case Tag::map:
            delete static_cast<MapRep*>(bits_.rep);
            break;
        default:
            break;
    }
}

Type Value::type() const noexcept {
    constexpr std::array<Type, 11> types{Type::null,   Type::null,   Type::boolean, Type::number,
                                         Type::number, Type::number, Type::boolean, Type::number,
                                         Type::string, Type::list,   Type::map};
    return types[static_cast<std::size_t>(tag_)];
}

bool Value::as_boolean() const noexcept {
    return tag_ == Tag::boolean ? bits_.boolean : !static_cast<SpelledRep*>(bits_.rep)->number.is_zero();
}

Number Value::as_number() const noexcept {
    switch (tag_) {
        case Tag::integer:
            return bits_.integer;
        case Tag::natural:
            return bits_.natural;
        case Tag::real:
            return bits_.real;
        default:
            return static_cast<SpelledRep*>(bits_.rep)->number;
    }
}

const std::string& Value::as_string() const noexcept {
    return static_cast<StringRep*>(bits_.rep)->text;
}

std::span<const Value> Value::items() const noexcept {
    if (tag_ != Tag::list) return {};
    return static_cast<ListRep*>(bits_.rep)->items;
}

std::span<const Value::Entry> Value::entries() const noexcept {
    if (tag_ != Tag::map) return {};
    return static_cast<MapRep*>(bits_.rep)->entries;
}

const Value* Value::find(std::string_view key) const {
    return tag_ == Tag::map ? static_cast<MapRep*>(bits_.rep)->find(key) : nullptr;
}

void Value::append_text(std::string& out) const {
    switch (tag_) {
        case Tag::null:
        case Tag::unknown:
            break;
        case Tag::boolean:
            out += bits_.boolean ? "true" : "false";
            break;
        case Tag::integer:
        case Tag::natural:
        case Tag::real:
            as_number().append_to(out);
            break;
        case Tag::spelled_boolean:
        case Tag::spelled_number:
            out += static_cast<SpelledRep*>(bits_.rep)->spelling;
            break;
        case Tag::string:
            out += as_string();
            break;
        case Tag::list:
        case Tag::map:
            append_json(out, *this);
            break;
    }
}

std::string Value::to_text() const {
    std::string out;
    append_text(out);
    return out;
}

bool Value::truthy() const noexcept {
    switch (type()) {
        case Type::null:
            return false;
        case Type::boolean:
            return as_boolean();
        case Type::number:
            return !as_number().is_zero() && !as_number().is_nan();
        case Type::string:
            return !as_string().empty();
        case Type::list:
        case Type::map:
            return true;
    }
    return false;
}

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

Number Value::coerce_number() const noexcept {
    switch (type()) {
        case Type::null:
            return 0;
        case Type::boolean:
            return as_boolean() ? 1 : 0;
        case Type::number:
            return as_number();
        case Type::string:
            if (const auto text = trim(as_string()); !text.empty())
                return Number::parse(text).value_or(not_a_number);
            return 0;
        case Type::list:
        case Type::map:
            break;
    }
    return not_a_number;
}

bool loosely_equal(const Value& a, const Value& b) {
    return a.type() != b.type() ? a.coerce_number() == b.coerce_number() : strictly_equal(a, b);
}

bool strictly_equal(const Value& a, const Value& b) {
    if (a.type() != b.type()) return false;
    switch (a.type()) {
        case Type::null:
            return true;
        case Type::boolean:
            return a.as_boolean() == b.as_boolean();
        case Type::number:
            return a.as_number() == b.as_number();
        case Type::string:
            return a.as_string() == b.as_string();
        case Type::list:
            return std::ranges::equal(a.items(), b.items(), strictly_equal);
        case Type::map: {
            if (a.entries().size() != b.entries().size()) return false;
            return std::ranges::all_of(a.entries(), [&](const Value::Entry& entry) {
                auto* other = b.find(entry.first);
                return other != nullptr && strictly_equal(entry.second, *other);
            });
        }
    }
    return false;
}

std::optional<Number> number_of(const Value& value) noexcept {
    if (value.is(Type::number) && !value.as_number().is_nan()) return value.as_number();
    if (!value.is(Type::string)) return std::nullopt;
    return Number::parse(trim(value.as_string()));
}

int compare(const Value& a, const Value& b) {
    if (a.is(Type::string) && b.is(Type::string)) {
        auto order = a.as_string().compare(b.as_string());
        return order < 0 ? -1 : order > 0 ? 1 : 0;
    }
    const auto order = a.coerce_number() <=> b.coerce_number();
    if (order == std::partial_ordering::unordered) return 2;
    return order < 0 ? -1 : order > 0 ? 1 : 0;
}

namespace {

constexpr std::size_t max_depth =
    256;  // deeper values could overflow the stack when they are printed or freed

void indent(std::string& out, std::size_t depth, bool pretty) {
    if (!pretty) return;
    out += '\n';
    out.append(depth * 2, ' ');
}

/// Whether JSON allows this spelling of a number: `007`, `+5`, `5.` and `.5` are not JSON.
bool is_json_number(std::string_view text) {
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const auto next = [&] { return at < text.size() ? text[at] : '\0'; };
    const auto skip_digits = [&] {
        const auto begin = at;
        while (is_digit(next())) ++at;
        return at != begin;
    };
    if (next() == '0') {
        ++at;
    } else if (!skip_digits()) {
        return false;
    }
    if (next() == '.') {
        ++at;
        if (!skip_digits()) return false;
    }
    if (next() == 'e' || next() == 'E') {
        ++at;
        if (next() == '+' || next() == '-') ++at;
        if (!skip_digits()) return false;
    }
    return at == text.size();
}

void append_json_number(std::string& out, const Value& value) {
    if (!value.as_number().is_finite()) {
        out += "null";
        return;
    }
    const auto text = value.to_text();
    if (is_json_number(text)) {
        out += text;
    } else {
        value.as_number().append_to(out);
    }
}

void append_json(std::string& out, const Value& value, bool pretty, std::size_t depth) {
    bool first = true;
    const auto separate = [&] {
        if (!first) out += ',';
        first = false;
        indent(out, depth + 1, pretty);
    };
    switch (value.type()) {
        case Type::null:
            out += "null";
            break;
        case Type::boolean:
            out += value.as_boolean() ? "true" : "false";
            break;
        case Type::number:
            append_json_number(out, value);
            break;
        case Type::string:
            append_json_string(out, value.as_string());
            break;
        case Type::list:
            out += '[';
            for (const auto& item : value.items()) {
                separate();
                append_json(out, item, pretty, depth + 1);
            }
            if (!first) indent(out, depth, pretty);
            out += ']';
            break;
        case Type::map:
            out += '{';
            for (const auto& [key, item] : value.entries()) {
                separate();
                append_json_string(out, key);
                out += pretty ? ": " : ":";
                append_json(out, item, pretty, depth + 1);
            }
            if (!first) indent(out, depth, pretty);
            out += '}';
            break;
    }
}

/// Precondition: the text begins with bytes that are not UTF-8. Returns how many of them one U+FFFD replaces:
/// a sequence that was cut short counts as one (Unicode 15, section 3.9).
std::size_t invalid_length(std::string_view text) {
    for (auto n = std::min<std::size_t>(text.size(), 3); n > 1; --n) {
        char completed[] = "\x80\x80\x80\x80";
        text.copy(completed, n);
        const auto point = first_code_point({completed, 4});
        if (point.valid && point.length > n) return n;
    }
    return 1;
}

void append_escaped(std::string& out, char c) {
    constexpr std::string_view escaped = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    if (const auto at = escaped.find(c); at != escaped.npos) {
        out += '\\';
        out += letters[at];
        return;
    }
    constexpr std::string_view hex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += hex[byte >> 4];
    out += hex[byte & 15];
}

/// Of several entries with one key, the last value counts, in the place of the first.
void merge_repeated_keys(std::vector<Value::Entry>& entries) {
    if (entries.size() < 2) return;
    std::unordered_map<std::string_view, std::size_t> first;
    std::vector<bool> repeated(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto [at, is_first] = first.try_emplace(entries[i].first, i);
        if (is_first) continue;
        entries[at->second].second = entries[i].second;
        repeated[i] = true;
    }
    if (first.size() == entries.size()) return;
    std::size_t i = 0;
    std::erase_if(entries, [&](const auto&) { return repeated[i++]; });
}

/// Not nlohmann::json: the linker would keep one copy of the parser's functions for this file and for
/// read_json.cpp, which is compiled with more inlining.
using Json = nlohmann::ordered_json;

/// Precondition: the text is a number in JSON.
Value number_of_json(std::string_view text) {
    const auto n = Number::parse(text).value_or(not_a_number);
    if (!n.is_double() && !n.is_text()) return Value::number(n);
    const auto nearest = n.to_double();
    return is_lossless(text, nearest) ? Value::number(nearest) : Value::number(n, text);
}

/// The id of nlohmann's exception for a number beyond the range of a double.
constexpr int number_overflow = 406;

/// Replaces the numbers beyond the range of a double, which nlohmann's parser refuses, by zeros. Returns all
/// numbers of the text, those that were not replaced as empty ones. Precondition: the text is JSON at least
/// as far as the first of these numbers.
std::vector<std::string> take_large_numbers(std::string& text) {
    constexpr std::string_view number = "+-.0123456789Ee";
    std::vector<std::string> numbers;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') {
            for (++i; i < text.size() && text[i] != '"'; ++i)
                if (text[i] == '\\') ++i;
        } else if (text[i] == '-' || is_digit(text[i])) {
            const auto end = std::min(text.find_first_not_of(number, i), text.size());
            const auto spelling = std::string_view(text).substr(i, end - i);
            const auto n = Number::parse(spelling);
            const bool large = n && std::isinf(n->to_double());
            numbers.emplace_back(large ? spelling : std::string_view());
            if (large) text.replace(i, end - i, "0" + std::string(end - i - 1, ' '));
            i = end - 1;
        }
    }
    return numbers;
}

/// Makes a Value of the events of nlohmann's SAX parser.
class ValueBuilder {
public:
    ValueBuilder() = default;
    /// `numbers`: what take_large_numbers() returned for the text.
    explicit ValueBuilder(std::vector<std::string> numbers) : numbers_(std::move(numbers)) {}

    bool null() { return add({}); }
    bool boolean(bool b) { return add(Value::boolean(b)); }
    bool number_integer(std::int64_t n) { return add_number(Value::number(n)); }
    bool number_unsigned(std::uint64_t n) { return add_number(Value::number(n)); }
    bool number_float(double, const std::string& text) { return add_number(number_of_json(text)); }
    bool string(std::string& text) { return add(Value::string(std::move(text))); }
    bool binary(const Json::binary_t&) { return false; }
    bool start_array(std::size_t) { return open(); }
    bool start_object(std::size_t) { return open(); }
    bool key(std::string& name) {
        levels_.back().entries.emplace_back(std::move(name), Value());
        return true;
    }
    bool end_array() { return add(Value::list(close().items)); }
    bool end_object() {
        auto entries = close().entries;
        merge_repeated_keys(entries);
        return add(Value::map(std::move(entries)));
    }
    bool parse_error(std::size_t, const std::string&, const Json::exception& e) {
        std::string_view why = e.what();
        // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
        if (const auto end = why.find("] "); why.starts_with('[') && end != why.npos)
            why.remove_prefix(end + 2);
        error_ = "not JSON: " + std::string(why);
        found_large_number_ = e.id == number_overflow;
        return false;
    }
    bool found_large_number() const noexcept { return found_large_number_; }

    Result<Value> result() && {
        if (!error_.empty()) return Error{std::move(error_)};
        return std::move(root_);
    }

private:
    /// A list or map that has not ended. A map has as many keys as values, or one more.
    struct Level {
        std::vector<Value> items;
        std::vector<Value::Entry> entries;
    };

    bool open() {
        if (levels_.size() == max_depth) {
            error_ = "the JSON text is nested deeper than " + std::to_string(max_depth) + " levels";
            return false;
        }
        levels_.emplace_back();
        return true;
    }
    Level close() {
        auto level = std::move(levels_.back());
        levels_.pop_back();
        return level;
    }
    bool add_number(Value value) {
        const auto i = count_++;
        return add(i < numbers_.size() && !numbers_[i].empty() ? number_of_json(numbers_[i])
                                                               : std::move(value));
    }
    bool add(Value value) {
        if (levels_.empty()) {
            root_ = std::move(value);
        } else if (auto& level = levels_.back(); level.entries.empty()) {
            level.items.push_back(std::move(value));
        } else {
            level.entries.back().second = std::move(value);
        }
        return true;
    }

    std::vector<Level> levels_;
    Value root_;
    std::string error_;
    std::vector<std::string> numbers_;
    std::size_t count_ = 0;  // of the numbers so far
    bool found_large_number_ = false;
};

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
    out += '"';
    for (;;) {
        const auto plain = static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain) - text.begin());
        out.append(text, 0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        const auto point = first_code_point(text);
        std::size_t length = point.length;
        if (!point.valid) {
            length = invalid_length(text);
            out += "\uFFFD";
        } else if (point.value < 0x20 || point.value == '"' || point.value == '\\') {
            append_escaped(out, text.front());
        } else {
            out.append(text, 0, length);
        }
        text.remove_prefix(length);
    }
    out += '"';
}

void append_json(std::string& out, const Value& value, bool pretty) {
    append_json(out, value, pretty, 0);
}

Result<Value> parse_json(std::string_view text) {
    // nlohmann takes it for the end of the text.
    if (text.find('\0') != text.npos) return Error{"not JSON: a NUL byte"};
    ValueBuilder builder;
    Json::sax_parse(text.begin(), text.end(), &builder);
    if (!builder.found_large_number()) return std::move(builder).result();
    std::string copy(text);
    ValueBuilder again(take_large_numbers(copy));
    Json::sax_parse(copy.begin(), copy.end(), &again);
    return std::move(again).result();
}

void for_each_secret(const Value& value, const std::function<void(std::string_view)>& hide) {
    // Hiding `true` and `false` would hide too much.
    if (value.is_null() || value.is(Type::boolean)) return;
    if (value.is(Type::string) || value.is(Type::number)) return hide(value.to_text());
    // Small numbers inside a list or mapping (an exit status, an HTTP status) are common in messages.
    const auto hide_inner = [&](const Value& item) {
        const bool large = item.is(Type::number) && (item.as_number() >= 1000 || item.as_number() <= -1000);
        if (!item.is(Type::number) || large) for_each_secret(item, hide);
    };
    for (const auto& item : value.items()) hide_inner(item);
    for (const auto& entry : value.entries()) hide_inner(entry.second);
}

}  // namespace arun::script
