/// Two worlds, of which one answers each question.
#pragma once

#include "world/world.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace arun {

/// The real world where `is_real` says so, another one elsewhere. Time is that of a loop with an outside.
class ChoosingWorld final : public World {
public:
    /// `other` must outlive it. `is_real` is called in the task that asks.
    ChoosingWorld(World& other, std::function<bool()> is_real)
        : other_(other), is_real_(std::move(is_real)) {}

    void opened(Loop& loop) override { other_.opened(loop); }
    void look(Loop& loop) override { other_.look(loop); }
    bool over() const noexcept override { return other_.over(); }
    bool reads_all_output() const noexcept override { return other_.reads_all_output(); }

    std::unique_ptr<Child> child(Loop& loop) override { return chosen().child(loop); }
    void interrupt() noexcept override { real_.interrupt(); }
    std::unique_ptr<HttpTransfer> request(Loop& loop, HttpRequest request) override {
        return chosen().request(loop, std::move(request));
    }
    Coro<std::optional<std::string>> connect(Loop& loop, TcpAddress address) override {
        return chosen().connect(loop, std::move(address));
    }
    std::shared_ptr<LineReader> standard_input(std::size_t max_line) override {
        return chosen().standard_input(max_line);
    }
    std::shared_ptr<LineReader> read_lines(const std::string& path, std::size_t max_line) override {
        return chosen().read_lines(path, max_line);
    }
    FileStatus look_at(const std::string& path) override { return chosen().look_at(path); }
    std::string read_block(const std::string& path, std::int64_t offset, std::size_t max_size) override {
        return chosen().read_block(path, offset, max_size);
    }
    std::string read_whole(const std::string& path, std::int64_t max_size) override {
        return chosen().read_whole(path, max_size);
    }
    std::string end_of(const std::string& path, std::int64_t begin, std::size_t max_size) override {
        return chosen().end_of(path, begin, max_size);
    }
    OutputFile open_output(const std::string& path, bool append) override {
        return chosen().open_output(path, append);
    }
    void write(int file, std::string_view text, const std::string& what) override {
        // No job asks: what a child prints comes from outside. An imagined file has no descriptor.
        (file >= 0 ? static_cast<World&>(real_) : other_).write(file, text, what);
    }
    std::unique_ptr<SavedFile> new_file(const std::string& path) override { return chosen().new_file(path); }
    // The machine is that of the other world.
    std::optional<std::string> environment(const std::string& name) override {
        return other_.environment(name);
    }
    std::optional<std::string> known_environment(const std::string& name) override {
        return other_.known_environment(name);
    }
    Variables environment() override { return other_.environment(); }
    std::string host_name() override { return other_.host_name(); }
    std::uint64_t entropy() override { return other_.entropy(); }
    bool has_entropy() const noexcept override { return other_.has_entropy(); }

private:
    World& chosen() { return is_real_() ? static_cast<World&>(real_) : other_; }

    World& other_;
    std::function<bool()> is_real_;
    RealWorld real_;
};

}  // namespace arun
