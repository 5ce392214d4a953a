#include "script/functions.hpp"

#include "base/arithmetic.hpp"
#include "base/ascii.hpp"
#include "base/duration.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/time_format.hpp"
#include "base/utf8.hpp"
#include "script/arguments.hpp"
#include "script/expression.hpp"
#include "script/regex.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

namespace arun::script {

const Regex* Call::regex() const noexcept {
    return expression_.regex;
}

Number Call::number(const Value& value) const {
    const auto n = number_of(value);
    if (!n) fail(expected("a number", value));
    return *n;
}

std::int64_t Call::integer(std::size_t i) const {
    const auto n = number(i).to_int64();
    if (!n) fail(expected("an integer", arguments_[i]));
    return *n;
}

std::span<const Value> Call::list(std::size_t i) const {
    if (!arguments_[i].is(Type::list)) fail(expected("a list", arguments_[i]));
    return arguments_[i].items();
}

void Call::fail(const std::string& message) const {
    throw EvalError(expression_.span, std::string(expression_.function->name) + ": " + message);
}

namespace {

// --- Text ---

Value call_contains(const Call& call) {
    const auto& search = call[0];
    const auto& item = call[1];
    if (search.is(Type::list)) {
        return Value::boolean(
            std::ranges::any_of(search.items(), [&](const Value& v) { return loosely_equal(v, item); }));
    }
    if (search.is(Type::map) || item.is_null()) return Value::boolean(false);
    return Value::boolean(search.to_text().find(item.to_text()) != std::string::npos);
}

Value starts_with(const Call& call) {
    return Value::boolean(!call[1].is_null() && call[0].to_text().starts_with(call[1].to_text()));
}

Value ends_with(const Call& call) {
    return Value::boolean(!call[1].is_null() && call[0].to_text().ends_with(call[1].to_text()));
}

/// Calls `f` with the pattern in argument 1.
template <class F>
auto with_regex(const Call& call, F&& f) {
    if (const auto* literal = call.regex()) return f(*literal);
    if (call[1].is_null()) call.fail("the pattern is null");
    const auto made = Regex::compile(call[1].to_text());
    if (!made) call.fail("not a regular expression: " + made.error().message);
    return f(**made);
}

Value call_matches(const Call& call) {
    return with_regex(call, [&](const Regex& regex) {
        if (call[0].is_null()) return Value::boolean(false);
        return Value::boolean(call.value_of(regex.search(call[0].to_text())));
    });
}

Value call_match(const Call& call) {
    return with_regex(call, [&](const Regex& regex) {
        if (call[0].is_null()) return Value();
        const auto text = call[0].to_text();
        const auto parts = call.value_of(regex.match(text));
        if (parts.empty()) return Value();
        std::vector<Value> items;
        for (const auto& part : parts) items.push_back(part ? Value::string(*part) : Value());
        return Value::list(std::move(items));
    });
}

Value call_format(const Call& call) {
    const auto pattern = call[0].to_text();
    std::string out;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const char c = pattern[i];
        const bool doubled = i + 1 < pattern.size() && pattern[i + 1] == c;
        if ((c == '{' || c == '}') && doubled) {
            out += c;
            ++i;
        } else if (c == '{') {
            const auto end = pattern.find('}', i);
            const auto digits = pattern.substr(i + 1, end == std::string::npos ? end : end - i - 1);
            const bool number = is_digits(digits) && digits.size() < 4;
            if (end == std::string::npos || !number)
                call.fail("'{' without a number and '}'; write '{{' for a brace");
            const auto which = static_cast<std::size_t>(std::stoi(digits)) + 1;
            if (which >= call.size()) call.fail("there is no argument {" + digits + "}");
            call[which].append_text(out);
            i = end;
        } else if (c == '}') {
            call.fail("'}' without '{'; write '}}' for a brace");
        } else {
            out += c;
        }
    }
    return Value::string(std::move(out));
}

Value join_items(const Call& call) {
    if (!call[0].is(Type::list)) return Value::string(call[0].to_text());
    const auto separator = call.size() > 1 ? call[1].to_text() : ",";
    std::string out;
    bool first = true;
    for (const auto& item : call[0].items()) {
        if (!first) out += separator;
        first = false;
        item.append_text(out);
    }
    return Value::string(std::move(out));
}

template <class Pieces>
Value texts(const Pieces& pieces) {
    std::vector<Value> items;
    items.reserve(pieces.size());
    for (const std::string_view piece : pieces) items.push_back(Value::string(piece));
    return Value::list(std::move(items));
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (;;) {
        const auto begin = std::ranges::find_if_not(text, is_space);
        const auto end = std::find_if(begin, text.end(), is_space);
        if (begin == end) return words;
        words.emplace_back(begin, end);
        text = {end, text.end()};
    }
}

Value split_text(const Call& call) {
    const auto text = call[0].to_text();
    if (call.size() == 1) return texts(words_of(text));
    const auto separator = call[1].to_text();
    if (separator.empty()) call.fail("the separator is empty");
    return texts(split(text, separator));
}

Value call_lines(const Call& call) {
    const auto text = call[0].to_text();
    return texts(lines_of(text));
}

Value call_replace(const Call& call) {
    const auto text = call[0].to_text();
    const auto from = call[1].to_text();
    if (from.empty()) call.fail("the text to replace is empty");
    return Value::string(join(split(text, from), call[2].to_text()));
}

Value trimmed(const Call& call) {
    return Value::string(trim(call[0].to_text()));
}

Value lower_case(const Call& call) {
    return Value::string(lower(call[0].to_text()));
}

Value upper_case(const Call& call) {
    return Value::string(upper(call[0].to_text()));
}

Value call_base64(const Call& call) {
    return Value::string(base64(call[0].to_text()));
}

Value call_base64_decode(const Call& call) {
    return Value::string(call.value_of(base64_decode(call[0].to_text())));
}

/// The path without slashes at its end, unless it has nothing else.
std::string_view without_last_slashes(std::string_view path) {
    while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return path;
}

Value call_basename(const Call& call) {
    const auto text = call[0].to_text();
    const auto path = without_last_slashes(text);
    return Value::string(path.size() > 1 ? path.substr(path.rfind('/') + 1) : path);
}

Value call_dirname(const Call& call) {
    const auto text = call[0].to_text();
    const auto path = without_last_slashes(text);
    const auto slash = path.rfind('/');
    if (slash == path.npos) return Value::string(".");
    return Value::string(without_last_slashes(path.substr(0, std::max(slash, std::size_t{1}))));
}

/// One word of a POSIX shell, which is exactly that text.
void append_word(std::string& out, std::string_view text) {
    constexpr std::string_view safe = "%+,-./:=@_";
    const auto is_safe = [&](char c) { return is_letter(c) || is_digit(c) || safe.find(c) != safe.npos; };
    if (!text.empty() && std::ranges::all_of(text, is_safe)) {
        out += text;
        return;
    }
    out += in_single_quotes(text);
}

/// The value as a word, or the items of a list as words.
Value quoted_for_shell(const Call& call) {
    std::string out;
    if (!call[0].is(Type::list)) {
        append_word(out, call[0].to_text());
        return Value::string(std::move(out));
    }
    for (const auto& item : call[0].items()) {
        if (!out.empty()) out += ' ';
        append_word(out, item.to_text());
    }
    return Value::string(std::move(out));
}

Value to_json(const Call& call) {
    std::string out;
    append_json(out, call[0], true);
    return Value::string(std::move(out));
}

Value from_json(const Call& call) {
    return call.value_of(parse_json(call[0].to_text()));
}

// --- Lists and mappings ---

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_utf8_tail(c); }));
}

