/// What stands behind the handles of an image: a log, a position, and how to read on.
#pragma once

#include "client/publication_state.hpp"

#include <gale/image.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gale::client {

/// What the driver said of an image.
struct ImageConstants {
    CorrelationId correlation_id;
    CorrelationId subscription_id;
    SessionId session_id;
    StreamId stream_id;
    CounterId position_counter_id;
    std::string source_identity;
};

/// Polling is for one thread; the conductor closes; anybody asks.
class ImageState : public std::enable_shared_from_this<ImageState> {
public:
    /// `constants.position_counter_id` is within the counters' capacity.
    ImageState(Mappings mappings, ImageConstants constants);
    ImageState(const ImageState&) = delete;
    ImageState& operator=(const ImageState&) = delete;

    int poll(FragmentHandler handler, int fragment_limit);
    int controlled_poll(ControlledFragmentHandler handler, int fragment_limit);
    int bounded_poll(FragmentHandler handler, Position limit, int fragment_limit);
    int bounded_controlled_poll(ControlledFragmentHandler handler, Position limit, int fragment_limit);
    Position controlled_peek(Position from, ControlledFragmentHandler handler, Position limit);
    int block_poll(BlockHandler handler, int byte_limit);
    bool set_position(Position to) noexcept;

    [[nodiscard]] bool is_closed() const noexcept { return closed_.load(std::memory_order_acquire); }
    [[nodiscard]] Position position() const noexcept;
    [[nodiscard]] Position join_position() const noexcept { return join_position_; }
    [[nodiscard]] bool is_end_of_stream() const noexcept;
    [[nodiscard]] std::optional<Position> end_of_stream_position() const noexcept;
    [[nodiscard]] bool is_publication_revoked() const noexcept;
    [[nodiscard]] int active_transport_count() const noexcept;
    [[nodiscard]] const ImageConstants& constants() const noexcept { return constants_; }
    [[nodiscard]] const logbuffer::Log& log() const noexcept { return log_; }
    [[nodiscard]] const std::shared_ptr<ClientCore>& core() const noexcept { return core_; }

    /// A binding's own; set before anybody else sees this image.
    void attach(void* attached) noexcept { attached_ = attached; }
    [[nodiscard]] void* attached() const noexcept { return attached_; }

    /// Where it ended is kept; the position counter is not written again. The core, under its lock.
    void mark_closed() noexcept;

private:
    class Progress;  // publishes how far it came
    [[nodiscard]] Position consumed() const noexcept;
    [[nodiscard]] Header header() noexcept;
    void publish(Position position) noexcept;
    void report_corruption(Position at) noexcept;  // once, of the frame there

    std::atomic<bool> closed_{false};
    bool corruption_reported_ = false;  // the polling thread's
    void* attached_ = nullptr;
    shm::Cell<std::int64_t>* position_;
    // What this image last wrote there. Once the driver has given the counter to somebody else, it says what they read.
    std::atomic<std::int64_t> reached_;
    logbuffer::Log log_;
    // What the conductor keeps when it closes: written before closed_, read after it.
    std::int64_t final_position_ = 0;
    std::int64_t final_end_of_stream_ = logbuffer::end_of_stream_unknown;
    bool final_revoked_ = false;

    ImageConstants constants_;
    Position join_position_;
    std::shared_ptr<LogMapping> mapping_;
    std::shared_ptr<CncMapping> cnc_;
    std::shared_ptr<ClientCore> core_;
};

}  // namespace gale::client
