/// Files for a test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace arun::test {

/// A directory of its own, gone when this goes.
class Files {
public:
    Files() {
        auto name = (std::filesystem::temp_directory_path() / "arun-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
        root_ = std::filesystem::canonical(name);
    }
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;
    ~Files() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }

    std::string path(const std::string& name) const { return (root_ / name).string(); }
    /// Makes the directories, too.
    std::string write(const std::string& name, std::string_view text) const {
        const auto path = root_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return path.string();
    }

private:
    std::filesystem::path root_;
};

}  // namespace arun::test
