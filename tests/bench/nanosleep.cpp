// Prints how late clock_nanosleep() wakes up, in nanoseconds, timer slack 1 ns; absolutely, every so many
// microseconds, or relatively: nanosleep COUNT MICROSECONDS grid|each
#include "clock.hpp"

#include <sys/prctl.h>
#include <time.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

timespec time_of(std::int64_t ns) {
    return {ns / 1'000'000'000, ns % 1'000'000'000};
}

}  // namespace

int main(int, char** argv) {
    prctl(PR_SET_TIMERSLACK, 1UL);
    std::vector<std::int64_t> late(static_cast<std::size_t>(std::atoi(argv[1])));
    const std::int64_t step = std::atoll(argv[2]) * 1000;
    const bool grid = std::strcmp(argv[3], "grid") == 0;
    const auto start = nanoseconds();
    for (std::size_t k = 0; k < late.size(); ++k) {
        const auto begin = nanoseconds();
        const auto due = grid ? start + static_cast<std::int64_t>(k + 1) * step : begin + step;
        const auto when = time_of(grid ? due : step);
        clock_nanosleep(CLOCK_MONOTONIC, grid ? TIMER_ABSTIME : 0, &when, nullptr);
        late[k] = nanoseconds() - due;
    }
    for (const auto ns : late) std::printf("%lld\n", static_cast<long long>(ns));
}
