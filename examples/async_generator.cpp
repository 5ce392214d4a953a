// A coroutine that yields values, and awaits between them.
#include <arun/arun.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

arun::AsyncGenerator<int> countdown(int from) {
    for (int i = from; i > 0; --i) {
        co_yield i;
        co_await arun::sleep(10ms);
    }
}

arun::Coro<> launch() {
    auto numbers = countdown(3);
    while (auto number = co_await numbers.next()) std::printf("%d\n", *number);
    std::puts("lift-off");
}

int main() {
    arun::run(launch());
}
