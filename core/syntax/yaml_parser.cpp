#include "syntax/yaml_parser.hpp"

#include "base/text.hpp"
#include "syntax/scalar.hpp"
#include "syntax/yaml_text.hpp"

#include <libfyaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <new>
#include <utility>
#include <vector>

namespace arun::syntax {
namespace {

/// Without an output function libfyaml writes to stderr, even when told to be quiet.
fy_diag* make_diag() {
    fy_diag_cfg config;
    fy_diag_cfg_default(&config);
    config.fp = nullptr;
    config.output_fn = [](fy_diag*, void*, const char*, std::size_t) {};
    config.level = FYET_WARNING;
    config.colorize = false;
    auto* diag = fy_diag_create(&config);
    if (!diag) throw std::bad_alloc();
    fy_diag_set_collect_errors(diag, true);
    return diag;
}

/// Before 0.8, destroying a parser that met an error may free a token twice, as after `? a:<TAB>|`.
bool may_destroy_after_error() {
    static const bool may = [] {
        char* rest = nullptr;
        const auto major = std::strtol(fy_library_version(), &rest, 10);
        return major > 0 || (*rest == '.' && std::strtol(rest + 1, nullptr, 10) >= 8);
    }();
    return may;
}

/// Keeps a parser that must not be destroyed reachable, so that leak checkers do not report it.
void abandon(fy_parser* parser) {
    static auto& abandoned = *new std::vector<fy_parser*>();
    abandoned.push_back(parser);
}

/// libfyaml's events for one document, behind the guards that version 0.7 needs. The text must outlive it.
class EventReader {
public:
    static constexpr std::uint32_t no_position = UINT32_MAX;

    explicit EventReader(std::string_view text) : diag_(make_diag()) {
        fy_parse_cfg config{};
        config.flags = FYPCF_JSON_NONE;
        config.diag = diag_;
        parser_ = fy_parser_create(&config);
        if (!parser_ || fy_parser_set_string(parser_, text.data(), text.size()) != 0) {
            fy_parser_destroy(parser_);
            fy_diag_destroy(diag_);
            throw std::bad_alloc();
        }
    }
    ~EventReader() {
        void* iterator = nullptr;
        const bool had_error = failed() || fy_diag_errors_iterate(diag_, &iterator);
        fy_parser_event_free(parser_, event_);
        if (!had_error || may_destroy_after_error()) {
            fy_parser_destroy(parser_);
            fy_diag_destroy(diag_);
        } else {
            abandon(parser_);
        }
    }
    EventReader(const EventReader&) = delete;
    EventReader& operator=(const EventReader&) = delete;

    /// The next event, valid until the next call; null at the end of the text and after an error.
    const fy_event* next() {
        fy_parser_event_free(parser_, event_);
        event_ = fy_parser_parse(parser_);
        if (event_ && event_->type == FYET_STREAM_END) ended_ = true;
        return event_;
    }

    /// The error after which next() returned null; its position is one of the parsed text, or no_position.
    /// Warnings count, except those of unknown directives before `document_start`.
    std::optional<YamlSyntaxError> error(std::uint32_t document_start) const {
        void* iterator = nullptr;
        while (const auto* error = fy_diag_errors_iterate(diag_, &iterator)) {
            const auto* mark = error->fyt ? fy_token_start_mark(error->fyt) : nullptr;
            const auto at = mark ? static_cast<std::uint32_t>(mark->input_pos) : no_position;
            const std::string_view message = error->msg;
            if (at < document_start && message.find("Unsupported directive") != message.npos) continue;
            return YamlSyntaxError{at, std::string(message)};
        }
        // Some errors come without a message.
        return failed() ? std::optional(YamlSyntaxError{no_position, {}}) : std::nullopt;
    }

private:
    bool failed() const { return (!event_ && !ended_) || fy_parser_get_stream_error(parser_); }

