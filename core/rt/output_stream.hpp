/// The two streams that a program writes to.
#pragma once

#include <cstdint>

namespace arun {

enum class OutputStream : std::uint8_t { out, err };

/// A write that failed.
struct OutputLoss {
    OutputStream stream = OutputStream::out;
    std::uint64_t after = 0;  ///< how many bytes the stream had got
    int error = 0;            ///< an errno
};

}  // namespace arun
