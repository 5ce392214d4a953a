#include "rt/process/process.hpp"

#include "rt/errors.hpp"
#include "rt/file.hpp"
#include "rt/os.hpp"
#include "rt/process/process_table.hpp"
#include "rt/runner.hpp"
#include "rt/sleep.hpp"
#include "rt/timeout.hpp"
#include "support/runtime.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace arun;
using namespace arun::test;
using namespace std::chrono_literals;

namespace {

ProcessOptions program(std::vector<std::string> argv) {
    ProcessOptions options;
    options.argv = std::move(argv);
    return options;
}

ProcessOptions shell(std::string text) {
    return program({"/bin/sh", "-c", std::move(text)});
}

Coro<ExitStatus> status_of(const ProcessOptions& options) {
    Process process(Loop::get_running(), options);
    co_await process.wait();
    co_return process.status();
}

std::string reason_for(const ProcessOptions& options) {
    const auto main = [&]() -> Coro<> { co_await status_of(options); };
    try {
        arun::run(main());
    } catch (const SpawnError& e) {
        return e.what();
    }
    return "it was started";
}

std::string text_in(const Pipe& pipe) {
    char block[64];
    const auto size = pipe.read(block);
    REQUIRE(size);
    return {block, *size};
}

/// In a process that the Runner owns, and as a guest.
template <class F>
void in_both(F main) {
    for (const bool owns_process : {false, true}) {
        CAPTURE(owns_process);
        RunnerOptions options;
        options.owns_process = owns_process;
        Runner runner(options);
        runner.run(main());
        runner.close();
    }
}

/// No process that was started here is left, not even a zombie.
void check_no_children() {
    siginfo_t info{};
    CHECK(::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == -1);
    CHECK(errno == ECHILD);
    bool listed = false;
    detail::process_table.for_each([&](pid_t) { listed = true; });
    CHECK_FALSE(listed);
}

}  // namespace

// First, because a Runner that owns the process changes it for good.
TEST_CASE("the children of the program are not the Runner's, and nothing of the process changes") {
    const auto start = [](std::string text) {
        const pid_t pid = ::fork();
        if (pid == 0) ::execl("/bin/sh", "sh", "-c", text.c_str(), nullptr);
        return pid;
    };
    const auto action_of = [](int signo) {
        struct sigaction action{};
        ::sigaction(signo, nullptr, &action);
        return action.sa_handler;
    };
    const auto limit = [] {
        rlimit found{};
        ::getrlimit(RLIMIT_NOFILE, &found);
        return found.rlim_cur;
    };
    rlimit lower{};
    ::getrlimit(RLIMIT_NOFILE, &lower);
    const auto original = lower;
    lower.rlim_cur = 200;
    ::setrlimit(RLIMIT_NOFILE, &lower);
    const auto on_child = action_of(SIGCHLD);
    const pid_t finished = start("exit 7");
    pid_t living = -1;
    const auto main = [&]() -> Coro<> {
        Process process(Loop::get_running(), shell("exit 3"));
        living = start("exec sleep 600");  // after the Runner has begun to watch its own
        co_await process.wait();
        CHECK(process.status().code == 3);
        CHECK(::kill(living, 0) == 0);
        co_await sleep(1ms);
    };
    Runner runner;
    runner.run(main());
    runner.close();
    CHECK((action_of(SIGCHLD) == on_child));
    CHECK((action_of(SIGTSTP) == SIG_DFL));
    CHECK(limit() == 200);
    ::setrlimit(RLIMIT_NOFILE, &original);
    int status = 0;
    CHECK(::waitpid(finished, &status, 0) == finished);
    CHECK(WEXITSTATUS(status) == 7);
    CHECK(::waitpid(living, &status, WNOHANG) == 0);
    ::kill(living, SIGKILL);
    CHECK(::waitpid(living, &status, 0) == living);
    check_no_children();
}

TEST_CASE("wait() returns when the process has exited") {
    const auto ok = arun::run(status_of(program({"true"})));
    CHECK(ok.code == 0);
    CHECK(ok.signal == 0);
    CHECK(arun::run(status_of(shell("exit 7"))).code == 7);
    const auto killed = arun::run(status_of(shell("kill -KILL $$")));
    CHECK(killed.signal == SIGKILL);
    CHECK(killed.code == 128 + SIGKILL);
    check_no_children();
}

