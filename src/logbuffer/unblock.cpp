#include "logbuffer/unblock.hpp"

#include "logbuffer/append.hpp"

#include <algorithm>
#include <cstring>

namespace gale::logbuffer {
namespace {

// Writes padding of `length` bytes over what blocks readers at `blocked`.
void pad(const Log& log, std::byte* term, Place blocked, std::int32_t length) noexcept {
    std::byte* frame = term + blocked.offset;
    wire::FrameHeader header{};
    std::memcpy(&header, log.metadata().default_frame_header.data(), sizeof header);
    claim_frame(frame, length, blocked.offset, {SessionId{header.session_id}, StreamId{header.stream_id}},
                blocked.term_id, wire::flags::whole, wire::FrameType::padding);
    header_of(frame).reserved_value = 0;
    commit_frame(frame, length);
}

enum class Outcome { nothing, unblocked, unblocked_to_end };

bool all_zero(std::byte* term, std::int32_t from, std::int32_t to) noexcept {
    for (std::int32_t at = to - wire::frame_alignment; at >= from; at -= wire::frame_alignment)
        if (frame_length_acquire(term + at) != 0) return false;
    return true;
}

Outcome unblock_term(const Log& log, std::byte* term, Place blocked, std::int32_t tail, Producers producers) noexcept {
    const std::int32_t length = frame_length_acquire(term + blocked.offset);
    if (length > 0) return Outcome::nothing;
    if (length < 0) {  // a claim that says how long it is, unless somebody scribbled on it
        const std::int32_t room = log.term_length() - blocked.offset;
        pad(log, term, blocked, length < -room ? room : std::max(-length, wire::frame_header_length));
        return Outcome::unblocked;
    }
    std::int32_t at = blocked.offset + wire::frame_alignment;
    while (at < tail && frame_length_acquire(term + at) == 0) at += wire::frame_alignment;
    if (at < tail) {                                                       // somebody behind went on
        if (!all_zero(term, blocked.offset, at)) return Outcome::nothing;  // a slow one came to life meanwhile
        pad(log, term, blocked, at - blocked.offset);
        return Outcome::unblocked;
    }
    const bool to_end = tail == log.term_length();
    if (tail <= blocked.offset || (!to_end && producers == Producers::may_live)) return Outcome::nothing;
    if (frame_length_acquire(term + blocked.offset) != 0) return Outcome::nothing;
    pad(log, term, blocked, tail - blocked.offset);
    return to_end ? Outcome::unblocked_to_end : Outcome::unblocked;
}

}  // namespace

bool unblock(const Log& log, Position blocked, Producers producers) noexcept {
    LogMetadata& metadata = log.metadata();
    const Geometry& geometry = log.geometry();
    // The position is a word that clients write.
    if (blocked.value < 0 || blocked.value >= geometry.max_position()) return false;
    if (blocked.value % wire::frame_alignment != 0) return false;
    const std::int32_t count = geometry.term_index(blocked);
    const Place place = geometry.place(blocked);
    const std::int32_t active = metadata.active_term_count.load_acquire();
    if (place.offset == 0 && count > 0 && active == count - 1) {  // the rotation died half-way
        rotate_log(metadata, active, term_after(place.term_id, -1));
        return true;
    }
    const std::int32_t partition = geometry.partition(blocked);
    const RawTail tail{metadata.tails[static_cast<std::size_t>(partition)].load_acquire()};
    // A tail of another term says nothing of this one. Then only a claim that tells its own length can be mended.
    const std::int32_t claimed = tail.term_id() == place.term_id ? tail.offset(log.term_length()) : place.offset;
    const Outcome outcome = unblock_term(log, log.term(partition), place, claimed, producers);
    if (outcome == Outcome::unblocked_to_end && count < INT32_MAX) rotate_log(metadata, count, place.term_id);
    return outcome != Outcome::nothing;
}

}  // namespace gale::logbuffer
