#include "syntax/document_builder.hpp"

#include "base/suggestion.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace arun::syntax {
namespace {

/// Maps with at most this many keys are searched for duplicates pairwise.
constexpr std::size_t max_pairwise_keys = 16;

/// Aliases may add alias_allowance nodes plus alias_factor per written one, up to max_aliased_nodes.
constexpr std::uint64_t alias_allowance = 1'000'000;
constexpr std::uint64_t alias_factor = 10;
constexpr std::uint64_t max_aliased_nodes = 100'000'000;

/// Limit on hints that are expensive to compute, so that a million mistakes do not take long to report.
constexpr std::size_t max_expensive_hints = 100;

}  // namespace

std::string duplicate_key_hint(const Source& source, std::uint32_t first, std::uint32_t second) {
    const auto a = source.position(first);
    const auto b = source.position(second);
    return a.line == b.line ? "the first is in column " + std::to_string(a.column)
                            : "the first is on line " + std::to_string(a.line);
}

DocumentBuilder::DocumentBuilder(std::shared_ptr<const Source> source, Diagnostics& diagnostics,
                                 DocumentSink* item_sink, UnknownAliases unknown_aliases)
    : document_(new Document(std::move(source))),
      diagnostics_(diagnostics),
      item_sink_(item_sink),
      unknown_aliases_(unknown_aliases) {}

void DocumentBuilder::error(Range at, std::string message, std::string hint) {
    diagnostics_.error({&document_->source(), at.begin, at.end}, std::move(message), std::move(hint));
    last_error_ = at.begin;
}

void DocumentBuilder::warning(Range at, std::string message, std::string hint) {
    diagnostics_.warning({&document_->source(), at.begin, at.end}, std::move(message), std::move(hint));
}

std::uint32_t DocumentBuilder::append(const NodeData& data) {
    auto& d = *document_;
    if ((d.count_ >> Document::chunk_bits) == d.chunks_.size())
        d.chunks_.push_back(std::make_unique_for_overwrite<NodeData[]>(Document::chunk_mask + 1));
    d.at(d.count_) = data;
    return d.count_++;
}

/// Links a node into the innermost open container, or makes it the root.
void DocumentBuilder::attach(std::uint32_t node, std::uint32_t height) {
    ++written_nodes_;
    if (open_.empty()) {
        document_->root_ = node;
        return;
    }
    auto& parent = open_.back();
    if (parent.last == 0) {
        document_->at(parent.node).a = node;
    } else {
        document_->at(parent.last).next = node;
    }
    parent.last = node;
    parent.height = std::max(parent.height, height);
    if (parent.map) {
        if (!parent.after_key) keys_.push_back(node);
        parent.after_key = !parent.after_key;
    }
    if (!parent.after_key) ++parent.size;
}

void DocumentBuilder::anchor(std::string_view name, Range at) {
    // YAML allows any character, but `&& x`, `&> x` and `&"x"` are unquoted shell or text.
    if (name.empty() || std::string_view("&>|\"'").find(name[0]) != std::string_view::npos) {
        error(at, quote("&" + std::string(name)) + " is not an anchor",
              "text that begins with '&' must be in quotes");
        invalidate();
    }
    pending_anchor_ = name;
}

void DocumentBuilder::bind_anchor(std::uint32_t node, bool open) {
    if (pending_anchor_.empty()) return;
    auto& entry = anchors_[pending_anchor_];
    entry = {node, 0, 1, open};
    if (open) open_.back().anchor = &entry;
    pending_anchor_.clear();
}

/// `{{ x }}` at the front of the text, as in other languages.
static std::string hint_for_braces(std::string_view text) {
    if (!text.starts_with("{{")) return {};
    const std::string quotes = "text that begins with '{{' must be in quotes";
    constexpr std::size_t max_size = 60;
    const auto line = text.substr(0, std::min(text.find_first_of("\r\n"), max_size));
    const auto end = line.find("}}");
    const auto inside = end == line.npos ? std::string_view() : trim(line.substr(2, end - 2));
    if (inside.empty() || inside.find_first_of("{}\"") != inside.npos) return quotes;
    return "write \"${{ " + std::string(inside) + " }}\" for a value; " + quotes;
}

