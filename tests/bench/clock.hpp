/// The clock of the benches: nanoseconds that only go forward.
#pragma once

#include <time.h>

#include <cstdint>

inline std::int64_t nanoseconds() {
    timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

inline double seconds() {
    return static_cast<double>(nanoseconds()) / 1e9;
}