Value call_length(const Call& call) {
    const auto& value = call[0];
    switch (value.type()) {
        case Type::null:
            return Value::number(0);
        case Type::list:
            return Value::number(value.items().size());
        case Type::map:
            return Value::number(value.entries().size());
        default:
            return Value::number(code_points(value.to_text()));
    }
}

Value call_keys(const Call& call) {
    if (!call[0].is(Type::map)) call.fail(expected("a mapping", call[0]));
    std::vector<Value> items;
    for (const auto& [key, value] : call[0].entries()) items.push_back(Value::string(key));
    return Value::list(std::move(items));
}

Value call_values(const Call& call) {
    if (!call[0].is(Type::map)) call.fail(expected("a mapping", call[0]));
    std::vector<Value> items;
    for (const auto& [key, value] : call[0].entries()) items.push_back(value);
    return Value::list(std::move(items));
}

Value call_first(const Call& call) {
    const auto items = call.list(0);
    return items.empty() ? Value() : items.front();
}

Value call_last(const Call& call) {
    const auto items = call.list(0);
    return items.empty() ? Value() : items.back();
}

/// The part of `size` elements from argument 1 to argument 2: negative ones count from the end.
std::pair<std::size_t, std::size_t> bounds(const Call& call, std::size_t size) {
    const auto limit = static_cast<std::int64_t>(size);
    const auto bound = [&](std::size_t i) {
        const auto n = call.integer(i);
        return std::clamp(n < 0 ? std::max(n, -limit) + limit : n, std::int64_t{0}, limit);
    };
    const auto begin = bound(1);
    const auto end = call.size() > 2 && !call[2].is_null() ? bound(2) : limit;
    return {static_cast<std::size_t>(begin), static_cast<std::size_t>(std::max(begin, end))};
}