TEST_CASE("a program that cannot be started has a reason") {
    CHECK(reason_for(program({"no-such-program"})) ==
          "no such program: 'no-such-program' is not in the PATH");
    CHECK(reason_for(program({"/no/such"})) == "no such program: '/no/such'");
    CHECK(reason_for(program({"/"})) == "'/' is a directory");
    CHECK(reason_for(program({""})) == "the name of the program is empty");
    CHECK(reason_for(program({})) == "there is no program to start");
    CHECK(reason_for(program({"true", std::string("a\0b", 3)})) ==
          "an argument of a program cannot hold a NUL character");
    auto options = program({"true"});
    options.directory = "/no/such";
    CHECK(reason_for(options) == "no such directory: '/no/such'");
    options.directory = "/";
    options.environment = {"PATH=/no/such"};
    CHECK(reason_for(options) == "no such program: 'true' is not in the PATH");
    check_no_children();
}

TEST_CASE("standard output and standard error can go to different pipes") {
    Pipe out;
    Pipe err;
    out.open();
    err.open();
    const auto main = [&]() -> Coro<> {
        auto options = shell("echo out; echo err >&2");
        options.out = out.write_end();
        options.err = err.write_end();
        const auto status = co_await status_of(options);
        CHECK(status.code == 0);
    };
    arun::run(main());
    out.close_write();
    err.close_write();
    CHECK(text_in(out) == "out\n");
    CHECK(text_in(err) == "err\n");
    CHECK(text_in(out) == "");
}

TEST_CASE("stop() sends its signal first, and kills a process that ignores it") {
    const auto main = [](const ProcessOptions& options, Duration patience) -> Coro<ExitStatus> {
        Process process(Loop::get_running(), options);
        co_await sleep(100ms);  // the shell sets its trap
        const bool gone = co_await process.stop(SIGTERM, patience);
        CHECK(gone);
        co_return process.status();
    };
    const auto obedient = shell("trap 'exit 3' TERM; while :; do sleep 0.01; done");
    CHECK(arun::run(main(obedient, 10s)).code == 3);
    const auto deaf = shell("trap '' TERM; while :; do sleep 0.01; done");
    CHECK(arun::run(main(deaf, 10ms)).signal == SIGKILL);
    check_no_children();
}

TEST_CASE("stop() ends the whole group even if the child has exited") {
    const auto main = []() -> Coro<> {
        Process process(Loop::get_running(), shell("sleep 600 & sleep 600 &"));
        co_await process.wait();
        CHECK(process.status().code == 0);
        const bool gone = co_await process.stop(SIGTERM, 10s);
        CHECK(gone);
        CHECK(process.group_members().empty());
    };
    in_both(main);
    check_no_children();
}

TEST_CASE("a task that is cancelled in wait() can still stop the process") {
    const auto work = []() -> Coro<> {
        Process process(Loop::get_running(), program({"sleep", "600"}));
        bool cancelled = false;
        try {
            co_await process.wait();
        } catch (const CancelledError&) {
            cancelled = true;
        }
        co_await process.stop(SIGTERM, 10s);
        if (cancelled) throw CancelledError();
    };
    const auto main = [&]() -> Coro<> {
        bool late = false;
        try {
            co_await timeout(20ms, work());
        } catch (const TimeoutError&) {
            late = true;
        }
        CHECK(late);
    };
    in_both(main);
    check_no_children();
}

TEST_CASE("a process whose coroutine is torn down at any step is killed") {
    const auto work = []() -> Coro<> {
        Process process(Loop::get_running(), shell("sleep 600 & sleep 0.01"));
        co_await process.wait();
        co_await process.stop(SIGTERM, 1s);
    };
    for (std::uint64_t steps = 1; steps < 24; ++steps) {
        RunnerOptions options;
        options.owns_process = steps % 2 == 0;
        Runner runner(options);
        runner.get_loop().stop_after(steps / 2 + 1);
        try {
            runner.run(work());
        } catch (const LoopStopped&) {
            // At the step that was asked for.
        }
        runner.get_loop().stop_after(1'000'000);
        runner.close();
        check_no_children();
    }
}

