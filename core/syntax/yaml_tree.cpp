#include "syntax/yaml_tree.hpp"

#include "base/text.hpp"
#include "syntax/scalar.hpp"
#include "syntax/yaml_text.hpp"

#include <libfyaml.h>

#include <algorithm>
#include <array>
#include <string>

namespace arun::syntax {
namespace {

/// "str" of tag:yaml.org,2002:str, as !!str is resolved; empty for the tags of others.
std::string_view core_name(std::string_view tag) {
    constexpr std::string_view prefix = "tag:yaml.org,2002:";
    return tag.starts_with(prefix) ? tag.substr(prefix.size()) : std::string_view();
}

std::string_view text_of(fy_token* token) {
    std::size_t size = 0;
    const char* text = fy_token_get_text(token, &size);
    return text ? std::string_view(text, size) : std::string_view();
}

}  // namespace

void YamlTree::take(const fy_event& event) {
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
            if (auto* start = event.document_start.document_start) done_ = range_of(start).end;
            return;
        case FYET_NONE:
        case FYET_STREAM_START:
        case FYET_STREAM_END:
        case FYET_DOCUMENT_END:
            return;
    }
}

/// Empty, where the last token ended, for a token that stands nowhere.
Range YamlTree::range_of(fy_token* token) const {
    const auto* begin = token ? fy_token_start_mark(token) : nullptr;
    const auto* end = token ? fy_token_end_mark(token) : nullptr;
    if (!begin || !end) return {done_, done_};
    return {base_ + static_cast<std::uint32_t>(begin->input_pos),
            base_ + static_cast<std::uint32_t>(end->input_pos)};
}

/// Where a value would stand that is not there: at the `:`, `-` or `?` that promises it.
Range YamlTree::empty_place() const {
    const auto next = skip_yaml_space(text_, done_);
    const char c = next < text_.size() ? text_[next] : '\0';
    const auto& open = builder_.open();
    const char promise = open.empty() ? '\0' : !open.back().map ? '-' : builder_.expects_key() ? '?' : ':';
    return c == promise && c != '\0' ? Range{next, next + 1} : Range{done_, done_};
}

/// Where the anchor stands, with its `&`.
Range YamlTree::name_anchor(fy_token* anchor) {
    if (!anchor) return {};
    auto at = range_of(anchor);
    if (at.begin > 0 && text_[at.begin - 1] == '&') --at.begin;
    done_ = std::max(done_, at.end);
    builder_.anchor(text_of(anchor), at);
    return at;
}

void YamlTree::begin(Type type, fy_token* start, fy_token* anchor, fy_token* tag) {
    name_anchor(anchor);
    const auto bracket = range_of(start);
    const bool flow =
        bracket.end == bracket.begin + 1 && (text_[bracket.begin] == '[' || text_[bracket.begin] == '{');
    auto at = bracket.begin;
    if (tag) {
        const auto place = range_of(tag);
        done_ = std::max(done_, place.end);
        if (core_name(text_of(tag)) != (type == Type::map ? "map" : "seq")) refuse_tag(place, text_of(tag));
    }
    if (!flow && type == Type::map && !builder_.open().empty() && builder_.open().back().flow) {
        // A single pair in a list, [a: b]: libfyaml says where its ':' stands.
        at = skip_yaml_space(text_, done_);
        if (at < text_.size() && text_[at] == ',') at = skip_yaml_space(text_, at + 1);
    }
    builder_.begin(type, at, flow);
    done_ = flow ? at + 1 : std::max(at, done_);
}

void YamlTree::end(fy_token* end) {
    // Only brackets have an end of their own.
    if (const auto at = range_of(end); at.end == at.begin + 1) done_ = at.end;
    builder_.end(done_);
}

void YamlTree::alias(fy_token* token) {
    auto at = range_of(token);
    if (at.begin > 0 && text_[at.begin - 1] == '*') --at.begin;
    done_ = at.end;
    builder_.alias(text_of(token), at);
}