/// The offset of the code point with that number.
std::size_t offset_of(std::string_view text, std::size_t number) {
    std::size_t at = 0;
    for (; at < text.size(); ++at)
        if (!is_utf8_tail(text[at]) && number-- == 0) break;
    return at;
}

Value call_slice(const Call& call) {
    if (call[0].is(Type::list)) {
        const auto items = call[0].items();
        const auto [begin, end] = bounds(call, items.size());
        const auto part = items.subspan(begin, end - begin);
        return Value::list({part.begin(), part.end()});
    }
    if (call[0].is(Type::map)) call.fail(expected("a list or a text", call[0]));
    const auto text = call[0].to_text();
    const auto [begin, end] = bounds(call, code_points(text));
    const auto from = offset_of(text, begin);
    return Value::string(std::string_view(text).substr(from, offset_of(text, end) - from));
}

Value call_sort(const Call& call) {
    const auto items = call.list(0);
    std::vector<Value> sorted(items.begin(), items.end());
    if (std::ranges::all_of(items, [](const Value& item) { return number_of(item).has_value(); })) {
        std::ranges::stable_sort(
            sorted, [](const Value& a, const Value& b) { return *number_of(a) < *number_of(b); });
    } else {
        for (const auto& item : items)
            if (!item.is(Type::string)) call.fail(expected("a list of numbers or of texts", item));
        std::ranges::stable_sort(sorted, {}, &Value::as_string);
    }
    return Value::list(std::move(sorted));
}

struct EqualHash {
    /// Values that are strictly equal have the same.
    std::size_t operator()(const Value* value) const {
        switch (value->type()) {
            case Type::number:
                return std::hash<double>()(value->as_number().to_double());
            case Type::string:
                return std::hash<std::string>()(value->as_string());
            case Type::list: {
                std::size_t hash = value->items().size();
                for (const auto& item : value->items()) hash = hash * 31 + (*this)(&item);
                return hash;
            }
            case Type::map: {
                // The order of the entries makes no difference.
                std::size_t hash = value->entries().size();
                for (const auto& [key, item] : value->entries())
                    hash += std::hash<std::string>()(key) ^ (*this)(&item);
                return hash;
            }
            default:
                return value->truthy() ? 1 : 0;
        }
    }
    bool operator()(const Value* a, const Value* b) const { return strictly_equal(*a, *b); }
};

