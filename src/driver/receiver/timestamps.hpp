/// Receive timestamps, written into the first frame of each message while it is put into the log.
/// docs/formats/channel-uri.md, timestamps.
#pragma once

#include "base/time.hpp"
#include "channel/values.hpp"
#include "wire/frame_header.hpp"

#include <cstdint>
#include <cstring>
#include <optional>

namespace gale::driver::receiver {

/// Where the channel wants them.
struct TimestampPlaces {
    std::optional<channel::TimestampOffset> channel{};  ///< when we took it
    std::optional<channel::TimestampOffset> media{};    ///< when the kernel had it
    [[nodiscard]] bool any() const noexcept { return channel.has_value() || media.has_value(); }
};

/// Marks the frames of one datagram. Times are since 1970; 0 is no time.
struct Stamp {
    TimestampPlaces places{};
    Nanos taken{};
    Nanos kernel{};

    void operator()(std::byte* place, const std::byte* frame) const noexcept {
        wire::FrameHeader header;
        std::memcpy(&header, frame, sizeof header);
        if (header.type != wire::FrameType::data || (header.flags & wire::flags::begin) == 0) return;
        if (places.channel) write(place, header.frame_length, *places.channel, taken);
        if (places.media) write(place, header.frame_length, *places.media, kernel);
    }

private:
    static void write(std::byte* place, std::int32_t frame_length, channel::TimestampOffset offset,
                      Nanos time) noexcept {
        const std::int64_t at = std::int64_t{wire::frame_header_length} + offset.value;
        const std::int64_t value = time.count();
        if (at < 24 || at + std::int64_t{sizeof value} > frame_length || value == 0) return;
        std::memcpy(place + at, &value, sizeof value);
    }
};

}  // namespace gale::driver::receiver
