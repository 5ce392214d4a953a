#include "syntax/builder.hpp"

#include "base/ascii.hpp"
#include "base/suggestion.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace arun::syntax {

Builder::Builder(std::shared_ptr<const Source> source, Diagnostics& diagnostics, DocumentSink* items,
                 bool lenient_aliases)
    : document_(new Document(std::move(source))),
      diagnostics_(diagnostics),
      items_(items),
      lenient_aliases_(lenient_aliases) {}

void Builder::error(Range at, std::string message, std::string hint) {
    diagnostics_.error({&document_->source(), at.begin, at.end}, std::move(message), std::move(hint));
    last_error_ = at.begin;
}

void Builder::warning(Range at, std::string message, std::string hint) {
    diagnostics_.warning({&document_->source(), at.begin, at.end}, std::move(message), std::move(hint));
}

std::uint32_t Builder::make(const NodeData& data) {
    auto& d = *document_;
    if ((d.count_ >> Document::chunk_bits) == d.chunks_.size())
        d.chunks_.push_back(std::make_unique_for_overwrite<NodeData[]>(Document::chunk_mask + 1));
    d.at(d.count_) = data;
    return d.count_++;
}

/// Hangs a finished or beginning node below the innermost open one.
void Builder::place(std::uint32_t node, std::uint32_t height) {
    ++written_;
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

void Builder::anchor(std::string_view name, Range at) {
    // YAML allows any character, but `&& x` and `&"x"` are shell and texts that somebody forgot to quote.
    const auto plain = [](char c) {
        return is_letter(c) || is_digit(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
    };
    if (name.empty() || !plain(name[0])) {
        error(at, quote("&" + std::string(name)) + " names no anchor",
              "a text that begins with '&' must stand in quotes");
        spoil();
    }
    pending_anchor_ = name;
}

void Builder::take_anchor(std::uint32_t node, bool open) {
    if (pending_anchor_.empty()) return;
    auto& entry = anchors_[pending_anchor_];
    entry = {node, 0, 1, open};
    if (open) open_.back().anchor = &entry;
    pending_anchor_.clear();
}

void Builder::begin(Type type, std::uint32_t at, bool flow) {
    if (open_.size() == max_depth) {
        error({at, at + 1}, "nested too deeply", "at most " + std::to_string(max_depth) + " levels");
        stopped_ = true;
        return;
    }
    const bool as_key = expects_key();
    if (as_key) {
        error({at, at + 1},
              type == Type::map ? "a key must be a text, not a mapping" : "a key must be a text, not a list",
              at > 0 && document_->source().text().substr(at - 1, 2) == "{{"
                  ? "a text that begins with '{{' must stand in quotes"
                  : "");
        spoil();
    }
    NodeData data{};
    data.begin = data.end = at;
    data.type = type;
    if (as_key) data.flags = NodeData::broken;
    const auto visits = visits_so_far();
    const auto node = make(data);
    place(node, 1);
    Open open;
    open.node = node;
    open.begin = at;
    open.keys = keys_.size();
    open.visits = visits;
    open.map = type == Type::map;
    open.flow = flow;
    open_.push_back(open);
    take_anchor(node, true);
}

void Builder::end(std::uint32_t at) {
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
        // Another node may have taken the name meanwhile: then this one cannot be reached any more.
        auto& anchor = *closed.anchor;
        if (anchor.node == closed.node)
            anchor = {closed.node, height, visits_so_far() - closed.visits, false};
    }
    const auto node = closed.node;
    open_.pop_back();
    if (open_.empty()) return;
    open_.back().height = std::max(open_.back().height, height);
    if (is_item()) hand_over(node);
}

/// The node that has just ended is an item of the list that the document is.
bool Builder::is_item() const noexcept {
    return items_ != nullptr && open_.size() == 1 && !open_.back().map;
}

/// An item that nobody needs any more gives its room to the next one.
void Builder::hand_over(std::uint32_t item) {
    if (stopped_ || spoilt_) return;
    items_->item(Node(document_.get(), item));
    // Aliases that come later may mean what is in it.
    if (!anchors_.empty()) return;
    auto& list = open_.back();
    list.last = 0;
    document_->at(list.node).a = 0;
    document_->count_ = list.node + 1;
    document_->decoded_.clear();
}

void Builder::place_scalar(const NodeData& data) {
    const auto node = make(data);
    place(node, 0);
    take_anchor(node, false);
    if (is_item()) hand_over(node);
}

void Builder::scalar(Range at, Type type, Style style, Range text) {
    place_scalar({at.begin, at.end, 0, text.begin, text.end - text.begin, type, style, NodeData::none});
}

void Builder::scalar(Range at, Type type, Style style, std::string_view decoded) {
    const auto from = static_cast<std::uint32_t>(document_->decoded_.size());
    document_->decoded_.push_back(document_->decoded_texts_.copy(decoded).data());
    const auto size = static_cast<std::uint32_t>(decoded.size());
    place_scalar({at.begin, at.end, 0, from, size, type, style, NodeData::decoded});
}

void Builder::merge_key(Range at) {
    auto& map = open_.back();
    const auto node =
        make({at.begin, at.end, 0, at.begin, at.end - at.begin, Type::string, Style::plain, NodeData::merge});
    place(node, 0);
    ++map.merges;
    pending_anchor_.clear();
}

void Builder::alias(std::string_view name, Range at) {
    NodeData data{};
    data.begin = at.begin;
    data.end = at.end;
    const auto fail = [&](std::string message, std::string hint) {
        if (!message.empty()) error(at, std::move(message), std::move(hint));
        spoil();
        data.flags = NodeData::broken;
        place_scalar(data);
    };
    const auto known = anchors_.find(name);
    if (known == anchors_.end() && lenient_aliases_) return fail({}, {});
    if (known == anchors_.end()) {
        std::vector<std::string_view> names;
        if (anchors_.size() < 1000 && ++hints_ < max_hints)
            for (const auto& [key, anchor] : anchors_) names.push_back(key);
        const auto meant = closest(name, names);
        return fail("unknown alias " + quote("*" + std::string(name)),
                    meant.empty() ? "a text that begins with '*' must stand in quotes"
                                  : "did you mean " + quote("*" + std::string(meant)) + "?");
    }
    const auto& target = known->second;
    if (target.open)
        return fail("the alias " + quote("*" + std::string(name)) + " stands inside the node that it repeats",
                    "no value can contain itself");
    if (expects_key() && target.height != 0)
        return fail("a key must be a text; " + quote("*" + std::string(name)) + " is not", {});
    repeated_ += target.visits;
    if (repeated_ > std::min(alias_allowance + alias_factor * written_, alias_most)) {
        error(at, "the aliases of this document repeat too much",
              "written out, it would have more than " + std::to_string(repeated_ / 1'000'000) +
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
    place(make(data), target.height);
    if (is_item()) hand_over(meant);
}

std::shared_ptr<const Document> Builder::finish() {
    if (stopped_ || spoilt_ || document_->root_ == 0 || !open_.empty()) return nullptr;
    auto& chunks = document_->chunks_;
    if (chunks.size() == 1) {
        // Most documents are small, and a stream may have very many.
        auto exact = std::make_unique_for_overwrite<NodeData[]>(document_->count_);
        std::copy_n(chunks[0].get(), document_->count_, exact.get());
        chunks[0] = std::move(exact);
    }
    return std::move(document_);
}

}  // namespace arun::syntax
