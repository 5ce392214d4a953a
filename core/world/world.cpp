#include "world/world.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "rt/os.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <random>
#include <stdexcept>

namespace arun {

std::unique_ptr<Child> RealWorld::child(Loop& loop) {
    return make_child(loop);
}

void RealWorld::interrupt() noexcept {
    ::kill(::getpid(), SIGINT);
}

std::unique_ptr<HttpTransfer> RealWorld::request(Loop& loop, HttpRequest request) {
    return std::make_unique<RealHttpTransfer>(loop, std::move(request));
}

Coro<std::optional<std::string>> RealWorld::connect(Loop& loop, TcpAddress address) {
    return try_to_connect(loop, std::move(address));
}

std::shared_ptr<LineReader> RealWorld::standard_input(std::size_t max_line) {
    return LineReader::make(STDIN_FILENO, FdWatch::Sharing::shared, max_line);
}

int RealWorld::open_lines(const std::string& path) {
    // O_NONBLOCK: opening a FIFO must not wait for its writer.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) throw_system_error(errno, "cannot open");
    return fd;
}

std::shared_ptr<LineReader> RealWorld::read_lines(const std::string& path, std::size_t max_line) {
    return LineReader::make(open_lines(path), FdWatch::Sharing::own, max_line);
}

FileStatus RealWorld::look_at(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return {errno};
    return {0, S_ISREG(status.st_mode), status.st_ino, status.st_size};
}

std::string RealWorld::read_block(const std::string& path, std::int64_t offset, std::size_t max_size) {
    const auto file = open_to_read(path);
    skip_in_file(file.get(), offset);
    std::string block(max_size, '\0');
    block.resize(read_file(file.get(), {block.data(), block.size()}));
    return block;
}

std::string RealWorld::read_whole(const std::string& path, std::int64_t max_size) {
    const auto file = open_to_read(path);
    if (!is_regular_file(file.get())) throw std::runtime_error(quote_whole(path) + " is no regular file");
    if (size_of_file(file.get()) > max_size)
        throw std::runtime_error(quote_whole(path) + " is larger than " + std::to_string(max_size >> 30U) +
                                 " GiB");
    return read_rest_of_file(file.get());
}

std::string RealWorld::end_of(const std::string& path, std::int64_t begin, std::size_t max_size) {
    return end_of_file(path, begin, max_size);
}

OutputFile RealWorld::open_output(const std::string& path, bool append) {
    OutputFile output;
    output.file = open_to_write(path, append);
    output.ready = output.file.get() >= 0;
    if (output.ready) output.size = size_of_file(output.file.get());
    return output;
}

void RealWorld::write(int file, std::string_view text, const std::string& what) {
    write_file(file, text, what);
}

namespace {

class RealSavedFile final : public SavedFile {
public:
    explicit RealSavedFile(const std::string& path) : path_(path), file_(path) { check(file_.create()); }
    int descriptor() const noexcept override { return file_.descriptor(); }
    void finish() override { check(file_.finish()); }

private:
    void check(int error) const {
        if (error != 0)
            throw std::runtime_error("cannot write " + quote_whole(path_) + ": " + reason_of(error));
    }

    std::string path_;
    NewFile file_;
};

}  // namespace

std::unique_ptr<SavedFile> RealWorld::new_file(const std::string& path) {
    return std::make_unique<RealSavedFile>(path);
}

std::optional<std::string> RealWorld::environment(const std::string& name) {
    const auto* value = std::getenv(name.c_str());
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

World::Variables RealWorld::environment() {
    return os::environment_variables();
}

std::string RealWorld::host_name() {
    return os::host_name();
}

std::uint64_t RealWorld::entropy() {
    std::random_device device;
    return std::uint64_t{device()} << 32U | device();
}

}  // namespace arun
