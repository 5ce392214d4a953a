#include "jobs/failure.hpp"

#include "base/difference.hpp"
#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "jobs/scope.hpp"
#include "rt/errors.hpp"
#include "script/kind.hpp"

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

Failure::Step step_of(const Scope& scope) {
    auto& job = *scope.job();
    Failure::Step step{&job, {}, false};
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
    return step;
}

std::string title_of(const Failure::Step& step) {
    auto text = one_line(step.label);
    return step.named ? std::string(step.job->kind()->name()) + " '" + text + "'" : text;
}

std::string describe(const Failure::Step& step) {
    auto text = title_of(step);
    const auto span = step.job->span();
    if (span.source == nullptr) return text;
    const auto at = span.source->position(span.begin);
    return text + " (" + span.source->name() + ':' + std::to_string(at.line) + ':' +
           std::to_string(at.column) + ')';
}

std::shared_ptr<const script::Script> owner_of(const Scope& scope) {
    return scope.background() != nullptr ? (*scope.background())->script : scope.engine().script;
}

FailurePtr make_failure(const Scope& scope, std::string message, Cause cause) {
    auto failure = std::make_shared<Failure>();
    failure->cause = cause;
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
