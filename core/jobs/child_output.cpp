#include "jobs/child_output.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace arun::jobs {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t tail_size = 4096;
/// A longer line is shown in pieces.
constexpr std::size_t max_buffered_line = std::size_t{1} << 16;
/// How long an unfinished line is held back, so that it is not torn: a person waits less than a log.
constexpr Duration patience_of_person = 50ms;
constexpr Duration patience_of_log = 1s;
/// Cyan, yellow, green, magenta, blue, red.
constexpr std::array<std::string_view, 6> colours{"36", "33", "32", "35", "34", "31"};

}  // namespace

bool ChildOutput::open_file() {
    if (options_.shown != Shown::file) return true;
    auto output = world_.open_output(options_.path, options_.append);
    file_ = std::move(output.file);
    file_size_ = output.size;
    file_is_open_ = output.ready;
    return file_is_open_;
}

void ChildOutput::add(Stream stream, std::string_view bytes) {
    if (options_.keep) keep(stream, bytes);
    show(stream, bytes);
}

void ChildOutput::keep(Stream stream, std::string_view bytes) {
    auto& text = text_of(stream);
    if (overflowed_ || text.lost) return;
    text.kept.append(bytes);
    if (text.kept.size() <= options_.limit) return;
    if (options_.may_lose) {
        text.lost = true;
        text.kept = {};
    } else {
        text.kept.resize(options_.limit);
        overflowed_ = stream;
    }
}

void ChildOutput::show(Stream stream, std::string_view bytes) {
    switch (options_.shown) {
        case Shown::inherit:
            return output_.write(stream, bytes);
        case Shown::prefix:
            return show_lines(stream, bytes);
        case Shown::group:
            return spool_.add(stream, bytes);
        case Shown::discard:
            return add_to_tail(bytes);
        case Shown::file:
            if (!to_file(stream)) return output_.write(stream, bytes);
            world_.write(file_.get(), bytes, quote_whole(options_.path));
    }
}

void ChildOutput::add_to_tail(std::string_view bytes) {
    tail_total_ += bytes.size();
    tail_.append(bytes.substr(bytes.size() - std::min(bytes.size(), 2 * tail_size)));
    if (tail_.size() > 4 * tail_size) tail_.erase(0, tail_.size() - 2 * tail_size);
}

void ChildOutput::show_lines(Stream stream, std::string_view bytes) {
    auto& line = text_of(stream).line;
    line.append(bytes);
    // On a terminal, what overwrites a line is shown as it comes; elsewhere that would be many lines.
    const std::string_view ends = output_.interactive(stream) ? "\r\n" : "\n";
    std::size_t begin = 0;
    for (;;) {
        auto end = line.find_first_of(ends, begin);
        // A line feed may follow.
        if (end == std::string::npos || (line[end] == '\r' && end + 1 == line.size())) break;
        if (line[end] == '\r' && line[end + 1] == '\n') ++end;
        show_part(stream, std::string_view(line).substr(begin, end + 1 - begin));
        begin = end + 1;
    }
    line.erase(0, begin);
    if (line.size() >= max_buffered_line) show_part(stream, std::exchange(line, {}) + '\n');
    if (!line.empty()) arm_timer();
}

void ChildOutput::show_part(Stream stream, std::string_view part) {
    std::string label = options_.label + " | ";
    if (output_.coloured(stream)) {
        label.insert(0, "\x1b[" + std::string(colours[options_.colour % colours.size()]) + 'm');
        label.insert(label.size() - 1, "\x1b[0m");
    }
    auto& restart = text_of(stream).restart;
    output_.write_part(this, stream, label, part, restart);
    restart = part.ends_with('\r');
}

void ChildOutput::arm_timer() {
    if (std::exchange(timer_armed_, true)) return;
    const bool person = output_.interactive(Stream::out) || output_.interactive(Stream::err);
    timer_ = loop_.call_later(person ? patience_of_person : patience_of_log, [this] {
        timer_armed_ = false;
        show_unfinished();
    });
}

void ChildOutput::show_unfinished() {
    for (const auto stream : {Stream::out, Stream::err})
        if (auto& line = text_of(stream).line; !line.empty()) show_part(stream, std::exchange(line, {}));
}

void ChildOutput::end() {
    timer_.cancel();
    if (options_.shown == Shown::prefix) {
        show_unfinished();
        output_.end_line(this);
    }
    if (options_.shown == Shown::group) spool_.write_to(output_);
}

std::optional<std::string_view> ChildOutput::text(Stream stream) const noexcept {
    if (lost(stream)) return std::nullopt;
    return trim_newlines(texts_[static_cast<std::size_t>(stream)].kept);
}

std::string ChildOutput::tail() {
    if (options_.shown == Shown::file && tail_.empty() && file_is_open_)
        add_to_tail(world_.end_of(options_.path, file_size_, 2 * tail_size));
    // More is kept than shown, so that a secret is masked before it is cut.
    return std::string(last_lines(output_.masked(tail_), tail_total_ > tail_size));
}

}  // namespace arun::jobs
