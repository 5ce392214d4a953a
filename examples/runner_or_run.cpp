// One Runner for many coroutines, or arun::run() with a loop and a context for each.
#include <arun/arun.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

arun::ContextVar<int> runs("runs", 0);

arun::Coro<> count() {
    co_await arun::sleep(10ms);
    runs.set(runs.get() + 1);
    std::printf("run %d\n", runs.get());
}

int main() {
    std::puts("with one Runner:");
    arun::Runner runner;
    runner.run(count());
    runner.run(count());
    runner.close();

    std::puts("with arun::run():");
    arun::run(count());
    arun::run(count());
}
