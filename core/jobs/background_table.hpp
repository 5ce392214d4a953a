/// BackgroundTable: the background jobs whose end or failure may still be asked for.
#pragma once

#include "script/names.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace arun::jobs {

struct BackgroundRun;

using BackgroundRuns = std::vector<std::shared_ptr<BackgroundRun>>;

/// Runs in the order of their starts, all of them and those of each id. Everything but list() takes O(log n).
class BackgroundTable {
public:
    /// By its number, which orders runs by their start.
    void add(std::shared_ptr<BackgroundRun> run);
    /// Idempotent.
    void remove(const BackgroundRun& run);
    void clear() noexcept;
    bool empty() const noexcept { return all_.empty(); }
    /// Those of an id; of all ids, and those without one, if it is null.
    BackgroundRuns list(const script::JobId* id) const;

private:
    std::map<std::uint64_t, std::shared_ptr<BackgroundRun>> all_;  ///< by BackgroundRun::number
    std::map<std::pair<const script::JobId*, std::uint64_t>, std::shared_ptr<BackgroundRun>> by_id_;
};

}  // namespace arun::jobs
