#include "commands.hpp"

namespace arun::app {
int plan_command(const Options&, Terminal& terminal) {
    terminal.complain("TODO");
    return 125;
}
}  // namespace arun::app
