/// Where a kind that prints, prints to: the `to` of print and timestamp.
#pragma once

#include "jobs/output.hpp"
#include "script/arguments.hpp"

#include <array>

namespace arun::script {

template <>
struct EnumNames<jobs::Stream> {
    static constexpr std::array<std::string_view, 2> names{"stdout", "stderr"};
};

}  // namespace arun::script
