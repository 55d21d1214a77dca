/// Every frame as it travels. A struct is its frame: filled in, its bytes are what is sent. docs/formats/wire.md.
#pragma once

#include "base/ensure.hpp"
#include "base/field.hpp"
#include "wire/frame_header.hpp"
#include "wire/limits.hpp"

#include <gale/types.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace gale::wire {

struct CommonHeader {
    Field<std::int32_t> frame_length;  ///< header included; 0 in a heartbeat
    Field<std::uint8_t> version;
    Field<std::uint8_t> flags;
    Field<FrameType> type;
    [[nodiscard]] constexpr bool has(std::uint8_t flag) const noexcept { return (flags & flag) != 0; }
};
static_assert(sizeof(CommonHeader) == 8 && offsetof(CommonHeader, flags) == 5 && offsetof(CommonHeader, type) == 6);

/// What a frame of fixed length begins with.
template <class Frame> [[nodiscard]] constexpr CommonHeader common_header(std::uint8_t flags = 0) noexcept {
    return {
        .frame_length = static_cast<std::int32_t>(sizeof(Frame)), .version = 0, .flags = flags, .type = Frame::type};
}
/// What a heartbeat begins with, a DataHeader of its own.
[[nodiscard]] constexpr CommonHeader heartbeat_header(std::uint8_t flags = flags::whole) noexcept {
    return {.frame_length = 0, .version = 0, .flags = flags, .type = FrameType::data};
}

/// FrameHeader as it lies in a datagram: at any address.
struct DataHeader {
    CommonHeader common;
    Field<std::int32_t> term_offset;
    Field<SessionId> session_id;
    Field<StreamId> stream_id;
    Field<TermId> term_id;
    Field<std::int64_t> reserved_value;
};
static_assert(sizeof(DataHeader) == 32 && offsetof(DataHeader, term_offset) == 8);
static_assert(offsetof(DataHeader, session_id) == 12 && offsetof(DataHeader, stream_id) == 16);
static_assert(offsetof(DataHeader, term_id) == 20 && offsetof(DataHeader, reserved_value) == 24);

/// A publication tells receivers about itself.
struct Setup {
    static constexpr FrameType type = FrameType::setup;
    static constexpr std::uint8_t response_wanted = 0x80;  ///< the publication waits for a ResponseSetup
    static constexpr std::uint8_t group = 0x40;            ///< multicast or several destinations
    CommonHeader common = common_header<Setup>();
    Field<std::int32_t> term_offset;  ///< of the sender position, as is the active term
    Field<SessionId> session_id;
    Field<StreamId> stream_id;
    Field<TermId> initial_term_id;
    Field<TermId> active_term_id;
    Field<std::int32_t> term_length;
    Field<std::int32_t> mtu;
    Field<std::int32_t> ttl;  ///< 0: none, or not multicast
};
static_assert(sizeof(Setup) == 40 && offsetof(Setup, term_offset) == 8 && offsetof(Setup, session_id) == 12);
static_assert(offsetof(Setup, initial_term_id) == 20 && offsetof(Setup, active_term_id) == 24);
static_assert(offsetof(Setup, term_length) == 28 && offsetof(Setup, mtu) == 32 && offsetof(Setup, ttl) == 36);

/// A receiver says how far it consumed and how much more it takes. A group tag may follow.
struct StatusMessage {
    static constexpr FrameType type = FrameType::status_message;
    static constexpr std::uint8_t send_setup = 0x80;     ///< asks for a Setup; the numbers mean nothing
    static constexpr std::uint8_t end_of_stream = 0x40;  ///< the receiver goes away
    CommonHeader common = common_header<StatusMessage>();
    Field<SessionId> session_id;
    Field<StreamId> stream_id;
    Field<TermId> term_id;
    Field<std::int32_t> term_offset;
    Field<std::int32_t> window;
    Field<std::int64_t> receiver_id;
    /// Whether place and window are possible in terms of that length. Read already checked it for the longest.
    [[nodiscard]] constexpr bool fits(std::int32_t term_length) const noexcept {
        return fits(term_length, term_length / 2);
    }
    /// The same where windows of up to that many bytes are taken.
    [[nodiscard]] constexpr bool fits(std::int32_t term_length, std::int32_t longest_window) const noexcept {
        return is_term_offset(term_offset, term_length) && window >= 0 && window <= longest_window;
    }
};
static_assert(sizeof(StatusMessage) == 36 && offsetof(StatusMessage, session_id) == 8);
static_assert(offsetof(StatusMessage, stream_id) == 12 && offsetof(StatusMessage, term_id) == 16);
static_assert(offsetof(StatusMessage, term_offset) == 20 && offsetof(StatusMessage, window) == 24);
static_assert(offsetof(StatusMessage, receiver_id) == 28);

/// A StatusMessage of a receiver with a tag; nothing but its length says so.
struct TaggedStatusMessage {
    StatusMessage message;
    Field<std::int64_t> group_tag;
};
static_assert(sizeof(TaggedStatusMessage) == 44 && offsetof(TaggedStatusMessage, group_tag) == 36);

