#include "jobs/background_table.hpp"

#include "jobs/background.hpp"

#include <utility>

namespace arun::jobs {

void BackgroundTable::add(std::shared_ptr<BackgroundRun> run) {
    if (run->id != nullptr) by_id_.emplace(std::pair(run->id, run->number), run);
    const auto number = run->number;
    all_.emplace_hint(all_.end(), number, std::move(run));
}

void BackgroundTable::remove(const BackgroundRun& run) {
    // The table may hold the last reference to it.
    const std::pair key(run.id, run.number);
    by_id_.erase(key);
    all_.erase(key.second);
}

void BackgroundTable::clear() noexcept {
    by_id_.clear();
    all_.clear();
}

BackgroundRuns BackgroundTable::list(const script::JobId* id) const {
    BackgroundRuns runs;
    if (id == nullptr) {
        for (const auto& [number, run] : all_) runs.push_back(run);
        return runs;
    }
    for (auto at = by_id_.lower_bound({id, 0}); at != by_id_.end() && at->first.first == id; ++at)
        runs.push_back(at->second);
    return runs;
}

}  // namespace arun::jobs
