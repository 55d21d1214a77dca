#include "control/cnc_file.hpp"

#include "base/bits.hpp"
#include "base/ensure.hpp"
#include "shm/overlay.hpp"

#include <gale/error.hpp>

#include <filesystem>
#include <limits>
#include <system_error>

namespace gale::control {
namespace {

std::string version_text(std::int32_t version) {
    return std::to_string(version >> 16) + "." + std::to_string((version >> 8) & 0xFF) + "." +
           std::to_string(version & 0xFF);
}

// Empty when the header's lengths make one whole file of at most `file_length` bytes.
std::string fault(const CncHeader& header, std::size_t file_length) {
    if (!shm::Ring::is_section_length(header.to_driver_length))
        return "the ring's length " + std::to_string(header.to_driver_length) + " is no power of two plus 768";
    if (!shm::is_broadcast_section_length(header.to_clients_length))
        return "the broadcast's length " + std::to_string(header.to_clients_length) + " is no power of two plus 128";
    if (header.counters_metadata_length < 0 || header.counters_values_length < 0 || header.error_log_length < 0)
        return "a section has a negative length";
    if (header.counters_metadata_length % 64 != 0 || header.counters_values_length % 64 != 0)
        return "a counters section is no multiple of 64 bytes";
    const std::int64_t total = std::int64_t{sizeof(CncHeader)} + header.to_driver_length + header.to_clients_length +
                               header.counters_metadata_length + header.counters_values_length +
                               header.error_log_length;
    if (total > static_cast<std::int64_t>(file_length))
        return "its sections need " + std::to_string(total) + " bytes, the file has " + std::to_string(file_length);
    return {};
}

}  // namespace

std::int64_t CncSettings::file_length() const noexcept {
    const std::int64_t sum = std::int64_t{sizeof(CncHeader)} + to_driver_length + to_clients_length +
                             std::int64_t{counters_values_length} * 5 + error_log_length;
    return align_up(sum, std::int64_t{file_page_size});
}

CncFile::CncFile(os::MappedFile file) noexcept : file_{std::move(file)} {
    const CncHeader& head = header();
    lengths_[0] = head.to_driver_length;
    lengths_[1] = head.to_clients_length;
    lengths_[2] = head.counters_metadata_length;
    lengths_[3] = head.counters_values_length;
    lengths_[4] = head.error_log_length;
}

CncFile::Opened CncFile::open(const std::string& directory, os::Access access) {
    const std::string where = path(directory);
    if (os::MappedFile::is_forbidden(where, access))
        return {CncState::forbidden,
                "Permission denied to open " + where +
                    ": its driver runs for another user. Name a directory of this "
                    "user's own in AERON_DIR, or run as that user",
                std::nullopt};
    std::error_code ignored;
    if (!std::filesystem::exists(std::filesystem::symlink_status(where, ignored)))
        return {CncState::absent, where + " does not exist", std::nullopt};
    os::MappedFile file;
    try {
        file = os::MappedFile::open(where, access);
    } catch (const Error& error) {
        return {CncState::unreadable, error.what(), std::nullopt};
    }
    if (file.bytes().size() < sizeof(CncHeader) + 1)
        return {CncState::not_ready, where + " has only " + std::to_string(file.bytes().size()) + " bytes",
                std::nullopt};
    const auto& head = shm::overlay<CncHeader>(file.bytes());
    const std::int32_t version = head.version.load_acquire();  // pairs with publish_version
    if (version == 0)
        return {CncState::not_ready, where + " is not initialised: its driver is starting, or died while it did",
                std::nullopt};
    if (major_of(version) != major_of(cnc_version))
        return {CncState::incompatible,
                where + " has version " + version_text(version) + ", this is " + version_text(cnc_version),
                std::nullopt};
    if (const std::string wrong = fault(head, file.bytes().size()); !wrong.empty())
        return {CncState::broken, where + " is damaged: " + wrong, std::nullopt};
    return {CncState::ready, {}, CncFile{std::move(file)}};
}

CncFile CncFile::create(const std::string& directory, const CncSettings& settings) {
    const std::int64_t length = settings.file_length();
    if (length > std::numeric_limits<std::int32_t>::max())
        throw Error{ErrorCode::invalid_argument,
                    "cnc.dat would have " + std::to_string(length) +
                        " bytes; at most 2147483647 are allowed: lower counters.buffer.length"};
    os::MappedFile file = os::MappedFile::create(path(directory), static_cast<std::size_t>(length));
    file.allocate(0, static_cast<std::size_t>(length));
    file.close_descriptor();
    auto& head = shm::overlay<CncHeader>(file.bytes());
    head.to_driver_length = settings.to_driver_length;
    head.to_clients_length = settings.to_clients_length;
    head.counters_metadata_length = settings.counters_metadata_length();
    head.counters_values_length = settings.counters_values_length;
    head.error_log_length = settings.error_log_length;
    head.client_liveness_timeout_ns = settings.client_liveness_timeout.count();
    head.start_timestamp_ms = settings.start_timestamp.count();
    head.pid = settings.pid;
    head.file_page_size = settings.file_page_size;
    return CncFile{std::move(file)};
}

const CncHeader& CncFile::header() const noexcept { return shm::overlay<CncHeader>(file_.bytes()); }

void CncFile::publish_version() noexcept { shm::overlay<CncHeader>(file_.bytes()).version.store_release(cnc_version); }

std::span<std::byte> CncFile::section(int index) const noexcept {
    std::int64_t offset = sizeof(CncHeader);
    for (int i = 0; i < index; ++i) offset += lengths_[i];
    return file_.bytes().subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(lengths_[index]));
}

Millis CncFile::driver_heartbeat() const noexcept {
    return Millis{shm::Ring{to_driver()}.consumer_heartbeat().load_acquire()};
}

}  // namespace gale::control
