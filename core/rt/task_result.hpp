/// How combinators hand over the results of the tasks they waited for.
#pragma once

#include "rt/task_base.hpp"

#include <type_traits>
#include <utility>

namespace arun::detail {

/// The result of a task that has returned: copied if others can still ask for it, else moved.
template <class T>
T take_result(TaskState<T>& state) {
    if constexpr (std::is_void_v<T> || std::is_reference_v<T>) {
        return state.result();
    } else if constexpr (!std::is_copy_constructible_v<T>) {
        return std::move(state.result());
    } else {
        if (state.shared()) return state.result();
        return std::move(state.result());
    }
}

}  // namespace arun::detail
