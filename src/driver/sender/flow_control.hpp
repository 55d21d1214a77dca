/// How far a publication may send ahead of its receivers. docs/formats/sending.md, flow control.
#pragma once

#include "base/time.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace gale::driver::sender {

enum class FlowStrategy : std::uint8_t {
    unicast,  ///< one receiver, whose window it is
    max,      ///< the fastest of many
    min,      ///< the slowest of many
    tagged,   ///< the slowest of those with a tag
};

struct FlowControlSpec {
    FlowStrategy strategy = FlowStrategy::unicast;
    std::int64_t group_tag = -1;
    std::int32_t group_min_size = 0;  ///< fewer are no connection
    Nanos receiver_timeout = std::chrono::seconds{5};
    std::int32_t retransmit_window_multiple = 0;  ///< 0: 16 for one receiver, 4 for many
    std::size_t max_receivers = 512;              ///< as many are told apart; memory is taken at once
};

/// The longest retransmission that one NAK can cause. Counted in default windows of 128 KiB, whatever the windows are.
[[nodiscard]] std::int64_t longest_retransmission(const FlowControlSpec& spec, std::int32_t term_length) noexcept;

/// What a status message says to flow control.
struct Status {
    std::int64_t receiver_id = 0;
    Position position{};  ///< consumed up to here
    std::int64_t window = 0;
    bool end_of_stream = false;
    std::optional<std::int64_t> group_tag{};
    [[nodiscard]] Position edge() const noexcept { return position + window; }
};

/// The sender's thread. Nothing allocates after it was made.
class FlowControl {
public:
    virtual ~FlowControl() = default;
    FlowControl() = default;
    FlowControl(const FlowControl&) = delete;
    FlowControl& operator=(const FlowControl&) = delete;

    /// The new sender limit; never below `limit`.
    [[nodiscard]] virtual Position on_status(const Status& status, Position limit, Nanos now) noexcept = 0;
    /// The new sender limit when nothing could be sent; it may go back.
    [[nodiscard]] virtual Position on_idle(Position limit, Nanos now) noexcept = 0;
    /// A receiver asks for a SETUP.
    virtual void on_elicitation(std::int64_t receiver_id, std::optional<std::int64_t> group_tag) noexcept = 0;
    /// The SETUP that some asked for is about to leave.
    virtual void on_setup(Position limit, Nanos now) noexcept = 0;
    /// A receiver does not want the stream.
    virtual void on_error(std::int64_t receiver_id) noexcept = 0;
    /// Whether as many are there as it takes.
    [[nodiscard]] virtual bool has_required_receivers() const noexcept = 0;
    /// How many govern the limit.
    [[nodiscard]] virtual std::int64_t receiver_count() const noexcept = 0;
};

[[nodiscard]] std::unique_ptr<FlowControl> make_flow_control(const FlowControlSpec& spec);

}  // namespace gale::driver::sender
