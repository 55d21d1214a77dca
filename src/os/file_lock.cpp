#include "os/file_lock.hpp"

#include "os/failure.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace gale::os {

std::optional<FileLock> FileLock::try_acquire(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) fail("open the lock file", path, errno);
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
        (status.st_uid != ::geteuid() && ::geteuid() != 0)) {
        ::close(descriptor);
        fail("trust the lock file (it belongs to another user)", path, EPERM);
    }
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const int error = errno;
        ::close(descriptor);
        if (error == EWOULDBLOCK) return std::nullopt;
        fail("lock", path, error);
    }
    return FileLock{descriptor};
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);  // and with it the lock
}

void FileLock::write_note(std::string_view text) const noexcept {
    if (::ftruncate(descriptor_, 0) == 0 && ::pwrite(descriptor_, text.data(), text.size(), 0) < 0) {
        // Best effort: without the note a successor judges by the heartbeat alone.
    }
}

std::string FileLock::note() const {
    std::array<char, 256> buffer{};
    const auto length = ::pread(descriptor_, buffer.data(), buffer.size(), 0);
    return length > 0 ? std::string(buffer.data(), static_cast<std::size_t>(length)) : std::string{};
}

}  // namespace gale::os
