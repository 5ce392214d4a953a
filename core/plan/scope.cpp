#include "plan/scope.hpp"

#include "base/diagnostic.hpp"

#include <algorithm>
#include <unordered_map>

namespace arun::plan {

Boundary* NameTable::open(const Boundary* parent) {
    auto& b = boundaries_.emplace_back();
    b.parent = parent;
    b.loop = parent->loop;
    return &b;
}

namespace {

/// Both are shared contexts, and maybe the same.
bool may_be_one(const Boundary& a, const Boundary& b) {
    const auto shared = [](const Boundary& c) { return c.named_any || !c.named.empty(); };
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

std::vector<NameTable::Problem> NameTable::judge() {
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
            auto guess = closest(r.symbol->name, names);
            problems.push_back({r.span, "unknown name '" + r.symbol->name + "'",
                                guess.empty()
                                    ? "nothing in the script sets it; text in an expression needs quotes"
                                    : "did you mean '" + std::string(guess) + "'?"});
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

}  // namespace arun::plan
