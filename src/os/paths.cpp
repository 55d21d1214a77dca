#include "os/paths.hpp"

#include "os/failure.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

namespace gale::os {

bool path_exists(const std::string& path) noexcept {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

bool is_directory(const std::string& path) noexcept {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

void remove_path(const std::string& path) {
    if (std::remove(path.c_str()) != 0) fail("remove", path, errno);
}

void create_directories(const std::string& path, unsigned permission) {
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string upper = path.substr(0, end);
        // Those above may refuse to be looked at or written to, as long as they are there.
        if (::mkdir(upper.c_str(), permission) != 0) {
            const int error = errno;
            if (!is_directory(upper)) fail("create the directory", upper, error);
        }
        if (end == std::string::npos) return;
    }
}

std::string real_path(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> found{::realpath(path.c_str(), nullptr), std::free};
    if (!found) fail("follow", path, errno);
    return found.get();
}

std::string temporary_directory() {
    const char* named = std::getenv("TMPDIR");
    return named == nullptr || *named == '\0' ? "/tmp" : named;
}

std::string make_temporary_directory(std::string path) {
    if (::mkdtemp(path.data()) == nullptr) fail("create the directory", path, errno);
    return path;
}

std::string unused_file_name(std::string path) {
    const int descriptor = ::mkstemp(path.data());
    if (descriptor < 0) fail("create", path, errno);
    ::close(descriptor);
    ::unlink(path.c_str());
    return path;
}

std::FILE* open_for_appending(const std::string& path) {
    std::FILE* stream = std::fopen(path.c_str(), "ae");
    if (stream == nullptr) fail("open", path, errno);
    return stream;
}

std::int64_t position_of(std::FILE* stream) {
    const off_t position = ::ftello(stream);
    if (position < 0) fail("ask for the position in", "a file", errno);
    return position;
}

}  // namespace gale::os
