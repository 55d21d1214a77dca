/// Writing and reading one frame in a term that others look at meanwhile. docs/formats/log-buffer.md, frames.
#pragma once

#include "shm/cell.hpp"
#include "wire/frame_header.hpp"

#include <gale/types.hpp>

#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>

namespace gale::logbuffer {

/// The length word of the frame at `frame`. Zero until somebody claims the place, negative until the frame is whole.
[[nodiscard]] inline shm::Cell<std::int32_t>& length_word(std::byte* frame) noexcept {
    return *reinterpret_cast<shm::Cell<std::int32_t>*>(frame);
}
[[nodiscard]] inline std::int32_t frame_length_acquire(const std::byte* frame) noexcept {
    return length_word(const_cast<std::byte*>(frame)).load_acquire();  // pairs with commit_frame
}
[[nodiscard]] inline wire::FrameHeader& header_of(std::byte* frame) noexcept {
    return *reinterpret_cast<wire::FrameHeader*>(frame);
}
[[nodiscard]] inline const wire::FrameHeader& header_of(const std::byte* frame) noexcept {
    return *reinterpret_cast<const wire::FrameHeader*>(frame);
}

/// What every frame of a stream carries.
struct StreamIdentity {
    SessionId session_id;
    StreamId stream_id;
};

namespace detail {
inline void store_word(std::byte* place, std::uint64_t word) noexcept {
    std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(place)).store(word, std::memory_order_relaxed);
}
[[nodiscard]] constexpr std::uint64_t pair(std::int32_t low, std::int32_t high) noexcept {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(low)) |
           (static_cast<std::uint64_t>(static_cast<std::uint32_t>(high)) << 32U);
}
}  // namespace detail

/// Claims the place: everything of the header but the reserved value (the term was zeroed), with the length negative.
/// Until commit_frame, readers stop here and the driver can tell whose claim it was.
inline void claim_frame(std::byte* frame, std::int32_t frame_length, std::int32_t term_offset, StreamIdentity stream,
                        TermId term_id, std::uint8_t flags = wire::flags::whole,
                        wire::FrameType type = wire::FrameType::data) noexcept {
    static_assert(std::endian::native == std::endian::little, "logs are little-endian");
    const std::uint32_t kind = (static_cast<std::uint32_t>(flags) << 8U) | (static_cast<std::uint32_t>(type) << 16U);
    detail::store_word(frame, detail::pair(-frame_length, static_cast<std::int32_t>(kind)));
    // The negative length must be seen before any other byte of the frame.
    std::atomic_thread_fence(std::memory_order_release);
    detail::store_word(frame + 8, detail::pair(term_offset, stream.session_id.value));
    detail::store_word(frame + 16, detail::pair(stream.stream_id.value, term_id.value));
}

/// Zeroes the length word and the four bytes behind it: no frame begins here any more.
inline void clear_first_word(std::byte* frame) noexcept {
    std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(frame)).store(0, std::memory_order_release);
}

/// Gives the frame to readers. The last thing that happens to it.
inline void commit_frame(std::byte* frame, std::int32_t frame_length) noexcept {
    length_word(frame).store_release(frame_length);
}

/// Copies a payload; small ones, which are most, without a call.
inline void copy_payload(std::byte* to, const std::byte* from, std::size_t length) noexcept {
    if (length > 64) {
        std::memcpy(to, from, length);
    } else if (length > 32) {
        std::memcpy(to, from, 32);
        std::memcpy(to + length - 32, from + length - 32, 32);
    } else if (length >= 16) {
        std::memcpy(to, from, 16);
        std::memcpy(to + length - 16, from + length - 16, 16);
    } else if (length >= 8) {
        std::memcpy(to, from, 8);
        std::memcpy(to + length - 8, from + length - 8, 8);
    } else {
        for (std::size_t i = 0; i < length; ++i) to[i] = from[i];
    }
}

}  // namespace gale::logbuffer
