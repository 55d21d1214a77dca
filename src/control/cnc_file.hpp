/// The file through which clients and driver meet: cnc.dat. docs/formats/cnc.md.
#pragma once

#include "os/mapped_file.hpp"
#include "shm/broadcast.hpp"
#include "shm/cell.hpp"
#include "shm/counters.hpp"
#include "shm/ring.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace gale::control {

/// major << 16 | minor << 8 | patch
inline constexpr std::int32_t cnc_version = 0x000200;
inline constexpr std::int32_t protocol_version = 0x010000;  ///< of commands and events; system counter 43 tells it
[[nodiscard]] constexpr std::int32_t major_of(std::int32_t version) noexcept { return version >> 16; }

struct CncHeader {
    shm::Cell<std::int32_t> version;  // the driver, last: everything else holds once this is not 0
    std::int32_t to_driver_length;
    std::int32_t to_clients_length;
    std::int32_t counters_metadata_length;
    std::int32_t counters_values_length;
    std::int32_t error_log_length;
    std::int64_t client_liveness_timeout_ns;
    std::int64_t start_timestamp_ms;
    std::int64_t pid;
    std::int32_t file_page_size;
    std::byte unused[76];
};
static_assert(sizeof(CncHeader) == 128 && offsetof(CncHeader, client_liveness_timeout_ns) == 24 &&
              offsetof(CncHeader, file_page_size) == 48);

/// How long each section is, trailers included, and what else the header says.
struct CncSettings {
    std::int32_t to_driver_length = 1024 * 1024 + shm::ring_trailer_length;
    std::int32_t to_clients_length = 1024 * 1024 + shm::broadcast_trailer_length;
    std::int32_t counters_values_length = 8 * 1024 * 1024;
    std::int32_t error_log_length = 4 * 1024 * 1024;
    std::int32_t file_page_size = 4096;
    Nanos client_liveness_timeout = std::chrono::seconds{10};
    Millis start_timestamp{};
    std::int64_t pid = 0;
    [[nodiscard]] std::int32_t counters_metadata_length() const noexcept { return counters_values_length * 4; }
    [[nodiscard]] std::int64_t file_length() const noexcept;
};

/// What a file of that name holds, seen from outside.
enum class CncState {
    absent,
    forbidden,     ///< this user may not open it, or not even look whether it is there
    unreadable,    ///< no regular file, or the system refuses for another reason
    not_ready,     ///< its driver is still writing it
    incompatible,  ///< of another major version
    broken,        ///< lengths that contradict each other
    ready,
};

/// A mapped cnc.dat. Whoever views a section keeps this alive.
class CncFile {
public:
    struct Opened;
    /// Looks at `directory`/cnc.dat without throwing.
    [[nodiscard]] static Opened open(const std::string& directory, os::Access access);
    /// The driver: makes the file, all storage allocated, everything in place but the version. Throws.
    [[nodiscard]] static CncFile create(const std::string& directory, const CncSettings& settings);
    /// The driver, when everything else is in place.
    void publish_version() noexcept;

    [[nodiscard]] static std::string path(const std::string& directory) { return directory + "/cnc.dat"; }
    [[nodiscard]] const CncHeader& header() const noexcept;
    [[nodiscard]] std::span<std::byte> to_driver() const noexcept { return section(0); }
    [[nodiscard]] std::span<std::byte> to_clients() const noexcept { return section(1); }
    [[nodiscard]] std::span<std::byte> counters_metadata() const noexcept { return section(2); }
    [[nodiscard]] std::span<std::byte> counters_values() const noexcept { return section(3); }
    [[nodiscard]] std::span<std::byte> error_log() const noexcept { return section(4); }
    [[nodiscard]] shm::Counters counters() const noexcept { return {counters_metadata(), counters_values()}; }
    /// The driver's sign of life: ms since 1970, 0 before the first, -1 after a clean stop.
    [[nodiscard]] Millis driver_heartbeat() const noexcept;
    [[nodiscard]] std::size_t length() const noexcept { return file_.bytes().size(); }
    void flush() const noexcept { file_.flush(); }

private:
    explicit CncFile(os::MappedFile file) noexcept;
    [[nodiscard]] std::span<std::byte> section(int index) const noexcept;
    os::MappedFile file_;
    std::int64_t lengths_[5] = {};  // copied once, so that nobody can move a section later
};

struct CncFile::Opened {
    CncState state = CncState::absent;
    std::string why;              ///< for people, when the state is not ready
    std::optional<CncFile> file;  ///< when ready
};

}  // namespace gale::control
