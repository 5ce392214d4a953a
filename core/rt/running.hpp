/// What the running thread is doing: the registers of the scheduler.
#pragma once

#include <coroutine>

namespace arun {

class Loop;
class TaskBase;

namespace detail {

/// Coroutines never resume each other (symmetric transfer overflows the stack where the compiler does
/// not make it a jump, as g++ 12 does not without optimisation). An await stores whom to resume here
/// and suspends; the task's step takes it from here, until nobody is named.
struct Running {
    std::coroutine_handle<> next;  ///< to be resumed when the one that runs has suspended
    TaskBase* task = nullptr;      ///< asyncio.current_task()
    Loop* loop = nullptr;          ///< asyncio.get_running_loop()
    bool raised = false;           ///< the coroutine that ended last, ended by the exception in the loop
    bool finished = false;         ///< the task's outermost coroutine has ended
};

extern constinit thread_local Running running;

/// Called in a catch handler: what the coroutine in there ends with.
void store_exception() noexcept;
/// Throws what store_exception() stored; `running.raised` must be set.
[[noreturn]] void throw_stored_exception();

}  // namespace detail
}  // namespace arun
