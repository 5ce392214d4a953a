#include "rt/coro.hpp"

#include "rt/loop.hpp"

#include <stdexcept>

namespace arun::detail {

void coro_never_awaited() noexcept {
    if (running.loop != nullptr) running.loop->log("a coroutine was never awaited");
}

void throw_no_coroutine() {
    throw std::invalid_argument("a coroutine was expected");
}

}  // namespace arun::detail
