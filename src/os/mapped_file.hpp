/// A file mapped whole and shared with other processes. Keeps the mapping; whoever views it borrows.
#pragma once

#include "os/mapping.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace gale::os {

/// All that this process maps of one file with one access lie at the same address: `Mapping`.
class MappedFile {
public:
    MappedFile() noexcept = default;
    /// Makes a new file of `length` zero bytes, mode 0666 less umask, and maps it. Nothing is allocated yet: see
    /// `allocate`. Throws when the file exists, also as a symbolic link.
    [[nodiscard]] static MappedFile create(const std::string& path, std::size_t length);
    /// Maps an existing regular file as long as it is now; an empty one maps to nothing. Never follows a symbolic link.
    [[nodiscard]] static MappedFile open(const std::string& path, Access access);
    /// Whether the system would refuse to open it so, or to say whether it is there, for want of permission.
    [[nodiscard]] static bool is_forbidden(const std::string& path, Access access) noexcept;

    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    [[nodiscard]] std::span<std::byte> bytes() const noexcept {
        return mapping_ ? mapping_->bytes() : std::span<std::byte>{};
    }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// Gives [offset, offset + length) real storage, so that touching it can never fail later. Only on a created file.
    /// Throws storage_space when the file system is full.
    void allocate(std::size_t offset, std::size_t length) const;
    /// Brings the pages in now rather than at first touch; best effort, changes no byte.
    void populate() const noexcept { populate(0, bytes().size()); }
    /// The same for [offset, offset + length); the offset is a multiple of the system's page size.
    void populate(std::size_t offset, std::size_t length) const noexcept;
    /// Writes dirty pages of the mapping out, best effort.
    void flush() const noexcept;
    /// No more `allocate`: the descriptor goes, the mapping stays.
    void close_descriptor() noexcept;

private:
    MappedFile(std::string path, int descriptor) noexcept;

    std::string path_;
    int descriptor_ = -1;
    std::shared_ptr<const Mapping> mapping_;
};

}  // namespace gale::os
