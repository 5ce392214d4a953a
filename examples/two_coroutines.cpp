// Two coroutines, one after the other, in one Runner: one loop and one context serve both.
#include <arun/arun.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

arun::Coro<> first() {
    co_await arun::sleep(100ms);
    std::puts("hello after 100 ms");
}

arun::Coro<int> second() {
    co_await arun::sleep(200ms);
    std::puts("hello after 200 ms more");
    co_return 42;
}

int main() {
    arun::Runner runner;
    runner.run(first());
    const int answer = runner.run(second());
    std::printf("the second returned %d\n", answer);
}
