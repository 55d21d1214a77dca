/// What comes with a fragment besides its bytes. docs/formats/log-buffer.md, frames.
#pragma once

#include <gale/types.hpp>

#include <cstdint>

namespace gale {

namespace client {
class ImageState;
}
class Image;

/// Valid during the handler call only.
class Header {
public:
    /// For those who deliver fragments.
    struct Values {
        std::int32_t frame_length = 0;  ///< header included; of a reassembled message: 32 + its length
        std::uint8_t version = 0;
        std::uint8_t flags = 0;
        std::uint16_t type = 1;
        std::int32_t term_offset = 0;
        SessionId session_id;
        StreamId stream_id;
        TermId term_id;
        std::int64_t reserved_value = 0;
        TermId initial_term_id;
        std::int32_t position_bits = 0;
        Position position;  ///< of the byte behind the frame (behind the last fragment, when reassembled)
    };
    Header(const Values& values, client::ImageState* image) noexcept : values_{values}, image_{image} {}

    [[nodiscard]] const Values& values() const noexcept { return values_; }
    [[nodiscard]] std::int32_t frame_length() const noexcept { return values_.frame_length; }
    [[nodiscard]] std::uint8_t flags() const noexcept { return values_.flags; }
    [[nodiscard]] bool begins_message() const noexcept { return (values_.flags & 0x80U) != 0; }
    [[nodiscard]] bool ends_message() const noexcept { return (values_.flags & 0x40U) != 0; }
    [[nodiscard]] SessionId session_id() const noexcept { return values_.session_id; }
    [[nodiscard]] StreamId stream_id() const noexcept { return values_.stream_id; }
    [[nodiscard]] TermId term_id() const noexcept { return values_.term_id; }
    [[nodiscard]] TermId initial_term_id() const noexcept { return values_.initial_term_id; }
    [[nodiscard]] std::int32_t term_offset() const noexcept { return values_.term_offset; }
    /// The publisher's own 64 bits; 0 unless it supplied some.
    [[nodiscard]] std::int64_t reserved_value() const noexcept { return values_.reserved_value; }
    /// Where the stream goes on behind this frame.
    [[nodiscard]] Position position() const noexcept { return values_.position; }
    /// The image that delivers; null in a test that makes headers by hand.
    [[nodiscard]] client::ImageState* image_state() const noexcept { return image_; }

private:
    Values values_;
    client::ImageState* image_;
};

}  // namespace gale
