#include "jobs/child_output.hpp"

#include "base/text.hpp"

namespace arun::jobs {

namespace {

constexpr std::size_t tail_size = 4096;
constexpr int tail_lines = 20;
/// A longer line is shown in pieces.
constexpr std::size_t max_buffered_line = std::size_t{1} << 16;

}  // namespace

void ChildOutput::add(Stream stream, std::string_view bytes) {
    if (options_.keep && !overflowed_) {
        auto& kept = text_of(stream).kept;
        kept.append(bytes);
        if (kept.size() > options_.limit) {
            kept.resize(options_.limit);
            overflowed_ = stream;
        }
    }
    if (options_.shown != Shown::discard) return show(stream, bytes);
    tail_total_ += bytes.size();
    tail_.append(bytes.substr(bytes.size() - std::min(bytes.size(), 2 * tail_size)));
    if (tail_.size() > 4 * tail_size) tail_.erase(0, tail_.size() - 2 * tail_size);
}

void ChildOutput::show(Stream stream, std::string_view bytes) {
    if (options_.shown == Shown::inherit) return output_.write(stream, bytes);
    auto& line = text_of(stream).line;
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        line.append(bytes.substr(0, end));
        if (end == std::string_view::npos && line.size() < max_buffered_line) return;
        show_line(stream, line);
        line.clear();
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    }
}

void ChildOutput::show_line(Stream stream, std::string_view line) {
    std::string text = options_.label + " | ";
    text.append(line);
    text += '\n';
    output_.write(stream, text);
}

void ChildOutput::end(Stream stream) {
    auto& line = text_of(stream).line;
    if (!line.empty()) show_line(stream, line);
    line.clear();
}

std::string_view ChildOutput::text(Stream stream) const noexcept {
    return trim_newlines(texts_[static_cast<std::size_t>(stream)].kept);
}

std::string ChildOutput::tail() const {
    // More is kept than shown, so that a secret is masked before it is cut.
    const auto shown = output_.masked(tail_);
    const auto text = trim_newlines(shown);
    const bool cut = tail_total_ > tail_size;
    auto begin = text.size() - std::min(text.size(), tail_size);
    auto at = text.size();
    for (int lines = 0; lines < tail_lines && at > begin; ++lines) {
        const auto newline = text.rfind('\n', at - 1);
        at = newline == std::string_view::npos || newline < begin ? begin : newline;
    }
    if (at > begin) {
        begin = at + 1;
    } else if (cut) {
        // The first line is incomplete.
        const auto newline = text.find('\n', begin);
        if (newline != std::string_view::npos) begin = newline + 1;
    }
    return std::string(text.substr(begin));
}

}  // namespace arun::jobs
