#include "syntax/yaml_stream.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "syntax/yaml_text.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace arun::syntax {
namespace {

std::string_view take_word(std::string_view& line) {
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    const auto word = line.substr(0, end);
    line.remove_prefix(std::min(line.find_first_not_of(" \t", end), line.size()));
    return word;
}

}  // namespace

YamlStream::YamlStream(const Source& source, Range range, Diagnostics& diagnostics)
    : source_(source),
      text_(source.text().substr(0, range.end)),
      at_(range.begin),
      carriage_returns_(text_.find('\r') != text_.npos),
      diagnostics_(diagnostics) {}

void YamlStream::error(Range at, YamlDocumentText& document, std::string message, std::string hint) {
    document.invalid = true;
    diagnostics_.error({&source_, at.begin, at.end}, std::move(message), std::move(hint));
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
    Directives directives;
    bool started = false;  // has a `---`
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
            if (rest.begin < rest.end) error(rest, document, "only a comment may follow '...'", {});
            break;
        } else if (c == '%' && !started && !has_content) {
            read_directive(line, directives, document);
        } else if (!has_content) {
            const auto end = yaml_line_end(text_, line);
            has_content = skip_yaml_space(text_.substr(0, end), line) < end;
        }
    }
    document.body.end = line;
    at_ = line < size && text_[line] == '.' ? next_line(line) : line;
    if (!started && !has_content && !directives.first) return std::nullopt;
    if (started) {
        for (const auto at : directives.unknown)
            diagnostics_.warning(
                {&source_, at.begin, at.end},
                "unknown directive " + quote(text_.substr(at.begin, at.end - at.begin)) + " is ignored");
    } else if (directives.first && !document.unreadable) {
        document.unreadable = true;
        error({*directives.first, yaml_line_end(text_, *directives.first)}, document,
              "a directive without a document",
              "a line '---' must follow; text that begins with '%' must be in quotes");
    }
    return document;
}

void YamlStream::read_directive(std::uint32_t at, Directives& directives, YamlDocumentText& document) {
    const Range whole{at, yaml_line_end(text_, at)};
    auto line = text_.substr(at, whole.end - at);
    const auto name = take_word(line);
    if (!directives.first) directives.first = at;
    if (name == "%TAG") {
        if (!document.has_tag_directives) document.body.begin = at;
        document.has_tag_directives = true;
    } else if (name != "%YAML") {
        directives.unknown.push_back({at, at + static_cast<std::uint32_t>(name.size())});
    } else if (std::exchange(directives.has_version, true)) {
        document.unreadable = true;
        error(whole, document, "a second %YAML directive", "remove it");
    } else {
        const auto version = take_word(line);
        const bool rest = !line.empty() && line[0] != '#';
        if (version.starts_with("1.") && is_digits(version.substr(2)) && !rest) return;
        document.unreadable = true;
        error(whole, document, "unknown version of YAML", "scripts are %YAML 1.2");
    }
}

std::optional<std::size_t> YamlDocumentSplitter::split(std::string_view text) {
    std::optional<std::size_t> size;
    const auto arrived = scanned_;
    while (!size) {
        const auto newline = text.find('\n', std::max(at_, scanned_));
        if (newline == text.npos) {
            scanned_ = text.size();
            if (text.find('\0', arrived) == text.npos) return std::nullopt;
            size = text.size();
            break;
        }
        const auto line = static_cast<std::uint32_t>(at_);
        if (is_yaml_marker(text, line, "---")) {
            if (started_ || has_content_) size = at_;
            started_ = true;
        } else if (is_yaml_marker(text, line, "...")) {
            size = newline + 1;
        } else if (!has_content_ && (text[at_] != '%' || started_)) {
            has_content_ = skip_yaml_space(text.substr(0, newline), line) < newline;
        }
        at_ = newline + 1;
    }
    *this = YamlDocumentSplitter();
    return size;
}

}  // namespace arun::syntax
