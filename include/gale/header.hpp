/// What comes with a fragment besides its bytes. docs/formats/log-buffer.md, frames.
#pragma once

#include <gale/types.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace gale {

namespace client {
class ImageState;
}
class Image;

/// Valid during the handler call only. Costs nothing until asked: fields are read from the frame where it lies.
class Header {
public:
    /// Everything at once; a copy that may be kept.
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
    /// By hand: what assemblers and tests deliver.
    Header(const Values& values, client::ImageState* image) noexcept
        : frame_length_{values.frame_length}, position_bits_{values.position_bits}, position_{values.position},
          initial_term_id_{values.initial_term_id}, image_{image} {
        put(4, values.version);
        put(5, values.flags);
        put(6, values.type);
        put(8, values.term_offset);
        put(12, values.session_id.value);
        put(16, values.stream_id.value);
        put(20, values.term_id.value);
        put(24, values.reserved_value);
    }
    /// For those who deliver frames one after the other: one header, which `show` turns to each.
    Header(TermId initial_term_id, std::int32_t position_bits, client::ImageState* image) noexcept
        : position_bits_{position_bits}, initial_term_id_{initial_term_id}, image_{image} {}
    /// `frame` has 32 bytes of header; `position` is behind it.
    void show(const std::byte* frame, std::int32_t frame_length, Position position) noexcept {
        frame_ = frame;
        frame_length_ = frame_length;
        position_ = position;
    }

    [[nodiscard]] Values values() const noexcept {
        return {.frame_length = frame_length_,
                .version = get<std::uint8_t>(4),
                .flags = flags(),
                .type = get<std::uint16_t>(6),
                .term_offset = term_offset(),
                .session_id = session_id(),
                .stream_id = stream_id(),
                .term_id = term_id(),
                .reserved_value = reserved_value(),
                .initial_term_id = initial_term_id_,
                .position_bits = position_bits_,
                .position = position_};
    }
    [[nodiscard]] std::int32_t frame_length() const noexcept { return frame_length_; }
    [[nodiscard]] std::uint8_t flags() const noexcept { return get<std::uint8_t>(5); }
    [[nodiscard]] bool begins_message() const noexcept { return (flags() & 0x80U) != 0; }
    [[nodiscard]] bool ends_message() const noexcept { return (flags() & 0x40U) != 0; }
    [[nodiscard]] SessionId session_id() const noexcept { return SessionId{get<std::int32_t>(12)}; }
    [[nodiscard]] StreamId stream_id() const noexcept { return StreamId{get<std::int32_t>(16)}; }
    [[nodiscard]] TermId term_id() const noexcept { return TermId{get<std::int32_t>(20)}; }
    [[nodiscard]] TermId initial_term_id() const noexcept { return initial_term_id_; }
    [[nodiscard]] std::int32_t term_offset() const noexcept { return get<std::int32_t>(8); }
    /// The publisher's own 64 bits; 0 unless it supplied some.
    [[nodiscard]] std::int64_t reserved_value() const noexcept { return get<std::int64_t>(24); }
    /// Where the stream goes on behind this frame.
    [[nodiscard]] Position position() const noexcept { return position_; }
    /// The image that delivers; null in a test that makes headers by hand.
    [[nodiscard]] client::ImageState* image_state() const noexcept { return image_; }

private:
    template <class T> [[nodiscard]] T get(std::size_t offset) const noexcept {
        T value;
        std::memcpy(&value, (frame_ != nullptr ? frame_ : own_) + offset, sizeof value);
        return value;
    }
    template <class T> void put(std::size_t offset, T value) noexcept {
        std::memcpy(own_ + offset, &value, sizeof value);
    }

    const std::byte* frame_ = nullptr;  // null: `own_` holds the 32 bytes
    std::int32_t frame_length_ = 0;
    std::int32_t position_bits_;
    Position position_;
    TermId initial_term_id_;
    client::ImageState* image_;
    std::byte own_[32];
};

}  // namespace gale
