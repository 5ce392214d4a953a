#include "jobs/engine.hpp"

#include "jobs/background.hpp"
#include "jobs/items.hpp"
#include "world/world.hpp"

#include <algorithm>
#include <utility>

namespace arun::jobs {

Engine::Engine(const script::Symbols& symbols, World& world, Output& output, Observer& observer)
    : symbols(symbols),
      world(world),
      output(output),
      observer(observer),
      event_filter(observer.event_filter()),
      detail_level(observer.detail_level()) {}

std::shared_ptr<JobRecord> Engine::start_record(const Scope& scope, const script::JobId& id) {
    auto record = std::make_shared<JobRecord>();
    (scope.records() != nullptr ? *scope.records() : records_)->add(id, record);
    return record;
}

const JobRecord* Engine::find_record(const Scope& scope, const script::JobId& id) const noexcept {
    return (scope.records() != nullptr ? *scope.records() : records_)->find(id);
}

std::shared_ptr<JobRecords> Engine::task_records(const Scope& scope) const {
    if (symbols.ids().empty()) return nullptr;
    return std::make_shared<JobRecords>(scope.records() != nullptr ? *scope.records() : records_);
}

namespace {

bool is_told(const Failure& failure) {
    return *failure.telling == Telling::told &&
           std::ranges::all_of(failure.others, [](const auto& other) { return is_told(*other); });
}

void mark(const Failure& failure, Telling telling) {
    *failure.telling = telling;
    for (const auto& other : failure.others) mark(*other, telling);
}

}  // namespace

void Engine::report(const Failure& failure, FailureContext context) {
    if (is_told(failure) && context != FailureContext::allowed) return;
    observer.failed(failure, context);
    mark(failure, context == FailureContext::allowed ? Telling::allowed : Telling::told);
    // A wait for several jobs fails by the first of their failures, and takes the others over with it.
    if (context == FailureContext::allowed) tolerate(*this, failure);
}

Context Engine::context_for(const Scope& scope, const script::ContextSpec& spec) {
    if (!spec.name) return copy_context();
    auto name = spec.name->get(scope);
    if (spec.name->computed() != nullptr) {
        if (const auto error = script::context_name_error(name); !error.empty())
            throw script::EvalError(spec.name->computed()->span, error);
    }
    if (auto found = contexts_.find(name); found != contexts_.end()) return found->second;
    return contexts_.emplace(std::move(name), copy_context()).first->second;
}

LineReader& Engine::standard_input() {
    if (!standard_input_) standard_input_ = world.standard_input(max_line_size);
    return *standard_input_;
}

void Engine::set_partial_result(const Scope& scope, PartialResult partial) {
    partial_result_owners_.clear();
    for (const auto* s = &scope; s != nullptr && s->job() != nullptr; s = s->parent())
        partial_result_owners_.push_back(s->job());
    partial_result_ = std::move(partial);
}

void Engine::set_partial_words(const Scope& scope, std::string words) {
    set_partial_result(scope, {std::move(words), {}, {}});
}

PartialResult Engine::take_partial_result(const Scope& scope) {
    const auto owner = std::ranges::find(partial_result_owners_, scope.job());
    if (owner == partial_result_owners_.end()) return {};
    PartialResult partial;
    if (owner == partial_result_owners_.begin()) {
        partial = std::move(partial_result_);
    } else {
        partial.output = std::move(partial_result_.output);
    }
    partial_result_owners_.clear();
    return partial;
}

double Engine::random() {
    // A report that draws numbers would change those that jobs draw.
    if (const auto* journal = world.journal(); journal != nullptr && journal->observing()) return 0;
    if (!random_) random_.emplace(world.entropy());
    return static_cast<double>((*random_)() >> 11U) * 0x1p-53;
}

void Engine::draw_numbers() {
    if (reproducible_) return;
    random_.emplace(world.entropy());
    set_run_id(world.entropy());
}

void Engine::set_run_id(std::uint64_t number) {
    std::string digits;
    for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[number >> shift & 15U];
    run_id_ = script::Value::string(digits);
}

script::Value Engine::run_id() {
    if (planning) return script::Value::unknown();
    if (run_id_.is_null()) set_run_id(reproducible_ ? 1 : world.entropy());
    return run_id_;
}

void Engine::hide_secrets() {
    hidden_secrets_ = symbols.secrets().size();
    for (const auto& name : symbols.secrets()) {
        if (const auto value = world.known_environment(name)) output.hide(*value);
        for (auto* layer = environment.get(); layer != nullptr; layer = layer->outer.get())
            if (const auto found = layer->set.find(name); found != layer->set.end())
                output.hide(found->second);
        const auto* symbol = symbols.find(name);
        if (symbol == nullptr) continue;
        const auto hide = [this](std::string_view text) { output.hide(text); };
        if (const auto* value = symbol->variable.get_if()) script::for_each_secret(*value, hide);
        if (const auto given = outside.find(symbol); given != outside.end())
            script::for_each_secret(given->second->value, hide);
    }
}

void Engine::reset() {
    records_ = std::make_shared<JobRecords>();
    contexts_.clear();
    background.clear();
    taken_over.clear();
}

}  // namespace arun::jobs