void DocumentBuilder::begin(Type type, std::uint32_t at, bool flow) {
    if (open_.size() == max_depth) {
        error({at, at + 1}, "nested too deeply", "at most " + std::to_string(max_depth) + " levels");
        stopped_ = true;
        return;
    }
    const bool as_key = expects_key();
    if (as_key) {
        error({at, at + 1},
              type == Type::map ? "a key must be text, not a mapping" : "a key must be text, not a list",
              at > 0 ? hint_for_braces(document_->source().text().substr(at - 1)) : "");
        invalidate();
    }
    NodeData data{};
    data.begin = data.end = at;
    data.type = type;
    if (as_key) data.flags = NodeData::invalid;
    const auto nodes_before = expansion();
    const auto node = append(data);
    attach(node, 1);
    OpenContainer open;
    open.node = node;
    open.begin = at;
    open.keys = keys_.size();
    open.nodes_before = nodes_before;
    open.map = type == Type::map;
    open.flow = flow;
    open_.push_back(open);
    bind_anchor(node, true);
}

void DocumentBuilder::end(std::uint32_t at) {
    auto& closed = open_.back();
    auto& data = document_->at(closed.node);
    data.end = at;
    data.b = closed.size;
    if (closed.map) {
        if (closed.merges != 0 || has_duplicates(closed)) rebuild(closed);
        keys_.resize(closed.keys);
    }
    const auto height = closed.height + 1;
    if (closed.anchor) {
        // A nested node may have redefined the anchor: then this one can no longer be referenced.
        auto& anchor = *closed.anchor;
        if (anchor.node == closed.node)
            anchor = {closed.node, height, expansion() - closed.nodes_before, false};
    }
    const auto node = closed.node;
    open_.pop_back();
    if (open_.empty()) return;
    open_.back().height = std::max(open_.back().height, height);
    if (completed_item()) deliver_item(node);
}

/// True if the node that has just ended is an item of the top-level list, and there is a sink for it.
bool DocumentBuilder::completed_item() const noexcept {
    return item_sink_ != nullptr && open_.size() == 1 && !open_.back().map;
}

/// Passes an item on and then reuses its memory for the next one.
void DocumentBuilder::deliver_item(std::uint32_t item) {
    if (stopped_ || !valid_) return;
    item_sink_->item(Node(document_.get(), item));
    // Later aliases may refer into this item.
    if (!anchors_.empty()) return;
    auto& list = open_.back();
    list.last = 0;
    document_->at(list.node).a = 0;
    document_->count_ = list.node + 1;
    document_->decoded_.clear();
}

void DocumentBuilder::append_scalar(const NodeData& data) {
    const auto node = append(data);
    attach(node, 0);
    bind_anchor(node, false);
    if (completed_item()) deliver_item(node);
}

void DocumentBuilder::scalar(Range at, Type type, Style style, Range text) {
    append_scalar({at.begin, at.end, 0, text.begin, text.end - text.begin, type, style, NodeData::none});
}

void DocumentBuilder::scalar(Range at, Type type, Style style, std::string_view decoded) {
    const auto index = static_cast<std::uint32_t>(document_->decoded_.size());
    document_->decoded_.push_back(document_->decoded_texts_.copy(decoded).data());
    const auto size = static_cast<std::uint32_t>(decoded.size());
    append_scalar({at.begin, at.end, 0, index, size, type, style, NodeData::decoded});
}

void DocumentBuilder::merge_key(Range at) {
    auto& map = open_.back();
    const auto node = append(
        {at.begin, at.end, 0, at.begin, at.end - at.begin, Type::string, Style::plain, NodeData::merge});
    attach(node, 0);
    ++map.merges;
    pending_anchor_.clear();
}

