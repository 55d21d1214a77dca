#include "os/raw_mapping.hpp"

#include "os/failure.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace gale::os {
namespace {

/// A descriptor for as long as it takes to map what it stands for.
class Descriptor {
public:
    Descriptor(const std::string& path, int flags, std::string_view action)
        : number_{::open(path.c_str(), flags | O_CLOEXEC, 0666)} {
        if (number_ < 0) fail(action, path, errno);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { ::close(number_); }
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

RawMapping map(const Descriptor& descriptor, std::size_t length, Access access, const std::string& path) {
    if (length == 0) return {};
    const int protection = access == Access::read_only ? PROT_READ : PROT_READ | PROT_WRITE;
    void* address = ::mmap(nullptr, length, protection, MAP_SHARED, descriptor.number(), 0);
    if (address == MAP_FAILED) fail("map", path, errno);
    return {address, length};
}

}  // namespace

RawMapping map_existing(const std::string& path, Access access) {
    const Descriptor descriptor{path, access == Access::read_only ? O_RDONLY : O_RDWR, "open"};
    struct stat status {};
    if (::fstat(descriptor.number(), &status) != 0) fail("look at", path, errno);
    if (!S_ISREG(status.st_mode)) fail("map", path, EINVAL);
    return map(descriptor, static_cast<std::size_t>(status.st_size), access, path);
}

RawMapping map_new(const std::string& path, std::size_t length, bool fill) {
    const Descriptor descriptor{path, O_RDWR | O_CREAT | O_EXCL, "create"};
    const auto bytes = static_cast<off_t>(length);
    const int error = fill && length > 0 ? ::posix_fallocate(descriptor.number(), 0, bytes)
                                         : (::ftruncate(descriptor.number(), bytes) == 0 ? 0 : errno);
    if (error != 0) {
        ::unlink(path.c_str());
        fail("make room in", path, error);
    }
    return map(descriptor, length, Access::read_write, path);
}

void unmap(const RawMapping& mapping) {
    if (mapping.address != nullptr && ::munmap(mapping.address, mapping.length) != 0) fail("unmap", "a file", errno);
}

void sync(const RawMapping& mapping) {
    if (::msync(mapping.address, mapping.length, MS_SYNC) != 0) fail("write out", "a mapped file", errno);
}

std::int64_t file_length(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) fail("look at", path, errno);
    return status.st_size;
}

}  // namespace gale::os