    fy_diag* diag_ = nullptr;
    fy_parser* parser_ = nullptr;
    fy_event* event_ = nullptr;
    bool ended_ = false;
};

/// "str" for tag:yaml.org,2002:str, which !!str resolves to; empty for any other tag.
std::string_view core_tag_name(std::string_view tag) {
    constexpr std::string_view prefix = "tag:yaml.org,2002:";
    return tag.starts_with(prefix) ? tag.substr(prefix.size()) : std::string_view();
}

std::string_view text_of(fy_token* token) {
    std::size_t size = 0;
    const char* text = fy_token_get_text(token, &size);
    return text ? std::string_view(text, size) : std::string_view();
}

void append_utf8(std::string& out, char32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
        return;
    }
    const unsigned tail = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    out += static_cast<char>((0xFF00U >> (tail + 1) & 0xFFU) | c >> 6 * tail);
    for (auto i = tail; i-- > 0;) out += static_cast<char>(0x80U | (c >> 6 * i & 0x3FU));
}

/// Decodes the escape at the start of `text`, which libfyaml has checked, and returns its length.
std::size_t decode_escape(std::string_view text, std::string& out) {
    const auto hexadecimal = [&](std::size_t at, std::size_t digits) {
        std::uint32_t value = 0;
        const auto number = text.substr(std::min(at, text.size()), digits);
        std::from_chars(number.data(), number.data() + number.size(), value, 16);
        return static_cast<char32_t>(value);
    };
    const char kind = text.size() > 1 ? text[1] : '\\';
    if (kind == 'x' || kind == 'u' || kind == 'U') {
        const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
        const auto c = hexadecimal(2, digits);
        const bool pair = c >= 0xD800 && c < 0xDC00;
        append_utf8(out, pair ? 0x10000 + ((c & 0x3FF) << 10 | (hexadecimal(8, 4) & 0x3FF)) : c);
        return 2 + digits + (pair ? 6 : 0);
    }
    constexpr std::string_view kinds = "0abtnvfre\tN_LP";
    constexpr std::array<char32_t, 14> characters{0,    7,    8,    '\t', '\n', 0xB,    0xC,
                                                  '\r', 0x1B, '\t', 0x85, 0xA0, 0x2028, 0x2029};
    const auto known = kinds.find(kind);
    append_utf8(out, known == kinds.npos ? static_cast<unsigned char>(kind) : characters[known]);
    return 2;
}

/// Decodes what is between quotes: escapes and folded lines (YAML 1.2.2, 7.3). libfyaml 0.7 loses text after
/// the second `''`, and after a `\\` before a tab or a backslash at the end of a line.
std::string decode_quoted(std::string_view inner, char quote) {
    std::string out;
    std::size_t kept = 0;  // blanks from here on are dropped before a line break
    for (std::size_t i = 0; i < inner.size();) {
        const char c = inner[i];
        const bool escape = c == '\\' && quote == '"';
        const bool continued = escape && i + 1 < inner.size() && is_yaml_break(inner[i + 1]);
        if (is_yaml_break(c) || continued) {
            while (!continued && out.size() > kept && is_yaml_blank(out.back())) out.pop_back();
            std::size_t breaks = 0;
            for (i += continued; i < inner.size() && is_yaml_space(inner[i]); ++i)
                breaks += is_yaml_break(inner[i]) && !inner.substr(i).starts_with("\r\n");
            // One line break becomes a space, or nothing after a backslash; of several, the first is dropped.
            if (breaks > 1) {
                out.append(breaks - 1, '\n');
            } else if (!continued) {
                out += ' ';
            }
            kept = out.size();
        } else if (escape) {
            i += decode_escape(inner.substr(i), out);
            kept = out.size();
        } else {
            out += c;
            i += c == '\'' && quote == '\'' ? 2 : 1;
        }
    }
    return out;
}

/// How many spaces the first line that has other characters begins with; none if no line has.
std::optional<std::size_t> leading_spaces(std::string_view lines) {
    const auto text = lines.find_first_not_of(" \r\n");
    if (text == lines.npos) return std::nullopt;
    const auto line_break = lines.find_last_of("\r\n", text);
    return text - (line_break == lines.npos ? 0 : line_break + 1);
}

/// Decodes the lines of a block scalar (YAML 1.2.2, 8.1), of which `decoded` is libfyaml's version: version
/// 0.7 drops a line break before a line that is indented more, and appends an uninitialized byte there and
/// where all lines are blank.
std::string decode_block(std::string_view header, std::string_view lines, std::string_view decoded) {
    const bool folded = header.starts_with('>');
    const bool explicit_indent = header.find_first_of("123456789") != header.npos;
    auto indent = leading_spaces(lines).value_or(lines.size());
    if (explicit_indent) indent -= std::min(indent, leading_spaces(decoded).value_or(0));

    std::string out;
    std::size_t breaks = 0;  // since the last line that is not empty
    bool has_text = false;
    bool spaced = false;  // that line is indented more: the breaks around it are kept
    while (!lines.empty()) {
        const auto end = std::min(lines.find_first_of("\r\n"), lines.size());
        auto line = lines.substr(0, end);
        const bool broken = end < lines.size();
        lines.remove_prefix(end + (lines.substr(end).starts_with("\r\n") ? 2U : broken ? 1U : 0U));
        line.remove_prefix(std::min(line.find_first_not_of(' '), std::min(indent, line.size())));
        if (line.empty()) {
            // Blanks at the end of the text are a line only where there is no other.
            breaks += broken || !has_text;
            continue;
        }
        const bool was_spaced = std::exchange(spaced, is_yaml_blank(line[0]));
        const bool fold = folded && has_text && !was_spaced && !spaced;
        if (fold && breaks == 1) {
            out += ' ';
        } else {
            out.append(fold ? breaks - 1 : breaks, '\n');
        }
        out += line;
        has_text = true;
        breaks = 1;
    }
    if (header.find('+') != header.npos) {
        out.append(breaks, '\n');
    } else if (has_text && header.find('-') == header.npos) {
        out += '\n';
    }
    return out;
}

/// Passes events to a DocumentBuilder. libfyaml tells where the text of a scalar is. What surrounds it
/// (quotes,
/// `*`, `|`), and where an empty value belongs, is found in the source.
class EventHandler {
public:
    /// `base` is the byte of the source where libfyaml's offsets begin.
    EventHandler(std::string_view text, std::uint32_t base, DocumentBuilder& builder)
        : text_(text), base_(base), builder_(builder), token_end_(base) {}

