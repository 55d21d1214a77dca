#include "os/mapped_file.hpp"

#include "base/ensure.hpp"
#include "os/failure.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace gale::os {
namespace {

std::span<std::byte> map(const std::string& path, int descriptor, std::size_t length, int protection) {
    if (length == 0) return {};
    void* address = ::mmap(nullptr, length, protection, MAP_SHARED, descriptor, 0);
    if (address == MAP_FAILED) {
        const int error = errno;
        ::close(descriptor);
        fail("map", path, error);
    }
    return {static_cast<std::byte*>(address), length};
}

}  // namespace

MappedFile::MappedFile(std::string path, int descriptor, std::span<std::byte> bytes) noexcept
    : path_{std::move(path)}, descriptor_{descriptor}, bytes_{bytes} {}

MappedFile MappedFile::create(const std::string& path, std::size_t length) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor < 0) fail("create", path, errno);
    if (::ftruncate(descriptor, static_cast<off_t>(length)) != 0) {
        const int error = errno;
        ::close(descriptor);
        ::unlink(path.c_str());
        fail("set the length of", path, error);
    }
    try {
        return {path, descriptor, map(path, descriptor, length, PROT_READ | PROT_WRITE)};
    } catch (...) {
        ::unlink(path.c_str());
        throw;
    }
}

MappedFile MappedFile::open(const std::string& path, Access access) {
    const bool writes = access == Access::read_write;
    const int descriptor = ::open(path.c_str(), (writes ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) fail("open", path, errno);
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        const int error = S_ISREG(status.st_mode) ? errno : EINVAL;
        ::close(descriptor);
        fail("map (not a regular file)", path, error);
    }
    const auto bytes =
        map(path, descriptor, static_cast<std::size_t>(status.st_size), writes ? PROT_READ | PROT_WRITE : PROT_READ);
    ::close(descriptor);
    return {path, -1, bytes};
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_{std::move(other.path_)}, descriptor_{std::exchange(other.descriptor_, -1)},
      bytes_{std::exchange(other.bytes_, {})} {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    if (this != &other) {
        release();
        path_ = std::move(other.path_);
        descriptor_ = std::exchange(other.descriptor_, -1);
        bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
}

MappedFile::~MappedFile() { release(); }

void MappedFile::release() noexcept {
    close_descriptor();
    if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
    bytes_ = {};
}

void MappedFile::allocate(std::size_t offset, std::size_t length) const {
    ensure(descriptor_ >= 0, "allocate works on a file that this process created and still holds open");
    int error = 0;
    do {
        error = ::posix_fallocate(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(length));
    } while (error == EINTR);
    if (error != 0) fail("allocate " + std::to_string(length) + " bytes for", path_, error);
}

void MappedFile::populate(std::size_t offset, std::size_t length) const noexcept {
    const std::span<std::byte> part = bytes().subspan(offset, length);
#ifdef MADV_POPULATE_WRITE
    ::madvise(part.data(), part.size(), MADV_POPULATE_WRITE);
#else
    ::madvise(part.data(), part.size(), MADV_WILLNEED);
#endif
}

void MappedFile::flush() const noexcept {
    if (!bytes_.empty()) ::msync(bytes_.data(), bytes_.size(), MS_ASYNC);
}

void MappedFile::close_descriptor() noexcept {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

}  // namespace gale::os
