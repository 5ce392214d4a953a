/// SIGPIPE, and what the process was started with.
#pragma once

namespace arun::app {

/// From here on a reader that goes away is an error of write(), not the end.
void ignore_sigpipe() noexcept;

/// Whether the signal was ignored when the process began: nohup, or Python's subprocess with SIGPIPE.
bool ignored_at_start(int signo) noexcept;

}  // namespace arun::app
