#include "commands/commands.hpp"

#include <unistd.h>

int main(int argc, char** argv) {
    const int status = arun::app::run(argc, argv);
#ifdef ARUN_EXIT_AT_ONCE
    // Everything is flushed and closed. What static libraries would still do for themselves is a twentieth of
    // a whole start; a sanitizer has to see it.
    ::_exit(status);
#endif
    return status;
}
