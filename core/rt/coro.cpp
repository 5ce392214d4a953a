#include "rt/coro.hpp"

#include "rt/loop.hpp"

#include <stdexcept>

namespace arun {

namespace detail {

constinit thread_local Running running;

void store_exception() noexcept {
    running.loop->raised_ = std::current_exception();
    running.raised = true;
}

void throw_stored_exception() {
    running.raised = false;
    std::rethrow_exception(running.loop->take_raised());
}

void coro_never_awaited() noexcept {
    if (running.loop != nullptr) running.loop->log("a coroutine was never awaited");
}

void throw_no_coroutine() {
    throw std::invalid_argument("a coroutine was expected");
}

}  // namespace detail

}  // namespace arun