Value call_unique(const Call& call) {
    const auto items = call.list(0);
    std::unordered_set<const Value*, EqualHash, EqualHash> seen;
    std::vector<Value> kept;
    for (const auto& item : items)
        if (seen.insert(&item).second) kept.push_back(item);
    return Value::list(std::move(kept));
}

Value call_range(const Call& call) {
    constexpr std::uint64_t max_items = 1'000'000;
    const auto begin = call.size() > 1 ? call.integer(0) : 0;
    const auto end = call.size() > 1 ? call.integer(1) : call.integer(0);
    const auto step = call.size() > 2 ? call.integer(2) : 1;
    if (step == 0) call.fail("the step is 0");
    const bool up = step > 0;
    if (up ? begin >= end : begin <= end) return Value::list({});
    // Of two's complement, so that no difference overflows.
    const auto low = static_cast<std::uint64_t>(begin);
    const auto distance = up ? static_cast<std::uint64_t>(end) - low : low - static_cast<std::uint64_t>(end);
    const auto stride = up ? static_cast<std::uint64_t>(step) : ~static_cast<std::uint64_t>(step) + 1;
    const auto count = (distance - 1) / stride + 1;
    if (count > max_items) call.fail("more than a million items; for_each takes larger ranges");
    std::vector<Value> items;
    items.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i)
        items.push_back(Value::number(static_cast<std::int64_t>(low + i * static_cast<std::uint64_t>(step))));
    return Value::list(std::move(items));
}

// --- Numbers ---

/// Those of one list, or the arguments themselves.
std::span<const Value> operands(const Call& call) {
    return call.size() == 1 && call[0].is(Type::list) ? call[0].items() : call.arguments();
}

Value call_sum(const Call& call) {
    Number total;
    for (const auto& item : operands(call)) total = call.value_of(add(total, call.number(item)));
    return Value::number(total);
}

Value call_avg(const Call& call) {
    const auto count = operands(call).size();
    if (count == 0) call.fail("the list is empty");
    Number total;
    for (const auto& item : operands(call)) total = call.value_of(add(total, call.number(item)));
    return Value::number(call.value_of(divide(total, Number(static_cast<std::int64_t>(count)))));
}

