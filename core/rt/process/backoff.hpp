/// The pauses of who has to look again and again: short ones, then longer.
#pragma once

#include "base/duration.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace arun::detail {

class Backoff {
public:
    Duration next() noexcept {
        return std::exchange(length_, std::min<Duration>(2 * length_, std::chrono::milliseconds(20)));
    }

private:
    Duration length_ = std::chrono::microseconds(200);
};

}  // namespace arun::detail
