#include "syntax/yaml_stream.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
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

}  // namespace

YamlStream::YamlStream(const Source& source, Range range, Diagnostics& diagnostics)
    : source_(source),
      text_(source.text().substr(0, range.end)),
      at_(range.begin),
      carriage_returns_(text_.find('\r') != text_.npos),
      diagnostics_(diagnostics) {}

void YamlStream::refuse(Range at, YamlPiece& piece, std::string message, std::string_view hint) {
    piece.broken = true;
    diagnostics_.error({&source_, at.begin, at.end}, std::move(message), std::string(hint));
}

/// yaml_next_line(), fast for texts that have only line feeds.
std::uint32_t YamlStream::next_line(std::uint32_t at) const {
    if (carriage_returns_) return yaml_next_line(text_, at);
    const auto* end = static_cast<const char*>(std::memchr(text_.data() + at, '\n', text_.size() - at));
    return static_cast<std::uint32_t>(end ? end + 1 - text_.data() : text_.size());
}

std::optional<YamlPiece> YamlStream::next() {
    while (at_ < text_.size()) {
        if (auto piece = read_piece()) return piece;
    }
    return std::nullopt;
}

/// Up to the next `---` or past the next `...`; nothing when there is nothing before it.
std::optional<YamlPiece> YamlStream::read_piece() {
    const auto size = static_cast<std::uint32_t>(text_.size());
    YamlPiece piece;
    piece.body = {at_, size};
    std::optional<std::uint32_t> directive;  // the first
    bool started = false;                    // has a `---`
    bool content = false;
    auto line = at_;
    for (; line < size; line = next_line(line)) {
        const char c = text_[line];
        if (c == '-' && is_yaml_marker(text_, line, "---")) {
            if (started || content) break;
            started = true;
            if (!piece.tags) piece.body.begin = line;
        } else if (c == '.' && is_yaml_marker(text_, line, "...")) {
            const Range rest{skip_yaml_space(text_.substr(0, yaml_line_end(text_, line)), line + 3),
                             yaml_line_end(text_, line)};
            if (rest.begin < rest.end) refuse(rest, piece, "only a comment can stand after '...'", {});
            break;
        } else if (c == '%' && !started && !content) {
            if (!directive) directive = line;
            read_directive(line, piece);
        } else if (c == '%' && piece.body.end == size) {
            piece.body.end = line;
            refuse({line, yaml_line_end(text_, line)}, piece, "a line that begins with '%' inside a document",
                   must_be_quoted);
        } else if (!content) {
            content = skip_yaml_space(text_.substr(0, yaml_line_end(text_, line)), line) <
                      yaml_line_end(text_, line);
        }
    }
    piece.end = line;
    piece.body.end = std::min(piece.body.end, piece.end);
    at_ = line < size && text_[line] == '.' ? next_line(line) : line;
    if (!started && !content && !directive) return std::nullopt;
    if (directive && !started && !piece.unreadable) {
        piece.unreadable = true;
        refuse({*directive, yaml_line_end(text_, *directive)}, piece, "a directive without a document",
               "a line '---' must follow; a text that begins with '%' must stand in quotes");
    }
    return piece;
}

void YamlStream::read_directive(std::uint32_t at, YamlPiece& piece) {
    auto line = text_.substr(at, yaml_line_end(text_, at) - at);
    const auto name = take_word(line);
    if (name == "%TAG") {
        if (!piece.tags) piece.body.begin = at;
        piece.tags = true;
    } else if (name == "%YAML") {
        const auto version = take_word(line);
        const bool rest = !line.empty() && line[0] != '#';
        if (version.starts_with("1.") && is_digits(version.substr(2)) && !rest) return;
        piece.unreadable = true;
        refuse({at, yaml_line_end(text_, at)}, piece, "unknown version of YAML", "scripts are %YAML 1.2");
    } else {
        piece.unreadable = true;
        refuse({at, at + static_cast<std::uint32_t>(name.size())}, piece, "unknown directive " + quote(name),
               must_be_quoted);
    }
}

std::optional<std::size_t> YamlCutter::cut(std::string_view text) {
    std::optional<std::size_t> size;
    while (!size) {
        const auto newline = text.find('\n', at_);
        if (newline == text.npos) return std::nullopt;
        const auto next = static_cast<std::uint32_t>(newline + 1);
        if (is_yaml_marker(text, at_, "---")) {
            if (started_ || content_) size = at_;
            started_ = true;
        } else if (is_yaml_marker(text, at_, "...")) {
            size = next;
        } else if (!content_ && (text[at_] != '%' || started_)) {
            content_ = skip_yaml_space(text.substr(0, newline), at_) < newline;
        }
        at_ = next;
    }
    *this = YamlCutter();
    return size;
}

}  // namespace arun::syntax
