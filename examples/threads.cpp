// A blocking function in a thread of its own: the loop goes on meanwhile.
#include <arun/arun.hpp>

#include <chrono>
#include <cstdio>
#include <thread>
#include <tuple>

using namespace std::chrono_literals;

int slow_answer() {
    std::this_thread::sleep_for(300ms);  // say, a library that knows nothing of loops
    return 42;
}

arun::Coro<> tick(int count) {
    for (int i = 1; i <= count; ++i) {
        co_await arun::sleep(10ms);
        std::printf("tick %d\n", i);
    }
}

arun::Coro<> main_coroutine() {
    const auto results = co_await arun::gather(arun::to_thread(&slow_answer), tick(3));
    std::printf("the answer is %d\n", std::get<0>(results));
}

int main() {
    arun::run(main_coroutine());
}
