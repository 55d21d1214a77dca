/// A lock that dies with its process: held on a file beside what it protects.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gale::os {

class FileLock {
public:
    /// Takes the lock, making the file when needed; nothing when another process (or object) holds it.
    /// Throws when the file cannot be opened, is a symbolic link, or belongs to another user.
    [[nodiscard]] static std::optional<FileLock> try_acquire(const std::string& path);

    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();

    /// Removes the file, lock held: whoever waits for it or comes later finds a fresh one. The holder's last act.
    void remove_file() const noexcept;
    /// A note for whoever finds the lock free later; survives the holder.
    void write_note(std::string_view text) const noexcept;
    [[nodiscard]] std::string note() const;

private:
    FileLock(int descriptor, std::string path) noexcept : descriptor_{descriptor}, path_{std::move(path)} {}
    int descriptor_;
    std::string path_;
};

}  // namespace gale::os