void DocumentBuilder::alias(std::string_view name, Range at) {
    NodeData data{};
    data.begin = at.begin;
    data.end = at.end;
    const auto append_invalid = [&] {
        invalidate();
        data.flags = NodeData::invalid;
        append_scalar(data);
    };
    const auto fail = [&](std::string message, std::string hint) {
        error(at, std::move(message), std::move(hint));
        append_invalid();
    };
    const auto known = anchors_.find(name);
    if (known == anchors_.end() && unknown_aliases_ == UnknownAliases::ignored) return append_invalid();
    if (known == anchors_.end()) {
        std::vector<std::string_view> names;
        if (anchors_.size() < 1000 && ++expensive_hints_ < max_expensive_hints)
            for (const auto& [key, anchor] : anchors_) names.push_back(key);
        const auto meant = closest(name, names);
        return fail("unknown alias " + quote("*" + std::string(name)),
                    meant.empty() ? "text that begins with '*' must be in quotes"
                                  : "did you mean " + quote("*" + std::string(meant)) + "?");
    }
    const auto& target = known->second;
    if (target.open)
        return fail("the alias " + quote("*" + std::string(name)) + " is inside the node that it repeats",
                    "no value can contain itself");
    if (expects_key() && target.height != 0)
        return fail("a key must be text; " + quote("*" + std::string(name)) + " is not", {});
    aliased_nodes_ += target.expansion;
    if (aliased_nodes_ > std::min(alias_allowance + alias_factor * written_nodes_, max_aliased_nodes)) {
        error(at, "the aliases of this document repeat too much",
              "written out, it would have more than " + std::to_string(aliased_nodes_ / 1'000'000) +
                  " million values");
        stopped_ = true;
        return;
    }
    if (open_.size() + target.height > max_depth) {
        error(at, "nested too deeply through the alias " + quote("*" + std::string(name)),
              "at most " + std::to_string(max_depth) + " levels");
        stopped_ = true;
        return;
    }
    data.a = target.node;
    data.flags = NodeData::reference;
    pending_anchor_.clear();
    const auto meant = target.node;
    attach(append(data), target.height);
    if (completed_item()) deliver_item(meant);
}

std::shared_ptr<const Document> DocumentBuilder::finish() {
    if (stopped_ || !valid_ || document_->root_ == 0 || !open_.empty()) return nullptr;
    auto& chunks = document_->chunks_;
    if (chunks.size() == 1) {
        // Most documents are small, and a stream may have very many.
        auto exact = std::make_unique_for_overwrite<NodeData[]>(document_->count_);
        std::copy_n(chunks[0].get(), document_->count_, exact.get());
        chunks[0] = std::move(exact);
    }
    return std::move(document_);
}

std::vector<Range> DocumentBuilder::keys_of(std::size_t index) const {
    const auto end = index + 1 < open_.size() ? open_[index + 1].keys : keys_.size();
    std::vector<Range> ranges;
    for (auto i = open_[index].keys; i < end; ++i) {
        const auto& key = document_->at(keys_[i]);
        ranges.push_back({key.begin, key.end});
    }
    return ranges;
}

/// Empty for a key that is not a scalar, which is an error already.
std::string_view DocumentBuilder::key_name(std::uint32_t key) const noexcept {
    const auto* data = &document_->at(key);
    if (data->flags & NodeData::reference) data = &document_->at(data->a);
    return data->type == Type::list || data->type == Type::map ? std::string_view()
                                                               : document_->text_of(*data);
}

bool DocumentBuilder::has_duplicates(const OpenContainer& map) const {
    const auto count = keys_.size() - map.keys;
    if (count > max_pairwise_keys) return has_duplicates_by_hash(map);
    const auto* keys = keys_.data() + map.keys;
    for (std::size_t i = 1; i < count; ++i) {
        const auto name = key_name(keys[i]);
        for (std::size_t j = 0; j < i; ++j)
            if (key_name(keys[j]) == name) return true;
    }
    return false;
}

/// May answer true without need: equal hashes suffice.
bool DocumentBuilder::has_duplicates_by_hash(const OpenContainer& map) const {
    // Sorted instead of a hash table: no hostile choice of keys can make it slow.
    std::vector<std::size_t> hashes;
    hashes.reserve(keys_.size() - map.keys);
    for (auto i = map.keys; i < keys_.size(); ++i)
        hashes.push_back(std::hash<std::string_view>()(key_name(keys_[i])));
    std::sort(hashes.begin(), hashes.end());
    return std::adjacent_find(hashes.begin(), hashes.end()) != hashes.end();
}

