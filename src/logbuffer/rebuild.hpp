/// Putting what arrived into its place in a log that others read meanwhile. docs/formats/log-buffer.md, rebuilding.
#pragma once

#include "base/ensure.hpp"
#include "logbuffer/frame.hpp"
#include "logbuffer/log.hpp"

#include <gale/types.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>

namespace gale::logbuffer {

/// Leaves a frame as it came.
struct AsItCame {
    void operator()(std::byte* /*place*/, const std::byte* /*frame*/) const noexcept {}
};

namespace detail {

/// Copies one frame and gives it to readers: its first word, with the length, goes last.
template <class BeforeCommit>
void put_frame(std::byte* place, std::span<const std::byte> frame, BeforeCommit& before_commit) noexcept {
    std::memcpy(place + 8, frame.data() + 8, frame.size() - 8);
    std::uint64_t first_word;
    std::memcpy(&first_word, frame.data(), sizeof first_word);
    before_commit(place, frame.data());
    std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(place))
        .store(first_word, std::memory_order_release);  // pairs with frame_length_acquire
}

/// What a frame's header says it takes up.
[[nodiscard]] inline std::int32_t frame_length_in(const std::byte* frame) noexcept {
    std::int32_t length;
    std::memcpy(&length, frame, sizeof length);
    return length;
}

}  // namespace detail

/// Writes whole frames, as they lie in a checked datagram, where nothing was written before and nothing lies behind:
/// at or above the highest position that was ever written. `before_commit(place, frame)` is called for each
/// frame of the datagram while nobody can see it at its place yet; it may change payload and reserved value there. One
/// writer per log.
///
/// Readers go from frame to frame, so only the first frame's length has to come last.
template <class BeforeCommit = AsItCame>
void append_frames(std::byte* term, std::int32_t offset, std::span<const std::byte> frames,
                   BeforeCommit&& before_commit = {}) noexcept {
    std::byte* const place = term + offset;
    if constexpr (!std::is_same_v<std::remove_cvref_t<BeforeCommit>, AsItCame>) {
        const auto length = static_cast<std::int32_t>(frames.size());
        const std::int32_t first = std::min(wire::footprint(detail::frame_length_in(frames.data())), length);
        std::memcpy(place + first, frames.data() + first, static_cast<std::size_t>(length - first));
        for (std::int32_t at = first; at < length; at += wire::footprint(detail::frame_length_in(frames.data() + at)))
            before_commit(place + at, frames.data() + at);
        detail::put_frame(place, frames.first(static_cast<std::size_t>(first)), before_commit);
    } else {
        detail::put_frame(place, frames, before_commit);
    }
}

/// Writes those of the frames that are not there yet, each with its length last; what is there already is left alone,
/// since readers may be looking at it. Stops where the log has another frame than the datagram. Returns whether all of
/// them are there now. One writer per log.
template <class BeforeCommit = AsItCame>
bool insert_frames(std::byte* term, std::int32_t offset, std::span<const std::byte> frames,
                   BeforeCommit&& before_commit = {}) noexcept {
    const auto length = static_cast<std::int32_t>(frames.size());
    for (std::int32_t at = 0; at < length;) {
        const std::byte* const frame = frames.data() + at;
        const std::int32_t frame_length = detail::frame_length_in(frame);
        // Padding at the end stands for more than travelled.
        const std::int32_t travelled = std::min(wire::footprint(frame_length), length - at);
        std::byte* const place = term + offset + at;
        const std::int32_t present = frame_length_acquire(place);
        if (present == 0)
            detail::put_frame(place, frames.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(travelled)),
                              before_commit);
        else if (present != frame_length)
            return false;
        at += travelled;
    }
    return true;
}

/// Replaces what will never come by padding, on streams that may lose: `length` bytes of one term from `begin`. False,
/// and nothing changed, when something arrived there after all. One writer per log.
bool fill_gap(const Log& log, Position begin, std::int32_t length) noexcept;

}  // namespace gale::logbuffer
