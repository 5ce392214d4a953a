/// What happens when a map ends: keys that are there twice are found, and merges are made.
#include "base/text.hpp"
#include "syntax/builder.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace arun::syntax {
namespace {

constexpr std::size_t few = 16;  // keys that are compared each with each

}  // namespace

std::string hint_of_duplicate(const Source& source, std::uint32_t first, std::uint32_t second) {
    const auto was = source.position(first);
    const auto is = source.position(second);
    return was.line == is.line ? "the first is in column " + std::to_string(was.column)
                               : "the first is on line " + std::to_string(was.line);
}

std::vector<Range> Builder::keys_of(std::size_t open) const {
    const auto end = open + 1 < open_.size() ? open_[open + 1].keys : keys_.size();
    std::vector<Range> ranges;
    for (auto i = open_[open].keys; i < end; ++i) {
        const auto& key = document_->at(keys_[i]);
        ranges.push_back({key.begin, key.end});
    }
    return ranges;
}

/// Empty for a key that is no text: it has been refused already.
std::string_view Builder::name_of(std::uint32_t key) const noexcept {
    const auto* data = &document_->at(key);
    if (data->flags & NodeData::reference) data = &document_->at(data->a);
    return data->type == Type::list || data->type == Type::map ? std::string_view()
                                                               : document_->text_of(*data);
}

bool Builder::has_duplicates(const Open& map) const {
    const auto count = keys_.size() - map.keys;
    if (count > few) return has_duplicates_among_many(map);
    const auto* keys = keys_.data() + map.keys;
    for (std::size_t i = 1; i < count; ++i) {
        const auto name = name_of(keys[i]);
        for (std::size_t j = 0; j < i; ++j)
            if (name_of(keys[j]) == name) return true;
    }
    return false;
}

bool Builder::has_duplicates_among_many(const Open& map) const {
    // Sorted, not in a hash table: a hostile choice of keys cannot make it slow.
    std::vector<std::pair<std::size_t, std::uint32_t>> hashes;
    hashes.reserve(keys_.size() - map.keys);
    for (auto i = map.keys; i < keys_.size(); ++i)
        hashes.emplace_back(std::hash<std::string_view>()(name_of(keys_[i])), keys_[i]);
    std::sort(hashes.begin(), hashes.end());
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
    return std::adjacent_find(hashes.begin(), hashes.end(), same) != hashes.end();
}

/// Sets the entries of a map anew, which is needed seldom: without repeated keys, and with merges made.
void Builder::rebuild(const Open& map) {
    auto entries = entries_of(map);
    drop_repeated(entries);
    std::uint32_t size = 0;
    std::uint32_t last = 0;
    for (const auto& entry : entries) {
        if (entry.dropped) continue;
        const auto key = entry.merged ? reference_to(entry.key) : entry.key;
        const auto value = entry.merged ? reference_to(entry.value) : entry.value;
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

/// In the order of the text, the entries that a merge brings where its `<<` stands.
std::vector<Builder::Entry> Builder::entries_of(const Open& map) {
    std::vector<Entry> entries;
    entries.reserve(keys_.size() - map.keys);
    std::uint32_t first_merge = 0;
    for (auto i = map.keys; i < keys_.size(); ++i) {
        const auto key = keys_[i];
        const auto& data = document_->at(key);
        if (!(data.flags & NodeData::merge)) {
            entries.push_back({key, data.next, false, false});
        } else if (first_merge == 0) {
            first_merge = key;
            add_merged(data.next, entries);
        } else {
            error({data.begin, data.end}, "duplicate key '<<'",
                  "merge several mappings as a list: <<: [*a, *b]");
        }
    }
    return entries;
}

void Builder::add_merged(std::uint32_t value, std::vector<Entry>& entries) {
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
        } else if (!(data->flags & NodeData::broken)) {
            error(at, "'<<' merges a mapping or a list of mappings, not this");
            spoil();
        }
    };
    const auto* data = &document_->at(value);
    if (data->flags & NodeData::reference) data = &document_->at(data->a);
    if (data->type != Type::list) return add(value);
    for (auto item = data->a; item != 0; item = document_->at(item).next) add(item);
}

/// What the map says itself wins over what is merged, and an earlier merge over a later one.
void Builder::drop_repeated(std::vector<Entry>& entries) {
    std::map<std::string_view, std::uint32_t> first;
    for (auto& entry : entries) {
        if (entry.merged) continue;
        const auto [place, added] = first.try_emplace(name_of(entry.key), entry.key);
        entry.dropped = !added;
        if (!added) say_duplicate(place->second, entry.key);
    }
    for (auto& entry : entries)
        if (entry.merged) entry.dropped = !first.try_emplace(name_of(entry.key), entry.key).second;
}

void Builder::say_duplicate(std::uint32_t first, std::uint32_t second) {
    const auto& a = document_->at(first);
    const auto& b = document_->at(second);
    if ((a.flags | b.flags) & NodeData::broken) return;
    std::string hint;
    if (++hints_ < max_hints) hint = hint_of_duplicate(document_->source(), a.begin, b.begin);
    error({b.begin, b.end}, "duplicate key " + quote(name_of(second)), std::move(hint));
}

/// Another place for a node that has its own already.
std::uint32_t Builder::reference_to(std::uint32_t node) {
    const auto data = document_->at(node);
    const auto target = data.flags & NodeData::reference ? data.a : node;
    return make({data.begin, data.end, 0, target, 0, Type::null, Style::plain, NodeData::reference});
}

}  // namespace arun::syntax
