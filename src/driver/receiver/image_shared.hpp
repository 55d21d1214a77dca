/// The words of an image that conductor and receiver both look at while it runs; each has one writer.
#pragma once

#include "shm/cell.hpp"

#include <cstdint>

namespace gale::driver::receiver {

/// Owned by the conductor, outlives the image. Positions of the stream.
struct ImageShared {
    /// The conductor: below it all that the receiver may write is zero and has storage. Never goes back; at least the
    /// join position. What would end beyond it is dropped as an over-run, and the window stays below it.
    alignas(64) shm::Cell<std::int64_t> writable_to{};
    /// The receiver: the slowest subscriber as it is believed: never back, never past what was rebuilt. Terms may be
    /// cleaned up to one term below.
    alignas(64) shm::Cell<std::int64_t> consumed{};
    shm::Cell<std::int64_t> window{};  ///< the receiver: bytes, of the next status message
};

}  // namespace gale::driver::receiver
