// Ticks on an exact grid, and then a message. Given an argument, on the virtual clock, where time costs nothing.
#include <arun/arun.hpp>

#include <chrono>
#include <cstdio>
#include <ctime>

using namespace std::chrono_literals;

arun::Coro<> show_time(int count) {
    auto& loop = arun::Loop::get_running();
    for (auto when = loop.time(); count > 0; --count) {
        when += 1s;
        co_await arun::sleep_until(when);
        const auto now = std::chrono::system_clock::to_time_t(loop.wall_time());
        char text[16];
        std::strftime(text, sizeof text, "%T", std::gmtime(&now));
        std::puts(text);
    }
}

arun::Coro<> greet() {
    co_await arun::sleep(5s);
    std::puts("hello after 5 seconds");
}

int main(int argc, char**) {
    arun::RunnerOptions options;
    if (argc > 1) {
        options.clock = arun::ClockMode::virtual_;
        options.start_time = std::chrono::system_clock::from_time_t(0);
    }
    arun::Runner runner(options);
    runner.run(show_time(10));
    runner.run(greet());
}
