#include "jobs/scope.hpp"

#include "jobs/background.hpp"
#include "jobs/engine.hpp"
#include "world/world.hpp"

namespace arun::jobs {

void Scope::detach(const std::shared_ptr<BackgroundRun>& run) noexcept {
    background_ = &run;
    bindings_ = run->bindings.empty() ? nullptr : run->bindings.data();
    environment_ = run->environment ? &run->environment : nullptr;
    records_ = run->records ? &run->records : nullptr;
    round_ = run->rounds.empty() ? nullptr : run->rounds.data();
    run_ = run->started_by;
}

const script::Value* Scope::variable(const script::Symbol& symbol) const {
    if (symbol.lexical) {
        for (auto* b = bindings_; b != nullptr; b = b->next) {
            if (b->symbol != &symbol) continue;
            if (b->value != nullptr) return b->value;
            break;
        }
    }
    return symbol.variable.get_if();
}

script::Value Scope::environment(std::string_view name, std::size_t* distance) const {
    for (auto* layer = environment_ != nullptr ? environment_->get() : engine_->environment.get();
         layer != nullptr; layer = layer->outer.get()) {
        if (auto found = layer->set.find(name); found != layer->set.end())
            return script::Value::string(found->second);
        if (layer->unset.contains(name)) return {};
        if (distance != nullptr) ++*distance;
    }
    auto value = engine_->world.environment(std::string(name));
    return value ? script::Value::string(*std::move(value)) : script::Value();
}

script::Value Scope::environment() const {
    auto all = engine_->world.environment();
    std::vector<const Environment*> layers;
    for (auto* layer = environment_ != nullptr ? environment_->get() : engine_->environment.get();
         layer != nullptr; layer = layer->outer.get()) {
        layers.push_back(layer);
    }
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
        for (auto& unset : (*layer)->unset) all.erase(unset);
        for (auto& [name, value] : (*layer)->set) all[name] = value;
    }
    std::vector<script::Value::Entry> entries;
    for (auto& [name, value] : all) entries.emplace_back(name, script::Value::string(value));
    return script::Value::map(std::move(entries));
}

script::Value Scope::job(const script::JobId& id, script::JobProperty property) const {
    static const JobRecord no_run;
    const auto* found = engine_->find_record(*this, id);
    const auto& record = found != nullptr ? *found : no_run;
    switch (property) {
        case script::JobProperty::outcome:
            if (record.outcome) return script::Value::string(name_of(*record.outcome));
            return {};
        case script::JobProperty::error:
            return record.failure ? script::Value::string(record.failure->message) : script::Value();
        default:
            return record.result;
    }
}

script::Value Scope::loop_index() const {
    return round_ != nullptr ? script::Value::number(round_->index) : script::Value();
}

bool Scope::status(script::Status which) const {
    static constexpr ListStatus fresh;
    auto& list = list_ != nullptr ? *list_ : fresh;
    switch (which) {
        case script::Status::success:
            return list.success();
        case script::Status::failure:
            return list.failure();
        case script::Status::cancelled:
            return list.is_cancelled();
        case script::Status::always:
            return true;
    }
    return false;
}

/// A loop of jobs that do not wait may read the clock many times within a step.
Duration Scope::now() const {
    if (auto* journal = engine_->world.journal()) journal->step();
    return engine_->loop->time();
}

script::Value Scope::run_property(std::string_view name) const {
    return name == "id" ? engine_->run_id() : script::Value::string(engine_->world.host_name());
}

std::chrono::system_clock::time_point Scope::wall_time() const {
    if (auto* journal = engine_->world.journal()) journal->step();
    return engine_->loop->wall_time();
}

std::optional<double> Scope::random() const {
    if (engine_->planning) return std::nullopt;
    return engine_->random();
}

}  // namespace arun::jobs
