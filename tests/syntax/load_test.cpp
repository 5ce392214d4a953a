#include "syntax/load.hpp"

#include "support/pipe.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

using namespace arun;
using namespace arun::syntax;

namespace {

namespace fs = std::filesystem;

/// A temporary directory.
class Directory {
public:
    Directory() {
        std::string name = (fs::temp_directory_path() / "arun-load-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Directory() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    std::string file(const std::string& name, std::string_view text) const {
        const auto path = this->path(name);
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }
    std::string path(const std::string& name) const { return (path_ / name).string(); }

private:
    fs::path path_;
};

/// The reason why a file is refused.
std::string refusal(const std::string& path) {
    Diagnostics diagnostics;
    CHECK_FALSE(load_file(path, diagnostics));
    REQUIRE(diagnostics.errors() == 1);
    const auto error = diagnostics.sorted()[0];
    CHECK(error.span.source == nullptr);
    return error.message.substr(error.message.find("': ") + 3);
}

}  // namespace

TEST_CASE("a file is loaded as it is") {
    const Directory directory;
    Diagnostics diagnostics;
    const auto path = directory.file("a.yaml", "\xEF\xBB\xBF- a\r\n");
    const auto source = load_file(path, diagnostics);
    REQUIRE(source);
    CHECK(source->name() == path);
    CHECK(source->text() == "\xEF\xBB\xBF- a\r\n");
    CHECK(diagnostics.errors() == 0);
}

TEST_CASE("a missing file, an empty one and a directory are refused") {
    const Directory directory;
    CHECK(refusal(directory.path("none.yaml")) == "no such file or directory");
    CHECK(refusal(directory.file("empty.yaml", "")) == "it is empty");
    CHECK(refusal(directory.path("")) == "it is a directory");
    CHECK(refusal(directory.file("f", "x") + "/y") == "not a directory");
}

TEST_CASE("a file without read permission is refused") {
    if (::geteuid() == 0) return;  // root may read everything
    const Directory directory;
    const auto path = directory.file("secret.yaml", "- a\n");
    REQUIRE(::chmod(path.c_str(), 0) == 0);
    CHECK(refusal(path) == "permission denied");
}

TEST_CASE("a file larger than the limit is refused unread") {
    const Directory directory;
    const auto path = directory.file("large.yaml", "x");
    fs::resize_file(path, max_source_size + 1);
    CHECK(refusal(path) == "it is larger than a script may be, 1 GiB");
}

TEST_CASE("a pipe is read to its end") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const std::string text(60'000, 'x');
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
    Diagnostics diagnostics;
    const auto source = load_fd(ends[0], "<stdin>", diagnostics);
    ::close(ends[0]);
    REQUIRE(source);
    CHECK(source->text() == text);
    CHECK(source->name() == "<stdin>");
}

TEST_CASE("text read earlier comes first, and a non-blocking descriptor is waited for") {
    const auto ends = test::open_pipe(O_NONBLOCK);
    std::thread writer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        REQUIRE(::write(ends[1], "rest", 4) == 4);
        ::close(ends[1]);
    });
    Diagnostics diagnostics;
    const auto source = load_fd(ends[0], "<stdin>", diagnostics, Empty::refused, "first, ");
    writer.join();
    ::close(ends[0]);
    REQUIRE(source);
    CHECK(source->text() == "first, rest");
}

TEST_CASE("an unreadable descriptor is refused") {
    const Directory directory;
    const int fd = ::open(directory.file("w", "x").c_str(), O_WRONLY | O_CLOEXEC);
    Diagnostics diagnostics;
    CHECK_FALSE(load_fd(fd, "<stdin>", diagnostics));
    ::close(fd);
    CHECK(diagnostics.sorted()[0].message == "cannot read '<stdin>': bad file descriptor");
}

TEST_CASE("a file of reported size 0 may have content") {
    Diagnostics diagnostics;
    const auto source = load_file("/proc/self/status", diagnostics);
    if (!source) return;  // no /proc here
    CHECK(source->text().starts_with("Name:"));
}

TEST_CASE("diagnostics keep their source alive") {
    Diagnostics diagnostics;
    CHECK(read(std::make_shared<const Source>("s.yaml", "- a\n- b: c: d\n"), Format::yaml, diagnostics)
              .empty());
    CHECK(render(diagnostics.sorted()[0], false) ==
          "s.yaml:2:7: error: a second ': ' on this line; write \"c: d\"\n"
          "  2 | - b: c: d\n"
          "    |       ^\n");
}
