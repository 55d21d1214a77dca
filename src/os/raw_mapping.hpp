/// Files mapped for others, who unmap them by themselves. Ours are MappedFile.
#pragma once

#include "os/mapping.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace gale::os {

struct RawMapping {
    void* address = nullptr;
    std::size_t length = 0;
};

/// A whole regular file. Throws.
[[nodiscard]] RawMapping map_existing(const std::string& path, Access access);
/// A new file of so many bytes, all of them stored at once if `fill`. Throws when it exists.
[[nodiscard]] RawMapping map_new(const std::string& path, std::size_t length, bool fill);
/// Throws what the system says.
void unmap(const RawMapping& mapping);
/// Waits until what was changed is on the disk. Throws what the system says: of an address that is no page's, too.
void sync(const RawMapping& mapping);
/// Bytes of a file. Throws.
[[nodiscard]] std::int64_t file_length(const std::string& path);

}  // namespace gale::os
