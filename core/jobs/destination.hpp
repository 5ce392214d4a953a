/// Where a kind that prints, prints to: the `to` of print and timestamp.
#pragma once

#include "jobs/output.hpp"
#include "plan/codec.hpp"

#include <array>

namespace arun::plan {

template <>
struct EnumNames<jobs::Stream> {
    static constexpr std::array<std::string_view, 2> names{"stdout", "stderr"};
};

}  // namespace arun::plan
