#include "os/mapping.hpp"

#include "os/failure.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <map>
#include <mutex>

namespace gale::os {

struct Mapping::Table {
    std::mutex mutex;
    std::map<Identity, std::weak_ptr<const Mapping>> mappings;
};

Mapping::Table& Mapping::table() {
    // Never destroyed: a handle in a static object may unmap after the statics of this file are gone.
    static Table* const forever = new Table;
    return *forever;
}

std::shared_ptr<const Mapping> Mapping::of(int descriptor, Access access, const std::string& path) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) fail("look at", path, errno);
    const Identity identity{.device = status.st_dev,
                            .inode = status.st_ino,
                            .length = static_cast<std::size_t>(status.st_size),
                            .access = access};
    if (identity.length == 0) return std::shared_ptr<const Mapping>{new Mapping{identity, {}}};

    std::shared_ptr<const Mapping> mapping;  // goes after the lock: its end takes the lock, too
    const std::lock_guard lock{table().mutex};
    auto& known = table().mappings[identity];
    mapping = known.lock();
    if (mapping) return mapping;
    const int protection = access == Access::read_write ? PROT_READ | PROT_WRITE : PROT_READ;
    void* const address = ::mmap(nullptr, identity.length, protection, MAP_SHARED, descriptor, 0);
    if (address == MAP_FAILED) {
        const int error = errno;
        table().mappings.erase(identity);
        fail("map", path, error);
    }
    mapping.reset(new Mapping{identity, {static_cast<std::byte*>(address), identity.length}});
    known = mapping;
    return mapping;
}

Mapping::~Mapping() {
    if (bytes_.empty()) return;
    {
        const std::lock_guard lock{table().mutex};
        // Somebody may have mapped the file anew since the last owner of this one went.
        const auto entry = table().mappings.find(identity_);
        if (entry != table().mappings.end() && entry->second.expired()) table().mappings.erase(entry);
    }
    ::munmap(bytes_.data(), bytes_.size());  // long for a long file: not under the lock
}

void bring_in(std::span<std::byte> pages) noexcept {
#ifdef MADV_POPULATE_WRITE
    ::madvise(pages.data(), pages.size(), MADV_POPULATE_WRITE);
#else
    ::madvise(pages.data(), pages.size(), MADV_WILLNEED);
#endif
}

}  // namespace gale::os
