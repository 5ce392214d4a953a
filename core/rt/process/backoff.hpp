/// Exponential back-off for polling loops.
#pragma once

#include "base/duration.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace arun::detail {

class Backoff {
public:
    /// How long to sleep before the next look: 200 us, doubled each time up to 20 ms.
    Duration next() noexcept {
        return std::exchange(delay_, std::min<Duration>(2 * delay_, std::chrono::milliseconds(20)));
    }

private:
    Duration delay_ = std::chrono::microseconds(200);
};

}  // namespace arun::detail
