// Wakes up every millisecond by clock_nanosleep(TIMER_ABSTIME), timer slack 1 ns, and prints how late each
// time was, in nanoseconds: nanosleep COUNT
#include <sys/prctl.h>
#include <time.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

std::int64_t now() {
    timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

}  // namespace

int main(int, char** argv) {
    prctl(PR_SET_TIMERSLACK, 1UL);
    std::vector<std::int64_t> late(static_cast<std::size_t>(std::atoi(argv[1])));
    const auto start = now();
    for (std::size_t k = 0; k < late.size(); ++k) {
        const auto due = start + static_cast<std::int64_t>(k + 1) * 1'000'000;
        const timespec when{due / 1'000'000'000, due % 1'000'000'000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, nullptr);
        late[k] = now() - due;
    }
    for (const auto ns : late) std::printf("%lld\n", static_cast<long long>(ns));
}
