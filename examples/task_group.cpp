// A group of tasks under a time limit. However it ends, all of them have ended when it is left.
#include <arun/arun.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

arun::Coro<> fetch(const char* what, std::chrono::milliseconds time) {
    try {
        co_await arun::sleep(time);
        std::printf("%s is there\n", what);
    } catch (const arun::CancelledError&) {
        std::printf("%s was cancelled\n", what);
        throw;
    }
}

arun::Coro<> fetch_all() {
    arun::TaskGroup group;
    group.create_task(fetch("the small file", 10ms));
    group.create_task(fetch("the large file", 1h));
    co_await group.join();
}

arun::Coro<> main_coroutine() {
    try {
        co_await arun::timeout(100ms, fetch_all());
    } catch (const arun::TimeoutError&) {
        std::puts("no more than 100 ms");
    }
}

int main() {
    arun::run(main_coroutine());
}
