#include "jobs/words.hpp"

#include "base/text.hpp"
#include "script/compiler.hpp"
#include "script/regex.hpp"

#include <algorithm>
#include <utility>

namespace arun::script {

bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::Pattern& out) {
    if (!read(compiler, node, what, out.text)) return false;
    if (out.text.computed() != nullptr) return true;
    auto regex = Regex::compile(out.text.literal());
    if (!regex) {
        compiler.error(node.span(),
                       std::string(what) + ": not a regular expression: " + regex.error().message);
        return false;
    }
    out.regex = compiler.keep(*std::move(regex));
    return true;
}

}  // namespace arun::script

namespace arun::jobs {

WordSearch::WordSearch(const SoughtWords& words, const script::EvalContext& context) {
    if (words.contains) {
        contains_ = words.contains->get(context);
        if (const auto* computed = words.contains->computed()) where_ = computed->span;
        if (contains_.empty())
            throw script::EvalError(where_, "'contains' is empty, which every output is from the start");
    }
    if (!words.matches) return;
    pattern_ = words.matches->text.get(context);
    regex_ = words.matches->regex;
    if (const auto* computed = words.matches->text.computed()) where_ = computed->span;
    if (regex_ != nullptr) return;
    if (pattern_.empty()) throw script::EvalError(where_, "'matches' is empty, which every line matches");
    auto made = script::Regex::compile(pattern_);
    if (!made) throw script::EvalError(where_, "not a regular expression: " + made.error().message);
    compiled_ = *std::move(made);
    regex_ = compiled_.get();
}

WordSearch::~WordSearch() = default;

bool WordSearch::matches_line(std::string_view line) const {
    const auto found = regex_->search(line);
    if (!found) throw script::EvalError(where_, found.error().message);
    return *found;
}

bool WordSearch::find(std::string_view text, std::size_t known) const {
    known = std::min(known, text.size());
    if (regex_ == nullptr) {
        // They may begin in what is known.
        const auto from = known - std::min(known, contains_.size());
        return text.find(contains_, from) != std::string_view::npos;
    }
    // From the start of the line that was unfinished then.
    const auto feed = known == 0 ? std::string_view::npos : text.rfind('\n', known - 1);
    text.remove_prefix(feed == std::string_view::npos ? 0 : feed + 1);
    while (!text.empty()) {
        const auto line = first_line(text);
        if (matches_line(line)) return true;
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return false;
}

std::string WordSearch::description() const {
    return regex_ != nullptr ? '/' + excerpt(pattern_, 200) + '/' : quote(contains_);
}

}  // namespace arun::jobs
