/// Why a datagram is not believed. docs/formats/wire.md, validation.
#pragma once

#include <cstdint>
#include <string_view>

namespace gale::wire {

enum class Rejection : std::uint8_t {
    none,                ///< it is believed
    empty,               ///< no byte at all
    too_short,           ///< not even the fixed part of its type
    too_long,            ///< longer than UDP carries
    version,             ///< not 0
    unknown_type,        ///< reserved, or not for this socket
    frame_length,        ///< negative, or beyond the datagram
    not_whole_frames,    ///< data, but not a multiple of 32
    data_frame_length,   ///< of a data frame: less than its header, and no heartbeat
    data_frame_cut_off,  ///< a data frame that reaches past the datagram
    behind_padding,      ///< bytes behind the header of a padding frame
    second_frame,        ///< a further frame of another type, version or stream, or not where the one before ends
    term_offset,         ///< negative, no multiple of 32, or beyond the longest term
    term_end,            ///< reaches beyond the longest term
    term_length,         ///< no power of two from 64 KiB to 1 GiB
    mtu,                 ///< no multiple of 32 from 64 to 65504
    active_term,         ///< before the initial one
    window,              ///< negative, or more than half of the longest term
    gap_length,          ///< negative, or beyond the longest term
    text_length,         ///< negative, too long, or beyond the frame
    entry_type,          ///< of a resolution entry: neither IPv4 nor IPv6
    entry_age,           ///< negative
    entry_name,          ///< without a name, or one that is too long
    entry_cut_off,       ///< reaches past the datagram
};

/// The enumerator's name, for logs.
[[nodiscard]] std::string_view name_of(Rejection rejection) noexcept;

}  // namespace gale::wire
