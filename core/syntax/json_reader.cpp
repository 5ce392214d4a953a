#include "syntax/json_reader.hpp"

#include "syntax/document_builder.hpp"
#include "syntax/json_error_recovery.hpp"
#include "syntax/scalar.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace arun::syntax {
namespace {

constexpr bool is_separator(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',' || c == ':';
}
constexpr bool is_number_character(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/// Passes the events of nlohmann::json::sax_parse() to a DocumentBuilder. The events have no positions: a
/// token begins after the white space, comma or colon that follows the previous one; its kind tells its end.
class SaxHandler {
public:
    /// With `implied_list`, the parsed text is the source inside of an additional pair of brackets.
    SaxHandler(const Source& source, DocumentBuilder& builder, Range range, bool implied_list = false)
        : text_(source.text().substr(0, range.end)),
          builder_(builder),
          token_end_(range.begin),
          implied_list_(implied_list) {}

    bool null() { return plain(Type::null, 4); }
    bool boolean(bool value) { return plain(Type::boolean, value ? 4 : 5); }
    bool number_integer(std::int64_t) { return number(); }
    bool number_unsigned(std::uint64_t) { return number(); }
    bool number_float(double, const std::string& text) {
        if (const auto error = number_error(text); error != NumberError::none)
            builder_.error({next(), static_cast<std::uint32_t>(next() + text.size())},
                           std::string(message_of(error)), std::string(hint_of(error)));
        return number();
    }
    bool string(const std::string& value) {
        const auto begin = next();
        const auto size = static_cast<std::uint32_t>(value.size());
        const Range inner{begin + 1, begin + 1 + size};
        if (inner.end < text_.size() && text_[inner.end] == '"' && text_.substr(inner.begin, size) == value) {
            token_end_ = inner.end + 1;
            builder_.scalar({begin, token_end_}, Type::string, Style::quoted, inner);
        } else {
            token_end_ = end_of_escaped(inner.begin);
            builder_.scalar({begin, token_end_}, Type::string, Style::quoted, std::string_view(value));
        }
        return !builder_.stopped();
    }
    bool key(const std::string& value) { return string(value); }
    bool binary(const nlohmann::json::binary_t&) { return false; }
    bool start_object(std::size_t) { return start(Type::map); }
    bool start_array(std::size_t) {
        if (!implied_list_ || builder_.has_root()) return start(Type::list);
        builder_.begin(Type::list, 0, true);
        return true;
    }
    bool end_object() { return end(); }
    bool end_array() {
        if (!implied_list_ || builder_.open().size() > 1) return end();
        builder_.end(static_cast<std::uint32_t>(text_.size()));
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception& error) {
        failed_ = true;
        error_offset_ = position;
        message_ = error.what();
        return false;
    }

    /// True after a syntax error; false if the builder has stopped the parser.
    bool failed() const { return failed_; }
    /// Where the last valid token ends.
    std::uint32_t token_end() const { return token_end_; }
    /// How many bytes had been read when the parser failed.
    std::size_t error_offset() const { return error_offset_; }
    /// The parser's message, without its prefix and position.
    std::string message() const {
        const auto colon = message_.find(": ");
        return colon == std::string::npos ? message_ : message_.substr(colon + 2);
    }

private:
    /// Past the closing quote of a string with escapes whose first character is at `at`.
    std::uint32_t end_of_escaped(std::uint32_t at) const {
        while (text_[at] != '"') at += text_[at] == '\\' ? 2 : 1;
        return at + 1;
    }
    std::uint32_t next() const {
        auto i = token_end_;
        while (is_separator(text_[i])) ++i;
        return i;
    }
    bool plain(Type type, std::uint32_t size) {
        const auto begin = next();
        return plain({begin, begin + size}, type);
    }
    bool number() {
        const auto begin = next();
        auto end = begin;
        while (end < text_.size() && is_number_character(text_[end])) ++end;
        return plain({begin, end}, Type::number);
    }
    bool plain(Range at, Type type) {
        builder_.scalar(at, type, Style::plain, at);
        token_end_ = at.end;
        return !builder_.stopped();
    }
    bool start(Type type) {
        token_end_ = next() + 1;
        builder_.begin(type, token_end_ - 1, true);
        return !builder_.stopped();
    }
    bool end() {
        token_end_ = next() + 1;
        builder_.end(token_end_);
        return true;
    }

    std::string_view text_;
    DocumentBuilder& builder_;
    std::uint32_t token_end_;
    bool implied_list_;
    bool failed_ = false;
    std::size_t error_offset_ = 0;
    std::string message_;
};

/// Makes the parser's instantiation unique to this source. The linker would otherwise choose one among
/// several, which may be compiled without the options that make this one fast.
template <class T, class Enable = void>
struct Serializer : nlohmann::adl_serializer<T, Enable> {};
using Json = nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t, std::uint64_t,
                                  double, std::allocator, Serializer>;

/// The one place that instantiates the parser.
bool parse(std::string_view text, SaxHandler& handler) {
    return Json::sax_parse(text.data(), text.data() + text.size(), &handler);
}

/// Passes on the items that are alone on their line.
class LineItems final : public DocumentSink {
public:
    LineItems(std::string_view text, DocumentSink& sink) : text_(text), sink_(sink) {}

    bool takes_items() const noexcept override { return true; }
    void item(Node item) override {
        if (invalid_) return;
        const auto at = item.span();
        invalid_ = at.begin < line_.end || text_.find('\n', at.begin) < at.end;
        // The second of two values on one line reveals the mistake: that line is the invalid one.
        if (at.begin >= line_.end) line_.begin = line_begin(at.begin);
        if (invalid_) return;
        line_.end = static_cast<std::uint32_t>(std::min(text_.find('\n', at.begin), text_.size()));
        sink_.item(item);
    }
    void end(std::shared_ptr<const Document>) override {}

    /// True once a line had more than one item, or an item more than one line.
    bool invalid() const noexcept { return invalid_; }
    /// Where the last line with an item begins.
    std::uint32_t last_line() const noexcept { return line_.begin; }

private:
    std::uint32_t line_begin(std::uint32_t at) const {
        return at == 0 ? 0 : static_cast<std::uint32_t>(text_.rfind('\n', at - 1) + 1);
    }

    std::string_view text_;
    DocumentSink& sink_;
    Range line_;
    bool invalid_ = false;
};

/// The lines as a JSON list: a newline with values before and after it becomes a comma.
std::string list_of_lines(std::string_view text) {
    std::string list = "[";
    list += text;
    auto newline = std::string::npos;  // the last one that has a value before it
    bool has_value = false;
    for (std::size_t i = 1; i < list.size(); ++i) {
        if (list[i] == '\n') {
            if (has_value) newline = i;
            list[i] = ' ';
        } else if (list[i] != ' ' && list[i] != '\t' && list[i] != '\r') {
            if (newline != std::string::npos) list[std::exchange(newline, std::string::npos)] = ',';
            has_value = true;
            // To the end of the line.
            i = std::min(list.find('\n', i), list.size()) - 1;
        }
    }
    return list += ']';
}

}  // namespace

void read_json(const std::shared_ptr<const Source>& source, Range range, Diagnostics& diagnostics,
               DocumentSink& sink, bool line) {
    const auto text = source->text();
    sink.begin(source);
    DocumentBuilder builder(source, diagnostics, sink.takes_items() ? &sink : nullptr);
    SaxHandler handler(*source, builder, range);
    if (parse(text.substr(range.begin, range.end - range.begin), handler)) return sink.end(builder.finish());
    if (handler.failed()) {
        const auto errors = diagnostics.errors();
        report_json_errors(*source, {handler.token_end(), range.end}, builder, diagnostics, line);
        const auto last = static_cast<std::uint32_t>(range.begin + handler.error_offset());
        if (diagnostics.errors() == errors)
            builder.error({last > handler.token_end() ? last - 1 : last, last}, handler.message());
    }
    sink.end(nullptr);
}

JsonLines read_json_lines(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics,
                          DocumentSink& sink) {
    const auto text = source->text();
    const auto list = list_of_lines(text);
    LineItems items(text, sink);
    DocumentBuilder builder(source, diagnostics, &items);
    SaxHandler handler(*source, builder, {0, static_cast<std::uint32_t>(text.size())}, true);
    auto document = parse(list, handler) && !items.invalid() ? builder.finish() : nullptr;
    // An error may also be behind the last item, on the same line.
    const auto valid_size = document ? static_cast<std::uint32_t>(text.size()) : items.last_line();
    return {valid_size, std::move(document)};
}

}  // namespace arun::syntax