/// A receiver asks for bytes again. Length 0 asks for nothing, and is legal.
struct Nak {
    static constexpr FrameType type = FrameType::nak;
    CommonHeader common = common_header<Nak>();
    Field<SessionId> session_id;
    Field<StreamId> stream_id;
    Field<TermId> term_id;
    Field<std::int32_t> term_offset;
    Field<std::int32_t> length;
    /// Whether the gap is possible in terms of that length. Read already checked it for the longest.
    [[nodiscard]] constexpr bool fits(std::int32_t term_length) const noexcept {
        return is_term_offset(term_offset, term_length) && length >= 0 && length <= term_length - term_offset;
    }
};
static_assert(sizeof(Nak) == 28 && offsetof(Nak, session_id) == 8 && offsetof(Nak, stream_id) == 12);
static_assert(offsetof(Nak, term_id) == 16 && offsetof(Nak, term_offset) == 20 && offsetof(Nak, length) == 24);

/// A question about the round trip, or its answer.
struct RttMeasurement {
    static constexpr FrameType type = FrameType::rtt_measurement;
    static constexpr std::uint8_t reply_wanted = 0x80;  ///< set in the question, not in the answer
    /// Between drivers of ours; others leave it unset and do not look at it. In the question: windows beyond half a
    /// term would be of use. In the answer: they are taken, and a term is kept for repairs.
    static constexpr std::uint8_t long_windows = 0x01;
    CommonHeader common = common_header<RttMeasurement>();
    Field<SessionId> session_id;
    Field<StreamId> stream_id;
    Field<std::int64_t> echo_timestamp_ns;  ///< by the clock of who asks
    Field<std::int64_t> reception_delta_ns;
    Field<std::int64_t> receiver_id;
};
static_assert(sizeof(RttMeasurement) == 40 && offsetof(RttMeasurement, session_id) == 8);
static_assert(offsetof(RttMeasurement, stream_id) == 12 && offsetof(RttMeasurement, echo_timestamp_ns) == 16);
static_assert(offsetof(RttMeasurement, reception_delta_ns) == 24 && offsetof(RttMeasurement, receiver_id) == 32);

/// A receiver does not want the image, and says why in the text that follows.
struct ErrorFrame {
    static constexpr FrameType type = FrameType::error;
    static constexpr std::uint8_t tagged = 0x08;  ///< the group tag, always there, means something
    CommonHeader common = common_header<ErrorFrame>();
    Field<SessionId> session_id;
    Field<StreamId> stream_id;
    Field<std::int64_t> receiver_id;
    Field<std::int64_t> group_tag = -1;
    Field<std::int32_t> code;
    Field<std::int32_t> text_length;
};
static_assert(sizeof(ErrorFrame) == 40 && offsetof(ErrorFrame, session_id) == 8);
static_assert(offsetof(ErrorFrame, stream_id) == 12 && offsetof(ErrorFrame, receiver_id) == 16);
static_assert(offsetof(ErrorFrame, group_tag) == 24 && offsetof(ErrorFrame, code) == 32);
static_assert(offsetof(ErrorFrame, text_length) == 36);

/// A subscriber tells a publication which session answers it.
struct ResponseSetup {
    static constexpr FrameType type = FrameType::response_setup;
    CommonHeader common = common_header<ResponseSetup>();
    Field<SessionId> session_id;  ///< of the publication that asks
    Field<StreamId> stream_id;
    Field<SessionId> response_session_id;
};
static_assert(sizeof(ResponseSetup) == 20 && offsetof(ResponseSetup, session_id) == 8);
static_assert(offsetof(ResponseSetup, stream_id) == 12 && offsetof(ResponseSetup, response_session_id) == 16);

inline constexpr std::size_t max_status_message_length = sizeof(TaggedStatusMessage);
inline constexpr std::size_t max_error_frame_length = sizeof(ErrorFrame) + max_error_text_length;

/// Writes `frame` to the front of `to`, which must have room; what was written.
template <class Frame>
    requires(alignof(Frame) == 1 && std::is_trivially_copyable_v<Frame>)
std::span<std::byte> put(std::span<std::byte> to, const Frame& frame) noexcept {
    ensure(to.size() >= sizeof(Frame), "there is room for a frame");
    std::memcpy(to.data(), &frame, sizeof(Frame));
    return to.first(sizeof(Frame));
}

/// Writes a status message with its tag, if there is one; sets its length.
inline std::span<std::byte> put(std::span<std::byte> to, const StatusMessage& message,
                                std::optional<std::int64_t> group_tag) noexcept {
    if (!group_tag) return put(to, message);
    TaggedStatusMessage tagged{.message = message, .group_tag = *group_tag};
    tagged.message.common.frame_length = static_cast<std::int32_t>(sizeof tagged);
    return put(to, tagged);
}

/// Writes an error with as much of `text` as may be sent; sets both lengths.
inline std::span<std::byte> put(std::span<std::byte> to, ErrorFrame error, std::string_view text) noexcept {
    text = text.substr(0, max_error_text_length);
    const std::size_t length = sizeof error + text.size();
    ensure(to.size() >= length, "there is room for an error and its text");
    error.common.frame_length = static_cast<std::int32_t>(length);
    error.text_length = static_cast<std::int32_t>(text.size());
    put(to, error);
    text.copy(reinterpret_cast<char*>(to.data()) + sizeof error, text.size());
    return to.first(length);
}

}  // namespace gale::wire
