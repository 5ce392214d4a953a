// The smallest coroutine types that the samples beside this file need. Never linked, never run.
#pragma once

#include <coroutine>
#include <utility>

namespace lint {

template <class T>
class Task {
public:
    struct promise_type {
        Task get_return_object();
        std::suspend_always initial_suspend() noexcept;
        std::suspend_always final_suspend() noexcept;
        void unhandled_exception() noexcept;
        void return_value(T value);
    };
    explicit Task(int);
    Task(Task&&) noexcept;
    Task& operator=(Task&&) noexcept;
    ~Task();
    bool await_ready() noexcept;
    void await_suspend(std::coroutine_handle<>) noexcept;
    T await_resume();
};

template <>
class Task<void> {
public:
    struct promise_type {
        Task get_return_object();
        std::suspend_always initial_suspend() noexcept;
        std::suspend_always final_suspend() noexcept;
        void unhandled_exception() noexcept;
        void return_void();
    };
    explicit Task(int);
    Task(Task&&) noexcept;
    ~Task();
    bool await_ready() noexcept;
    void await_suspend(std::coroutine_handle<>) noexcept;
    void await_resume();
};

template <class T>
class Generator {
public:
    struct promise_type {
        Generator get_return_object();
        std::suspend_always initial_suspend() noexcept;
        std::suspend_always final_suspend() noexcept;
        void unhandled_exception() noexcept;
        void return_void();
        std::suspend_always yield_value(T value);
        template <class U>
        U&& await_transform(U&& awaitable);
    };
    ~Generator();
};

}  // namespace lint