void YamlTree::scalar(const fy_event_scalar_data& data) {
    const auto anchor = name_anchor(data.anchor);
    if (data.tag) done_ = std::max(done_, range_of(data.tag).end);
    const auto* begin = data.value ? fy_token_start_mark(data.value) : nullptr;
    const auto* end = data.value ? fy_token_end_mark(data.value) : nullptr;
    if (!begin || !end) return empty_scalar(data.tag, anchor);

    const Range inner{base_ + static_cast<std::uint32_t>(begin->input_pos),
                      base_ + static_cast<std::uint32_t>(end->input_pos)};
    Scalar scalar{inner, inner, Style::plain, begin->line == end->line, {}};
    switch (fy_token_scalar_style(data.value)) {
        case FYSS_SINGLE_QUOTED:
        case FYSS_DOUBLE_QUOTED: {
            scalar.at = {inner.begin - 1, inner.end + 1};
            scalar.style = Style::quoted;
            const char escape = text_[scalar.at.begin] == '"' ? '\\' : '\'';
            scalar.as_is = scalar.as_is && slice(inner).find(escape) == std::string_view::npos;
            break;
        }
        case FYSS_LITERAL:
        case FYSS_FOLDED:
            scalar.at = with_header(inner);
            scalar.style = Style::block;
            scalar.as_is = false;
            break;
        default:
            break;
    }
    done_ = scalar.at.end;
    std::string unquoted;
    if (scalar.as_is) {
        scalar.text = slice(inner);
    } else if (text_[scalar.at.begin] == '\'' && slice(inner).find('\'') != std::string_view::npos) {
        unquoted = unquote_yaml_single(slice(inner));
        scalar.text = unquoted;
    } else {
        scalar.text = text_of(data.value);
    }
    if (data.tag) return put(scalar, type_by_tag(scalar, data.tag));
    if (scalar.style != Style::plain) return put(scalar, Type::string);
    if (scalar.text == "<<" && builder_.expects_key()) return builder_.merge_key(scalar.at);
    warn_of_comment(scalar.at);
    put(scalar, checked_type(scalar));
}

void YamlTree::empty_scalar(fy_token* tag, Range anchor) {
    const auto place = empty_place();
    done_ = place.end;
    const auto at = tag ? range_of(tag) : anchor.end != 0 ? anchor : place;
    const Scalar scalar{at, {at.begin, at.begin}, Style::plain, true, {}};
    put(scalar, tag ? type_by_tag(scalar, tag) : Type::null);
}

/// A block text's place, from its `|` or `>` to its last line that is not blank.
Range YamlTree::with_header(Range lines) const {
    auto header = done_;
    while (header < lines.begin && text_[header] != '|' && text_[header] != '>')
        header = std::max(header + 1, skip_yaml_space(text_, header));
    const auto begin = std::min(header, lines.begin);
    while (lines.end > begin && is_yaml_space(text_[lines.end - 1])) --lines.end;
    return {begin, lines.end};
}

void YamlTree::put(const Scalar& scalar, Type type) {
    if (scalar.as_is) {
        builder_.scalar(scalar.at, type, scalar.style, scalar.inner);
    } else {
        builder_.scalar(scalar.at, type, scalar.style, scalar.text);
    }
}

Type YamlTree::checked_type(const Scalar& scalar) {
    const auto type = plain_type(scalar.text);
    if (type != Type::number) return type;
    if (const auto fault = number_fault(scalar.text); fault != NumberFault::none)
        builder_.error(scalar.at, std::string(message_of(fault)), std::string(hint_of(fault)));
    return type;
}

Type YamlTree::type_by_tag(const Scalar& scalar, fy_token* tag) {
    const auto name = core_name(text_of(tag));
    const auto text = scalar.text;
    const auto wrong = [&](std::string_view what) {
        builder_.error(scalar.at, quote(text) + " is not " + std::string(what));
        builder_.spoil();
        return Type::string;
    };
    if (name == "str") return Type::string;
    if (name == "int") return is_integer(text) ? checked_type(scalar) : wrong("an integer");
    if (name == "float") return is_float(text) ? checked_type(scalar) : wrong("a number");
    if (name == "bool") return plain_type(text) == Type::boolean ? Type::boolean : wrong("true or false");
    if (name == "null") return plain_type(text) == Type::null ? Type::null : wrong("null");
    refuse_tag(range_of(tag), text_of(tag));
    return Type::string;
}

void YamlTree::refuse_tag(Range at, std::string_view tag) {
    constexpr std::array<std::string_view, 7> core{"str", "int", "float", "bool", "null", "seq", "map"};
    if (std::find(core.begin(), core.end(), core_name(tag)) != core.end()) {
        builder_.error(at, quote(slice(at)) + " stands before another kind of value");
    } else {
        builder_.error(at, "unknown tag " + quote(slice(at)),
                       "a text that begins with '!' must stand in quotes");
    }
    builder_.spoil();
}

/// `name: job #${{ n }}`: the value is 'job', and nobody meant that.
void YamlTree::warn_of_comment(Range at) {
    if (at.end >= text_.size() || !is_yaml_blank(text_[at.end])) return;
    const auto sign = skip_yaml_blanks(text_, at.end);
    if (text_.substr(sign, 4) == "#${{")
        builder_.warning({sign, sign + 4}, "' #' begins a comment here", "put the whole text in quotes");
}

}  // namespace arun::syntax
