#include "script/scope.hpp"

#include "base/suggestion.hpp"

#include <algorithm>
#include <unordered_map>

namespace arun::script {

LexicalScope* NameTable::open(const LexicalScope* parent) {
    auto& b = boundaries_.emplace_back();
    b.parent = parent;
    b.loop = parent->loop;
    return &b;
}

namespace {

/// Both are shared contexts, and maybe the same.
bool may_be_one(const LexicalScope& a, const LexicalScope& b) {
    const auto shared = [](const LexicalScope& c) { return c.named_any || !c.named.empty(); };
    return shared(a) && shared(b) && (a.named_any || b.named_any || a.named == b.named);
}

}  // namespace

bool NameTable::reaches(const Place& definition, const Place& reference) const {
    for (auto* b = reference.boundary; b != nullptr; b = b->parent) {
        if (b == definition.boundary) return true;
        if (may_be_one(*b, *definition.boundary)) return true;
    }
    return definition.boundary->context() == &root_;
}

void NameTable::settle() {
    auto end = settled_;
    for (auto i = settled_; i < definitions_.size(); ++i) {
        const auto [symbol, boundary, span] = definitions_[i];
        const LexicalScope* stays = nullptr;
        if (boundary == &root_) {
            if (known_.insert(symbol).second) stays = &root_;
        } else if (boundary->named_any || !boundary->named.empty()) {
            auto* shared = &any_shared_;
            if (!boundary->named_any) {
                const auto entry = shared_.try_emplace(std::string(boundary->named)).first;
                shared = &entry->second;
                shared->named = entry->first;
            }
            shared->named_any = boundary->named_any;
            shared->isolates = true;
            shared->parent = &root_;
            shared->what = boundary->what;
            if (known_shared_.emplace(shared, symbol).second) stays = shared;
        }
        if (stays != nullptr) definitions_[end++] = {symbol, stays, {}};
    }
    definitions_.resize(end);
    settled_ = end;
    boundaries_.clear();
}

std::vector<NameTable::Problem> NameTable::judge() {
    std::erase_if(references_, [&](const Place& r) { return known_.contains(r.symbol); });
    if (references_.empty()) return {};
    std::unordered_map<const Symbol*, std::vector<const Place*>> defined;
    for (auto& d : definitions_) defined[d.symbol].push_back(&d);

    std::vector<Problem> problems;
    for (auto& r : references_) {
        bool bound = false;
        for (auto* b = r.boundary; b != nullptr && !bound; b = b->parent) {
            bound = std::ranges::find(b->lexical, r.symbol) != b->lexical.end();
        }
        if (bound) continue;
        auto found = defined.find(r.symbol);
        if (found == defined.end()) {
            std::vector<std::string_view> names;
            for (auto& [symbol, places] : defined) names.push_back(symbol->name);
            std::ranges::sort(names);
            problems.push_back(
                {r.span, "unknown name '" + r.symbol->name + "'",
                 did_you_mean(r.symbol->name, names,
                              "nothing in the script sets it; text in an expression needs quotes")});
            continue;
        }
        auto& places = found->second;
        if (std::ranges::any_of(places, [&](const Place* d) { return reaches(*d, r); })) continue;
        auto& d = *places.front();
        auto line = d.span.source != nullptr
                        ? " (line " + std::to_string(d.span.source->position(d.span.begin).line) + ")"
                        : std::string();
        problems.push_back({r.span,
                            "'" + r.symbol->name + "' is not known here: it is set only in " +
                                std::string(d.boundary->what) + line + " and stays there",
                            "give that job an id and read jobs.ID.result"});
    }
    references_.clear();
    return problems;
}

}  // namespace arun::script
