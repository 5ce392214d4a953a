#include "rt/process/proc_files.hpp"

#include "base/text.hpp"
#include "rt/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <charconv>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>

#ifndef __linux__
#define gettid getpid
#endif

namespace arun::detail {

namespace {

/// Empty if it cannot be read.
std::string read_all(const std::string& path) {
    std::string text;
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    char bytes[4096];
    for (ssize_t size = 0; (size = ::read(file.get(), bytes, sizeof bytes)) > 0;)
        text.append(bytes, static_cast<std::size_t>(size));
    return text;
}

template <class T>
T number(std::string_view text) noexcept {
    T value{};
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string file_of(pid_t pid, const char* name) {
    return "/proc/" + std::to_string(pid) + '/' + name;
}

/// /proc/PID/stat: the fields after the name count from the state, field 3 of proc(5).
std::optional<ProcessInfo> read_process(pid_t pid) {
    const auto text = read_all(file_of(pid, "stat"));
    const auto begin = text.find('(');
    const auto end = text.rfind(')');
    if (begin == text.npos || end == text.npos || end + 2 >= text.size()) return std::nullopt;
    const auto fields = split(std::string_view(text).substr(end + 2), " ");
    if (fields.size() < 3 || fields[0].empty()) return std::nullopt;
    ProcessInfo info;
    info.pid = pid;
    info.name = text.substr(begin + 1, end - begin - 1);
    info.state = fields[0].front();
    info.group = number<pid_t>(fields[2]);
    return info;
}

/// Whether /proc numbers processes as kill() does.
bool shows_our_namespace() {
    char self[32];
    const auto size = ::readlink("/proc/self", self, sizeof self);
    return size > 0 && number<pid_t>({self, static_cast<std::size_t>(size)}) == ::getpid();
}

}  // namespace

std::string to_text(const ProcessInfo& process) {
    return one_line(process.name) + " (pid " + std::to_string(process.pid) + ')';
}

std::vector<ProcessInfo> live_members(pid_t group) {
    std::vector<ProcessInfo> found;
    if (!shows_our_namespace()) return found;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), &::closedir);
    if (!folder) return found;
    while (const auto* entry = ::readdir(folder.get())) {
        const auto pid = number<pid_t>(entry->d_name);
        if (pid == 0 || ::getpgid(pid) != group) continue;
        auto info = read_process(pid);
        if (info && info->group == group && info->state != 'Z' && info->state != 'X')
            found.push_back(*std::move(info));
    }
    return found;
}

std::string process_name(pid_t pid) {
    return one_line(trim_newlines(read_all(file_of(pid, "comm"))));
}

int open_children(int which) noexcept {
    const pid_t main_thread = ::getpid();
    const pid_t thread = ::gettid();
    if (which == 1 && thread == main_thread) return -1;
    // By number, and not by /proc/thread-self: where /proc shows another PID namespace, its numbers would
    // mean other processes to kill().
    char path[64] = "/proc/self/task/";
    char* at = std::to_chars(path + std::strlen(path), std::end(path), which == 0 ? main_thread : thread).ptr;
    std::strcpy(at, "/children");
    return ::open(path, O_RDONLY | O_CLOEXEC);
}

}  // namespace arun::detail
