/// Directories that processes of one machine meet in: where they are, whether they can be trusted, how they come and
/// go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gale::os {

/// /dev/shm/aeron-<user>, as Aeron's own programs find it: $USER, else the name of the real user, else `default`.
[[nodiscard]] std::string default_aeron_directory();

enum class DirectoryState { absent, ours, not_a_directory, foreign };

/// What is at `path`, without following a symbolic link. `foreign`: a directory that another user owns (root may use
/// any).
[[nodiscard]] DirectoryState inspect_directory(const std::string& path);

/// Makes `path`, mode 0777 less umask; fine when it exists as a directory. Throws otherwise.
void create_directory(const std::string& path);
/// Removes `path` and all below it, never following links. Throws when something stays.
void remove_tree(const std::string& path);
/// Removes one file; false when it is still there.
bool remove_file(const std::string& path) noexcept;
/// Bytes that a process of this user may still store on the file system of `path`.
[[nodiscard]] std::int64_t usable_space(const std::string& path);
/// Bytes of the whole file system that `path` is in, used or not; 0: it does not say. Throws likewise.
[[nodiscard]] std::int64_t total_space(const std::string& path);
/// Replaces or makes a file with this text. Throws.
void write_text_file(const std::string& path, std::string_view text);
/// A regular file's text, at most `limit` bytes; nothing when it is absent or no regular file.
[[nodiscard]] std::optional<std::string> read_text_file(const std::string& path, std::size_t limit);

}  // namespace gale::os
