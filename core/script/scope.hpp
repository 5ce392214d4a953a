/// Where in a script a name is known: the compile-time picture of contexts and of names bound to a place.
#pragma once

#include "script/symbols.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace arun::script {

/// A part of a script with names of its own. An isolating one is a context: what is set there stays there.
/// The others only bind names lexically (the variable of a for_each, `error` in a finally).
struct LexicalScope {
    const LexicalScope* parent = nullptr;
    bool isolates = false;
    bool loop = false;       ///< loop.index is known
    std::string what;        ///< "a child of parallel", for messages
    std::string_view named;  ///< the name of a shared context
    bool named_any = false;  ///< a shared context whose name is computed: it may be any of them
    std::vector<const Symbol*> lexical;

    const LexicalScope* context() const noexcept {
        auto* b = this;
        while (!b->isolates && b->parent != nullptr) b = b->parent;
        return b;
    }
};

/// Every place that gives a variable a value, and every place that reads one.
class NameTable {
public:
    struct Place {
        const Symbol* symbol;
        const LexicalScope* boundary;
        Span span;
    };

    LexicalScope* root() noexcept { return &root_; }
    LexicalScope* open(const LexicalScope* parent);

    void define(const Symbol& symbol, const LexicalScope* at, Span span) {
        definitions_.push_back({&symbol, at->context(), span});
    }
    void refer(const Symbol& symbol, const LexicalScope* at, Span span) {
        references_.push_back({&symbol, at, span});
    }

    /// As if nothing in this text had read a variable: the rest of it, which may define them, is not known.
    void forget_references(const Source& source) {
        std::erase_if(references_, [&](const Place& place) { return place.span.source == &source; });
    }

    struct Problem {
        Span span;
        std::string message;
        std::string hint;
    };
    /// Judges the references made since the last call.
    std::vector<Problem> judge();
    /// Forgets the texts and boundaries of what has been judged. What it defined stays known where it can be
    /// reached from other scripts: at the top, and in shared contexts.
    void settle();
    /// The places that are kept.
    std::size_t size() const noexcept {
        return definitions_.size() + references_.size() + boundaries_.size();
    }

private:
    bool reaches(const Place& definition, const Place& reference) const;

    LexicalScope root_;
    std::deque<LexicalScope> boundaries_;
    std::vector<Place> definitions_;  ///< settled ones first
    std::size_t settled_ = 0;
    std::unordered_set<const Symbol*> known_;  ///< settled at the top
    std::map<std::string, LexicalScope, std::less<>> shared_;
    LexicalScope any_shared_;
    std::set<std::pair<const LexicalScope*, const Symbol*>> known_shared_;
    std::vector<Place> references_;
};

}  // namespace arun::script
