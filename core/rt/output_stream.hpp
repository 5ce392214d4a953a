/// The two streams that a program writes to.
#pragma once

#include <cstdint>

namespace arun {

enum class OutputStream : std::uint8_t { out, err };

}  // namespace arun
