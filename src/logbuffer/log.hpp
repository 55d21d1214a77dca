/// One stream as three terms and a page of metadata: the file as all its users see it. docs/formats/log-buffer.md.
#pragma once

#include "logbuffer/geometry.hpp"
#include "shm/cell.hpp"
#include "shm/overlay.hpp"
#include "wire/frame_header.hpp"

#include <gale/types.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace gale::logbuffer {

enum class LogType : std::uint8_t { concurrent_publication = 0, exclusive_publication = 1, image = 2 };

inline constexpr std::int64_t end_of_stream_unknown = INT64_MAX;

/// The last 4096 bytes of the file. Plain fields are the driver's, constant once the log is announced.
struct LogMetadata {
    std::array<shm::Cell<std::int64_t>, term_count> tails;  // publishers: fetch_add, or store_release by the only one
    shm::Cell<std::int32_t> active_term_count;              // publishers, and the driver when it unblocks
    std::byte unused_1[100];
    shm::Cell<std::int64_t> end_of_stream_position;  // the driver, once
    shm::Cell<std::int32_t> is_connected;            // the driver
    shm::Cell<std::int32_t> active_transport_count;  // the driver, images only
    std::byte unused_2[112];
    std::int64_t correlation_id;
    std::int32_t initial_term_id;
    std::int32_t default_frame_header_length;
    std::int32_t mtu_length;
    std::int32_t term_length;
    std::int32_t page_size;
    std::int32_t publication_window_length;
    std::int32_t receiver_window_length;
    std::int32_t socket_sndbuf_length;
    std::int32_t os_default_sndbuf_length;
    std::int32_t os_max_sndbuf_length;
    std::int32_t socket_rcvbuf_length;
    std::int32_t os_default_rcvbuf_length;
    std::int32_t os_max_rcvbuf_length;
    std::int32_t max_resend;
    std::array<std::byte, 128> default_frame_header;
    std::int64_t entity_tag;
    std::int64_t response_correlation_id;
    std::int64_t linger_timeout_ns;
    std::int64_t untethered_window_limit_timeout_ns;
    std::int64_t untethered_resting_timeout_ns;
    std::uint8_t group;
    std::uint8_t is_response;
    std::uint8_t rejoin;
    std::uint8_t reliable;
    std::uint8_t sparse;
    std::uint8_t signal_eos;
    std::uint8_t spies_simulate_connection;
    std::uint8_t tether;
    shm::Cell<std::uint8_t> is_publication_revoked;  // the driver, 0 to 1
    LogType type;
    std::byte unused_3[2];
    std::array<std::byte, 8> untethered_linger_timeout_ns;  // an int64 that is not aligned: memcpy only
    std::byte unused_4[3588];
};
static_assert(sizeof(LogMetadata) == metadata_length);
static_assert(offsetof(LogMetadata, active_term_count) == 24 && offsetof(LogMetadata, end_of_stream_position) == 128);
static_assert(offsetof(LogMetadata, is_connected) == 136 && offsetof(LogMetadata, active_transport_count) == 140);
static_assert(offsetof(LogMetadata, correlation_id) == 256 && offsetof(LogMetadata, initial_term_id) == 264);
static_assert(offsetof(LogMetadata, term_length) == 276 && offsetof(LogMetadata, page_size) == 280);
static_assert(offsetof(LogMetadata, max_resend) == 316 && offsetof(LogMetadata, default_frame_header) == 320);
static_assert(offsetof(LogMetadata, entity_tag) == 448 && offsetof(LogMetadata, group) == 488);
static_assert(offsetof(LogMetadata, is_publication_revoked) == 496 &&
              offsetof(LogMetadata, untethered_linger_timeout_ns) == 500);

/// What a driver writes into a new log before it tells anybody of it.
struct LogSettings {
    LogType type = LogType::concurrent_publication;
    CorrelationId correlation_id{};
    SessionId session_id{};
    StreamId stream_id{};
    TermId initial_term_id{};
    TermId starting_term_id{};  ///< differs from the initial one when the channel names a position
    std::int32_t starting_offset = 0;
    std::int32_t term_length = 0;
    std::int32_t page_size = min_page_length;
    std::int32_t mtu_length = 0;
    std::int32_t publication_window_length = 0;
    std::int32_t max_resend = 0;
    std::int64_t entity_tag = -1;
    std::int64_t response_correlation_id = -1;
    Nanos linger_timeout{};
    Nanos untethered_window_limit_timeout{};
    Nanos untethered_linger_timeout{};
    Nanos untethered_resting_timeout{};
    bool is_response = false;
    bool sparse = false;
    bool signal_eos = false;
    bool spies_simulate_connection = false;
};

/// A view of a mapped log; cheap to copy, borrows the mapping. What it says of geometry was checked once, and is kept
/// apart from the file, so that nobody who scribbles on the metadata later can move it.
class Log {
public:
    /// Empty when `bytes` is a log whose lengths agree with one another; else what is wrong with it.
    [[nodiscard]] static std::string fault(std::span<std::byte> bytes);
    /// `bytes` has no fault.
    explicit Log(std::span<std::byte> bytes) noexcept;
    /// Writes the metadata of a new log over zeroed `bytes` of the right length.
    static Log initialise(std::span<std::byte> bytes, const LogSettings& settings) noexcept;

    [[nodiscard]] LogMetadata& metadata() const noexcept { return *metadata_; }
    [[nodiscard]] const Geometry& geometry() const noexcept { return geometry_; }
    [[nodiscard]] std::int32_t term_length() const noexcept { return geometry_.term_length(); }
    [[nodiscard]] std::int32_t mtu_length() const noexcept { return mtu_length_; }
    /// One of the three terms.
    [[nodiscard]] std::byte* term(std::int32_t partition) const noexcept {
        return bytes_ + static_cast<std::int64_t>(partition) * geometry_.term_length();
    }
    [[nodiscard]] std::span<std::byte> term_bytes(std::int32_t partition) const noexcept {
        return {term(partition), static_cast<std::size_t>(geometry_.term_length())};
    }
    /// Where a stream stands by its tails, for a log with sane ones. Clamped to the end of the active term.
    [[nodiscard]] Position producer_position() const noexcept;

private:
    std::byte* bytes_;
    LogMetadata* metadata_;
    Geometry geometry_;
    std::int32_t mtu_length_;
};

/// Where the metadata page begins: always the last 4096 bytes, whatever page size the file was rounded to.
[[nodiscard]] constexpr std::size_t metadata_offset(std::size_t file_length) noexcept {
    return file_length - metadata_length;
}

}  // namespace gale::logbuffer
