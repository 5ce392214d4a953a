/// What worlds that are read from a tape have in common.
#pragma once

#include "tape/reader.hpp"
#include "world/world.hpp"

#include <functional>
#include <string>
#include <utility>

namespace arun::tape {

/// Touches nothing outside. What the tape does not have stops the run: then over() is true, and problem()
/// says why.
class TapeWorld : public World {
public:
    /// Why the run was stopped; empty if it was not.
    const std::string& problem() const noexcept { return problem_; }
    /// Called when the run stops, before anything else does.
    std::function<void()> when_over;
    void stop(std::string problem) noexcept {
        if (!std::exchange(over_, true)) {
            problem_ = std::move(problem);
            if (when_over) when_over();
        }
        if (loop_ != nullptr) loop_->stop();
    }

    bool over() const noexcept override { return over_; }
    bool reads_all_output() const noexcept override { return true; }
    void interrupt() noexcept override {}
    std::shared_ptr<LineReader> standard_input(std::size_t max_line) override {
        return read_lines("-", max_line);
    }

protected:
    /// stop(), and throws it as a TapeError.
    [[noreturn]] void fail(std::string problem) {
        stop(std::move(problem));
        throw TapeError(problem_);
    }

    Loop* loop_ = nullptr;  ///< the run's last; null once nothing runs any more

private:
    bool over_ = false;
    std::string problem_;
};

}  // namespace arun::tape
