/// A script's text as a tree of values with source positions. JSON and YAML produce the same tree.
#pragma once

#include "base/arena.hpp"
#include "base/number.hpp"
#include "base/source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::syntax {

enum class Type : std::uint8_t { null, boolean, number, string, list, map };

/// With its article, for messages: "a number", "text", "a mapping".
std::string_view type_name(Type type);

/// How a scalar was written. Hints about YAML's pitfalls depend on it.
enum class Style : std::uint8_t { plain, quoted, block };

/// Bytes of a source, half open.
struct Range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

class Document;
struct NodeData;

/// A node of a Document: a cheap handle, valid as long as the Document. Aliases are resolved transparently,
/// and merges (`<<`) have been applied: the entries are final.
class Node {
public:
    Node() = default;
    Node(const Document* document, std::uint32_t index) : document_(document), index_(index) {}

    explicit operator bool() const noexcept { return document_ != nullptr; }
    Type type() const noexcept;
    Style style() const noexcept;
    bool is(Type t) const noexcept { return type() == t; }

    /// The bytes of the node; for a node reached through an alias, those of the anchored node.
    Span span() const noexcept;

    /// A scalar's spelling after unescaping and folding: "1.10" stays "1.10"; null is "null", "~" or "".
    /// Empty for lists and maps.
    std::string_view text() const noexcept;
    bool boolean() const noexcept;  ///< Precondition: is(Type::boolean).
    Number number() const;          ///< Precondition: is(Type::number). May refer to text().

    /// The number of entries of a map or items of a list; 0 for scalars.
    std::uint32_t size() const noexcept;
    /// Visits a list's items or a map's values in source order.
    template <class F>
    void for_each_item(F&& f) const {
        for (auto i = first(); i != 0; i = next(i)) f(Node(document_, resolve(i)));
    }
    /// Visits a map's entries as f(Node key, Node value). Keys are scalars; their text() is the name.
    template <class F>
    void for_each_entry(F&& f) const {
        for (auto i = is(Type::map) ? first() : 0; i != 0;) {
            auto value = next(i);
            f(Node(document_, resolve(i)), Node(document_, resolve(value)));
            i = next(value);
        }
    }
    /// The value of `key` in a map, or a null handle.
    Node find(std::string_view key) const noexcept;

private:
    const NodeData& data() const noexcept;
    std::uint32_t first() const noexcept;
    std::uint32_t next(std::uint32_t index) const noexcept;
    std::uint32_t resolve(std::uint32_t index) const noexcept;

    const Document* document_ = nullptr;
    std::uint32_t index_ = 0;
};

/// A stored node: 24 bytes, linked by index. Private to Node, Document and DocumentBuilder. Has no default
/// initializers, so that allocating a chunk of nodes does not touch its memory.
struct NodeData {
    enum Flag : std::uint8_t {
        none = 0,
        reference = 1,  ///< refers to node `a`: an alias, or an entry copied by a merge
        decoded = 2,    ///< the text contained escapes: it is in the Document's buffer, not in the source
        merge = 4,      ///< the YAML key `<<`, until its map ends
        invalid = 8,    ///< placeholder after an error: its Document is never returned
    };
    std::uint32_t begin;  ///< bytes of the source
    std::uint32_t end;
    std::uint32_t next;  ///< item: next item; key: its value; value: next key; last one: 0
    std::uint32_t a;     ///< list, map: first child or 0; scalar: offset of its text in the source, or its
                         ///< index among the decoded texts; reference: the target
    std::uint32_t b;     ///< list, map: size; scalar: length of its text
    Type type;
    Style style;
    std::uint8_t flags;
};

/// One tree of values: a whole JSON text, or one document of a YAML stream. Immutable; keeps its Source
/// alive. Created by read() in syntax/load.hpp.
class Document {
public:
    Node root() const noexcept { return Node(this, root_); }
    const Source& source() const noexcept { return *source_; }
    const std::shared_ptr<const Source>& shared_source() const noexcept { return source_; }
    /// The number of nodes, keys included; an alias counts once.
    std::size_t node_count() const noexcept { return count_ - 1; }

private:
    friend class Node;
    friend class DocumentBuilder;

    // Chunked, so that growing never copies. Index 0 is never a node.
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
    // Pointers into the arena: texts never move, not even while the Document grows.
    std::vector<const char*> decoded_;
    Arena decoded_texts_;
    std::uint32_t count_ = 1;
    std::uint32_t root_ = 0;
};

/// Receives the documents of a source as they are read.
class DocumentSink {
public:
    virtual ~DocumentSink() = default;

    /// A document begins; end() follows for each.
    virtual void begin([[maybe_unused]] const std::shared_ptr<const Source>& source) {}
    /// True to receive the items of a top-level list one by one, so that a large script never has its whole
    /// tree in memory.
    virtual bool takes_items() const noexcept { return false; }
    /// The next item. The node is valid only during the call; its texts live as long as the document. Items
    /// may arrive before an error further down is found.
    virtual void item([[maybe_unused]] Node item) {}
    /// The document; null if it is empty or could not be read. If its items were delivered to item(), only an
    /// empty root list remains.
    virtual void end(std::shared_ptr<const Document> document) = 0;
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
inline std::uint32_t Node::resolve(std::uint32_t index) const noexcept {
    const auto& n = document_->at(index);
    return n.flags & NodeData::reference ? n.a : index;
}

}  // namespace arun::syntax