/// Relinks the entries of a map that has duplicate keys or merges, which is rare.
void DocumentBuilder::rebuild(const OpenContainer& map) {
    auto entries = collect_entries(map);
    drop_duplicates(entries);
    std::uint32_t size = 0;
    std::uint32_t last = 0;
    for (const auto& entry : entries) {
        if (entry.dropped) continue;
        const auto key = entry.merged ? append_reference(entry.key) : entry.key;
        const auto value = entry.merged ? append_reference(entry.value) : entry.value;
        (last == 0 ? document_->at(map.node).a : document_->at(last).next) = key;
        document_->at(key).next = value;
        document_->at(value).next = 0;
        last = value;
        ++size;
    }
    auto& data = document_->at(map.node);
    data.b = size;
    if (size == 0) data.a = 0;
}

/// In source order; merged entries take the place of their `<<`.
std::vector<DocumentBuilder::Entry> DocumentBuilder::collect_entries(const OpenContainer& map) {
    std::vector<Entry> entries;
    entries.reserve(keys_.size() - map.keys);
    bool merged = false;
    for (auto i = map.keys; i < keys_.size(); ++i) {
        const auto key = keys_[i];
        const auto& data = document_->at(key);
        if (!(data.flags & NodeData::merge)) {
            entries.push_back({key, data.next, false, false});
        } else if (!std::exchange(merged, true)) {
            collect_merged(data.next, entries);
        } else {
            error({data.begin, data.end}, "duplicate key '<<'",
                  "merge several mappings as a list: <<: [*a, *b]");
        }
    }
    return entries;
}

void DocumentBuilder::collect_merged(std::uint32_t value, std::vector<Entry>& entries) {
    const auto add = [&](std::uint32_t index) {
        const auto* data = &document_->at(index);
        const Range at{data->begin, data->end};
        if (data->flags & NodeData::reference) data = &document_->at(data->a);
        if (data->type == Type::map) {
            for (auto key = data->a; key != 0;) {
                const auto next = document_->at(key).next;
                entries.push_back({key, next, true, false});
                key = document_->at(next).next;
            }
        } else if (!(data->flags & NodeData::invalid)) {
            error(at, "'<<' merges a mapping or a list of mappings, not this");
            invalidate();
        }
    };
    const auto* data = &document_->at(value);
    if (data->flags & NodeData::reference) data = &document_->at(data->a);
    if (data->type != Type::list) return add(value);
    for (auto item = data->a; item != 0; item = document_->at(item).next) add(item);
}

/// A map's own entries override merged ones, and earlier merges override later ones.
void DocumentBuilder::drop_duplicates(std::vector<Entry>& entries) {
    std::map<std::string_view, std::uint32_t> first;
    for (auto& entry : entries) {
        if (entry.merged) continue;
        const auto [place, added] = first.try_emplace(key_name(entry.key), entry.key);
        entry.dropped = !added;
        if (!added) report_duplicate(place->second, entry.key);
    }
    for (auto& entry : entries)
        if (entry.merged) entry.dropped = !first.try_emplace(key_name(entry.key), entry.key).second;
}

void DocumentBuilder::report_duplicate(std::uint32_t first, std::uint32_t second) {
    const auto& a = document_->at(first);
    const auto& b = document_->at(second);
    if ((a.flags | b.flags) & NodeData::invalid) return;
    std::string hint;
    if (++expensive_hints_ < max_expensive_hints)
        hint = duplicate_key_hint(document_->source(), a.begin, b.begin);
    error({b.begin, b.end}, "duplicate key " + quote(key_name(second)), std::move(hint));
}

/// A new node that refers to one which is already linked elsewhere.
std::uint32_t DocumentBuilder::append_reference(std::uint32_t node) {
    const auto data = document_->at(node);
    const auto target = data.flags & NodeData::reference ? data.a : node;
    return append({data.begin, data.end, 0, target, 0, Type::null, Style::plain, NodeData::reference});
}

}  // namespace arun::syntax
