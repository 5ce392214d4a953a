// A child process whose output is read as it comes. Its whole process group has ended when the Process is gone.
#include <arun/arun.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

using namespace std::chrono_literals;

arun::Coro<int> run_shell(std::string text) {
    auto& loop = arun::Loop::get_running();
    arun::Pipe pipe;
    pipe.open();
    arun::ProcessOptions options;
    options.argv = {"/bin/sh", "-c", text};
    options.out = pipe.write_end();
    arun::Process process(loop, options);
    pipe.close_write();
    std::string output;
    arun::PipeReader reader(loop, pipe.release_read(), [&](std::string_view part) { output += part; });
    try {
        co_await arun::timeout(1s, process.wait());
    } catch (const arun::TimeoutError&) {
        std::puts("it takes too long");
    }
    co_await process.stop(SIGTERM, 2s);
    reader.read_rest();
    std::printf("%s", output.c_str());
    co_return process.status().code;
}

int main() {
    arun::Runner runner;
    std::printf("exit status %d\n", runner.run(run_shell("echo hello; exit 3")));
    std::printf("exit status %d\n", runner.run(run_shell("echo one; sleep 600; echo two")));
}
