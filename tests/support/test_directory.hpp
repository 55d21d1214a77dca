/// A name for a driver's directory.
#pragma once

#include "os/process.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace gale::testing {

/// A name that nothing bears; whatever comes to be there, and beside it, goes with this.
class TestDirectory {
public:
    explicit TestDirectory(std::string parent = "/dev/shm") : parent_{std::move(parent)} {
        static int number = 0;
        path_ = parent_ + "/gale-test-" + std::to_string(os::process_id()) + "-" + std::to_string(number++);
        clear();
    }
    TestDirectory(const TestDirectory&) = delete;
    TestDirectory& operator=(const TestDirectory&) = delete;
    ~TestDirectory() { clear(); }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Files beside it that bear its name and more, the lock aside.
    [[nodiscard]] std::vector<std::string> siblings() const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(parent_))
            if (entry.path().string().starts_with(path_ + "-")) found.push_back(entry.path());
        return found;
    }

private:
    void clear() const {
        std::filesystem::remove_all(path_);
        std::filesystem::remove(path_ + ".lock");
        for (const std::string& sibling : siblings()) std::filesystem::remove(sibling);
    }
    std::string parent_;
    std::string path_;
};

}  // namespace gale::testing