    /// Precondition: the builder has not stopped.
    void handle(const fy_event& event) {
        switch (event.type) {
            case FYET_SCALAR:
                return scalar(event.scalar);
            case FYET_MAPPING_START:
                return begin(Type::map, event.mapping_start.mapping_start, event.mapping_start.anchor,
                             event.mapping_start.tag);
            case FYET_SEQUENCE_START:
                return begin(Type::list, event.sequence_start.sequence_start, event.sequence_start.anchor,
                             event.sequence_start.tag);
            case FYET_MAPPING_END:
                return end(event.mapping_end.mapping_end);
            case FYET_SEQUENCE_END:
                return end(event.sequence_end.sequence_end);
            case FYET_ALIAS:
                return alias(event.alias.anchor);
            case FYET_DOCUMENT_START:
                document_start_ = token_end_;
                // From 0.8 on, also an implicit start has a token, at some place after it.
                if (auto* start = event.document_start.document_start;
                    start && !event.document_start.implicit) {
                    const auto at = range_of(start);
                    document_start_ = at.begin;
                    token_end_ = at.end;
                }
                return;
            case FYET_NONE:
            case FYET_STREAM_START:
            case FYET_STREAM_END:
            case FYET_DOCUMENT_END:
                return;
        }
    }

    /// Where the last token that was handled ends.
    std::uint32_t token_end() const noexcept { return token_end_; }
    /// Where the `---` is; UINT32_MAX before the document has begun.
    std::uint32_t document_start() const noexcept { return document_start_; }

private:
    struct Scalar {
        Range at;     // with its quotes, or with the `|` of a block
        Range inner;  // without
        Style style = Style::plain;
        bool verbatim = false;  // the text is in the source at `inner`, byte by byte
        std::string_view text;  // valid as long as the event
    };

    void begin(Type type, fy_token* start, fy_token* anchor, fy_token* tag) {
        take_anchor(anchor);
        const auto bracket = range_of(start);
        const bool flow =
            bracket.end == bracket.begin + 1 && (text_[bracket.begin] == '[' || text_[bracket.begin] == '{');
        auto at = bracket.begin;
        if (tag) {
            const auto place = range_of(tag);
            token_end_ = std::max(token_end_, place.end);
            if (core_tag_name(text_of(tag)) != (type == Type::map ? "map" : "seq"))
                refuse_tag(place, text_of(tag));
        }
        if (!flow && type == Type::map && !builder_.open().empty() && builder_.open().back().flow) {
            // A single pair in a list, [a: b]: libfyaml gives the position of its ':'.
            at = skip_yaml_space(text_, token_end_);
            if (at < text_.size() && text_[at] == ',') at = skip_yaml_space(text_, at + 1);
        }
        builder_.begin(type, at, flow);
        token_end_ = flow ? at + 1 : std::max(at, token_end_);
    }

