// So many libuv timers of one second at once: what a loop on libuv's own timers would take. uvsleeps COUNT
#include <uv.h>

#include <cstdlib>
#include <vector>

int main(int, char** argv) {
    std::vector<uv_timer_t> timers(static_cast<std::size_t>(std::atoi(argv[1])));
    for (auto& timer : timers) {
        uv_timer_init(uv_default_loop(), &timer);
        uv_timer_start(&timer, [](uv_timer_t*) {}, 1000, 0);
    }
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
