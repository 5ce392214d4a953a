#include "rt/waker.hpp"

#include <cerrno>
#include <cstdint>

#include <unistd.h>

namespace arun {

void Waker::wake() noexcept {
    // The loop clears the flag before it looks, and looks at the flag after it has set the descriptor:
    // whatever the order, one of the two sees the other.
    if (called_.exchange(true, std::memory_order_seq_cst)) return;
    const int fd = fd_.load(std::memory_order_seq_cst);
    if (fd < 0) return;
    const int saved = errno;
    const std::uint64_t one = 1;
    // A full counter or pipe wakes as well, so there is nothing to be done about an error.
    [[maybe_unused]] const ssize_t written = ::write(fd, &one, sizeof one);
    errno = saved;
}

}  // namespace arun
