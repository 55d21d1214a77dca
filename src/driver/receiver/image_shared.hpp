/// The words of an image that conductor and receiver both look at while it runs; each has one writer.
#pragma once

#include "logbuffer/log.hpp"
#include "shm/cell.hpp"
#include "wire/frame_header.hpp"

#include <gale/types.hpp>

#include <cstdint>

namespace gale::driver::receiver {

/// Owned by the conductor, outlives the image. Positions of the stream.
struct ImageShared {
    /// The conductor: how far the receiver may write, see `furthest_writable`. Never goes back; at least the join
    /// position. What would end beyond it is dropped as an over-run, and the window stays below it.
    alignas(64) shm::Cell<std::int64_t> writable_to{};
    /// The receiver: the slowest subscriber as it is believed: never back, never past what was rebuilt. Terms may be
    /// cleaned up to one term below.
    alignas(64) shm::Cell<std::int64_t> consumed{};
    shm::Cell<std::int64_t> window{};  ///< the receiver: bytes, of the next status message
};

/// How far an image may be written when everything before `cleaned_to` is zero again, and everything before
/// `allocated_to` has storage. Subscribers look at the frame behind the last one that came, so that one has to be zero
/// as well, and to have storage: where it still holds what lay there a lap ago, they would read on for ever.
[[nodiscard]] constexpr Position furthest_writable(Position cleaned_to, Position allocated_to,
                                                   std::int32_t term_length) noexcept {
    const std::int64_t clean = cleaned_to.value + logbuffer::term_count * std::int64_t{term_length};
    return Position{(clean < allocated_to.value ? clean : allocated_to.value) - wire::frame_header_length};
}

}  // namespace gale::driver::receiver
