/// Reading a term while others still write at its end. docs/formats/log-buffer.md, consuming.
#pragma once

#include "logbuffer/frame.hpp"
#include "logbuffer/log.hpp"

#include <gale/types.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

namespace gale::logbuffer {

/// Steps over the committed frames of one term, from one place to another. Never looks beyond the term, whatever the
/// lengths in it say.
class FrameCursor {
public:
    /// From `begin`, while frames begin below `end`; both are offsets in the term. A place where no frame can begin
    /// counts as the one before.
    FrameCursor(const std::byte* term, std::int32_t term_length, std::int32_t begin, std::int32_t end) noexcept
        : term_{term}, term_length_{term_length}, next_{begin & -wire::frame_alignment},
          end_{std::min(end, term_length)} {}

    /// Moves on to the next frame. False at `end`, before a frame that is not committed yet, and before a corrupt one.
    [[nodiscard]] bool next() noexcept {
        if (next_ >= end_) return false;
        const std::byte* frame = term_ + next_;
        const std::int32_t length = frame_length_acquire(frame);
        // One comparison for "nothing yet" (0 or less), "shorter than a header" and "beyond the term".
        const auto over = static_cast<std::uint32_t>(length) - static_cast<std::uint32_t>(wire::frame_header_length);
        if (over > static_cast<std::uint32_t>(term_length_ - next_ - wire::frame_header_length)) [[unlikely]] {
            corrupt_ = length > 0;
            return false;
        }
        frame_ = frame;
        length_ = length;
        next_ += wire::footprint(length);
        return true;
    }

    /// Of the frame that `next` found: from its header on.
    [[nodiscard]] const std::byte* frame() const noexcept { return frame_; }
    [[nodiscard]] const wire::FrameHeader& header() const noexcept { return header_of(frame_); }
    [[nodiscard]] bool is_padding() const noexcept { return header().type == wire::FrameType::padding; }
    [[nodiscard]] std::int32_t length() const noexcept { return length_; }
    [[nodiscard]] std::int32_t aligned_length() const noexcept { return wire::footprint(length_); }
    [[nodiscard]] std::span<const std::byte> payload() const noexcept {
        return {frame_ + wire::frame_header_length, static_cast<std::size_t>(length_ - wire::frame_header_length)};
    }
    /// Where the next frame begins: behind the frame that `next` found, or where it stopped.
    [[nodiscard]] std::int32_t next_offset() const noexcept { return next_; }
    /// Why `next` was false: there is a frame, but its length cannot be.
    [[nodiscard]] bool corrupt() const noexcept { return corrupt_; }

private:
    const std::byte* term_;
    const std::byte* frame_ = nullptr;
    std::int32_t term_length_;
    std::int32_t next_;
    std::int32_t end_;
    std::int32_t length_ = 0;
    bool corrupt_ = false;
};

/// A cursor over the term of `position`, from there while frames begin before `end`.
[[nodiscard]] inline FrameCursor cursor_at(const Log& log, Position position, Position end) noexcept {
    const Geometry& geometry = log.geometry();
    const std::int32_t begin = geometry.offset(position);
    const std::int64_t room = end <= position ? 0 : end.value - std::max<std::int64_t>(position.value, 0);
    const bool ends_in_term = room < geometry.term_length() - begin;
    return {log.term(geometry.partition(position)), geometry.term_length(), begin,
            ends_in_term ? begin + static_cast<std::int32_t>(room) : geometry.term_length()};
}

inline constexpr Position no_end{INT64_MAX};

/// A run of whole frames that lie one behind the other.
struct Block {
    const std::byte* begin = nullptr;
    std::int32_t length = 0;
    bool padding = false;  ///< it is one padding frame and nothing else
    bool corrupt = false;  ///< a frame whose length cannot be follows
};

/// The committed frames from `position` on that fit into `limit` bytes and the term. Padding ends a block, and is one
/// of its own when it comes first, of any length.
[[nodiscard]] Block scan_block(const Log& log, Position position, std::int32_t limit) noexcept;

}  // namespace gale::logbuffer
