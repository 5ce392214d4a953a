#include "base/diagnostic.hpp"

#include <algorithm>
#include <utility>

namespace arun {
namespace {

bool same_place(const Span& a, const Span& b) {
    return a.source == b.source && a.begin == b.begin && a.end == b.end;
}

}  // namespace

void Diagnostics::error(Span span, std::string message, std::string hint) {
    add({Severity::error, span, std::move(message), std::move(hint)});
}

void Diagnostics::warning(Span span, std::string message, std::string hint) {
    add({Severity::warning, span, std::move(message), std::move(hint)});
}

void Diagnostics::add(Diagnostic d) {
    const auto known = [&](const Diagnostic& other) {
        return same_place(d.span, other.span) && d.message == other.message;
    };
    if (std::any_of(list_.begin(), list_.end(), known)) return;
    auto& count = d.severity == Severity::error ? errors_ : warnings_;
    ++count;
    if (count <= limit_) {
        list_.push_back(std::move(d));
    } else if (d.severity == Severity::error) {
        ++dropped_;
    }
}

void Diagnostics::keep(std::shared_ptr<const Source> source) {
    if (source && std::find(sources_.begin(), sources_.end(), source) == sources_.end())
        sources_.push_back(std::move(source));
}

void Diagnostics::advise(std::string hint) {
    const auto first =
        std::ranges::find_if(list_, [](const Diagnostic& d) { return d.severity == Severity::error; });
    if (first != list_.end() && first->hint.empty()) first->hint = std::move(hint);
}

void Diagnostics::add(Diagnostics other) {
    for (auto& source : other.sources_) keep(std::move(source));
    for (auto& d : other.list_) add(std::move(d));
    errors_ += other.dropped_;
    dropped_ += other.dropped_;
}

std::vector<Diagnostic> Diagnostics::sorted() const {
    std::vector<const Source*> files;
    std::vector<std::pair<std::size_t, const Diagnostic*>> order;
    for (const auto& d : list_) {
        auto file = std::find(files.begin(), files.end(), d.span.source);
        order.emplace_back(file - files.begin(), &d);
        if (file == files.end()) files.push_back(d.span.source);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return std::pair(a.first, a.second->span.begin) < std::pair(b.first, b.second->span.begin);
    });
    std::vector<Diagnostic> list;
    list.reserve(order.size());
    for (const auto& [file, d] : order) list.push_back(*d);
    return list;
}

}  // namespace arun
