#include "console/progress.hpp"

#include "base/utf8.hpp"
#include "console/terminal.hpp"
#include "jobs/blocked_jobs.hpp"
#include "jobs/engine.hpp"
#include "rt/clock.hpp"

#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <string_view>
#include <vector>

namespace arun::app {
namespace {

/// Looking at more tasks than these would take its time.
constexpr std::size_t most_tasks = 1000;

bool is_piped(int fd) {
    struct stat status{};
    return ::fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

std::size_t columns_of_terminal() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// A shell runs something else on the terminal meanwhile: `arun jobs.yaml &`.
bool is_in_background() {
    const auto foreground = ::tcgetpgrp(STDERR_FILENO);
    return foreground > 0 && foreground != ::getpgrp();
}

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_utf8_tail(c); }));
}

/// The first `columns` characters.
std::string_view cut(std::string_view text, std::size_t columns) {
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
        if (!is_utf8_tail(text[end]) && columns-- == 0) break;
    }
    return text.substr(0, end);
}

}  // namespace

bool wants_progress(const Options& options) {
    if (options.progress != When::automatic) return options.progress == When::always;
    const auto& session = options.session;
    const bool told = options.quiet || options.verbose || session.debug;
    return !told && session.clock == ClockMode::real && stderr_is_terminal() && !is_piped(STDOUT_FILENO);
}

std::string fit_list(const std::vector<std::string>& items, std::size_t columns) {
    std::string fitting;
    std::string text;
    for (std::size_t i = 0; i < items.size(); ++i) {
        text += (i == 0 ? "" : ", ") + items[i];
        if (width_of(text) > columns) break;
        const auto left = items.size() - i - 1;
        auto with_rest = left == 0 ? text : text + " and " + std::to_string(left) + " more";
        if (width_of(with_rest) <= columns) fitting = std::move(with_rest);
    }
    return fitting.empty() && !items.empty() ? std::string(cut(items.front(), columns)) : fitting;
}

Progress::Progress(StandardOutput& output, const Summary& summary)
    : output_(output), summary_(summary), next_(Clock::monotonic() + std::chrono::seconds(1)) {}

void Progress::waiting() {
    const auto now = Clock::monotonic();
    if (now < next_ || is_in_background()) return;
    next_ = now + period / 5;
    output_.show_status(text());
}

std::string Progress::text() const {
    const auto second = Duration(std::chrono::seconds(1));
    const auto elapsed = engine_->elapsed();
    std::string text =
        "[" + format_duration(elapsed - elapsed % second) + ", " + std::to_string(summary_.finished());
    if (summary_.total() != 0) text += " of " + std::to_string(summary_.total());
    text += " done";
    if (summary_.failed() != 0) text += ", " + std::to_string(summary_.failed()) + " failed";
    text += "] ";
    // The last column stays free: what a terminal does when it is written to differs.
    const auto columns = columns_of_terminal() - 1;
    std::size_t tasks = 0;
    engine_->loop->for_each_task([&](const TaskBase&) { ++tasks; });
    if (tasks > most_tasks) {
        text += std::to_string(tasks) + " tasks";
    } else {
        std::vector<std::string> titles;
        for (const auto& step : jobs::waiting_steps(*engine_->loop)) titles.push_back(jobs::title_of(step));
        text += fit_list(titles, columns - std::min(columns, width_of(text)));
    }
    return std::string(cut(text, columns));
}

}  // namespace arun::app
