// Files and directories: aeron_fileutil.h.
#include "capi/client/addresses.hpp"
#include "capi/error.hpp"
#include "os/directory.hpp"
#include "os/paths.hpp"
#include "os/raw_mapping.hpp"

#include <aeron/aeron_cnc_file_descriptor.h>
#include <aeron/reports/aeron_loss_reporter.h>
#include <aeron/util/aeron_fileutil.h>

#include <algorithm>

namespace gale::capi {
namespace {

constexpr std::string_view unique_end = "XXXXXX";

template <class Map> int map_file(aeron_mapped_file_t* file, const char* path, Map map) noexcept {
    if (file == nullptr || path == nullptr) return fail(EINVAL, "the file, or its name, is null");
    return guarded([&] {
        const os::RawMapping mapping = map(std::string{path});
        file->addr = mapping.address;
        file->length = mapping.length;
    });
}

/// What snprintf() would answer.
int path_in(const char* directory, std::string_view file, char* to, std::size_t length) noexcept {
    if (directory == nullptr) return fail(EINVAL, "the directory is null");
    return guarded([&] {
        const std::string path = std::string{directory}.append("/").append(file);
        copy_text(path, to, length);
        return static_cast<int>(path.size());
    });
}

int log_location(char* to, std::size_t length, const char* directory, std::string kind, std::int64_t id) noexcept {
    return guarded([&] {
        return path_in(directory, kind.append("/").append(std::to_string(id)).append(".logbuffer"), to, length);
    });
}

/// Copies all of `text`. Throws when there is no room.
void copy_whole(std::string_view text, char* to, std::size_t length) {
    if (text.size() >= length)
        throw std::system_error{ENAMETOOLONG, std::generic_category(),
                                "there is room for " + std::to_string(length) + " bytes where " + std::string{text} +
                                    " needs " + std::to_string(text.size() + 1)};
    copy_text(text, to, length);
}

template <class Work> int on_path(const char* path, Work work) noexcept {
    if (path == nullptr) return fail(EINVAL, "the path is null");
    return guarded([&] { work(std::string{path}); });
}

std::string temporary_path(std::string_view name) {
    const bool leads_somewhere = name.find('/') != std::string_view::npos;
    std::string path = leads_somewhere ? std::string{} : os::temporary_directory() + "/";
    path += name;
    if (!name.ends_with(unique_end)) path += unique_end;
    return path;
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

// --- mapped ---

int aeron_map_existing_file(aeron_mapped_file_t* mapped_file, const char* path) {
    return map_file(mapped_file, path,
                    [](const std::string& name) { return gale::os::map_existing(name, gale::os::Access::read_write); });
}

int aeron_map_readonly_file(aeron_mapped_file_t* mapped_file, const char* path) {
    return map_file(mapped_file, path,
                    [](const std::string& name) { return gale::os::map_existing(name, gale::os::Access::read_only); });
}

int aeron_map_new_file(aeron_mapped_file_t* mapped_file, const char* path, bool fill_with_zeroes) {
    return map_file(mapped_file, path, [&](const std::string& name) {
        return gale::os::map_new(name, mapped_file->length, fill_with_zeroes);
    });
}

int aeron_unmap(aeron_mapped_file_t* mapped_file) {
    if (mapped_file == nullptr) return fail(EINVAL, "the file is null");
    return guarded([&] {
        gale::os::unmap({mapped_file->addr, mapped_file->length});
        mapped_file->addr = nullptr;
    });
}

int aeron_msync(void* addr, size_t length) {
    if (addr == nullptr) return fail(EINVAL, "the mapped file is null");
    return guarded([&] { gale::os::sync({addr, length}); });
}

// --- by name ---

int64_t aeron_file_length(const char* path) {
    std::int64_t length = -1;
    on_path(path, [&](const std::string& name) { length = gale::os::file_length(name); });
    return length;
}

bool aeron_file_exists(const char* path) {
    return path != nullptr && guarded([&] { return gale::os::path_exists(path); }, false);
}

int aeron_is_directory(const char* path) {
    return path != nullptr && guarded([&] { return gale::os::is_directory(path); }, false) ? 1 : 0;
}

int aeron_delete_file(const char* path) { return on_path(path, gale::os::remove_path); }

int aeron_mkdir_recursive(const char* pathname, int permission) {
    return on_path(pathname, [&](const std::string& path) {
        gale::os::create_directories(path, static_cast<unsigned>(permission));
    });
}

void* aeron_open_file_append(const char* path) {
    void* stream = nullptr;
    on_path(path, [&](const std::string& name) { stream = gale::os::open_for_appending(name); });
    return stream;
}

int64_t aeron_ftell(void* stream) {
    if (stream == nullptr) return fail(EINVAL, "the file is null");
    std::int64_t position = -1;
    guarded([&] { position = gale::os::position_of(static_cast<std::FILE*>(stream)); });
    return position;
}

// --- names ---

const char* aeron_realpath(const char* path, char* resolved_path, size_t resolved_path_len) {
    if (resolved_path == nullptr) {
        set_error(EINVAL, "there is no place for the path: null");
        return nullptr;
    }
    const int done = on_path(path, [&](const std::string& name) {
        copy_whole(gale::os::real_path(name), resolved_path, resolved_path_len);
    });
    return done == 0 ? resolved_path : nullptr;
}

int aeron_file_resolve(const char* parent, const char* child, char* buffer, size_t buffer_len) {
    if (child == nullptr) return fail(EINVAL, "the name of the file is null");
    return path_in(parent, child, buffer, buffer_len);
}

int aeron_ipc_publication_location(char* dst, size_t length, const char* aeron_dir, int64_t correlation_id) {
    return log_location(dst, length, aeron_dir, AERON_PUBLICATIONS_DIR, correlation_id);
}
int aeron_network_publication_location(char* dst, size_t length, const char* aeron_dir, int64_t correlation_id) {
    return log_location(dst, length, aeron_dir, AERON_PUBLICATIONS_DIR, correlation_id);
}
int aeron_publication_image_location(char* dst, size_t length, const char* aeron_dir, int64_t correlation_id) {
    return log_location(dst, length, aeron_dir, AERON_IMAGES_DIR, correlation_id);
}
int aeron_cnc_resolve_filename(const char* directory, char* filename_buffer, size_t filename_buffer_length) {
    return path_in(directory, "cnc.dat", filename_buffer, filename_buffer_length);
}
int aeron_loss_reporter_resolve_filename(const char* directory, char* filename_buffer, size_t filename_buffer_length) {
    return path_in(directory, "loss-report.dat", filename_buffer, filename_buffer_length);
}

// --- for a while ---

const char* aeron_tmpdir(char* path, size_t path_len) {
    if (path == nullptr) {
        set_error(EINVAL, "there is no place for the path: null");
        return nullptr;
    }
    const int done = guarded([&] { copy_whole(gale::os::temporary_directory(), path, path_len); });
    return done == 0 ? path : nullptr;
}

const char* aeron_temp_dir(const char* dir_template) {
    thread_local std::string made;
    const int done = on_path(dir_template, [&](const std::string& name) {
        made = gale::os::make_temporary_directory(temporary_path(name));
    });
    return done == 0 ? made.c_str() : nullptr;
}

size_t aeron_temp_filename(char* filename, size_t length) {
    if (filename == nullptr) {
        set_error(EINVAL, "there is no place for the name: null");
        return 0;
    }
    std::size_t written = 0;
    guarded([&] {
        const std::string name = gale::os::unused_file_name(temporary_path("aeron-"));
        copy_whole(name, filename, length);
        written = name.size();
    });
    return written;
}

uint64_t aeron_usable_fs_space(const char* path) {
    std::int64_t space = 0;
    on_path(path, [&](const std::string& name) { space = gale::os::usable_space(name); });
    return static_cast<std::uint64_t>(space);
}

uint64_t aeron_usable_fs_space_disabled(const char*) { return UINT64_MAX; }
