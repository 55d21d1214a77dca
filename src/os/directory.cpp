#include "os/directory.hpp"

#include "os/failure.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace gale::os {
namespace {

std::string user_name() {
    if (const char* user = std::getenv("USER"); user != nullptr) return user;  // used even when empty, as upstream does
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        return entry.pw_name;
    return "default";
}

struct statvfs file_system_of(const std::string& path) {
    struct statvfs status {};
    if (::statvfs(path.c_str(), &status) != 0) fail("ask for the space of", path, errno);
    return status;
}

}  // namespace

std::string default_aeron_directory() { return "/dev/shm/aeron-" + user_name(); }

DirectoryState inspect_directory(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) return DirectoryState::absent;
        fail("look at", path, errno);
    }
    if (!S_ISDIR(status.st_mode)) return DirectoryState::not_a_directory;
    return status.st_uid == ::geteuid() || ::geteuid() == 0 ? DirectoryState::ours : DirectoryState::foreign;
}

void create_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0777) == 0) return;
    const int error = errno;
    if (error == EEXIST && inspect_directory(path) != DirectoryState::not_a_directory) return;
    fail("create the directory", path, error);
}

void remove_tree(const std::string& path) {
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (error) fail("remove", path, error.value());
}

bool remove_file(const std::string& path) noexcept { return ::unlink(path.c_str()) == 0 || errno == ENOENT; }

std::int64_t usable_space(const std::string& path) {
    const auto status = file_system_of(path);
    return static_cast<std::int64_t>(status.f_bavail) * static_cast<std::int64_t>(status.f_frsize);
}

std::int64_t total_space(const std::string& path) {
    const auto status = file_system_of(path);
    return static_cast<std::int64_t>(status.f_blocks) * static_cast<std::int64_t>(status.f_frsize);
}

void write_text_file(const std::string& path, std::string_view text) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor < 0) fail("write", path, errno);
    const auto written = ::write(descriptor, text.data(), text.size());
    const int error = errno;
    ::close(descriptor);
    if (written != static_cast<ssize_t>(text.size())) fail("write", path, written < 0 ? error : ENOSPC);
}

std::optional<std::string> read_text_file(const std::string& path, std::size_t limit) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return std::nullopt;
    std::string text(limit, '\0');
    const auto length = ::read(descriptor, text.data(), text.size());
    ::close(descriptor);
    if (length < 0) return std::nullopt;
    text.resize(static_cast<std::size_t>(length));
    return text;
}

}  // namespace gale::os
