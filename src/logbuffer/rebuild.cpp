#include "logbuffer/rebuild.hpp"

namespace gale::logbuffer {

bool fill_gap(const Log& log, Position begin, std::int32_t length) noexcept {
    const Geometry& geometry = log.geometry();
    const Place place = geometry.place(begin);
    ensure(length >= wire::frame_alignment && length <= log.term_length() - place.offset, "a gap lies in one term");
    std::byte* const frame = log.term(geometry.partition(begin)) + place.offset;
    for (std::int32_t at = 0; at < length; at += wire::frame_alignment)
        if (frame_length_acquire(frame + at) != 0) return false;
    std::memcpy(frame, log.metadata().default_frame_header.data(), sizeof(wire::FrameHeader));
    clear_first_word(frame);
    wire::FrameHeader& header = header_of(frame);
    header.version = 0;
    header.flags = wire::flags::whole;
    header.type = wire::FrameType::padding;
    header.term_offset = place.offset;
    header.term_id = place.term_id.value;
    header.reserved_value = 0;
    commit_frame(frame, length);
    return true;
}

}  // namespace gale::logbuffer
