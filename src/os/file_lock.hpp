/// A lock that dies with its process: held on a file beside what it protects.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gale::os {

class FileLock {
public:
    /// Takes the lock, making the file when needed; nothing when another process (or object) holds it.
    /// Throws when the file cannot be opened, is a symbolic link, or belongs to another user.
    [[nodiscard]] static std::optional<FileLock> try_acquire(const std::string& path);

    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();

    /// A note for whoever finds the lock free later; survives the holder.
    void write_note(std::string_view text) const noexcept;
    [[nodiscard]] std::string note() const;

private:
    explicit FileLock(int descriptor) noexcept : descriptor_{descriptor} {}
    int descriptor_;
};

}  // namespace gale::os
