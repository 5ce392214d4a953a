#include "tape/reader.hpp"

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "rt/file.hpp"
#include "rt/http/client.hpp"
#include "rt/process/spawn.hpp"
#include "rt/signals.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace arun::tape {

using script::Type;
using script::Value;

const Value& Event::at(std::string_view key) const {
    const auto* found = value_.find(key);
    if (found == nullptr) fail("it lacks " + quote(key));
    return *found;
}

void Event::fail(const std::string& message) const {
    throw TapeError(where_ + ": " + message);
}

const std::string& Event::kind() const {
    const auto entries = value_.entries();
    const std::size_t after_position = !entries.empty() && entries.front().first == "at" ? 1 : 0;
    if (entries.size() <= after_position) fail("the event is empty");
    return entries[after_position].first;
}

int Event::signal_number() const {
    const auto name = text("signal");
    const int signo = signal_named(name);
    if (signo == 0) fail(quote(name) + " is no signal");
    return signo;
}

std::uint64_t Event::position() const {
    return static_cast<std::uint64_t>(number("at"));
}

std::int64_t Event::number(std::string_view key) const {
    const auto& value = at(key);
    const auto n = value.is(Type::number) ? value.as_number().to_int64() : std::nullopt;
    if (!n) fail(quote(key) + " is no whole number");
    return *n;
}

namespace {

/// A text as Writer::Line writes it, if it is one.
std::optional<std::string> text_of(const Value& value) {
    if (value.is(Type::string)) return value.as_string();
    const auto* encoded = value.is(Type::map) && value.entries().size() == 1 ? value.find("64") : nullptr;
    if (encoded == nullptr || !encoded->is(Type::string)) return std::nullopt;
    auto decoded = base64_decode(encoded->as_string());
    if (!decoded) return std::nullopt;
    return *std::move(decoded);
}

}  // namespace

std::string Event::text(std::string_view key) const {
    auto text = text_of(at(key));
    if (!text) fail(quote(key) + " is no text");
    return *std::move(text);
}

std::string Event::text_if_any(std::string_view key) const {
    return has(key) ? text(key) : std::string();
}

bool Event::boolean(std::string_view key) const {
    const auto& value = at(key);
    if (!value.is(Type::boolean)) fail(quote(key) + " is neither true nor false");
    return value.as_boolean();
}

std::vector<std::string> Event::texts(std::string_view key) const {
    std::vector<std::string> texts;
    if (!has(key)) return texts;
    const auto& value = at(key);
    if (!value.is(Type::list)) fail(quote(key) + " is no list");
    for (const auto& item : value.items()) {
        auto text = text_of(item);
        if (!text) fail(quote(key) + " is no list of texts");
        texts.push_back(*std::move(text));
    }
    return texts;
}

Pairs Event::pairs(std::string_view key) const {
    Pairs pairs;
    if (!has(key)) return pairs;
    const auto& value = at(key);
    if (!value.is(Type::list)) fail(quote(key) + " is no list");
    for (const auto& item : value.items()) {
        const auto two = item.items();
        auto first = two.size() == 2 ? text_of(two[0]) : std::nullopt;
        auto second = two.size() == 2 ? text_of(two[1]) : std::nullopt;
        if (!first || !second) fail(quote(key) + " is no list of pairs of texts");
        pairs.emplace_back(*std::move(first), *std::move(second));
    }
    return pairs;
}

std::vector<std::int64_t> Event::numbers(std::string_view key) const {
    std::vector<std::int64_t> numbers;
    for (const auto& item : at(key).items()) {
        const auto n = item.is(Type::number) ? item.as_number().to_int64() : std::nullopt;
        if (!n) fail(quote(key) + " is no list of whole numbers");
        numbers.push_back(*n);
    }
    return numbers;
}

void Event::read_response(HttpResponse& response, HttpTimings& timings, std::string& redirected) const {
    response.status = static_cast<long>(number("status"));
    response.headers = pairs("headers");
    response.body = text_if_any("body");
    response.body_size = static_cast<std::uint64_t>(number("size"));
    const auto times = numbers("timings");
    if (times.size() != 4) fail("'timings' has not four numbers");
    const auto time = [&](std::size_t i) {
        return times[i] < 0 ? std::nullopt : std::optional<Duration>(Duration(times[i]));
    };
    timings = {time(0), time(1), time(2), time(3)};
    if (has("redirected")) redirected = text("redirected");
}

FileStatus Event::file_status() const {
    return {static_cast<int>(number("errno")), boolean("regular"), static_cast<ino_t>(number("number")),
            number("size")};
}

