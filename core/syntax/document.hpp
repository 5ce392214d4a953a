/// A script's text as a tree of values that remember where they stand. JSON and YAML give the same tree.
#pragma once

#include "base/arena.hpp"
#include "base/source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::syntax {

enum class Type : std::uint8_t { null, boolean, number, string, list, map };

/// How a scalar was written; hints about YAML's traps depend on it.
enum class Style : std::uint8_t { plain, quoted, block };

class Document;
struct NodeData;

/// A node of a Document: a cheap handle, valid as long as the Document. Aliases are followed, so
/// that a reader never sees one; merges (`<<`) have been made, so that entries() is final.
class Node {
public:
    Node() = default;
    Node(const Document* document, std::uint32_t index) : document_(document), index_(index) {}

    explicit operator bool() const noexcept { return document_ != nullptr; }
    Type type() const noexcept;
    Style style() const noexcept;
    bool is(Type t) const noexcept { return type() == t; }

    /// Where it stands; for a node reached through an alias, where the anchor's node stands.
    Span span() const noexcept;

    /// A scalar's text as it was written, escapes and folding undone: "1.10" stays "1.10",
    /// "null" or "~" or "" for null. Empty for lists and maps.
    std::string_view text() const noexcept;
    bool boolean() const noexcept;   ///< type() must be boolean
    double number() const noexcept;  ///< type() must be number; hexadecimal and octal included

    /// Entries of a map or items of a list; 0 for scalars.
    std::uint32_t size() const noexcept;
    /// A list's items or a map's values, in the order of the text.
    template <class F>
    void for_each_item(F&& f) const {
        for (auto i = first(); i != 0; i = next(i)) f(Node(document_, follow(i)));
    }
    /// A map's entries as f(Node key, Node value); nothing else has any. Keys are scalars; their text() is
    /// the name.
    template <class F>
    void for_each_entry(F&& f) const {
        for (auto i = is(Type::map) ? first() : 0; i != 0;) {
            auto value = next(i);
            f(Node(document_, follow(i)), Node(document_, follow(value)));
            i = next(value);
        }
    }
    /// The value of `key` in a map, or a null handle.
    Node find(std::string_view key) const noexcept;

private:
    const NodeData& data() const noexcept;
    std::uint32_t first() const noexcept;
    std::uint32_t next(std::uint32_t index) const noexcept;
    std::uint32_t follow(std::uint32_t index) const noexcept;

    const Document* document_ = nullptr;
    std::uint32_t index_ = 0;
};

/// What a Document keeps of a node: 24 bytes, linked by index. For Node, Document and Builder only. (Without
/// initialisers, so that a chunk of them is not written to before it is used.)
struct NodeData {
    enum Flag : std::uint8_t {
        none = 0,
        reference = 1,  ///< stands for node `a`: an alias, or an entry that a merge brought
        decoded = 2,    ///< the text had to be unescaped: it is in the Document's buffer, not in the source
        merge = 4,      ///< the key `<<` of YAML, until its map has ended
        broken = 8,     ///< stands where an error was: its Document will not be returned
    };
    std::uint32_t begin;  ///< bytes of the source
    std::uint32_t end;
    std::uint32_t next;  ///< the next item; after a key its value, after a value the next key; or 0
    std::uint32_t a;     ///< list, map: first child, or 0; scalar: where its text begins, or which of the
                         ///< decoded ones it is; reference: the node
    std::uint32_t b;     ///< list, map: size; scalar: length of its text
    Type type;
    Style style;
    std::uint8_t flags;
};

/// One tree of values: all of a JSON text, or one document of a YAML stream. Immutable, and it keeps its
/// Source alive. Made by read() in doc/load.hpp.
class Document {
public:
    Node root() const noexcept { return Node(this, root_); }
    const Source& source() const noexcept { return *source_; }
    const std::shared_ptr<const Source>& shared_source() const noexcept { return source_; }
    /// How many nodes there are, keys included; an alias counts once.
    std::size_t node_count() const noexcept { return count_ - 1; }

private:
    friend class Node;
    friend class Builder;

    // Chunks, so that a large document is never copied while it grows. A node's index is never 0.
    static constexpr std::uint32_t chunk_bits = 7;
    static constexpr std::uint32_t chunk_mask = (1U << chunk_bits) - 1;

    explicit Document(std::shared_ptr<const Source> source) : source_(std::move(source)) {}
    const NodeData& at(std::uint32_t i) const noexcept { return chunks_[i >> chunk_bits][i & chunk_mask]; }
    NodeData& at(std::uint32_t i) noexcept { return chunks_[i >> chunk_bits][i & chunk_mask]; }
    std::string_view text_of(const NodeData& n) const noexcept {
        return {n.flags & NodeData::decoded ? decoded_[n.a] : source_->text().data() + n.a, n.b};
    }

    std::shared_ptr<const Source> source_;
    std::vector<std::unique_ptr<NodeData[]>> chunks_;
    // Texts stay where they are until the Document goes, also while it grows.
    std::vector<const char*> decoded_;
    Arena decoded_texts_;
    std::uint32_t count_ = 1;
    std::uint32_t root_ = 0;
};

inline const NodeData& Node::data() const noexcept {
    return document_->at(index_);
}
inline Type Node::type() const noexcept {
    return data().type;
}
inline Style Node::style() const noexcept {
    return data().style;
}
inline Span Node::span() const noexcept {
    return {&document_->source(), data().begin, data().end};
}
inline std::uint32_t Node::next(std::uint32_t index) const noexcept {
    return document_->at(index).next;
}

inline std::string_view Node::text() const noexcept {
    const auto& n = data();
    return n.type == Type::list || n.type == Type::map ? std::string_view() : document_->text_of(n);
}
inline std::uint32_t Node::size() const noexcept {
    const auto& n = data();
    return n.type == Type::list || n.type == Type::map ? n.b : 0;
}
inline std::uint32_t Node::first() const noexcept {
    const auto& n = data();
    return n.type == Type::list || n.type == Type::map ? n.a : 0;
}
inline std::uint32_t Node::follow(std::uint32_t index) const noexcept {
    const auto& n = document_->at(index);
    return n.flags & NodeData::reference ? n.a : index;
}

}  // namespace arun::syntax
