#include "doc/read_json.hpp"

#include "doc/json_doctor.hpp"
#include "doc/scalar.hpp"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace arun::doc {
namespace {

constexpr bool is_between(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',' || c == ':';
}
constexpr bool is_of_number(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/// What nlohmann::json::sax_parse() tells of a text goes into a Builder. It does not tell where: a token
/// begins where the one before ended, past white space, comma and colon, and what it is says where it ends.
class Handler {
public:
    Handler(const Source& source, Builder& builder, Range range)
        : text_(source.text().substr(0, range.end)), builder_(builder), done_(range.begin) {}

    bool null() { return word(Type::null, 4); }
    bool boolean(bool value) { return word(Type::boolean, value ? 4 : 5); }
    bool number_integer(std::int64_t) { return number(); }
    bool number_unsigned(std::uint64_t) { return number(); }
    bool number_float(double, const std::string& text) {
        const auto fault = number_fault(text);
        const Range at{next(), static_cast<std::uint32_t>(next() + text.size())};
        if (fault != NumberFault::none)
            builder_.error(at, std::string(message_of(fault)), std::string(hint_of(fault)));
        return number();
    }
    bool string(const std::string& value) {
        const auto begin = next();
        const auto size = static_cast<std::uint32_t>(value.size());
        const Range inner{begin + 1, begin + 1 + size};
        if (inner.end < text_.size() && text_[inner.end] == '"' && text_.substr(inner.begin, size) == value) {
            done_ = inner.end + 1;
            builder_.scalar({begin, done_}, Type::string, Style::quoted, inner);
        } else {
            done_ = end_of_escaped(inner.begin);
            builder_.scalar({begin, done_}, Type::string, Style::quoted, std::string_view(value));
        }
        return !builder_.stopped();
    }
    bool key(const std::string& value) { return string(value); }
    bool binary(const nlohmann::json::binary_t&) { return false; }
    bool start_object(std::size_t) { return start(Type::map); }
    bool start_array(std::size_t) { return start(Type::list); }
    bool end_object() { return end(); }
    bool end_array() { return end(); }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) {
        failed_ = true;
        read_ = position;
        reason_ = error.what();
        return false;
    }

    bool failed() const { return failed_; }
    /// Where the last token ended that was well.
    std::uint32_t done() const { return done_; }
    /// So many bytes had been read when it failed.
    std::size_t read() const { return read_; }
    /// The library's own words, without its prefix and position.
    std::string reason() const {
        const auto colon = reason_.find(": ");
        return colon == std::string::npos ? reason_ : reason_.substr(colon + 2);
    }

private:
    /// Past the closing quote of a text that has escapes, whose first character stands at `at`.
    std::uint32_t end_of_escaped(std::uint32_t at) const {
        while (text_[at] != '"') at += text_[at] == '\\' ? 2 : 1;
        return at + 1;
    }
    std::uint32_t next() const {
        auto i = done_;
        while (is_between(text_[i])) ++i;
        return i;
    }
    bool word(Type type, std::uint32_t size) {
        const auto begin = next();
        return plain({begin, begin + size}, type);
    }
    bool number() {
        const auto begin = next();
        auto end = begin;
        while (end < text_.size() && is_of_number(text_[end])) ++end;
        return plain({begin, end}, Type::number);
    }
    bool plain(Range at, Type type) {
        builder_.scalar(at, type, Style::plain, at);
        done_ = at.end;
        return !builder_.stopped();
    }
    bool start(Type type) {
        done_ = next() + 1;
        builder_.begin(type, done_ - 1, true);
        return !builder_.stopped();
    }
    bool end() {
        done_ = next() + 1;
        builder_.end(done_);
        return true;
    }

    std::string_view text_;
    Builder& builder_;
    std::uint32_t done_;
    bool failed_ = false;
    std::size_t read_ = 0;
    std::string reason_;
};

}  // namespace

void read_json(const std::shared_ptr<const Source>& source, Range range, Diagnostics& diagnostics,
               DocumentSink& sink) {
    const auto text = source->text();
    sink.begin(source);
    Builder builder(source, diagnostics, sink.takes_items() ? &sink : nullptr);
    Handler handler(*source, builder, range);
    if (nlohmann::json::sax_parse(text.data() + range.begin, text.data() + range.end, &handler))
        return sink.end(builder.finish());
    if (handler.failed()) {
        const auto errors = diagnostics.errors();
        diagnose_json(*source, {handler.done(), range.end}, builder, diagnostics);
        const auto last = static_cast<std::uint32_t>(range.begin + handler.read());
        if (diagnostics.errors() == errors)
            builder.error({last > handler.done() ? last - 1 : last, last}, handler.reason());
    }
    sink.end(nullptr);
}

JsonLines::JsonLines(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics,
                     DocumentSink& sink)
    : source_(*source), builder_(source, diagnostics, &sink) {
    builder_.begin(Type::list, 0, true);
}

bool JsonLines::read(Range line) {
    const auto text = source_.text();
    Handler handler(source_, builder_, line);
    stopped_ = !nlohmann::json::sax_parse(text.data() + line.begin, text.data() + line.end, &handler);
    return !stopped_;
}

std::shared_ptr<const Document> JsonLines::finish(std::uint32_t end) {
    builder_.end(end);
    return builder_.finish();
}

}  // namespace arun::doc
