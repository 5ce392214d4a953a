#include "jobs/output_log.hpp"

#include "base/text.hpp"
#include "jobs/background.hpp"
#include "jobs/engine.hpp"

#include <algorithm>

namespace arun::jobs {
namespace {

constexpr std::size_t max_kept = std::size_t{8} << 20;
constexpr std::size_t max_recent = std::size_t{1} << 13;

/// Drops the older half once there is twice as much as `limit`. Returns how much that is.
std::size_t shorten(std::string& text, std::size_t limit) {
    if (text.size() < 2 * limit) return 0;
    const auto size = text.size() - limit;
    text.erase(0, size);
    return size;
}

}  // namespace

void OutputLog::add(Stream stream, std::string_view bytes) {
    auto& [text, dropped] = texts_[static_cast<std::size_t>(stream)];
    text += bytes;
    dropped += shorten(text, max_kept);
    recent_ += bytes.substr(bytes.size() - std::min(bytes.size(), max_recent));
    shorten(recent_, max_recent);
    changed_.set();
}

void OutputLog::end() noexcept {
    ended_ = true;
    changed_.set();
}

std::string OutputLog::tail() const {
    return std::string(last_lines(recent_));
}

void log_output(const Scope& scope, Stream stream, std::string_view text) {
    const BackgroundRun* run = scope.background() != nullptr ? scope.background()->get() : nullptr;
    for (; run != nullptr; run = run->outer.get())
        if (run->log) run->log->add(stream, text);
}

void print(const Scope& scope, Stream stream, std::string_view text, std::string_view end) {
    auto& engine = scope.engine();
    engine.output.write(stream, text, end);
    if (engine.detail_level == DetailLevel::output) {
        engine.observer.printed(scope, stream, text);
        engine.observer.printed(scope, stream, end);
    }
    if (scope.background() == nullptr) return;
    log_output(scope, stream, text);
    log_output(scope, stream, end);
}

}  // namespace arun::jobs
