#include <arun/arun.hpp>

#include <chrono>

using namespace std::chrono_literals;

arun::Coro<int> in_another_source() {
    arun::ProcessOptions options;
    options.argv = {"sh", "-c", "exit 3"};
    arun::Process process(arun::Loop::get_running(), options);
    co_await arun::timeout(10s, process.wait());
    co_return process.status().code;
}