    void end(fy_token* end) {
        // Only a closing bracket is a token of its own.
        if (const auto at = range_of(end); at.end == at.begin + 1) token_end_ = at.end;
        builder_.end(token_end_);
    }

    void alias(fy_token* token) {
        auto at = range_of(token);
        if (at.begin > 0 && text_[at.begin - 1] == '*') --at.begin;
        token_end_ = at.end;
        builder_.alias(text_of(token), at);
    }

    void scalar(const fy_event_scalar_data& data) {
        const auto anchor = take_anchor(data.anchor);
        if (data.tag) token_end_ = std::max(token_end_, range_of(data.tag).end);
        const auto* begin = data.value ? fy_token_start_mark(data.value) : nullptr;
        const auto* end = data.value ? fy_token_end_mark(data.value) : nullptr;
        if (!begin || !end) return empty_scalar(data.tag, anchor);

        const auto inner = to_source(begin, end);
        Scalar scalar{inner, inner, Style::plain, begin->line == end->line, {}};
        const auto style = fy_token_scalar_style(data.value);
        // From 0.8 on, a missing value has a token as well: an empty one, which no plain scalar can be.
        if (style == FYSS_PLAIN && inner.begin == inner.end) return empty_scalar(data.tag, anchor);
        switch (style) {
            case FYSS_SINGLE_QUOTED:
            case FYSS_DOUBLE_QUOTED: {
                scalar.at = {inner.begin - 1, inner.end + 1};
                scalar.style = Style::quoted;
                const char escape = style == FYSS_DOUBLE_QUOTED ? '\\' : '\'';
                scalar.verbatim = scalar.verbatim && slice(inner).find(escape) == std::string_view::npos;
                break;
            }
            case FYSS_LITERAL:
            case FYSS_FOLDED:
                scalar.at = with_header(inner);
                scalar.style = Style::block;
                scalar.verbatim = false;
                break;
            default:
                break;
        }
        token_end_ = scalar.at.end;
        std::string decoded;
        if (scalar.verbatim) {
            scalar.text = slice(inner);
        } else if (scalar.style == Style::quoted) {
            scalar.text = decoded = decode_quoted(slice(inner), text_[scalar.at.begin]);
        } else if (scalar.style == Style::block) {
            const Range header{scalar.at.begin, std::min(scalar.at.begin + 3, inner.begin)};
            // The indentation of a comment that follows is not part of the text.
            const auto end = inner.end == text_.size() ? inner.end : yaml_line_begin(text_, inner.end);
            const Range lines{inner.begin, std::max(inner.begin, end)};
            scalar.text = decoded = decode_block(slice(header), slice(lines), text_of(data.value));
        } else {
            scalar.text = text_of(data.value);
        }
        if (data.tag) return add(scalar, type_by_tag(scalar, data.tag));
        if (scalar.style != Style::plain) return add(scalar, Type::string);
        if (scalar.text == "<<" && builder_.expects_key()) return builder_.merge_key(scalar.at);
        warn_of_comment(scalar.at);
        add(scalar, checked_type(scalar));
    }

    void empty_scalar(fy_token* tag, Range anchor) {
        const auto place = empty_place();
        token_end_ = place.end;
        const auto at = tag ? range_of(tag) : anchor.end != 0 ? anchor : place;
        const Scalar scalar{at, {at.begin, at.begin}, Style::plain, true, {}};
        add(scalar, tag ? type_by_tag(scalar, tag) : Type::null);
    }

    void add(const Scalar& scalar, Type type) {
        if (scalar.verbatim) {
            builder_.scalar(scalar.at, type, scalar.style, scalar.inner);
        } else {
            builder_.scalar(scalar.at, type, scalar.style, scalar.text);
        }
    }

    /// Returns the place of the anchor with its `&`.
    Range take_anchor(fy_token* anchor) {
        if (!anchor) return {};
        auto at = range_of(anchor);
        if (at.begin > 0 && text_[at.begin - 1] == '&') --at.begin;
        token_end_ = std::max(token_end_, at.end);
        builder_.anchor(text_of(anchor), at);
        return at;
    }

    Type checked_type(const Scalar& scalar) {
        const auto type = plain_type(scalar.text);
        if (type != Type::number) return type;
        if (const auto error = number_error(scalar.text); error != NumberError::none)
            builder_.error(scalar.at, std::string(message_of(error)), std::string(hint_of(error)));
        return type;
    }

