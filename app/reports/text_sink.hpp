/// Text that is handed on piece by piece: a report of a million jobs is never in memory as a whole.
#pragma once

#include <functional>
#include <string_view>

namespace arun::app {

/// Takes the next piece. Pieces have any size and end anywhere.
using TextSink = std::function<void(std::string_view)>;
/// Hands a whole text to a sink; the same text each time it is called.
using TextWriter = std::function<void(const TextSink&)>;

}  // namespace arun::app
