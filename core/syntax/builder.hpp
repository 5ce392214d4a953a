/// Makes a Document out of what a reader meets, in the order of the text. JSON and YAML go through here
/// alike, so that both obey the same rules: duplicate keys, depth, aliases and merges.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "syntax/document.hpp"
#include "syntax/document_sink.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace arun::syntax {

/// Bytes of the source, half open.
struct Range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// Lists and maps inside each other, aliases followed.
inline constexpr std::size_t max_depth = 256;

/// What aliases may add to what a reader of the tree meets: this many nodes, and ten times what was written.
inline constexpr std::uint64_t alias_allowance = 1'000'000;
inline constexpr std::uint64_t alias_factor = 10;
inline constexpr std::uint64_t alias_most = 100'000'000;

/// Hints that take time to find are made this often: a text with a million mistakes must not take long.
inline constexpr std::size_t max_hints = 100;

/// What to say of a key that is there twice: where the first one is.
std::string hint_of_duplicate(const Source& source, std::uint32_t first, std::uint32_t second);

class Builder {
public:
    /// With `items`, those of a document that is a list are handed over one by one, and not kept. With
    /// `lenient_aliases` unknown ones are no errors: for a part of a text, whose anchors may stand elsewhere.
    Builder(std::shared_ptr<const Source> source, Diagnostics& diagnostics, DocumentSink* items = nullptr,
            bool lenient_aliases = false);

    /// Names the node that begins next. `at` is the name with its `&`.
    void anchor(std::string_view name, Range at);

    /// Inside a map, nodes are keys and values in turn. `flow` containers have brackets.
    void begin(Type list_or_map, std::uint32_t at, bool flow);
    void end(std::uint32_t at);

    /// A scalar whose text stands in the source as it is.
    void scalar(Range at, Type type, Style style, Range text);
    /// A scalar whose text had to be decoded.
    void scalar(Range at, Type type, Style style, std::string_view decoded);
    /// The key `<<` of a YAML map: its value is merged when the map ends.
    void merge_key(Range at);
    /// `at` is the name with its `*`.
    void alias(std::string_view name, Range at);

    bool expects_key() const noexcept {
        return !open_.empty() && open_.back().map && !open_.back().after_key;
    }
    bool has_root() const noexcept { return document_->root_ != 0; }
    /// True when a limit was passed: nothing more must be put in.
    bool stopped() const noexcept { return stopped_; }
    /// Whether the last error was said of what begins at `at`.
    bool has_error_at(std::uint32_t at) const noexcept { return last_error_ == at; }
    /// The tree cannot be returned, but reading goes on to find more errors.
    void spoil() noexcept { spoilt_ = true; }
    void error(Range at, std::string message, std::string hint = {});
    void warning(Range at, std::string message, std::string hint = {});

    struct Anchor;
    /// A list or map that has not ended.
    struct Open {
        std::uint32_t node = 0;
        std::uint32_t begin = 0;
        std::uint32_t last = 0;  // the last item or value, or the key that waits for its value
        std::uint32_t size = 0;
        std::uint32_t height = 0;  // of the highest child
        std::uint32_t merges = 0;
        std::size_t keys = 0;      // where this map's keys begin in keys_
        std::uint64_t visits = 0;  // visits_so_far() when it began
        Anchor* anchor = nullptr;  // its entry in anchors_
        bool map = false;
        bool flow = false;
        bool after_key = false;
    };
    /// The outermost first.
    const std::vector<Open>& open() const noexcept { return open_; }
    /// Where the keys of an open map stand, those of the maps inside of it not counted.
    std::vector<Range> keys_of(std::size_t open) const;

    /// The finished tree; null when it is spoilt, stopped or has no root.
    std::shared_ptr<const Document> finish();

    struct Anchor {
        std::uint32_t node = 0;
        std::uint32_t height = 0;
        std::uint64_t visits = 0;  // nodes of it, aliases written out
        bool open = false;
    };

private:
    /// An entry of a map that ends; `merged` ones come from another map.
    struct Entry {
        std::uint32_t key = 0;
        std::uint32_t value = 0;
        bool merged = false;
        bool dropped = false;
    };

    std::uint32_t make(const NodeData& data);
    void place(std::uint32_t node, std::uint32_t height);
    void place_scalar(const NodeData& data);
    bool is_item() const noexcept;
    void hand_over(std::uint32_t item);
    void take_anchor(std::uint32_t node, bool open);
    std::uint64_t visits_so_far() const noexcept { return written_ + repeated_; }
    // builder_map.cpp: what happens when a map ends
    std::string_view name_of(std::uint32_t key) const noexcept;
    bool has_duplicates(const Open& map) const;
    bool has_duplicates_among_many(const Open& map) const;
    void rebuild(const Open& map);
    std::vector<Entry> entries_of(const Open& map);
    void add_merged(std::uint32_t value, std::vector<Entry>& entries);
    void drop_repeated(std::vector<Entry>& entries);
    void say_duplicate(std::uint32_t first, std::uint32_t second);
    std::uint32_t reference_to(std::uint32_t node);

    std::shared_ptr<Document> document_;
    Diagnostics& diagnostics_;
    DocumentSink* items_;
    std::vector<Open> open_;
    std::vector<std::uint32_t> keys_;  // of the maps that are open, innermost last
    std::map<std::string, Anchor, std::less<>> anchors_;
    std::string pending_anchor_;
    std::uint64_t written_ = 0;
    std::uint64_t repeated_ = 0;
    std::size_t hints_ = 0;  // those that take time to find
    std::uint32_t last_error_ = UINT32_MAX;
    bool lenient_aliases_;
    bool stopped_ = false;
    bool spoilt_ = false;
};

}  // namespace arun::syntax
