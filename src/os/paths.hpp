/// Names in the file system: what is there, what is to be there, what is nobody's yet.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace gale::os {

[[nodiscard]] bool path_exists(const std::string& path) noexcept;
[[nodiscard]] bool is_directory(const std::string& path) noexcept;
/// Removes a file or an empty directory. Throws, also when there is none.
void remove_path(const std::string& path);
/// Makes a directory, and those above it that are missing, with these bits less umask; fine when it is there. Throws.
void create_directories(const std::string& path, unsigned permission);
/// Without links and dots. Throws.
[[nodiscard]] std::string real_path(const std::string& path);

/// $TMPDIR, or /tmp.
[[nodiscard]] std::string temporary_directory();
/// Makes a directory for this user alone; `path` ends in XXXXXX, which become what no other has. Throws.
[[nodiscard]] std::string make_temporary_directory(std::string path);
/// A file that nobody else has, and that is not there. `path` ends likewise. Throws.
[[nodiscard]] std::string unused_file_name(std::string path);

/// The caller closes it. Throws.
[[nodiscard]] std::FILE* open_for_appending(const std::string& path);
/// In bytes. Throws for what has no position: a pipe.
[[nodiscard]] std::int64_t position_of(std::FILE* stream);

}  // namespace gale::os
