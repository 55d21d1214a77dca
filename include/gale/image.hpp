/// One publisher's stream as one subscription sees it.
#pragma once

#include <gale/handlers.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gale {

namespace client {
class ImageState;
}

/// A handle: copies see the same image, and any of them keeps its log mapped. Polling is for the subscription's polling
/// thread; everything else for any. After the image went away polls return 0, and positions say where it ended.
class Image {
public:
    explicit Image(std::shared_ptr<client::ImageState> state) noexcept;

    /// Delivers up to `fragment_limit` fragments, never across the end of a term; returns how many. The position moves
    /// when the poll ends, also when the handler throws: past the fragment it threw at.
    int poll(FragmentHandler handler, int fragment_limit);
    int controlled_poll(ControlledFragmentHandler handler, int fragment_limit);
    /// Only fragments that begin before `limit`.
    int bounded_poll(FragmentHandler handler, Position limit, int fragment_limit);
    int bounded_controlled_poll(ControlledFragmentHandler handler, Position limit, int fragment_limit);
    /// Looks from `from` (a frame's boundary from the position up to a term ahead) without consuming. Returns where it
    /// came to.
    Position controlled_peek(Position from, ControlledFragmentHandler handler, Position limit);
    /// One run of whole frames of at most `byte_limit` bytes; returns its length. Padding in front comes alone, however
    /// long.
    int block_poll(BlockHandler handler, int byte_limit);
    /// Skips ahead to a frame's boundary within this term, or its end. False when `to` is no such place.
    bool set_position(Position to) noexcept;

    [[nodiscard]] Position position() const noexcept;
    [[nodiscard]] Position join_position() const noexcept;
    [[nodiscard]] bool is_closed() const noexcept;
    /// All was read and no more will come.
    [[nodiscard]] bool is_end_of_stream() const noexcept;
    /// Nothing while the publisher lives.
    [[nodiscard]] std::optional<Position> end_of_stream_position() const noexcept;
    [[nodiscard]] bool is_publication_revoked() const noexcept;
    [[nodiscard]] int active_transport_count() const noexcept;
    [[nodiscard]] CorrelationId correlation_id() const noexcept;
    [[nodiscard]] SessionId session_id() const noexcept;
    [[nodiscard]] StreamId stream_id() const noexcept;
    [[nodiscard]] TermId initial_term_id() const noexcept;
    [[nodiscard]] std::int32_t term_length() const noexcept;
    [[nodiscard]] std::int32_t mtu_length() const noexcept;
    [[nodiscard]] CounterId position_counter_id() const noexcept;
    /// `host:port` of the sender; `aeron:ipc` over shared memory.
    [[nodiscard]] const std::string& source_identity() const noexcept;

    /// Tells the driver, and through it the publisher, that this stream is not wanted. `reason`: at most 1023 bytes.
    /// Waits for the driver's answer; throws what it refuses.
    void reject(std::string_view reason);
    /// What SubscriptionHandlers::attach made; null without one.
    [[nodiscard]] void* attached() const noexcept;
    bool operator==(const Image& other) const noexcept = default;
    [[nodiscard]] const std::shared_ptr<client::ImageState>& state() const noexcept { return state_; }

private:
    std::shared_ptr<client::ImageState> state_;
};

}  // namespace gale
