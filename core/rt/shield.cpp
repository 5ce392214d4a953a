#include "rt/shield.hpp"

#include "rt/loop.hpp"

namespace arun {

ShieldScope::ShieldScope() : task_(current_task()) {
    const bool broken = task_.loop().shields_broken();
    // A request that came while the task ran, to be delivered at its next wait.
    if (task_.must_cancel_ && !broken) {
        task_.must_cancel_ = false;
        task_.defer_cancel(task_.shields_);
    }
    ++task_.shields_;
    // Too late for a shield: the code inside is cancelled at its first wait.
    if (broken) task_.cancel();
}

ShieldScope::~ShieldScope() {
    task_.leave_shield();
}

}  // namespace arun
