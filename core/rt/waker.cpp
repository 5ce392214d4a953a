#include "rt/waker.hpp"

#include <cerrno>
#include <cstdint>

#include <unistd.h>

namespace arun {

void Waker::wake() noexcept {
    // The loop sets the descriptor before it checks the flag, and this function sets the flag before it loads
    // the descriptor: in any order one of the two sees the other.
    if (called_.exchange(true, std::memory_order_seq_cst)) return;
    const int fd = fd_.load(std::memory_order_seq_cst);
    if (fd < 0) return;
    const int saved = errno;
    const std::uint64_t one = 1;
    // An error needs no handling: a full counter or pipe wakes the loop as well.
    [[maybe_unused]] const ssize_t written = ::write(fd, &one, sizeof one);
    errno = saved;
}

}  // namespace arun
