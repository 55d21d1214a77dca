#include "os/file_lock.hpp"

#include "os/failure.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace gale::os {

namespace {

struct Opened {
    int descriptor;
    struct stat status;
};

Opened open_lock_file(const std::string& path) {
    Opened file{::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600), {}};
    if (file.descriptor < 0) fail("open the lock file", path, errno);
    if (::fstat(file.descriptor, &file.status) != 0 || !S_ISREG(file.status.st_mode) ||
        (file.status.st_uid != ::geteuid() && ::geteuid() != 0)) {
        ::close(file.descriptor);
        fail("trust the lock file (it belongs to another user)", path, EPERM);
    }
    return file;
}

// A holder may have removed the file between our opening and locking it: what we then hold protects nothing.
bool is_still_there(const Opened& file, const std::string& path) {
    struct stat now {};
    return ::lstat(path.c_str(), &now) == 0 && now.st_ino == file.status.st_ino && now.st_dev == file.status.st_dev;
}

}  // namespace

std::optional<FileLock> FileLock::try_acquire(const std::string& path) {
    for (;;) {
        const Opened file = open_lock_file(path);
        if (::flock(file.descriptor, LOCK_EX | LOCK_NB) != 0) {
            const int error = errno;
            ::close(file.descriptor);
            if (error == EWOULDBLOCK) return std::nullopt;
            fail("lock", path, error);
        }
        if (is_still_there(file, path)) return FileLock{file.descriptor, path};
        ::close(file.descriptor);
    }
}

FileLock::FileLock(FileLock&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)}, path_{std::move(other.path_)} {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(path_, other.path_);
    return *this;
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);  // and with it the lock
}

void FileLock::remove_file() const noexcept { ::unlink(path_.c_str()); }

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
