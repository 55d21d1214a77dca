/// Turns positions into places in a term and back. docs/formats/log-buffer.md, positions.
#pragma once

#include "base/bits.hpp"
#include "wire/limits.hpp"

#include <gale/types.hpp>

#include <algorithm>
#include <cstdint>

namespace gale::logbuffer {

using wire::is_mtu;
using wire::is_term_length;
using wire::max_term_length;
using wire::min_mtu_length;
using wire::min_term_length;

inline constexpr std::int32_t term_count = 3;
inline constexpr std::int32_t min_page_length = 4096;
inline constexpr std::int32_t max_page_length = 1024 * 1024 * 1024;
inline constexpr std::int32_t metadata_length = 4096;
inline constexpr std::int32_t max_message_length_limit = 16 * 1024 * 1024;

[[nodiscard]] constexpr bool is_page_length(std::int64_t length) noexcept {
    return length >= min_page_length && length <= max_page_length && is_power_of_two(length);
}
[[nodiscard]] constexpr std::int64_t file_length(std::int64_t term_length, std::int64_t page_length) noexcept {
    return align_up(term_count * term_length + metadata_length, page_length);
}
[[nodiscard]] constexpr std::int32_t max_message_length(std::int32_t term_length) noexcept {
    return std::min(term_length / 8, max_message_length_limit);
}
/// The window that an option or channel asks for, as far as the term allows: 0 asks for the most.
[[nodiscard]] constexpr std::int32_t window_length(std::int64_t configured, std::int32_t term_length) noexcept {
    return configured == 0 ? term_length / 2
                           : static_cast<std::int32_t>(std::min<std::int64_t>(configured, term_length / 2));
}

/// Terms since the stream's first one; term ids wrap, counts do not within a stream's life.
[[nodiscard]] constexpr std::int32_t terms_between(TermId from, TermId to) noexcept {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(to.value) - static_cast<std::uint32_t>(from.value));
}
[[nodiscard]] constexpr TermId term_after(TermId id, std::int32_t terms) noexcept {
    return TermId{static_cast<std::int32_t>(static_cast<std::uint32_t>(id.value) + static_cast<std::uint32_t>(terms))};
}

/// Which of the three terms of the log holds term `count` of the stream, counted from 0; 0 to 2 whatever the count is.
[[nodiscard]] constexpr std::int32_t partition_of(std::int32_t count) noexcept {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(count) % static_cast<std::uint32_t>(term_count));
}

/// A place in a stream: which term, and how far in.
struct Place {
    TermId term_id;
    std::int32_t offset = 0;
    constexpr bool operator==(const Place&) const noexcept = default;
};

class Geometry {
public:
    /// `term_length` is legal: see is_term_length.
    constexpr Geometry(TermId initial, std::int32_t term_length) noexcept
        : initial_{initial}, term_length_{term_length}, bits_{log2_of(term_length)} {}

    [[nodiscard]] constexpr TermId initial_term_id() const noexcept { return initial_; }
    [[nodiscard]] constexpr std::int32_t term_length() const noexcept { return term_length_; }
    [[nodiscard]] constexpr int position_bits() const noexcept { return bits_; }
    [[nodiscard]] constexpr std::int64_t max_position() const noexcept { return std::int64_t{term_length_} << 31; }

    [[nodiscard]] constexpr Position position(Place place) const noexcept {
        return Position{(std::int64_t{terms_between(initial_, place.term_id)} << bits_) + place.offset};
    }
    [[nodiscard]] constexpr Place place(Position position) const noexcept {
        return {term_after(initial_, term_index(position)), offset(position)};
    }
    /// Which term since the first, counted from 0.
    [[nodiscard]] constexpr std::int32_t term_index(Position position) const noexcept {
        return static_cast<std::int32_t>(position.value >> bits_);
    }
    /// Which of the three terms of the log; 0 to 2 whatever the position is.
    [[nodiscard]] constexpr std::int32_t partition(Position position) const noexcept {
        return partition_of(term_index(position));
    }
    [[nodiscard]] constexpr std::int32_t offset(Position position) const noexcept {
        return static_cast<std::int32_t>(position.value & (term_length_ - 1));
    }

private:
    TermId initial_;
    std::int32_t term_length_;
    int bits_;
};
static_assert(Geometry{TermId{7}, 65536}.position({TermId{8}, 64}) == Position{65600});
static_assert(Geometry{TermId{2147483647}, 65536}.position({TermId{-2147483647 - 1}, 32}) == Position{65568});
static_assert(Geometry{TermId{3}, 65536}.place(Position{128}) == Place{TermId{3}, 128});

/// A tail counter as stored: term id in the upper half, offset in the lower, which may exceed the term. Whatever a tail
/// holds, the offset read from it is a place where a frame may begin, or the end of the term.
struct RawTail {
    std::int64_t value;
    constexpr explicit RawTail(std::int64_t raw) noexcept : value{raw} {}
    constexpr RawTail(TermId term, std::int64_t offset) noexcept
        : value{static_cast<std::int64_t>(static_cast<std::uint64_t>(static_cast<std::uint32_t>(term.value)) << 32U) +
                offset} {}
    [[nodiscard]] constexpr TermId term_id() const noexcept { return TermId{static_cast<std::int32_t>(value >> 32)}; }
    [[nodiscard]] constexpr std::int32_t offset(std::int32_t term_length) const noexcept {
        return static_cast<std::int32_t>(std::min<std::int64_t>(value & 0xFFFFFFE0, term_length));
    }
};
static_assert(RawTail{TermId{-1}, 64}.term_id() == TermId{-1} && RawTail{TermId{-1}, 64}.offset(65536) == 64);
static_assert(RawTail{TermId{3}, 128}.value == 0x00000003'00000080);
static_assert(RawTail{std::int64_t{-1}}.offset(65536) == 65536 && RawTail{std::int64_t{65535}}.offset(65536) == 65504);

/// How a message is cut: bytes of the frames for `length` bytes of message.
struct Framing {
    std::int32_t max_payload_length;  ///< of one frame: mtu - 32
    [[nodiscard]] constexpr std::int32_t framed_length(std::int32_t length) const noexcept {
        if (length <= max_payload_length) return align_up(length + 32, 32);
        const std::int32_t full = length / max_payload_length;
        const std::int32_t rest = length % max_payload_length;
        return full * (max_payload_length + 32) + (rest > 0 ? align_up(rest + 32, 32) : 0);
    }
};
static_assert(Framing{1376}.framed_length(3000) == 3104);

}  // namespace gale::logbuffer
