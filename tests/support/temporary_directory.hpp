/// A directory of a test's own that goes away with it.
#pragma once

#include <string>
#include <string_view>

namespace gale::testing {

/// Owns a new directory with a name of its own, in shared memory unless told otherwise, and all that gets into it.
class TemporaryDirectory {
public:
    explicit TemporaryDirectory(std::string_view name, std::string_view parent = "/dev/shm");
    TemporaryDirectory(TemporaryDirectory&& other) noexcept;
    TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept;
    ~TemporaryDirectory();

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// A path in it; nothing is made there.
    [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + '/' + std::string{name}; }

private:
    void remove() noexcept;

    std::string path_;  // empty when moved from
};

}  // namespace gale::testing
