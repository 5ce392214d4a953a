/// Pipes for a test.
#pragma once

#include "rt/os.hpp"

#include <doctest/doctest.h>

#include <array>

#include <fcntl.h>

namespace arun::test {

/// The reading and the writing end, closed in child processes, with these flags of fcntl(F_SETFL).
inline std::array<int, 2> open_pipe(int flags = 0) {
    UniqueFd read;
    UniqueFd write;
    REQUIRE(os::open_pipe(read, write) == 0);
    const std::array ends{read.release(), write.release()};
    for (const int end : ends) REQUIRE(::fcntl(end, F_SETFL, ::fcntl(end, F_GETFL) | flags) == 0);
    return ends;
}

}  // namespace arun::test