/// Interpolates between the two nearest numbers, as NumPy and spreadsheets do.
Value call_percentile(const Call& call) {
    const auto items = call.list(0);
    if (items.empty()) call.fail("the list is empty");
    const auto percent = call.number(1);
    if (!(percent >= 0 && percent <= 100)) call.fail(expected("a number from 0 to 100", call[1]));
    std::vector<Number> numbers;
    for (const auto& item : items) numbers.push_back(call.number(item));
    std::ranges::sort(numbers, std::less<>());
    const double position = percent.to_double() / 100 * static_cast<double>(numbers.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const double part = position - static_cast<double>(below);
    if (part == 0) return Value::number(numbers[below]);
    const double low = numbers[below].to_double();
    return Value::number(low + part * (numbers[below + 1].to_double() - low));
}

/// The first operand for which nothing is `better`.
template <class Better>
Value best(const Call& call, Better better) {
    const auto candidates = operands(call);
    if (candidates.empty()) call.fail("the list is empty");
    const auto* found = &candidates.front();
    for (const auto& item : candidates)
        if (better(call.number(item), call.number(*found))) found = &item;
    return *found;
}

Value call_min(const Call& call) {
    return best(call, std::less<>());
}

Value call_max(const Call& call) {
    return best(call, std::greater<>());
}

Value call_abs(const Call& call) {
    return Value::number(call.value_of(absolute(call.number(0))));
}

Value call_floor(const Call& call) {
    return Value::number(floor_of(call.number(0)));
}

Value call_ceil(const Call& call) {
    return Value::number(ceil_of(call.number(0)));
}

Value call_round(const Call& call) {
    constexpr std::int64_t max_digits = 15;
    const auto digits = call.size() > 1 ? call.integer(1) : 0;
    if (digits < 0 || digits > max_digits) call.fail("a number has 0 to 15 decimals");
    return Value::number(rounded(call.number(0), static_cast<int>(digits)));
}

Value call_random(const Call& call) {
    std::int64_t limit = 0;
    if (call.size() > 0) {
        constexpr std::int64_t two_to_53 = std::int64_t{1} << 53;
        limit = call.integer(0);
        if (limit < 1 || limit > two_to_53) call.fail(expected("an integer from 1 to 2^53", call[0]));
    }
    const auto drawn = call.context().random();
    if (!drawn) return Value::unknown();
    if (call.size() == 0) return Value::number(*drawn);
    return Value::number(static_cast<std::int64_t>(*drawn * static_cast<double>(limit)));
}

// --- Time ---

/// A number whose text form has six decimals, which its spelling sets.
Value call_now(const Call& call) {
    const auto time = call.context().now();
    const auto micros = time.count() / 1000;
    const auto fraction = std::to_string(micros % 1'000'000);
    const auto text =
        std::to_string(micros / 1'000'000) + '.' + std::string(6 - fraction.size(), '0') + fraction;
    return Value::number(to_seconds(time), text);
}

Value call_duration(const Call& call) {
    return seconds_of(call.value_of(Codec<Duration>::from(call[0])));
}

Value call_date(const Call& call) {
    using std::chrono::system_clock;
    auto time = call.context().wall_time();
    if (call.size() > 1) {
        const auto seconds = call.number(1);
        // Those of the system clock, in nanoseconds.
        constexpr std::int64_t limit = 9'223'372'036;
        if (!seconds.is_finite() || seconds > limit || seconds < -limit)
            call.fail(expected("seconds since 1970, up to the year 2262", call[1]));
        const auto whole = *floor_of(seconds).to_int64();
        const auto micros = std::llround((seconds.to_double() - static_cast<double>(whole)) * 1e6);
        time = system_clock::time_point(std::chrono::duration_cast<system_clock::duration>(
            std::chrono::seconds(whole) + std::chrono::microseconds(micros)));
    }
    return Value::string(format_time(time, call[0].to_text(), false));
}

/// Without a format: ISO 8601, and the forms of openssl, HTTP and date(1).
Value call_parse_date(const Call& call) {
    constexpr std::array<std::string_view, 3> formats{"%b %e %H:%M:%S %Y %Z", "%a, %d %b %Y %H:%M:%S %Z",
                                                      "%a %b %e %H:%M:%S %Z %Y"};
    const auto text = call[0].to_text();
    auto time = call.size() > 1 ? parse_time(text, call[1].to_text()) : parse_time(text);
    for (std::size_t i = 0; call.size() == 1 && !time && i < formats.size(); ++i) {
        auto other = parse_time(text, formats[i]);
        if (other) time = std::move(other);
    }
    if (!time && call.size() == 1)
        call.fail(quote(text) +
                  " is not a time in a form that needs no format, such as 2024-01-01T12:00:00Z");
    const auto since = call.value_of(std::move(time)).time_since_epoch();
    return seconds_of(std::chrono::duration_cast<Duration>(since));
}

// --- State ---

template <Status status>
Value status_is(const Call& call) {
    return Value::boolean(call.context().status(status));
}

namespace t = result_types;
using Role = FunctionSpec::Role;

constexpr std::array table{
    FunctionSpec{"contains", "contains(search, item)",
                 "whether a text contains another one, or a list an item", 2, 2, t::boolean, call_contains},
    FunctionSpec{"startsWith", "startsWith(text, start)", "whether a text starts with another one", 2, 2,
                 t::boolean, starts_with},
    FunctionSpec{"endsWith", "endsWith(text, end)", "whether a text ends with another one", 2, 2, t::boolean,
                 ends_with},
    FunctionSpec{"matches", "matches(text, pattern)",
                 "whether a regular expression is found anywhere in a text", 2, 2, t::boolean, call_matches,
                 Role::matches},
    FunctionSpec{"match", "match(text, pattern)",
                 "a list of what the regular expression and its groups match, or null", 2, 2, t::list,
                 call_match, Role::matches},
    FunctionSpec{"format", "format('{0} and {1}', a, b)", "the text with {0}, {1} and so on replaced", 1, -1,
                 t::text, call_format},
    FunctionSpec{"join", "join(list, separator)", "the items as one text, by default with commas", 1, 2,
                 t::text, join_items},
    FunctionSpec{"split", "split(text, separator)", "the parts of a text as a list, by default its words", 1,
                 2, t::list, split_text},
    FunctionSpec{"lines", "lines(text)", "the lines of a text as a list", 1, 1, t::list, call_lines},
    FunctionSpec{"replace", "replace(text, from, to)", "the text with every 'from' replaced", 3, 3, t::text,
                 call_replace},
    FunctionSpec{"trim", "trim(text)", "the text without white space at both ends", 1, 1, t::text, trimmed},
    FunctionSpec{"lower", "lower(text)", "the text with A to Z in lower case", 1, 1, t::text, lower_case},
    FunctionSpec{"upper", "upper(text)", "the text with a to z in upper case", 1, 1, t::text, upper_case},
    FunctionSpec{"quote", "quote(value)", "one word of a shell; of a list, several", 1, 1, t::text,
                 quoted_for_shell, Role::quote},
    FunctionSpec{"toJSON", "toJSON(value)", "the value as JSON, indented", 1, 1, t::text, to_json},
    FunctionSpec{"fromJSON", "fromJSON(text)", "the value of a JSON text", 1, 1, t::any, from_json},

    FunctionSpec{"base64", "base64(text)", "the text in Base64", 1, 1, t::text, call_base64},
    FunctionSpec{"base64_decode", "base64_decode(text)", "the text decoded from Base64, standard or URL-safe",
                 1, 1, t::text, call_base64_decode},
    FunctionSpec{"basename", "basename(path)", "the last part of a path", 1, 1, t::text, call_basename},
    FunctionSpec{"dirname", "dirname(path)", "the path without its last part", 1, 1, t::text, call_dirname},

    FunctionSpec{"length", "length(value)", "the number of characters, items or entries", 1, 1, t::number,
                 call_length},
    FunctionSpec{"default", "default(value, otherwise)", "'otherwise' if the value is null or not set", 2, 2,
                 t::any, nullptr, Role::default_},
    FunctionSpec{"keys", "keys(mapping)", "the keys as a list", 1, 1, t::list, call_keys},
    FunctionSpec{"values", "values(mapping)", "the values as a list", 1, 1, t::list, call_values},
    FunctionSpec{"first", "first(list)", "the first item, or null", 1, 1, t::any, call_first},
    FunctionSpec{"last", "last(list)", "the last item, or null", 1, 1, t::any, call_last},
    FunctionSpec{"slice", "slice(value, start, end)",
                 "items or characters from 'start' to before 'end'; negative ones count from the end", 2, 3,
                 t::any, call_slice},
    FunctionSpec{"sort", "sort(list)", "the numbers or texts in ascending order", 1, 1, t::list, call_sort},
    FunctionSpec{"unique", "unique(list)", "the items without repetitions", 1, 1, t::list, call_unique},
    FunctionSpec{"range", "range(start, stop, step)",
                 "a list of integers to before 'stop', from 'start' or 0", 1, 3, t::list, call_range},

    FunctionSpec{"sum", "sum(list)", "the sum of the items or arguments", 1, -1, t::number, call_sum},
    FunctionSpec{"avg", "avg(list)", "the average of the items or arguments", 1, -1, t::number, call_avg},
    FunctionSpec{"percentile", "percentile(list, p)", "the p-th percentile of the items, interpolated", 2, 2,
                 t::number, call_percentile},
    FunctionSpec{"min", "min(list)", "the smallest item or argument", 1, -1, t::any, call_min},
    FunctionSpec{"max", "max(list)", "the largest item or argument", 1, -1, t::any, call_max},
    FunctionSpec{"abs", "abs(number)", "the absolute value", 1, 1, t::number, call_abs},
    FunctionSpec{"floor", "floor(number)", "the largest integer that is not above it", 1, 1, t::number,
                 call_floor},
    FunctionSpec{"ceil", "ceil(number)", "the smallest integer that is not below it", 1, 1, t::number,
                 call_ceil},
    FunctionSpec{"round", "round(number, digits)", "the nearest number with that many decimals, by default 0",
                 1, 2, t::number, call_round},
    FunctionSpec{"random", "random(n)", "a random integer from 0 to n - 1; without n, a number from 0 to 1",
                 0, 1, t::number, call_random},

    FunctionSpec{"now", "now()", "seconds on the loop's clock since the Runner was made", 0, 0, t::number,
                 call_now},
    FunctionSpec{"date", "date(format, seconds)", "the time of day, or that of Unix seconds, as timestamp's",
                 1, 2, t::text, call_date, Role::date},
    FunctionSpec{
        "parse_date", "parse_date(text, format)",
        "the Unix seconds of a time; without a format, as ISO 8601, HTTP, openssl or date(1) write it", 1, 2,
        t::number, call_parse_date},
    FunctionSpec{"duration", "duration(text)", "a duration such as 1m30s in seconds", 1, 1, t::number,
                 call_duration},

    FunctionSpec{"success", "success()", "whether no earlier job of the list has failed", 0, 0, t::boolean,
                 status_is<Status::success>, Role::status},
    FunctionSpec{"failure", "failure()", "whether an earlier job has failed", 0, 0, t::boolean,
                 status_is<Status::failure>, Role::status},
    FunctionSpec{"always", "always()", "true: the job runs in any case", 0, 0, t::boolean,
                 status_is<Status::always>, Role::status},
    FunctionSpec{"cancelled", "cancelled()", "whether the job or the script was cancelled", 0, 0, t::boolean,
                 status_is<Status::cancelled>, Role::status},
};

std::string count_of_arguments(int n) {
    if (n == 0) return "no argument";
    return std::to_string(n) + (n == 1 ? " argument" : " arguments");
}

struct FunctionSynonym {
    std::string_view name;
    std::string_view function;
};
constexpr std::array function_synonyms{
    FunctionSynonym{"len", "length"},
    FunctionSynonym{"size", "length"},
    FunctionSynonym{"count", "length"},
    FunctionSynonym{"strlen", "length"},
    FunctionSynonym{"json", "toJSON"},
    FunctionSynonym{"to_json", "toJSON"},
    FunctionSynonym{"stringify", "toJSON"},
    FunctionSynonym{"dumps", "toJSON"},
    FunctionSynonym{"parse", "fromJSON"},
    FunctionSynonym{"parseJSON", "fromJSON"},
    FunctionSynonym{"from_json", "fromJSON"},
    FunctionSynonym{"loads", "fromJSON"},
    FunctionSynonym{"concat", "format"},
    FunctionSynonym{"printf", "format"},
    FunctionSynonym{"sprintf", "format"},
    FunctionSynonym{"starts_with", "startsWith"},
    FunctionSynonym{"ends_with", "endsWith"},
    FunctionSynonym{"includes", "contains"},
    FunctionSynonym{"has", "contains"},
    FunctionSynonym{"failed", "failure"},
    FunctionSynonym{"succeeded", "success"},
    FunctionSynonym{"canceled", "cancelled"},
    FunctionSynonym{"coalesce", "default"},
    FunctionSynonym{"defined", "default"},
    FunctionSynonym{"shellquote", "quote"},
    FunctionSynonym{"escape", "quote"},
    FunctionSynonym{"time", "now"},
    FunctionSynonym{"timestamp", "date"},
    FunctionSynonym{"strftime", "date"},
    FunctionSynonym{"ceiling", "ceil"},
    FunctionSynonym{"strip", "trim"},
    FunctionSynonym{"to_upper", "upper"},
    FunctionSynonym{"toUpper", "upper"},
    FunctionSynonym{"uppercase", "upper"},
    FunctionSynonym{"toUpperCase", "upper"},
    FunctionSynonym{"to_lower", "lower"},
    FunctionSynonym{"toLower", "lower"},
    FunctionSynonym{"lowercase", "lower"},
    FunctionSynonym{"toLowerCase", "lower"},
    FunctionSynonym{"search", "matches"},
    FunctionSynonym{"test", "matches"},
    FunctionSynonym{"regex", "matches"},
    FunctionSynonym{"substr", "slice"},
    FunctionSynonym{"substring", "slice"},
    FunctionSynonym{"sorted", "sort"},
    FunctionSynonym{"uniq", "unique"},
    FunctionSynonym{"rand", "random"},
    FunctionSynonym{"randint", "random"},
    FunctionSynonym{"seq", "range"},
    FunctionSynonym{"head", "first"},
    FunctionSynonym{"tail", "last"},
    FunctionSynonym{"maximum", "max"},
    FunctionSynonym{"minimum", "min"},
    FunctionSynonym{"total", "sum"},
    FunctionSynonym{"sub", "replace"},
    FunctionSynonym{"gsub", "replace"},
    FunctionSynonym{"splitlines", "lines"},
    FunctionSynonym{"fields", "split"},
    FunctionSynonym{"mean", "avg"},
    FunctionSynonym{"average", "avg"},
    FunctionSynonym{"median", "percentile"},
    FunctionSynonym{"quantile", "percentile"},
    FunctionSynonym{"b64encode", "base64"},
    FunctionSynonym{"btoa", "base64"},
    FunctionSynonym{"b64decode", "base64_decode"},
    FunctionSynonym{"atob", "base64_decode"},
    FunctionSynonym{"strptime", "parse_date"},
    FunctionSynonym{"to_datetime", "parse_date"},
    FunctionSynonym{"regex_search", "match"},
    FunctionSynonym{"capture", "match"},
    FunctionSynonym{"regex_replace", "replace"},
    FunctionSynonym{"int", "floor"},
    FunctionSynonym{"str", "format"},
};

}  // namespace

Value seconds_of(Duration duration) {
    constexpr std::int64_t ns_per_second = 1'000'000'000;
    if (duration.count() % ns_per_second == 0) return Value::number(duration.count() / ns_per_second);
    return Value::number(to_seconds(duration));
}

std::span<const FunctionSpec> functions() noexcept {
    return table;
}

std::string_view function_for(std::string_view name) noexcept {
    for (const auto& synonym : function_synonyms) {
        if (equal_ignoring_case(synonym.name, name)) return synonym.function;
    }
    return {};
}

const FunctionSpec* find_function(std::string_view name) {
    for (const auto& function : table) {
        if (equal_ignoring_case(function.name, name)) return &function;
    }
    return nullptr;
}

std::string accepted_arguments(const FunctionSpec& function) {
    if (function.max_arguments < 0) return "at least " + count_of_arguments(function.min_arguments);
    if (function.min_arguments == function.max_arguments) return count_of_arguments(function.min_arguments);
    return std::to_string(function.min_arguments) + " to " + count_of_arguments(function.max_arguments);
}

}  // namespace arun::script