    Type type_by_tag(const Scalar& scalar, fy_token* tag) {
        const auto name = core_tag_name(text_of(tag));
        const auto text = scalar.text;
        const auto mismatch = [&](std::string_view what) {
            builder_.error(scalar.at, quote(text) + " is not " + std::string(what));
            builder_.invalidate();
            return Type::string;
        };
        if (name == "str") return Type::string;
        if (name == "int") return is_integer(text) ? checked_type(scalar) : mismatch("an integer");
        if (name == "float") return is_float(text) ? checked_type(scalar) : mismatch("a number");
        if (name == "bool")
            return plain_type(text) == Type::boolean ? Type::boolean : mismatch("true or false");
        if (name == "null") return plain_type(text) == Type::null ? Type::null : mismatch("null");
        refuse_tag(range_of(tag), text_of(tag));
        return Type::string;
    }

    void refuse_tag(Range at, std::string_view tag) {
        constexpr std::array<std::string_view, 7> core{"str", "int", "float", "bool", "null", "seq", "map"};
        if (std::find(core.begin(), core.end(), core_tag_name(tag)) != core.end()) {
            builder_.error(at, quote(slice(at)) + " does not match the value that follows");
        } else {
            builder_.error(at, "unknown tag " + quote(slice(at)),
                           "text that begins with '!' must be in quotes");
        }
        builder_.invalidate();
    }

    /// `name: job #${{ n }}` has the value 'job', which is never the intention.
    void warn_of_comment(Range at) {
        if (at.end >= text_.size() || !is_yaml_blank(text_[at.end])) return;
        const auto sign = skip_yaml_blanks(text_, at.end);
        if (text_.substr(sign, 4) == "#${{")
            builder_.warning({sign, sign + 4}, "' #' begins a comment here", "put the whole text in quotes");
    }

    /// Empty, at the end of the last token, for a token without a position.
    Range range_of(fy_token* token) const {
        const auto* begin = token ? fy_token_start_mark(token) : nullptr;
        const auto* end = token ? fy_token_end_mark(token) : nullptr;
        return begin && end ? to_source(begin, end) : Range{token_end_, token_end_};
    }

    /// The place of a block scalar, from its `|` or `>` to its last line that is not blank.
    Range with_header(Range lines) const {
        auto header = token_end_;
        while (header < lines.begin && text_[header] != '|' && text_[header] != '>')
            header = std::max(header + 1, skip_yaml_space(text_, header));
        const auto begin = std::min(header, lines.begin);
        while (lines.end > begin && is_yaml_space(text_[lines.end - 1])) --lines.end;
        return {begin, lines.end};
    }

    /// Where a missing value belongs: at the `:`, `-` or `?` that introduces it.
    Range empty_place() const {
        const auto next = skip_yaml_space(text_, token_end_);
        const char c = next < text_.size() ? text_[next] : '\0';
        const auto& open = builder_.open();
        const char indicator = open.empty()             ? '\0'
                               : !open.back().map       ? '-'
                               : builder_.expects_key() ? '?'
                                                        : ':';
        return c == indicator && c != '\0' ? Range{next, next + 1} : Range{token_end_, token_end_};
    }

    std::string_view slice(Range at) const { return text_.substr(at.begin, at.end - at.begin); }
    Range to_source(const fy_mark* begin, const fy_mark* end) const {
        return {base_ + static_cast<std::uint32_t>(begin->input_pos),
                base_ + static_cast<std::uint32_t>(end->input_pos)};
    }

    std::string_view text_;
    std::uint32_t base_;
    DocumentBuilder& builder_;
    std::uint32_t token_end_;
    std::uint32_t document_start_ = UINT32_MAX;
};

}  // namespace

YamlParseResult parse_yaml(std::string_view text, std::uint32_t begin, DocumentBuilder& builder) {
    EventReader events(text.substr(begin));
    EventHandler handler(text, begin, builder);
    while (const auto* event = events.next()) {
        handler.handle(*event);
        if (builder.stopped()) return {std::nullopt, handler.token_end()};
    }
    YamlParseResult result{events.error(handler.document_start() - begin), handler.token_end()};
    if (result.error) {
        auto& at = result.error->at;
        at = at == EventReader::no_position ? skip_yaml_space(text, result.token_end) : at + begin;
    }
    return result;
}

const char* yaml_library_version() noexcept {
    return fy_library_version();
}

}  // namespace arun::syntax
