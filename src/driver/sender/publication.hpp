/// The sending half of a network publication: what leaves when, what comes back, and how far its publishers may go.
#pragma once

#include "base/time.hpp"
#include "driver/sender/batch.hpp"
#include "driver/sender/counters.hpp"
#include "driver/sender/destinations.hpp"
#include "driver/sender/flow_control.hpp"
#include "driver/sender/pacer.hpp"
#include "driver/sender/receivers.hpp"
#include "driver/sender/retransmit.hpp"
#include "driver/sender/shared.hpp"
#include "driver/sender/spies.hpp"
#include "driver/sender/tools.hpp"
#include "logbuffer/log.hpp"
#include "net/socket_address.hpp"
#include "wire/datagram.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace gale::driver::sender {

class Endpoint;

struct PublicationSpec {
    std::int64_t registration_id = 0;
    SessionId session_id{};
    StreamId stream_id{};
    Position start{};         ///< where the stream begins: all its counters stand there
    std::int64_t window = 0;  ///< publishers may be so far ahead of the slowest, bytes
    std::int32_t ttl = 0;     ///< told in SETUPs
    bool signal_end_of_stream = true;
    bool spies_simulate_connection = false;
    bool is_response = false;                               ///< `control-mode=response`
    std::optional<std::int64_t> response_correlation_id{};  ///< of a request publication, or of a response
    /// Where in the first frame of each datagram the time of sending goes: an offset in its payload, or
    /// `in_reserved_value`.
    std::optional<std::int32_t> send_timestamp{};
    static constexpr std::int32_t in_reserved_value = -8;
    Nanos connection_timeout = std::chrono::seconds{5};
    std::int64_t replies_per_second = 2000;  ///< echoes
    FlowControlSpec flow_control{};
    RetransmitSpec retransmit{};
};

/// Made by the conductor, then the sender's until PublicationReleased.
class Publication {
public:
    static constexpr Nanos setup_interval = std::chrono::milliseconds{100};
    static constexpr Nanos heartbeat_interval = std::chrono::milliseconds{100};
    /// The conductor is told no more often of the same response session, and that a response has its receiver.
    static constexpr Nanos response_interval = std::chrono::milliseconds{100};
    /// Heartbeats at these distances after data: when the last datagrams of a burst were lost, only a heartbeat tells.
    static constexpr Nanos tail_probes[] = {std::chrono::milliseconds{4}, std::chrono::milliseconds{16},
                                            std::chrono::milliseconds{64}};

    /// `log` stays mapped, and the counters allocated, until the publication came back.
    Publication(const PublicationSpec& spec, const logbuffer::Log& log, const PublicationCounters& counters,
                std::shared_ptr<PublicationShared> shared);
    Publication(const Publication&) = delete;
    Publication& operator=(const Publication&) = delete;

    [[nodiscard]] const PublicationSpec& spec() const noexcept { return spec_; }
    [[nodiscard]] const std::shared_ptr<PublicationShared>& shared() const noexcept { return shared_; }
    [[nodiscard]] Endpoint* endpoint() const noexcept { return endpoint_; }
    [[nodiscard]] const logbuffer::Log& log() const noexcept { return log_; }

    // What the conductor wants.
    void attach(Endpoint& endpoint) noexcept { endpoint_ = &endpoint; }
    void stop(Position end) noexcept;
    void add_spy(CounterId counter, shm::Cell<std::int64_t>& position);
    void remove_spy(CounterId counter) noexcept;

    /// Every duty cycle: what is due. Bytes of data and heartbeats that left.
    std::int64_t send(Nanos now, Tools& tools) noexcept;

