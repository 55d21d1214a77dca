/// The one way in: a datagram, checked whole before anything is made of it. docs/formats/wire.md, validation.
#pragma once

#include "base/ensure.hpp"
#include "wire/data_frames.hpp"
#include "wire/frames.hpp"
#include "wire/limits.hpp"
#include "wire/rejection.hpp"
#include "wire/resolution.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace gale::wire {

/// A view of bytes from outside that says what they are, or why they are not believed. Two words, borrows the bytes;
/// they are read when it is made and must not change while it is used. Everything that can be told from the datagram
/// alone has been checked then; what takes a stream to judge (`fits` with its term length, positions, windows, ids) has
/// not. Asking for another kind than `kind()` is a bug and stops the process.
class Datagram {
public:
    enum class Kind : std::uint8_t {
        rejected,   ///< see `rejection()`; to be dropped and counted
        foreign,    ///< a frame for the other kind of endpoint; to be dropped, not counted
        data,       ///< data and padding
        heartbeat,  ///< where the stream is, and no data
        setup,
        status_message,
        nak,
        rtt_measurement,
        error,
        response_setup,
        resolution,
    };

    /// What came to a receive endpoint: data, heartbeat, setup, rtt_measurement.
    [[nodiscard]] static Datagram at_receiver(std::span<const std::byte> bytes) noexcept;
    /// What came to a send endpoint: status_message, nak, rtt_measurement, error, response_setup.
    [[nodiscard]] static Datagram at_sender(std::span<const std::byte> bytes) noexcept;
    /// What came to a resolver's socket: resolution; nothing is foreign.
    [[nodiscard]] static Datagram at_resolver(std::span<const std::byte> bytes) noexcept;

    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    [[nodiscard]] Rejection rejection() const noexcept { return rejection_; }

    [[nodiscard]] DataFrames data() const noexcept {
        expect(Kind::data);
        return {bytes(), covered_};
    }
    [[nodiscard]] const DataHeader& heartbeat() const noexcept { return frame<DataHeader>(Kind::heartbeat); }
    [[nodiscard]] const Setup& setup() const noexcept { return frame<Setup>(Kind::setup); }
    [[nodiscard]] const StatusMessage& status_message() const noexcept {
        return frame<StatusMessage>(Kind::status_message);
    }
    /// The receiver's, of a status message that carries one.
    [[nodiscard]] std::optional<std::int64_t> group_tag() const noexcept;
    [[nodiscard]] const Nak& nak() const noexcept { return frame<Nak>(Kind::nak); }
    [[nodiscard]] const RttMeasurement& rtt_measurement() const noexcept {
        return frame<RttMeasurement>(Kind::rtt_measurement);
    }
    [[nodiscard]] const ErrorFrame& error() const noexcept { return frame<ErrorFrame>(Kind::error); }
    /// Of an error: any bytes, at most 1023 of them.
    [[nodiscard]] std::string_view text() const noexcept;
    [[nodiscard]] const ResponseSetup& response_setup() const noexcept {
        return frame<ResponseSetup>(Kind::response_setup);
    }
    [[nodiscard]] ResolutionEntries resolution() const noexcept;

private:
    Datagram(std::span<const std::byte> bytes, Kind kind, std::int32_t covered = 0) noexcept
        : front_{bytes.data()}, covered_{covered}, length_{static_cast<std::uint16_t>(bytes.size())}, kind_{kind},
          rejection_{Rejection::none} {}
    explicit Datagram(Rejection why) noexcept
        : front_{nullptr}, covered_{0}, length_{0}, kind_{Kind::rejected}, rejection_{why} {}

    static Datagram read_data(std::span<const std::byte> bytes) noexcept;
    static Datagram read_heartbeat(std::span<const std::byte> bytes) noexcept;
    static Datagram read_last_padding(std::span<const std::byte> bytes, std::uint32_t at,
                                      std::uint32_t footprint) noexcept;
    static Datagram at_receiver_not_data(std::span<const std::byte> bytes) noexcept;
    template <class Frame> static Datagram checked(std::span<const std::byte> bytes, Kind kind) noexcept;
    /// Whether `header` continues the run that `first` began so many bytes before.
    static bool follows(const DataHeader& header, const DataHeader& first, std::uint32_t distance) noexcept;

    void expect(Kind kind) const noexcept { ensure(kind_ == kind, "a datagram is taken for what it is"); }
    template <class Frame> [[nodiscard]] const Frame& frame(Kind kind) const noexcept {
        expect(kind);
        return *view<Frame>(bytes());
    }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {front_, length_}; }

    const std::byte* front_;
    std::int32_t covered_;
    std::uint16_t length_;
    Kind kind_;
    Rejection rejection_;
};
static_assert(sizeof(Datagram) == 16 && std::is_trivially_copyable_v<Datagram>);

inline Datagram Datagram::at_receiver(std::span<const std::byte> bytes) noexcept {
    constexpr std::size_t shortest = sizeof(DataHeader);
    if (bytes.size() >= shortest && bytes.size() <= max_mtu_length && bytes.size() % frame_alignment == 0) [[likely]] {
        const CommonHeader& common = view<DataHeader>(bytes)->common;
        if (common.type <= FrameType::data && common.version == 0) [[likely]]
            return read_data(bytes);
    }
    return at_receiver_not_data(bytes);
}

inline bool Datagram::follows(const DataHeader& header, const DataHeader& first, std::uint32_t distance) noexcept {
    const auto same = []<class T>(const Field<T>& one, const Field<T>& other) { return T{one} == T{other}; };
    return header.term_offset == first.term_offset + static_cast<std::int32_t>(distance) &&
           header.common.type <= FrameType::data && header.common.version == 0 && same(header.term_id, first.term_id) &&
           same(header.session_id, first.session_id) && same(header.stream_id, first.stream_id);
}

// The length of `bytes` is that of whole frames, and the first is data or padding.
inline Datagram Datagram::read_data(std::span<const std::byte> bytes) noexcept {
    const DataHeader& first = *view<DataHeader>(bytes);
    const std::int32_t term_offset = first.term_offset;
    if (!is_term_offset(term_offset, max_term_length)) [[unlikely]]
        return Datagram{Rejection::term_offset};
    const auto length = static_cast<std::uint32_t>(bytes.size());
    for (std::uint32_t at = 0; at < length;) {
        const auto& header = reinterpret_cast<const DataHeader&>(bytes[at]);
        if (at > 0 && !follows(header, first, at)) [[unlikely]]
            return Datagram{Rejection::second_frame};
        const std::int32_t frame_length = header.common.frame_length;
        if (frame_length < frame_header_length) [[unlikely]]
            return frame_length == 0 ? read_heartbeat(bytes) : Datagram{Rejection::data_frame_length};
        const std::uint32_t footprint = align_up(static_cast<std::uint32_t>(frame_length), frame_alignment);
        if (header.common.type == FrameType::padding && footprint > sizeof header) [[unlikely]]
            return read_last_padding(bytes, at, footprint);
        if (footprint > length - at) [[unlikely]]
            return Datagram{Rejection::data_frame_cut_off};
        at += footprint;
    }
    if (term_offset > max_term_length - static_cast<std::int32_t>(length)) [[unlikely]]
        return Datagram{Rejection::term_end};
    return {bytes, Kind::data, static_cast<std::int32_t>(length)};
}

}  // namespace gale::wire
