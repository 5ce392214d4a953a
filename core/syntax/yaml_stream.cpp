#include "syntax/yaml_stream.hpp"

#include "base/quote.hpp"
#include "syntax/yaml_text.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace arun::syntax {
namespace {

constexpr std::string_view must_be_quoted = "a text that begins with '%' must stand in quotes";

std::string_view take_word(std::string_view& line) {
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    const auto word = line.substr(0, end);
    line.remove_prefix(std::min(line.find_first_not_of(" \t", end), line.size()));
    return word;
}

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

}  // namespace

YamlStream::YamlStream(const Source& source, Range range, Diagnostics& diagnostics)
    : source_(source),
      text_(source.text().substr(0, range.end)),
      at_(range.begin),
      carriage_returns_(text_.find('\r') != text_.npos),
      diagnostics_(diagnostics) {}

void YamlStream::error(Range at, YamlDocumentText& document, std::string message, std::string_view hint) {
    document.invalid = true;
    diagnostics_.error({&source_, at.begin, at.end}, std::move(message), std::string(hint));
}

/// yaml_next_line(), but fast for text without carriage returns.
std::uint32_t YamlStream::next_line(std::uint32_t at) const {
    if (carriage_returns_) return yaml_next_line(text_, at);
    const auto* end = static_cast<const char*>(std::memchr(text_.data() + at, '\n', text_.size() - at));
    return static_cast<std::uint32_t>(end ? end + 1 - text_.data() : text_.size());
}

std::optional<YamlDocumentText> YamlStream::next() {
    while (at_ < text_.size()) {
        if (auto document = read_document()) return document;
    }
    return std::nullopt;
}

/// Reads up to the next `---` or past the next `...`. Returns nothing if there is nothing before it.
std::optional<YamlDocumentText> YamlStream::read_document() {
    const auto size = static_cast<std::uint32_t>(text_.size());
    YamlDocumentText document;
    document.body = {at_, size};
    std::optional<std::uint32_t> directive;  // the first
    bool started = false;                    // has a `---`
    bool has_content = false;
    auto line = at_;
    for (; line < size; line = next_line(line)) {
        const char c = text_[line];
        if (c == '-' && is_yaml_marker(text_, line, "---")) {
            if (started || has_content) break;
            started = true;
            if (!document.has_tag_directives) document.body.begin = line;
        } else if (c == '.' && is_yaml_marker(text_, line, "...")) {
            const auto end = yaml_line_end(text_, line);
            const Range rest{skip_yaml_space(text_.substr(0, end), line + 3), end};
            if (rest.begin < rest.end) error(rest, document, "only a comment can stand after '...'", {});
            break;
        } else if (c == '%' && !started && !has_content) {
            if (!directive) directive = line;
            read_directive(line, document);
        } else if (c == '%' && document.body.end == size) {
            document.body.end = line;
            error({line, yaml_line_end(text_, line)}, document,
                  "a line that begins with '%' inside a document", must_be_quoted);
        } else if (!has_content) {
            const auto end = yaml_line_end(text_, line);
            has_content = skip_yaml_space(text_.substr(0, end), line) < end;
        }
    }
    document.end = line;
    document.body.end = std::min(document.body.end, document.end);
    at_ = line < size && text_[line] == '.' ? next_line(line) : line;
    if (!started && !has_content && !directive) return std::nullopt;
    if (directive && !started && !document.unreadable) {
        document.unreadable = true;
        error({*directive, yaml_line_end(text_, *directive)}, document, "a directive without a document",
              "a line '---' must follow; a text that begins with '%' must stand in quotes");
    }
    return document;
}

void YamlStream::read_directive(std::uint32_t at, YamlDocumentText& document) {
    auto line = text_.substr(at, yaml_line_end(text_, at) - at);
    const auto name = take_word(line);
    if (name == "%TAG") {
        if (!document.has_tag_directives) document.body.begin = at;
        document.has_tag_directives = true;
    } else if (name == "%YAML") {
        const auto version = take_word(line);
        const bool rest = !line.empty() && line[0] != '#';
        if (version.starts_with("1.") && is_digits(version.substr(2)) && !rest) return;
        document.unreadable = true;
        error({at, yaml_line_end(text_, at)}, document, "unknown version of YAML", "scripts are %YAML 1.2");
    } else {
        document.unreadable = true;
        error({at, at + static_cast<std::uint32_t>(name.size())}, document,
              "unknown directive " + quote(name), must_be_quoted);
    }
}

std::optional<std::size_t> YamlDocumentSplitter::split(std::string_view text) {
    std::optional<std::size_t> size;
    while (!size) {
        const auto newline = text.find('\n', at_);
        if (newline == text.npos) return std::nullopt;
        const auto next = static_cast<std::uint32_t>(newline + 1);
        if (is_yaml_marker(text, at_, "---")) {
            if (started_ || has_content_) size = at_;
            started_ = true;
        } else if (is_yaml_marker(text, at_, "...")) {
            size = next;
        } else if (!has_content_ && (text[at_] != '%' || started_)) {
            has_content_ = skip_yaml_space(text.substr(0, newline), at_) < newline;
        }
        at_ = next;
    }
    *this = YamlDocumentSplitter();
    return size;
}

}  // namespace arun::syntax
