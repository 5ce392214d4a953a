#include "rt/spawn.hpp"

#include "base/ascii.hpp"
#include "base/quote.hpp"

#include <fcntl.h>
#include <spawn.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <string>
#include <string_view>
#include <utility>

namespace arun::detail {

namespace {

/// A path as this process sees it that the child has in its own directory.
std::string seen_from_here(const std::string& path, const std::string& directory) {
    if (directory.empty() || path.starts_with('/')) return path;
    return directory + '/' + path;
}

bool is_file(const std::string& path) noexcept {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode);
}

std::string_view search_path(const ProcessOptions& options) {
    static constexpr std::string_view name = "PATH=";
    if (!options.environment) {
        const char* path = ::getenv("PATH");
        return path != nullptr ? path : "/bin:/usr/bin";
    }
    for (const auto& entry : *options.environment) {
        if (entry.starts_with(name)) return std::string_view(entry).substr(name.size());
    }
    return "/bin:/usr/bin";
}

/// What execvp() would run, had it the child's PATH and directory.
std::string find_program(const ProcessOptions& options) {
    const auto& name = options.argv.front();
    if (name.empty()) throw SpawnError("the name of the program is empty");
    if (name.find('/') != std::string::npos) return name;
    std::string unusable;
    auto path = search_path(options);
    for (;;) {
        const auto end = path.find(':');
        auto candidate = std::string(path.substr(0, end));
        candidate += candidate.empty() ? name : "/" + name;
        const auto here = seen_from_here(candidate, options.directory);
        if (is_file(here)) {
            if (::access(here.c_str(), X_OK) == 0)
                return candidate.find('/') == std::string::npos ? "./" + candidate : candidate;
            if (unusable.empty()) unusable = here;
        }
        if (end == std::string_view::npos) break;
        path.remove_prefix(end + 1);
    }
    if (!unusable.empty()) throw SpawnError(quote_whole(unusable) + " is not executable: permission denied");
    throw SpawnError("no such program: " + quote_whole(name) + " is not in the PATH");
}

void check_directory(const std::string& directory) {
    if (directory.empty()) return;
    struct stat status{};
    if (::stat(directory.c_str(), &status) != 0) {
        const int error = errno;
        if (error == ENOENT) throw SpawnError("no such directory: " + quote_whole(directory));
        throw SpawnError("cannot enter the directory " + quote_whole(directory) + ": " + reason_of(error));
    }
    if (!S_ISDIR(status.st_mode)) throw SpawnError(quote_whole(directory) + " is not a directory");
    if (::access(directory.c_str(), X_OK) != 0) {
        const int error = errno;
        throw SpawnError("cannot enter the directory " + quote_whole(directory) + ": " + reason_of(error));
    }
}

void check_environment(const std::vector<std::string>& environment) {
    for (const auto& entry : environment) {
        if (entry.find('\0') != std::string::npos)
            throw SpawnError("the environment variable " + quote_whole(entry.substr(0, entry.find('='))) +
                             " cannot hold a NUL character");
        if (entry.starts_with('=')) throw SpawnError("an environment variable needs a name");
    }
}

[[noreturn]] void explain(const ProcessOptions& options, const std::string& program, int error) {
    const auto here = seen_from_here(program, options.directory);
    switch (error) {
        case ENOENT:
            if (!is_file(here)) throw SpawnError("no such program: " + quote_whole(program));
            throw SpawnError("cannot start " + quote_whole(program) + ": its interpreter is missing");
        case ENOTDIR:
            throw SpawnError("no such program: " + quote_whole(program));
        case EACCES: {
            struct stat status{};
            if (::stat(here.c_str(), &status) == 0 && S_ISDIR(status.st_mode))
                throw SpawnError(quote_whole(program) + " is a directory");
            throw SpawnError(quote_whole(program) + " is not executable: permission denied");
        }
        case ENOEXEC:
            throw SpawnError("cannot start " + quote_whole(program) +
                             ": it is neither a program nor a script with '#!'");
        case E2BIG:
            throw SpawnError("cannot start " + quote_whole(program) +
                             ": its arguments and environment are too large");
        default:
            throw SpawnError("cannot start " + quote_whole(program) + ": " + reason_of(error));
    }
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

class FileActions {
public:
    FileActions() { check(posix_spawn_file_actions_init(&actions_)); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }

    void directory(const std::string& path) {
        check(posix_spawn_file_actions_addchdir_np(&actions_, path.c_str()));
    }
    /// `fd` becomes the child's `target`; -1: /dev/null does.
    void place(int fd, int target) {
        // Where a standard descriptor stays what it is, it is inherited: it would not be here if it closed on
        // exec.
        if (fd == target) return;
        if (fd < 0) {
            check(posix_spawn_file_actions_addopen(&actions_, target, "/dev/null",
                                                   target == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0));
        } else {
            check(posix_spawn_file_actions_adddup2(&actions_, fd, target));
        }
    }
    const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

private:
    static void check(int error) {
        if (error != 0) throw SpawnError(std::string("cannot start a program: ") + reason_of(error));
    }
    posix_spawn_file_actions_t actions_{};
};

/// A loop that has timers sets its thread's slack to nothing, and children would inherit it.
class UsualTimerSlack {
public:
#ifdef __linux__
    UsualTimerSlack() noexcept : slack_(::prctl(PR_GET_TIMERSLACK)) { ::prctl(PR_SET_TIMERSLACK, 0UL); }
    ~UsualTimerSlack() { ::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(slack_)); }

private:
    int slack_;
#else
    UsualTimerSlack() noexcept {}
    ~UsualTimerSlack() {}

public:
#endif
    UsualTimerSlack(const UsualTimerSlack&) = delete;
    UsualTimerSlack& operator=(const UsualTimerSlack&) = delete;
};

class Attributes {
public:
    Attributes() {
        posix_spawnattr_init(&attributes_);
        sigset_t set;
        sigemptyset(&set);
        posix_spawnattr_setsigmask(&attributes_, &set);
        sigaddset(&set, SIGPIPE);
        posix_spawnattr_setsigdefault(&attributes_, &set);
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(&attributes_,
                                 POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { posix_spawnattr_destroy(&attributes_); }
    const posix_spawnattr_t* get() const noexcept { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

}  // namespace

pid_t spawn(const ProcessOptions& options) {
    if (options.argv.empty()) throw SpawnError("there is no program to start");
    for (const auto& text : options.argv) {
        if (text.find('\0') != std::string::npos)
            throw SpawnError("an argument of a program cannot hold a NUL character");
    }
    if (options.environment) check_environment(*options.environment);
    check_directory(options.directory);
    const auto program = find_program(options);
    FileActions actions;
    if (!options.directory.empty()) actions.directory(options.directory);
    actions.place(options.in, STDIN_FILENO);
    // What goes to our own descriptor 1 must be placed before that one gets another meaning.
    if (options.err == STDOUT_FILENO) actions.place(options.err, STDERR_FILENO);
    actions.place(options.out, STDOUT_FILENO);
    if (options.err != STDOUT_FILENO) actions.place(options.err, STDERR_FILENO);
    const Attributes attributes;
    const auto argv = pointers(options.argv);
    const auto environment = options.environment ? pointers(*options.environment) : std::vector<char*>();
    pid_t pid = -1;
    const UsualTimerSlack slack;
    const int error = ::posix_spawn(&pid, program.c_str(), actions.get(), attributes.get(), argv.data(),
                                    options.environment ? environment.data() : environ);
    if (error != 0) explain(options, program, error);
    return pid;
}

}  // namespace arun::detail