TEST_CASE("a process that leaves its group is ended when the Runner closes") {
    if (os::name() != "linux") return;
    const auto main = []() -> Coro<> {
        Process process(Loop::get_running(), shell("setsid sleep 600 & sleep 0.1"));
        co_await process.wait();
        co_await process.stop(SIGTERM, 1s);
    };
    RunnerOptions options;
    options.owns_process = true;
    Runner runner(options);
    std::string reported;
    runner.get_loop().set_exception_handler(
        [&](std::string_view message, std::exception_ptr) { reported += message; });
    runner.run(main());
    CHECK(reported.empty());
    runner.close();
    CHECK(reported.starts_with("stopping what jobs have left behind: sleep (process "));
    check_no_children();
}

TEST_CASE("a Process may outlive its Runner, which kills what is left of it") {
    for (const bool owns_process : {false, true}) {
        for (const bool ended : {false, true}) {
            CAPTURE(owns_process);
            CAPTURE(ended);
            RunnerOptions options;
            options.owns_process = owns_process;
            std::optional<Process> process;
            {
                Runner runner(options);
                const auto main = [&]() -> Coro<> {
                    ProcessOptions command;
                    command.argv =
                        ended ? std::vector<std::string>{"true"} : std::vector<std::string>{"sleep", "600"};
                    process.emplace(Loop::get_running(), command);
                    if (ended) co_await process->wait();
                };
                runner.run(main());
                runner.close();
            }
            REQUIRE(process->exited());
            CHECK(process->status().signal == (ended ? 0 : SIGKILL));
            CHECK_FALSE(process->group_lives());
            process->signal(SIGTERM);
            process.reset();
        }
    }
}

namespace {

/// Runs `f` in a child of its own, without `closed`, and returns what `f` returns.
template <class F>
int in_child_without(std::vector<int> closed, F f) {
    const auto pid = ::fork();
    if (pid == 0) {
        for (const int fd : closed) ::close(fd);
        int result = 99;
        try {
            result = f();
        } catch (...) {
        }
        ::_exit(result);
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// What it writes to standard output, and then what it writes to standard error. The descriptors of the pipe
/// that is opened first may be those that the child gets.
Coro<std::string> output_of(const std::string& text, bool out_first) {
    Pipe out;
    Pipe err;
    if (out_first) out.open();
    err.open();
    if (!out_first) out.open();
    auto options = shell(text);
    options.out = out.write_end();
    options.err = err.write_end();
    Process process(Loop::get_running(), options);
    co_await process.wait();
    co_return text_in(out) + text_in(err);
}

}  // namespace

TEST_CASE("standard descriptors of the program may be closed") {
    for (const auto& closed : {std::vector{0}, std::vector{1}, std::vector{0, 1}, std::vector{0, 1, 2}}) {
        for (const bool out_first : {true, false}) {
            CHECK(in_child_without(closed, [&] {
                      Runner runner;
                      runner.run(sleep(1ms));
                      const auto output = runner.run(output_of("cat; echo out; echo err >&2", out_first));
                      return output == "out\nerr\n" ? 3 : 4;
                  }) == 3);
        }
    }
}

TEST_CASE("a child that has left its process group is stopped") {
    const auto main = []() -> Coro<bool> {
        // It joins the group of this program.
        auto options = program({"python3", "-c",
                                "import os, time; os.setpgid(0, " + std::to_string(::getpgrp()) +
                                    "); print('left', flush=True); time.sleep(1000)"});
        Pipe pipe;
        pipe.open();
        options.out = pipe.write_end();
        Process process(Loop::get_running(), options);
        ::fcntl(pipe.read_end(), F_SETFL, O_NONBLOCK);
        char text[8];
        while (!pipe.read(text)) co_await sleep(1ms);
        co_return co_await process.stop(SIGTERM, 10s) && process.status().signal == SIGTERM;
    };
    CHECK(arun::run(main()));
}

TEST_CASE("the children of a guest's program survive the end of all processes") {
    CHECK(in_child_without({}, [] {
              const auto other = ::fork();
              if (other == 0) {
                  ::pause();
                  ::_exit(0);
              }
              Runner runner;
              const auto main = []() -> Coro<int> {
                  Process process(Loop::get_running(), program({"sleep", "1000"}));
                  kill_all_processes();
                  co_await process.wait();
                  co_return process.status().signal == SIGKILL || process.status().code == 255 ? 3 : 4;
              };
              const int result = runner.run(main());
              const bool lives = ::waitpid(other, nullptr, WNOHANG) == 0;
              ::kill(other, SIGKILL);
              ::waitpid(other, nullptr, 0);
              return lives ? result : 5;
          }) == 3);
}
