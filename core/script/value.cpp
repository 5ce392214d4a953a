#include "script/value.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace arun::script {

struct Value::Rep {
    std::uint32_t refs = 1;
};
struct Value::StringRep : Rep {
    explicit StringRep(std::string t) : text(std::move(t)) {}
    std::string text;
};
struct Value::SpelledRep : Rep {
    SpelledRep(double n, std::string_view s) : number(n), spelling(s) {}
    double number;
    std::string spelling;
};
struct Value::ListRep : Rep {
    explicit ListRep(std::vector<Value> i) : items(std::move(i)) {}
    std::vector<Value> items;
};
struct Value::MapRep : Rep {
    explicit MapRep(std::vector<Entry> e) : entries(std::move(e)) {}
    std::vector<Entry> entries;
};

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

Value Value::unknown() noexcept {
    Value v;
    v.tag_ = Tag::unknown;
    return v;
}

Value Value::boolean(bool b) noexcept {
    Value v;
    v.tag_ = Tag::boolean;
    v.bits_.boolean = b;
    return v;
}

Value Value::boolean(bool b, std::string_view spelling) {
    if (spelling == (b ? "true" : "false")) return boolean(b);
    return Value(Tag::spelled_boolean, new SpelledRep(b ? 1 : 0, spelling));
}

Value Value::number(double n) noexcept {
    Value v;
    v.tag_ = Tag::number;
    v.bits_.number = n;
    return v;
}

Value Value::number(double n, std::string_view spelling) {
    std::string plain;
    append_number(plain, n);
    if (spelling == plain) return number(n);
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
    if (tag_ > Tag::number) ++bits_.rep->refs;
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
    switch (tag_) {
        case Tag::null:
        case Tag::unknown:
            return Type::null;
        case Tag::boolean:
        case Tag::spelled_boolean:
            return Type::boolean;
        case Tag::number:
        case Tag::spelled_number:
            return Type::number;
        case Tag::string:
            return Type::string;
        case Tag::list:
            return Type::list;
        case Tag::map:
            return Type::map;
    }
    return Type::null;
}

bool Value::as_boolean() const noexcept {
    return tag_ == Tag::boolean ? bits_.boolean : static_cast<SpelledRep*>(bits_.rep)->number != 0;
}

double Value::as_number() const noexcept {
    return tag_ == Tag::number ? bits_.number : static_cast<SpelledRep*>(bits_.rep)->number;
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

const Value* Value::find(std::string_view key) const noexcept {
    for (auto& entry : entries()) {
        if (entry.first == key) return &entry.second;
    }
    return nullptr;
}

void append_number(std::string& out, double n) {
    if (std::isnan(n)) {
        out += "NaN";
        return;
    }
    if (std::isinf(n)) {
        out += n < 0 ? "-Infinity" : "Infinity";
        return;
    }
    char buffer[40];
    constexpr double exact = 9007199254740992.0;  // 2^53: up to here every integer is itself
    if (n == std::trunc(n) && std::abs(n) <= exact) {
        auto end = std::to_chars(buffer, buffer + sizeof buffer, static_cast<std::int64_t>(n)).ptr;
        out.append(buffer, end);
        return;
    }
    auto end = std::to_chars(buffer, buffer + sizeof buffer, n).ptr;
    out.append(buffer, end);
}

void Value::append_text(std::string& out) const {
    switch (tag_) {
        case Tag::null:
        case Tag::unknown:
            break;
        case Tag::boolean:
            out += bits_.boolean ? "true" : "false";
            break;
        case Tag::number:
            append_number(out, bits_.number);
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
            return as_number() != 0 && !std::isnan(as_number());
        case Type::string:
            return !as_string().empty();
        case Type::list:
        case Type::map:
            return true;
    }
    return false;
}

namespace {

double number_of_text(std::string_view text) {
    text = trim(text);
    if (text.empty()) return 0;
    double sign = 1;
    auto digits = text;
    if (digits.front() == '+' || digits.front() == '-') {
        sign = digits.front() == '-' ? -1 : 1;
        digits.remove_prefix(1);
    }
    int base = digits.starts_with("0x") ? 16 : digits.starts_with("0o") ? 8 : 0;
    auto* last = text.data() + text.size();
    if (base != 0) {
        std::uint64_t n = 0;
        auto [end, ec] = std::from_chars(digits.data() + 2, last, n, base);
        if (ec == std::errc() && end == last) return sign * static_cast<double>(n);
        return std::numeric_limits<double>::quiet_NaN();
    }
    double n = 0;
    auto [end, ec] = std::from_chars(digits.data(), last, n);
    bool number = !digits.empty() && (digits.front() == '.' || is_digit(digits.front()));
    if (number && ec == std::errc() && end == last) return sign * n;
    return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

double Value::coerce_number() const noexcept {
    switch (type()) {
        case Type::null:
            return 0;
        case Type::boolean:
            return as_boolean() ? 1 : 0;
        case Type::number:
            return as_number();
        case Type::string:
            return number_of_text(as_string());
        case Type::list:
        case Type::map:
            break;
    }
    return std::numeric_limits<double>::quiet_NaN();
}

bool loosely_equal(const Value& a, const Value& b) {
    if (a.type() != b.type()) return a.coerce_number() == b.coerce_number();
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
            return std::ranges::equal(a.items(), b.items(), loosely_equal);
        case Type::map: {
            if (a.entries().size() != b.entries().size()) return false;
            return std::ranges::all_of(a.entries(), [&](const Value::Entry& entry) {
                auto* other = b.find(entry.first);
                return other != nullptr && loosely_equal(entry.second, *other);
            });
        }
    }
    return false;
}

int compare(const Value& a, const Value& b) {
    if (a.is(Type::string) && b.is(Type::string)) {
        auto order = a.as_string().compare(b.as_string());
        return order < 0 ? -1 : order > 0 ? 1 : 0;
    }
    auto x = a.coerce_number();
    auto y = b.coerce_number();
    if (std::isnan(x) || std::isnan(y)) return 2;
    return x < y ? -1 : x > y ? 1 : 0;
}

}  // namespace arun::script
