#include "jobs/failure.hpp"

#include "base/ascii.hpp"
#include "base/difference.hpp"
#include "base/text.hpp"
#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "jobs/scope.hpp"
#include "rt/errors.hpp"
#include "script/kind.hpp"

#include <algorithm>
#include <new>

namespace arun::jobs {

std::string_view name_of(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::success:
            return "success";
        case Outcome::failure:
            return "failure";
        case Outcome::cancelled:
            return "cancelled";
        case Outcome::skipped:
            return "skipped";
    }
    return {};
}

const Failure::Step* Failure::background_job() const noexcept {
    const auto found = std::ranges::find_if(chain, [](const Step& step) {
        return step.job->modifiers() != nullptr && step.job->modifiers()->background;
    });
    return found == chain.end() ? nullptr : &*found;
}

bool Failure::is_of(const script::Job& job) const noexcept {
    return std::ranges::any_of(chain, [&](const Step& step) { return step.job == &job; }) ||
           std::ranges::any_of(others, [&](const auto& other) { return other->is_of(job); });
}

namespace {

/// Whether `text` has `word` with nothing that would be a part of it before or after.
bool has_word(std::string_view text, std::string_view word) {
    const auto goes_on = [](char c) { return is_digit(c) || is_letter(c) || c == '_'; };
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        if ((at == 0 || !goes_on(text[at - 1])) && (end == text.size() || !goes_on(text[end]))) return true;
    }
    return false;
}

/// What tells a round from the others, unless `name` says it already.
std::string label_of(const Round& round, std::string_view name, bool computed) {
    constexpr std::size_t longest = 40;
    if (round.item == nullptr) {
        if (name.empty()) return {};
        const auto index = std::to_string(round.index);
        return has_word(name, index) ? std::string() : "round " + index;
    }
    // A name that is computed of a mapping or list says of it what matters.
    const bool whole = round.item->is(script::Type::list) || round.item->is(script::Type::map);
    if (computed && whole) return {};
    const auto text = excerpt(one_line(round.item->to_text()), longest);
    return text.empty() || has_word(name, text) ? std::string() : text;
}

/// Empty, or " (mac, 3.11)" of the rounds from the outside in.
std::string items_of(const Scope& scope, std::string_view name, bool computed) {
    std::string items;
    for (const auto* round = scope.rounds(); round != nullptr; round = round->outer) {
        auto label = label_of(*round, name, computed);
        if (label.empty()) continue;
        items = items.empty() ? std::move(label) : std::move(label) + ", " + items;
    }
    return items.empty() ? items : "(" + items + ")";
}

}  // namespace

Failure::Step step_of(const Scope& scope) {
    auto& job = *scope.job();
    Failure::Step step{&job, {}, false, {}, scope.round()};
    if (job.modifiers() != nullptr && job.modifiers()->name) {
        // A name that cannot be computed must not hide the failure that it labels.
        try {
            step.label = job.modifiers()->name->get(scope.parent() != nullptr ? *scope.parent() : scope);
            step.named = true;
        } catch (const std::exception&) {
            step.label.clear();
        }
    }
    if (!step.named) step.label = script::default_label(job);
    if (scope.rounds() != nullptr)
        step.items = items_of(scope, step.named ? std::string_view(step.label) : std::string_view(),
                              step.named && job.modifiers()->name->computed() != nullptr);
    return step;
}

std::string label_with_items(const Failure::Step& step) {
    return step.items.empty() ? step.label : step.label + ' ' + step.items;
}

std::string title_of(const Failure::Step& step) {
    auto text = one_line(step.label);
    if (step.named) text = std::string(step.job->kind()->name()) + " '" + text + "'";
    return step.items.empty() ? text : text + ' ' + step.items;
}

std::string describe(const Failure::Step& step) {
    auto text = title_of(step);
    const auto span = step.job->span();
    if (span.source == nullptr) return text;
    const auto at = span.source->position(span.begin);
    return text + " (" + one_line(span.source->name()) + ':' + std::to_string(at.line) + ':' +
           std::to_string(at.column) + ')';
}

std::shared_ptr<const script::Script> owner_of(const Scope& scope) {
    return scope.background() != nullptr ? (*scope.background())->script : scope.engine().script;
}

FailurePtr make_failure(const Scope& scope, std::string message, Cause cause) {
    auto failure = std::make_shared<Failure>();
    failure->cause = cause;
    failure->at = scope.engine().loop->time();
    failure->message = std::move(message);
    failure->script = owner_of(scope);
    for (auto* s = &scope; s != nullptr && s->job() != nullptr; s = s->parent())
        failure->chain.push_back(step_of(*s));
    if (auto* run = scope.background())
        failure->chain.insert(failure->chain.end(), (*run)->chain.begin(), (*run)->chain.end());
    return failure;
}

void fail(const Scope& scope, std::string message, Cause cause) {
    throw JobFailure(make_failure(scope, std::move(message), cause));
}

script::Value result_of(const Failure& failure, const Scope& scope) {
    const bool own = !failure.chain.empty() && failure.chain.front().job == scope.job();
    return own ? failure.result : script::Value();
}

FailurePtr current_failure(const Scope& scope) {
    try {
        throw;
    } catch (const JobFailure& e) {
        return e.failure();
    } catch (const script::EvalError& e) {
        auto failure = std::make_shared<Failure>(*make_failure(scope, e.what()));
        failure->where = e.where();
        return failure;
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const EventLoopError&) {
        throw;
    } catch (const std::exception& e) {
        return make_failure(scope, e.what());
    }
}

}  // namespace arun::jobs
