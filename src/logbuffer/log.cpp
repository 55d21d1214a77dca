#include "logbuffer/log.hpp"

#include "logbuffer/frame.hpp"

#include <cstring>

namespace gale::logbuffer {
namespace {

LogMetadata& metadata_of(std::span<std::byte> bytes) noexcept {
    ensure(bytes.size() >= static_cast<std::size_t>(file_length(min_term_length, min_page_length)),
           "a log has three terms and a page of metadata");
    return shm::overlay<LogMetadata>(bytes, metadata_offset(bytes.size()));
}

// The file was looked over before, but others map it too: a word that changed since must not lead outside.
std::int32_t term_length_within(std::size_t file_bytes, std::int32_t claimed) noexcept {
    const bool fits = is_term_length(claimed) && static_cast<std::size_t>(file_length(claimed, 1)) <= file_bytes;
    return fits ? claimed : min_term_length;
}
std::int32_t mtu_within(std::int32_t claimed) noexcept { return is_mtu(claimed) ? claimed : min_mtu_length; }

}  // namespace

std::string Log::fault(std::span<std::byte> bytes) {
    if (bytes.size() < static_cast<std::size_t>(file_length(min_term_length, min_page_length)))
        return "too short for a log: " + std::to_string(bytes.size()) + " bytes";
    const LogMetadata& metadata = metadata_of(bytes);
    if (!is_term_length(metadata.term_length))
        return "term length " + std::to_string(metadata.term_length) + " is not a power of two from 64k to 1g";
    if (!is_page_length(metadata.page_size))
        return "page size " + std::to_string(metadata.page_size) + " is not a power of two from 4k to 1g";
    if (!is_mtu(metadata.mtu_length))
        return "mtu " + std::to_string(metadata.mtu_length) + " is not a multiple of 32 from 64 to 65504";
    const auto expected = file_length(metadata.term_length, metadata.page_size);
    if (static_cast<std::int64_t>(bytes.size()) != expected)
        return "it has " + std::to_string(bytes.size()) + " bytes where its term length asks for " +
               std::to_string(expected);
    return {};
}

Log::Log(std::span<std::byte> bytes) noexcept
    : bytes_{bytes.data()}, metadata_{&metadata_of(bytes)},
      geometry_{TermId{metadata_->initial_term_id}, term_length_within(bytes.size(), metadata_->term_length)},
      mtu_length_{mtu_within(metadata_->mtu_length)} {}

Log Log::initialise(std::span<std::byte> bytes, const LogSettings& settings) noexcept {
    LogMetadata& metadata = metadata_of(bytes);
    const std::int32_t started = terms_between(settings.initial_term_id, settings.starting_term_id);
    for (std::int32_t i = 0; i < term_count; ++i) {
        const auto partition = static_cast<std::size_t>((partition_of(started) + i) % term_count);
        // The two terms to come carry the ids of three terms ago: just what a rotation expects to find.
        const TermId id = i == 0 ? settings.starting_term_id : term_after(settings.starting_term_id, i - term_count);
        metadata.tails[partition].store_relaxed(RawTail{id, i == 0 ? settings.starting_offset : 0}.value);
    }
    metadata.active_term_count.store_relaxed(started);
    metadata.correlation_id = settings.correlation_id.value;
    metadata.initial_term_id = settings.initial_term_id.value;
    metadata.default_frame_header_length = wire::frame_header_length;
    metadata.mtu_length = settings.mtu_length;
    metadata.term_length = settings.term_length;
    metadata.page_size = settings.page_size;
    metadata.publication_window_length = settings.publication_window_length;
    metadata.max_resend = settings.max_resend;
    const wire::FrameHeader header{.frame_length = 0,
                                   .version = 0,
                                   .flags = wire::flags::whole,
                                   .type = wire::FrameType::data,
                                   .term_offset = 0,
                                   .session_id = settings.session_id.value,
                                   .stream_id = settings.stream_id.value,
                                   .term_id = settings.initial_term_id.value,
                                   .reserved_value = 0};
    std::memcpy(metadata.default_frame_header.data(), &header, sizeof header);
    metadata.entity_tag = settings.entity_tag;
    metadata.response_correlation_id = settings.response_correlation_id;
    metadata.linger_timeout_ns = settings.linger_timeout.count();
    metadata.untethered_window_limit_timeout_ns = settings.untethered_window_limit_timeout.count();
    metadata.untethered_resting_timeout_ns = settings.untethered_resting_timeout.count();
    metadata.is_response = settings.is_response ? 1 : 0;
    metadata.sparse = settings.sparse ? 1 : 0;
    metadata.signal_eos = settings.signal_eos ? 1 : 0;
    metadata.spies_simulate_connection = settings.spies_simulate_connection ? 1 : 0;
    metadata.type = settings.type;
    const std::int64_t linger = settings.untethered_linger_timeout.count();
    std::memcpy(metadata.untethered_linger_timeout_ns.data(), &linger, sizeof linger);
    metadata.end_of_stream_position.store_release(end_of_stream_unknown);
    return Log{bytes};
}

Position Log::producer_position() const noexcept {
    const std::int32_t count = metadata_->active_term_count.load_acquire();
    const RawTail tail{metadata_->tails[static_cast<std::size_t>(partition_of(count))].load_acquire()};
    return geometry_.position({tail.term_id(), tail.offset(geometry_.term_length())});
}

}  // namespace gale::logbuffer
