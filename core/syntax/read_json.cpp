#include "syntax/read_json.hpp"

#include "base/ascii.hpp"
#include "syntax/json_recovery.hpp"
#include "syntax/scalar.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace arun::syntax {
namespace {

constexpr bool is_between(char c) {
    return is_space(c) || c == ',' || c == ':';
}
constexpr bool is_of_number(char c) {
    return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/// What nlohmann::json::sax_parse() tells of a text goes into a Builder. It does not tell where: a token
/// begins where the one before ended, past white space, comma and colon, and what it is says where it ends.
class Handler {
public:
    /// With `lines`, the list around everything is not in the source.
    Handler(const Source& source, Builder& builder, Range range, bool lines = false)
        : text_(source.text().substr(0, range.end)), builder_(builder), done_(range.begin), implied_(lines) {}

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
    bool start_array(std::size_t) {
        if (!implied_ || builder_.has_root()) return start(Type::list);
        builder_.begin(Type::list, 0, true);
        return true;
    }
    bool end_object() { return end(); }
    bool end_array() {
        if (!implied_ || builder_.open().size() > 1) return end();
        builder_.end(static_cast<std::uint32_t>(text_.size()));
        return true;
    }
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
    bool implied_;
    bool failed_ = false;
    std::size_t read_ = 0;
    std::string reason_;
};

/// In one place, so that there is one parser.
bool parse(std::string_view text, Handler& handler) {
    // An iterator that no other source parses with: the linker keeps one instantiation of the parser for each
    // type, and only this source is compiled to inline it.
    const std::span<const char> bytes(text);
    return nlohmann::json::sax_parse(bytes.begin(), bytes.end(), &handler);
}

}  // namespace

void read_json(const std::shared_ptr<const Source>& source, Range range, Diagnostics& diagnostics,
               DocumentSink& sink, bool line) {
    const auto text = source->text();
    sink.begin(source);
    Builder builder(source, diagnostics, sink.takes_items() ? &sink : nullptr);
    Handler handler(*source, builder, range);
    if (parse(text.substr(range.begin, range.end - range.begin), handler)) return sink.end(builder.finish());
    if (handler.failed()) {
        const auto errors = diagnostics.errors();
        diagnose_json(*source, {handler.done(), range.end}, builder, diagnostics, line);
        const auto last = static_cast<std::uint32_t>(range.begin + handler.read());
        if (diagnostics.errors() == errors)
            builder.error({last > handler.done() ? last - 1 : last, last}, handler.reason());
    }
    sink.end(nullptr);
}

namespace {

/// Sees to it that every item has a line of its own.
class LineItems final : public DocumentSink {
public:
    LineItems(std::string_view text, DocumentSink& sink) : text_(text), sink_(sink) {}

    bool takes_items() const noexcept override { return true; }
    void item(Node item) override {
        const auto at = item.span();
        if (crossed_) return;
        crossed_ = at.begin < line_.end || text_.find('\n', at.begin) < at.end;
        // Two values in one line are found at the second of them.
        if (at.begin >= line_.end) line_.begin = begin_of_line(at.begin);
        if (crossed_) return;
        line_.end = static_cast<std::uint32_t>(std::min(text_.find('\n', at.begin), text_.size()));
        sink_.item(item);
    }
    void end(std::shared_ptr<const Document>) override {}

    /// An item is not alone in its line, or has more than one.
    bool crossed() const noexcept { return crossed_; }
    /// Where the line begins that the last item stands in.
    std::uint32_t last() const noexcept { return line_.begin; }

private:
    std::uint32_t begin_of_line(std::uint32_t at) const {
        return at == 0 ? 0 : static_cast<std::uint32_t>(text_.rfind('\n', at - 1) + 1);
    }

    std::string_view text_;
    DocumentSink& sink_;
    Range line_;  ///< of the last item
    bool crossed_ = false;
};

/// The lines as a list: a newline that has lines before and after it is a comma.
std::string list_of_lines(std::string_view text) {
    std::string list = "[";
    list += text;
    auto newline = std::string::npos;  // the last one, if there is something before it
    bool some = false;
    for (std::size_t i = 1; i < list.size(); ++i) {
        if (list[i] == '\n') {
            if (some) newline = i;
            list[i] = ' ';
        } else if (list[i] != ' ' && list[i] != '\t' && list[i] != '\r') {
            if (newline != std::string::npos) list[std::exchange(newline, std::string::npos)] = ',';
            some = true;
            // To the end of the line.
            i = std::min(list.find('\n', i), list.size()) - 1;
        }
    }
    return list += ']';
}

}  // namespace

JsonLinesRead read_json_lines(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics,
                              DocumentSink& sink) {
    const auto text = source->text();
    const auto list = list_of_lines(text);
    LineItems items(text, sink);
    Builder builder(source, diagnostics, &items);
    Handler handler(*source, builder, {0, static_cast<std::uint32_t>(text.size())}, true);
    auto document = parse(list, handler) && !items.crossed() ? builder.finish() : nullptr;
    // Something may be wrong with what follows the last item in its line.
    const auto well = document ? static_cast<std::uint32_t>(text.size()) : items.last();
    return {well, std::move(document)};
}

}  // namespace arun::syntax
