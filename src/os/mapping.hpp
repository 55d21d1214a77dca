/// One mapping for each file of a process, however many of its parts opened it. docs/adr/0003-one-mapping-per-file.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace gale::os {

enum class Access { read_only, read_write };

/// Brings mapped pages in now rather than at first touch; best effort, changes no byte.
void bring_in(std::span<std::byte> pages) noexcept;

/// A whole file, mapped until its last owner goes.
class Mapping {
public:
    /// Maps the file behind `descriptor`, as long as it is now, or shares the mapping that this process has of it with
    /// the same length and access. An empty file maps to nothing. `path` is for the Error when the system refuses. The
    /// descriptor may be closed afterwards. From any thread.
    [[nodiscard]] static std::shared_ptr<const Mapping> of(int descriptor, Access access, const std::string& path);

    ~Mapping();
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    [[nodiscard]] std::span<std::byte> bytes() const noexcept { return bytes_; }

private:
    /// A mapped file keeps its inode, so that no other file has this identity as long as the mapping lives: also not
    /// one that was made since under the same path.
    struct Identity {
        std::uint64_t device;
        std::uint64_t inode;
        std::size_t length;
        Access access;
        auto operator<=>(const Identity&) const = default;
    };
    struct Table;

    Mapping(const Identity& identity, std::span<std::byte> bytes) noexcept : identity_{identity}, bytes_{bytes} {}
    [[nodiscard]] static Table& table();

    Identity identity_;
    std::span<std::byte> bytes_;
};

}  // namespace gale::os
