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

MappedFile::MappedFile(std::string path, int descriptor) noexcept : path_{std::move(path)}, descriptor_{descriptor} {}

MappedFile MappedFile::create(const std::string& path, std::size_t length) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor < 0) fail("create", path, errno);
    MappedFile file{path, descriptor};
    try {
        if (::ftruncate(descriptor, static_cast<off_t>(length)) != 0) fail("set the length of", path, errno);
        file.mapping_ = Mapping::of(descriptor, Access::read_write, path);
    } catch (...) {
        ::unlink(path.c_str());
        throw;
    }
    return file;
}

MappedFile MappedFile::open(const std::string& path, Access access) {
    const bool writes = access == Access::read_write;
    const int descriptor = ::open(path.c_str(), (writes ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) fail("open", path, errno);
    MappedFile file{path, descriptor};
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) fail("look at", path, errno);
    if (!S_ISREG(status.st_mode)) fail("map (not a regular file)", path, EINVAL);
    file.mapping_ = Mapping::of(descriptor, access, path);
    file.close_descriptor();
    return file;
}

bool MappedFile::is_forbidden(const std::string& path, Access access) noexcept {
    const int wanted = access == Access::read_write ? R_OK | W_OK : R_OK;
    return ::faccessat(AT_FDCWD, path.c_str(), wanted, AT_EACCESS) != 0 && errno == EACCES;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_{std::move(other.path_)}, descriptor_{std::exchange(other.descriptor_, -1)},
      mapping_{std::move(other.mapping_)} {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    if (this != &other) {
        close_descriptor();
        path_ = std::move(other.path_);
        descriptor_ = std::exchange(other.descriptor_, -1);
        mapping_ = std::move(other.mapping_);
    }
    return *this;
}

MappedFile::~MappedFile() { close_descriptor(); }

void MappedFile::allocate(std::size_t offset, std::size_t length) const {
    ensure(descriptor_ >= 0, "allocate works on a file that this process created and still holds open");
    int error = 0;
    do {
        error = ::posix_fallocate(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(length));
    } while (error == EINTR);
    if (error != 0) fail("allocate " + std::to_string(length) + " bytes for", path_, error);
}

void MappedFile::populate(std::size_t offset, std::size_t length) const noexcept {
    bring_in(bytes().subspan(offset, length));
}

void MappedFile::flush() const noexcept {
    if (!bytes().empty()) ::msync(bytes().data(), bytes().size(), MS_ASYNC);
}

void MappedFile::close_descriptor() noexcept {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

}  // namespace gale::os
