#include "rt/process/spawn.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "rt/descriptor_limit.hpp"
#include "rt/os.hpp"
#include "rt/signals.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace arun::detail {

namespace {

/// A path relative to the child's directory, as this process has to write it.
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
    static constexpr std::string_view without_path = "/bin:/usr/bin";
    if (!options.environment) {
        const char* path = ::getenv("PATH");
        return path != nullptr ? path : without_path;
    }
    for (const auto& entry : *options.environment) {
        if (entry.starts_with(name)) return std::string_view(entry).substr(name.size());
    }
    return without_path;
}

/// What execvp() would run with the child's PATH and directory. posix_spawnp() would search our own PATH.
std::string find_program(const ProcessOptions& options) {
    const auto& name = options.argv.front();
    if (name.empty()) throw SpawnError("the name of the program is empty");
    if (name.find('/') != std::string::npos) return name;
    std::string not_executable;
    for (const auto folder : split(search_path(options), ":")) {
        // An empty entry is the working directory.
        const auto candidate = std::string(folder.empty() ? "." : folder) + '/' + name;
        const auto here = seen_from_here(folder.empty() ? name : candidate, options.directory);
        if (!is_file(here)) continue;
        if (::access(here.c_str(), X_OK) == 0) return candidate;
        if (not_executable.empty()) not_executable = here;
    }
    if (!not_executable.empty())
        throw SpawnError(quote_whole(not_executable) + " is not executable: permission denied");
    throw SpawnError("no such program: " + quote_whole(name) + " is not in the PATH");
}

void check_directory(const std::string& directory) {
    if (directory.empty()) return;
    const auto refuse = [&](int error) {
        if (error == ENOENT) throw SpawnError("no such directory: " + quote_whole(directory));
        throw SpawnError("cannot enter the directory " + quote_whole(directory) + ": " + reason_of(error));
    };
    struct stat status{};
    if (::stat(directory.c_str(), &status) != 0) refuse(errno);
    if (!S_ISDIR(status.st_mode)) throw SpawnError(quote_whole(directory) + " is not a directory");
    if (::access(directory.c_str(), X_OK) != 0) refuse(errno);
}

void check_environment(const std::vector<std::string>& environment) {
    for (const auto& entry : environment) {
        if (entry.find('\0') != std::string::npos)
            throw SpawnError("the environment variable " + quote_whole(entry.substr(0, entry.find('='))) +
                             " cannot hold a NUL character");
        if (entry.starts_with('=')) throw SpawnError("an environment variable needs a name");
    }
}

/// os::launch() has failed with `error`.
[[noreturn]] void refuse_program(const ProcessOptions& options, const std::string& program, int error) {
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
            if (is_shortage(error))
                throw std::system_error(error, std::generic_category(),
                                        "cannot start " + quote_whole(program));
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

/// Returns -1 and an errno in `error` if the program could not be run.
pid_t launch_with_signals_blocked(const os::Launch& start, int& error) noexcept {
    const SignalBlock blocked;
    const pid_t child = os::launch(start, error);
    if (error != 0 && child > 0) {
        siginfo_t info{};
        ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED);
    }
    return child;
}

}  // namespace

pid_t spawn(const ProcessOptions& options, std::span<const int> handled, std::atomic<pid_t>* group) {
    if (options.argv.empty()) throw SpawnError("there is no program to start");
    for (const auto& text : options.argv) {
        if (text.find('\0') != std::string::npos)
            throw SpawnError("an argument of a program cannot hold a NUL character");
    }
    if (options.environment) check_environment(*options.environment);
    check_directory(options.directory);
    const auto program = find_program(options);
    const auto argv = pointers(options.argv);
    const auto environment = options.environment ? pointers(*options.environment) : std::vector<char*>();
    os::Launch start;
    start.program = program.c_str();
    start.arguments = argv.data();
    start.environment = options.environment ? environment.data() : os::environment();
    if (!options.directory.empty()) start.directory = options.directory.c_str();
    start.in = options.in;
    start.out = options.out;
    start.err = options.err;
    start.stop_signal = options.stop_signal;
    start.handled = handled;
    start.terminal = options.terminal;
    start.group = group;
    int error = 0;
    const pid_t pid = launch_with_signals_blocked(start, error);
    if (error != 0) refuse_program(options, program, error);
    return pid;
}

}  // namespace arun::detail
