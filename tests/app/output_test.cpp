#include "console/output.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <fstream>
#include <string>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using arun::app::StandardOutput;
using arun::jobs::Stream;

namespace {

/// What `f(output)` writes to standard output and standard error in a child whose two streams are one pipe.
template <class F>
std::string written_by(F f) {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        StandardOutput output;
        f(output);
        output.flush();
        ::_exit(output.error());
    }
    ::close(ends[1]);
    std::string text;
    char block[4096];
    for (ssize_t size = 0; (size = ::read(ends[0], block, sizeof block)) > 0;)
        text.append(block, static_cast<std::size_t>(size));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(pid, &status, 0);
    CHECK(status == 0);
    return text;
}

}  // namespace

TEST_CASE("what goes to two streams of one place stays in order") {
    const auto text = written_by([](StandardOutput& output) {
        output.write(Stream::out, "1", "\n");
        output.write(Stream::err, "2\n");
        output.write(Stream::out, "3\n");
        output.flush();
        output.say("4\n");
    });
    CHECK(text == "1\n2\n3\n4\n");
}

TEST_CASE("a secret is masked in every stream, but not in what is masked already") {
    const auto text = written_by([](StandardOutput& output) {
        output.hide("hunter2");
        output.write(Stream::out, "out hunter2\n");
        output.write(Stream::err, "err hunter2\n");
        output.write_verbatim(Stream::out, "json hunter2\n");
    });
    CHECK(text == "out ***\nerr ***\njson hunter2\n");
}

// A sanitizer's allocator ends the process instead of throwing, and not every system limits the address
// space.
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {

/// From here on the process can only map a few more pages.
void exhaust_memory() {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const auto size = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + (std::size_t{1} << 22);
    const rlimit limit{size, size};
    ::setrlimit(RLIMIT_AS, &limit);
}

/// The exit status of a child that calls f() without memory for another `text`; 128 + signal if it is killed.
template <class F>
int status_without_memory(F f) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        StandardOutput output;
        output.hide("hunter2");
        const std::string text(std::size_t{1} << 26, 'x');
        exhaust_memory();
        f(output, text);
        ::_exit(output.error() == ENOMEM ? 0 : 1);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("where there is no memory to mask a text, it is a write error") {
    CHECK(status_without_memory([](auto& output, auto& text) { output.write(Stream::out, text); }) == 0);
    CHECK(status_without_memory([](auto& output, auto& text) { output.say(text); }) == 0);
    CHECK(status_without_memory([](auto& output, auto& text) {
              output.show_status(text);
              output.write(Stream::out, text);
          }) == 0);
}

#endif
