/// What a child writes, on its way to its job.
#pragma once

#include "rt/process/child.hpp"

#include <array>
#include <cstddef>
#include <exception>
#include <string_view>
#include <utility>

namespace arun::tape {

/// Calls a Child::Sink. What that throws ends the stream, and is kept until rethrow().
class GuardedSink {
public:
    void set(Child::Sink sink) { sink_ = std::move(sink); }
    void write(OutputStream stream, std::string_view bytes) {
        auto& error = of(stream);
        if (error || bytes.empty()) return;
        try {
            sink_(stream, bytes);
        } catch (...) {
            error = std::current_exception();
        }
    }
    void rethrow(OutputStream stream) {
        if (auto& error = of(stream)) std::rethrow_exception(std::exchange(error, nullptr));
    }

private:
    std::exception_ptr& of(OutputStream stream) noexcept { return errors_[static_cast<std::size_t>(stream)]; }

    Child::Sink sink_;
    std::array<std::exception_ptr, 2> errors_;  ///< by OutputStream
};

}  // namespace arun::tape
