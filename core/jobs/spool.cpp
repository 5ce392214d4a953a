#include "jobs/spool.hpp"

#include <algorithm>
#include <array>

namespace arun::jobs {
namespace {

constexpr std::size_t max_memory = std::size_t{1} << 20;

}  // namespace

void Spool::add(Stream stream, std::string_view bytes) {
    if (bytes.empty()) return;
    if (memory_.size() + bytes.size() > max_memory) {
        if (file_.get() < 0) file_ = temporary_disk_file();
        write_file(file_.get(), memory_, "a temporary file");
        memory_.clear();
    }
    memory_ += bytes;
    if (!parts_.empty() && parts_.back().stream == stream) {
        parts_.back().size += bytes.size();
    } else {
        parts_.push_back({stream, bytes.size()});
    }
}

void Spool::write_to(Output& output) {
    if (file_.get() >= 0) rewind_file(file_.get());
    std::array<char, std::size_t{1} << 16> block;
    std::string_view rest = memory_;
    for (auto [stream, size] : std::exchange(parts_, {})) {
        while (size > 0) {
            auto piece = rest.substr(0, size);
            if (file_.get() >= 0) {
                const auto got = read_file(file_.get(), {block.data(), std::min(size, block.size())});
                piece = {block.data(), got};
                if (got == 0) {
                    file_.reset();
                    continue;
                }
            } else {
                rest.remove_prefix(piece.size());
            }
            output.write(stream, piece);
            size -= piece.size();
        }
    }
    memory_.clear();
    file_.reset();
}

}  // namespace arun::jobs
