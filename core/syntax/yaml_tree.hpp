/// From libfyaml's events to what a Builder takes.
#pragma once

#include "syntax/builder.hpp"

#include <cstdint>
#include <string_view>

struct fy_event;
struct fy_event_scalar_data;
struct fy_token;

namespace arun::syntax {

/// Puts the events of one document into a Builder. libfyaml tells where texts stand; what surrounds
/// them (quotes, `*`, `|`) and where an empty value would stand is found in the source.
class YamlTree {
public:
    /// `text` is the source's text, `base` the byte of it where libfyaml began to count.
    YamlTree(std::string_view text, std::uint32_t base, Builder& builder)
        : text_(text), base_(base), builder_(builder), done_(base) {}

    /// Not to be called once the builder has stopped.
    void take(const fy_event& event);

    /// Where the last token ended that was taken.
    std::uint32_t done() const noexcept { return done_; }

private:
    struct Scalar {
        Range at;     // with quotes, or with the `|` of a block
        Range inner;  // without
        Style style = Style::plain;
        bool as_is = false;     // the text stands at `inner` byte by byte
        std::string_view text;  // valid as long as the event
    };

    void begin(Type type, fy_token* start, fy_token* anchor, fy_token* tag);
    void end(fy_token* end);
    void scalar(const fy_event_scalar_data& data);
    void empty_scalar(fy_token* tag, Range anchor);
    void put(const Scalar& scalar, Type type);
    void alias(fy_token* token);
    Range name_anchor(fy_token* anchor);
    Type checked_type(const Scalar& scalar);
    Type type_by_tag(const Scalar& scalar, fy_token* tag);
    void refuse_tag(Range at, std::string_view tag);
    void warn_of_comment(Range at);

    Range range_of(fy_token* token) const;
    Range with_header(Range lines) const;
    Range empty_place() const;
    std::string_view slice(Range at) const { return text_.substr(at.begin, at.end - at.begin); }

    std::string_view text_;
    std::uint32_t base_;
    Builder& builder_;
    std::uint32_t done_;
};

}  // namespace arun::syntax
