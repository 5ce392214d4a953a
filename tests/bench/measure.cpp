// Runs a program and prints the seconds from its start to its end, and the kilobytes that it needed at most,
// into a file: measure FILE PROGRAM ARGUMENT... (A program that is started by a large one is charged for that
// one's memory.)
#include "clock.hpp"

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>

int main(int, char** argv) {
    const double begin = seconds();
    pid_t pid = 0;
    if (posix_spawn(&pid, argv[2], nullptr, nullptr, argv + 2, environ) != 0) return 127;
    int status = 0;
    rusage usage{};
    wait4(pid, &status, 0, &usage);
    const double taken = seconds() - begin;
    std::FILE* file = std::fopen(argv[1], "w");
    if (file == nullptr) return 126;
    std::fprintf(file, "%.9f %ld\n", taken, usage.ru_maxrss);
    std::fclose(file);
    return status == 0 ? 0 : 1;
}
