// Starts /bin/true so many times by posix_spawn(), some at once, with so many megabytes of heap that have
// been written to, and prints the seconds that it took: spawn COUNT AT-ONCE MEGABYTES
#include "clock.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

int main(int, char** argv) {
    const int count = std::atoi(argv[1]);
    const int at_once = std::atoi(argv[2]);
    const std::vector<char> heap(static_cast<std::size_t>(std::atoi(argv[3])) << 20U, 'x');
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    char* const arguments[] = {const_cast<char*>("/bin/true"), nullptr};
    const double start = seconds();
    int running = 0;
    for (int i = 0; i < count; ++i) {
        pid_t pid = 0;
        if (running == at_once && wait(nullptr) > 0) --running;
        if (posix_spawn(&pid, arguments[0], &actions, &attributes, arguments, environ) != 0) return 1;
        ++running;
    }
    while (wait(nullptr) > 0) {
    }
    std::printf("%.6f\n", seconds() - start);
}
