// A program with children of its own, which uses a Runner.
#include "arun/arun.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <csignal>
#include <cstdio>

using namespace std::chrono_literals;

arun::Coro<int> in_another_source();

int main() {
    const pid_t finished = ::fork();
    if (finished == 0) ::_exit(7);
    const pid_t living = ::fork();
    if (living == 0) {
        ::pause();
        ::_exit(0);
    }
    arun::Runner runner;
    std::printf("%d\n", runner.run(arun::timeout(10s, in_another_source())));
    runner.close();
    int status = 0;
    if (::waitpid(finished, &status, 0) != finished || WEXITSTATUS(status) != 7) std::puts("reaped");
    if (::waitpid(living, &status, WNOHANG) != 0) std::puts("killed");
    ::kill(living, SIGKILL);
    ::waitpid(living, &status, 0);
}