    // What comes back. Lengths and offsets are those of a term of ours.
    /// Whether a status message may be about what is being sent now.
    [[nodiscard]] bool is_near(const wire::StatusMessage& message) const noexcept;
    /// Whether it is possible: half a term may be granted, and a whole one by whoever was told so.
    [[nodiscard]] bool is_possible(const wire::StatusMessage& message) const noexcept;
    void reject_status() noexcept;
    void on_elicitation(std::int64_t receiver_id, std::optional<std::int64_t> group_tag,
                        const net::SocketAddress& source, Nanos now) noexcept;
    void on_status(const Status& status, const net::SocketAddress& source, Nanos now) noexcept;
    /// `asker`: the destination that it came from, by its number, if it is known.
    void on_nak(const wire::Nak& nak, Retransmits::Asker asker, Nanos now, Tools& tools) noexcept;
    void on_rtt_question(const wire::RttMeasurement& question, Nanos now, Tools& tools) noexcept;
    void on_error(const wire::Datagram& datagram, const net::SocketAddress& source, std::int64_t destination, Nanos now,
                  Tools& tools) noexcept;
    void on_response_setup(SessionId response_session, Nanos now, Tools& tools) noexcept;
    [[nodiscard]] Position position_of(const wire::StatusMessage& message) const noexcept;
    /// A destination that knows nothing yet: it shall be sent a SETUP.
    void announce() noexcept;

private:
    void send_setup(Nanos now, Tools& tools) noexcept;
    void tell_connected(Nanos now, Tools& tools) noexcept;
    [[nodiscard]] std::int64_t send_data(Nanos now, Tools& tools) noexcept;
    [[nodiscard]] std::int64_t send_heartbeat(Nanos now, Tools& tools) noexcept;
    void send_retransmits(Nanos now, Tools& tools) noexcept;
    [[nodiscard]] CutStop cut_again(const Retransmits::Range& range, std::int64_t max_bytes,
                                    Batch& batch) const noexcept;
    [[nodiscard]] bool is_kept(Position position) const noexcept;
    [[nodiscard]] const net::SocketAddress* target(Audience audience, Nanos now) const noexcept;
    [[nodiscard]] int send_batch(const Batch& batch, Nanos now, Tools& tools) noexcept;
    [[nodiscard]] int send_again(const Batch& batch, Retransmits::Asker asker, Nanos now, Tools& tools) noexcept;
    [[nodiscard]] bool send_frame(std::span<const std::byte> frame, Audience audience, Nanos now,
                                  Tools& tools) noexcept;
    void stamp(const Batch& batch, Tools& tools) const noexcept;
    [[nodiscard]] bool simulates_connection() const noexcept;
    void follow_spies(Nanos now) noexcept;
    void idle(Nanos now) noexcept;
    void expire_receivers(Nanos now) noexcept;
    void move_publisher_limit() noexcept;
    void count_blocked(Tools& tools) noexcept;
    void set_position(Position position) noexcept;
    void set_sender_limit(Position limit) noexcept;
    void set_publisher_limit(Position limit) noexcept;
    void refresh_connected() noexcept;
    void show_receivers() noexcept;
    [[nodiscard]] Position producer_position() const noexcept;
    [[nodiscard]] bool is_end_of_stream() const noexcept { return end_ && position_ >= *end_; }
    /// All was sent, or what was not is lost: whoever joined now would only hear silence.
    [[nodiscard]] bool may_be_joined() const noexcept;
    [[nodiscard]] std::uint8_t heartbeat_flags() const noexcept;

    PublicationSpec spec_;
    logbuffer::Log log_;
    PublicationCounters counters_;
    std::shared_ptr<PublicationShared> shared_;
    std::unique_ptr<FlowControl> flow_control_;
    Retransmits retransmits_;
    Pacer pacer_;
    TokenBucket rtt_answers_;
    Receivers receivers_;
    Spies spies_;
    Endpoint* endpoint_ = nullptr;
    /// Of a response: who wanted its SETUP last. He may be anybody's victim, until a status message comes from there.
    struct Asker {
        net::SocketAddress address;
        Nanos asked;
    };
    std::optional<Asker> asker_{};
    std::optional<net::SocketAddress> destination_{};  // of a response: who asked, and then knew what he was sent
    std::optional<SessionId> told_response_{};         // of a request: the last that the conductor heard of
    std::optional<Position> end_{};                    // publishers are stopped
    Position position_;
    Position sender_limit_;
    Position publisher_limit_;
    Position highest_publisher_limit_;
    BatchSize batch_size_;
    Nanos next_response_;  // when the conductor may be told of a response again
    Nanos next_setup_;
    Nanos next_heartbeat_;
    std::size_t probe_;
    bool heard_status_ = false;    // ever
    bool setup_wanted_ = false;    // by a receiver, since
    bool announce_ = false;        // to a new destination
    bool owes_connected_ = false;  // of a response: the conductor is to hear of its receiver
    bool may_count_blocked_ = false;
    bool told_end_ = false;
    bool is_connected_ = false;
    bool has_receivers_ = false;
    bool takes_long_windows_ = false;  // a receiver was told so
};

}  // namespace gale::driver::sender