std::uint64_t Event::bits(std::string_view key) const {
    std::uint64_t bits = 0;
    for (const char c : text(key)) {
        if (c < '0' || c > '9') fail(quote(key) + " is no number");
        bits = bits * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return bits;
}

void Event::rethrow_error() const {
    if (!has("error")) return;
    auto message = text("error");
    if (has("errno")) {
        const std::error_code code(static_cast<int>(number("errno")), errno_category());
        if (const auto reason = ": " + code.message(); message.ends_with(reason))
            message.resize(message.size() - reason.size());
        throw std::system_error(code, message);
    }
    const auto kind = has("kind") ? text("kind") : std::string();
    if (kind == "too large") throw HttpBodyTooLarge();
    if (kind == "http") throw HttpError(message);
    if (kind == "no http") throw HttpUnavailable(message);
    if (kind == "spawn") throw SpawnError(message);
    throw std::runtime_error(message);
}

namespace {

/// What an event must have, by the types of its values: n number, t text, b boolean, l texts, p pairs of
/// texts, s numbers; after a '?', what it may have.
struct Form {
    std::string_view kind;
    std::string_view values;
};
constexpr std::array forms{
    Form{"clock", ""},
    Form{"timers", ""},
    Form{"settle", ""},
    Form{"runner", ""},
    Form{"deadlock", ""},
    Form{"end", ""},
    Form{"signal", ""},
    Form{"notice", ""},
    Form{"lost", "after:n errno:n"},
    Form{"host", ""},
    Form{"entropy", ""},
    Form{"environment", ""},
    Form{"env", "?value:t"},
    Form{"start", "argv:l ns:n ?pid:n directory:t set:p unset:l stdin:t from:t unread:b"},
    Form{"unopened", "error:t"},
    Form{"out", "text:t"},
    Form{"err", "text:t"},
    Form{"rest", "stream:t ended:b ?text:t"},
    Form{"held", "stream:t text:t"},
    Form{"exit", "status:n signal:n"},
    Form{"stop", "signal:n"},
    Form{"kill", "signal:n"},
    Form{"lives", "value:b"},
    Form{"members", "names:l"},
    Form{"input", "path:t"},
    Form{"terminal", "?taken:b owned:b"},
    Form{"suspended", "foreground:b"},
    Form{"request", "method:t url:t headers:l ns:n ?sends:t"},
    Form{"response", "status:n headers:p body:t size:n timings:s ?redirected:t"},
    Form{"early", "status:n headers:p body:t size:n timings:s ?redirected:t"},
    Form{"progress", "text:t"},
    Form{"connect", "address:t ns:n"},
    Form{"done", "?problem:t cancelled:b"},
    Form{"lines", "path:t ?ns:n regular:b"},
    Form{"got", "?text:t end:b"},
    Form{"arrived", "?text:t end:b"},
    Form{"file", "errno:n regular:b number:n size:n"},
    Form{"block", "?text:t offset:n"},
    Form{"whole", "?size:n text:t"},
    Form{"tail", "?text:t"},
    Form{"output", "?ready:b size:n"},
    Form{"unwritten", "error:t"},
    Form{"new", ""},
    Form{"named", ""},
};
/// What each of them may have.
constexpr std::string_view common = "?ns:n error:t kind:t errno:n";
/// Kinds whose own value is something else than the number of a child, request or the like.
constexpr std::array texts_of_kinds{"signal", "notice", "lost", "host",   "entropy", "env",       "file",
                                    "block",  "whole",  "tail", "output", "new",     "unwritten", "named"};
/// Longer times are no times of a run. Units: ns.
constexpr std::int64_t max_time = 1'000'000'000'000'000'000;

void check_value(const Event& event, std::string_view key, char type) {
    switch (type) {
        case 'n':
            event.number(key);
            break;
        case 't':
            event.text(key);
            break;
        case 'b':
            event.boolean(key);
            break;
        case 'l':
            event.texts(key);
            break;
        case 'p':
            event.pairs(key);
            break;
        default:
            event.numbers(key);
    }
}

void check_values(const Event& event, std::string_view values) {
    bool optional = false;
    // Then it lacks the answer, but a response has all that had arrived.
    const bool is_error = event.has("error") && !event.is("response") && !event.is("early");
    for (auto value : split(values, " ")) {
        if (value.starts_with('?')) {
            optional = true;
            value.remove_prefix(1);
        }
        if (value.empty()) continue;
        const auto key = value.substr(0, value.find(':'));
        if (event.has(key) || !(optional || is_error)) check_value(event, key, value.back());
    }
}

/// So that what reads an event later finds what it expects. Throws TapeError.
void check(const Event& event) {
    const auto* const form = std::ranges::find(forms, event.kind(), &Form::kind);
    if (form == forms.end()) event.fail("an event of the unknown kind " + quote(event.kind()));
    if (event.number("at") < 0) event.fail("'at' is negative");
    const auto kind = form->kind;
    if (kind == "signal") {
        event.signal_number();
    } else if (std::ranges::find(texts_of_kinds, kind) != texts_of_kinds.end()) {
        event.text(kind);
    } else if (kind == "environment") {
        event.pairs(kind);
    } else if (kind == "settle" || kind == "deadlock") {
        event.boolean(kind);
    } else {
        event.number(kind);
    }
    for (const std::string_view time : {"clock", "timers", "ns"})
        if (event.has(time) && (event.number(time) < 0 || event.number(time) > max_time))
            event.fail(quote(time) + " is no time of a run");
    check_values(event, form->values);
    check_values(event, common);
}

}  // namespace

namespace {

/// How the first line begins.
constexpr std::string_view tape_start = "{\"arun-tape\"";

/// By its first block.
bool may_be_tape(std::string_view text) noexcept {
    return text.starts_with('{') || is_compressed(text);
}

}  // namespace

bool Reader::is_tape(const std::string& path) noexcept {
    try {
        const auto file = open_to_read(path);
        if (!is_regular_file(file.get())) return false;
        std::array<char, tape_start.size()> begin{};
        const std::string_view text(begin.data(), read_file(file.get(), begin));
        return text == tape_start || is_compressed(text);
    } catch (const std::exception&) {
        return false;
    }
}

Reader Reader::open(const std::string& path) {
    try {
        const auto file = open_to_read(path);
        if (is_fifo(file.get())) make_blocking(file.get());
        std::string text;
        std::vector<char> block(std::size_t{1} << 16);
        while (const auto size = read_file(file.get(), block)) {
            text.append(block.data(), size);
            // Something endless, perhaps.
            if (!may_be_tape(text)) break;
        }
        return {path, decompressed(std::move(text))};
    } catch (const TapeError&) {
        throw;
    } catch (const CompressionError& e) {
        throw TapeError(quote_whole(path) + ": " + e.what());
    } catch (const std::exception& e) {
        throw TapeError(e.what());
    }
}

Reader::Reader(std::string name, std::string text)
    : name_(std::move(name)), text_(std::make_unique<const std::string>(std::move(text))) {
    try {
        header_ = read_line();
    } catch (const TapeError&) {
        // Not even JSON.
    }
    if (!header_ || header_->kind() != "arun-tape")
        throw TapeError(name_ + ": this is no tape" +
                        (torn_ ? ": its first line is not whole" : "; 'arun --record FILE' writes one"));
    const auto found = header_->number("arun-tape");
    if (found != version)
        throw TapeError(name_ + ": a tape of version " + std::to_string(found) +
                        ", but this arun reads version " + std::to_string(version) +
                        (found > version ? "; a newer arun can replay it" : ""));
}

const Event* Reader::peek() {
    if (!event_) {
        event_ = read_line();
        if (event_) check(*event_);
    }
    return event_ ? &*event_ : nullptr;
}

std::optional<Event> Reader::find(std::string_view kind, std::string_view name) const {
    const auto word = '"' + std::string(kind) + '"';
    for (auto at = text_->find(word); at != std::string::npos; at = text_->find(word, at + 1)) {
        const auto begin = text_->rfind('\n', at) + 1;
        const auto end = std::min(text_->find('\n', at), text_->size());
        auto value = script::parse_json(std::string_view(*text_).substr(begin, end - begin));
        at = end - 1;
        if (begin == 0 || !value || !value->is(Type::map) || value->find(kind) == nullptr) continue;
        Event event(name_, *std::move(value));
        if (event.is(kind) && (name.empty() || event.text(kind) == name)) return event;
    }
    return std::nullopt;
}

std::optional<Event> Reader::read_line() {
    if (offset_ >= text_->size()) return std::nullopt;
    ++line_;
    const auto end = text_->find('\n', offset_);
    const auto line = std::string_view(*text_).substr(offset_, end - offset_);
    offset_ = end == std::string::npos ? text_->size() : end + 1;
    if (end == std::string::npos) {
        torn_ = true;
        return std::nullopt;
    }
    auto value = script::parse_json(line);
    if (!value) throw TapeError(where() + ": " + value.error().message);
    if (!value->is(Type::map)) throw TapeError(where() + ": expected a JSON object");
    return Event(where(), *std::move(value));
}

}  // namespace arun::tape
