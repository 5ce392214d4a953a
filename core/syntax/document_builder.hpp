/// Builds a Document from parser events in source order. JSON and YAML share it, so that both obey the same
/// rules for duplicate keys, nesting depth, aliases and merges.
#pragma once

#include "base/diagnostic.hpp"
#include "base/source.hpp"
#include "syntax/document.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace arun::syntax {

/// Nesting limit of lists and maps, aliases followed.
inline constexpr std::size_t max_depth = 256;

/// The hint of a duplicate key: where the first one is.
std::string duplicate_key_hint(const Source& source, std::uint32_t first, std::uint32_t second);

class DocumentBuilder {
    struct Anchor {
        std::uint32_t node = 0;
        std::uint32_t height = 0;
        std::uint64_t expansion = 0;  // number of nodes, aliases written out
        bool open = false;
    };

public:
    /// A list or map that has not ended yet.
    struct OpenContainer {
        std::uint32_t node = 0;
        std::uint32_t begin = 0;
        std::uint32_t last = 0;  // the last item or value, or the key whose value is next
        std::uint32_t size = 0;
        std::uint32_t height = 0;  // of its tallest child
        std::uint32_t merges = 0;
        std::size_t keys = 0;            // index of its first key in keys_
        std::uint64_t nodes_before = 0;  // expansion() when it began
        Anchor* anchor = nullptr;        // its entry in anchors_
        bool map = false;
        bool flow = false;
        bool after_key = false;
    };

    enum class UnknownAliases : bool {
        rejected,
        ignored,  ///< for a fragment of a document, whose anchors may precede it
    };

    /// If `item_sink` is not null, the items of a top-level list go to it and are not kept.
    DocumentBuilder(std::shared_ptr<const Source> source, Diagnostics& diagnostics,
                    DocumentSink* item_sink = nullptr,
                    UnknownAliases unknown_aliases = UnknownAliases::rejected);

    /// Anchors the next node. `at` is the name with its `&`.
    void anchor(std::string_view name, Range at);

    /// Inside a map, nodes are keys and values in turn. `flow` containers have brackets.
    void begin(Type list_or_map, std::uint32_t at, bool flow);
    void end(std::uint32_t at);

    /// A scalar whose text is in the source verbatim.
    void scalar(Range at, Type type, Style style, Range text);
    /// A scalar whose text had to be decoded.
    void scalar(Range at, Type type, Style style, std::string_view decoded);
    /// The key `<<` of a YAML map. Its value is merged when the map ends.
    void merge_key(Range at);
    /// `at` is the name with its `*`.
    void alias(std::string_view name, Range at);

    bool expects_key() const noexcept {
        return !open_.empty() && open_.back().map && !open_.back().after_key;
    }
    bool has_root() const noexcept { return document_->root_ != 0; }
    /// True once a limit is exceeded: nothing more may be added.
    bool stopped() const noexcept { return stopped_; }
    /// True if the last error was reported at `at`.
    bool has_error_at(std::uint32_t at) const noexcept { return last_error_ == at; }
    /// finish() will return null, but building continues in order to find more errors.
    void invalidate() noexcept { valid_ = false; }
    void error(Range at, std::string message, std::string hint = {});
    void warning(Range at, std::string message, std::string hint = {});

    /// Outermost first.
    const std::vector<OpenContainer>& open() const noexcept { return open_; }
    /// The keys of the open map open()[index], without those of nested maps.
    std::vector<Range> keys_of(std::size_t index) const;

    /// The finished tree; null if it is invalid, stopped, incomplete or empty.
    std::shared_ptr<const Document> finish();

private:
    /// An entry of a map that is ending.
    struct Entry {
        std::uint32_t key = 0;
        std::uint32_t value = 0;
        bool merged = false;  // comes from another map
        bool dropped = false;
    };

    std::uint32_t append(const NodeData& data);
    void attach(std::uint32_t node, std::uint32_t height);
    void append_scalar(const NodeData& data);
    void bind_anchor(std::uint32_t node, bool open);
    bool completed_item() const noexcept;
    void deliver_item(std::uint32_t item);
    std::uint64_t expansion() const noexcept { return written_nodes_ + aliased_nodes_; }

    // When a map ends:
    std::string_view key_name(std::uint32_t key) const noexcept;
    bool has_duplicates(const OpenContainer& map) const;
    bool has_duplicates_by_hash(const OpenContainer& map) const;
    void rebuild(const OpenContainer& map);
    std::vector<Entry> collect_entries(const OpenContainer& map);
    void collect_merged(std::uint32_t value, std::vector<Entry>& entries);
    void drop_duplicates(std::vector<Entry>& entries);
    void report_duplicate(std::uint32_t first, std::uint32_t second);
    std::uint32_t append_reference(std::uint32_t node);

    std::shared_ptr<Document> document_;
    Diagnostics& diagnostics_;
    DocumentSink* item_sink_;
    std::vector<OpenContainer> open_;
    std::vector<std::uint32_t> keys_;  // of the open maps, innermost last
    std::map<std::string, Anchor, std::less<>> anchors_;
    std::string pending_anchor_;
    std::uint64_t written_nodes_ = 0;
    std::uint64_t aliased_nodes_ = 0;
    std::size_t expensive_hints_ = 0;
    std::uint32_t last_error_ = UINT32_MAX;
    UnknownAliases unknown_aliases_;
    bool stopped_ = false;
    bool valid_ = true;
};

}  // namespace arun::syntax
