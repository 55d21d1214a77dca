/// For tests only: datagrams made frame by frame.
#pragma once

#include "base/testing.hpp"
#include "wire/datagram.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace gale::testing {

using Bytes = std::vector<std::byte>;

/// Puts hexadecimal digits in place of bytes of a datagram.
inline Bytes with(Bytes datagram, std::size_t offset, const std::string& hex) {
    const auto patch = parse_hex(hex);
    std::copy(patch.begin(), patch.end(), datagram.begin() + static_cast<std::ptrdiff_t>(offset));
    return datagram;
}

/// A run of frames of one stream, as a sender lays them out.
class Chain {
public:
    explicit Chain(std::int32_t term_offset = 0) : next_{term_offset} {}

    /// A frame of `length` bytes, header included, whose payload is all `fill`.
    Chain& data(std::int32_t length, std::byte fill = std::byte{0x5A}) {
        add(length, wire::FrameType::data);
        bytes.resize(bytes.size() + static_cast<std::size_t>(length) - sizeof(wire::DataHeader), fill);
        bytes.resize(align_up(bytes.size(), wire::frame_alignment));
        return *this;
    }
    /// The header of a padding frame of that length.
    Chain& padding(std::int32_t length) {
        add(length, wire::FrameType::padding);
        return *this;
    }

    Bytes bytes{};
    std::int32_t covered = 0;

private:
    void add(std::int32_t length, wire::FrameType type) {
        const wire::DataHeader header{
            .common = {.frame_length = length, .version = 0, .flags = wire::flags::whole, .type = type},
            .term_offset = next_,
            .session_id = SessionId{7},
            .stream_id = StreamId{10},
            .term_id = TermId{-3},
            .reserved_value = 0};
        const auto written = std::as_bytes(std::span{&header, 1});
        bytes.insert(bytes.end(), written.begin(), written.end());
        next_ += wire::footprint(length);
        covered += wire::footprint(length);
    }
    std::int32_t next_;
};

}  // namespace gale::testing
