/// The receiving half of one session's stream: puts what arrives into the log, and tells the publication how far it
/// got, what is missing, and when it goes away.
#pragma once

#include "driver/receiver/congestion_control.hpp"
#include "driver/receiver/counters.hpp"
#include "driver/receiver/destination.hpp"
#include "driver/receiver/grants.hpp"
#include "driver/receiver/image_shared.hpp"
#include "driver/receiver/messages.hpp"
#include "driver/receiver/recovery.hpp"
#include "driver/receiver/timestamps.hpp"
#include "logbuffer/log.hpp"
#include "wire/datagram.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gale::driver::receiver {

struct ImageCounters {
    shm::Cell<std::int64_t>& high_water_mark;  ///< all three: the receiver
    shm::Cell<std::int64_t>& receiver_position;
    shm::Cell<std::int64_t>& naks_sent;
};

/// The code of the ERR frames that reject an image.
inline constexpr std::int32_t image_rejected = 13;

struct ImageSettings {
    SessionId session_id{};
    StreamId stream_id{};
    Position join_position{};
    bool is_reliable = true;
    NakSettings nak{};
    Nanos liveness_timeout = std::chrono::seconds{10};
    Nanos status_interval = std::chrono::milliseconds{200};
    std::uint64_t seed = 0;
    Destination* destination = nullptr;          ///< that brought the set-up frame; null: it is gone by now
    std::optional<net::SocketAddress> source{};  ///< ImageWanted::control
};

/// Made and freed by the conductor, used by the receiver from AddImage to ImageReleased. Log, counters and shared words
/// outlive it.
class Image {
public:
    Image(const ImageSettings& settings, const logbuffer::Log& log, std::unique_ptr<CongestionControl> congestion,
          const ImageCounters& counters, ImageShared& shared);

    [[nodiscard]] SessionId session_id() const noexcept { return settings_.session_id; }
    [[nodiscard]] StreamId stream_id() const noexcept { return settings_.stream_id; }
    [[nodiscard]] Endpoint* endpoint() const noexcept { return endpoint_; }
    [[nodiscard]] bool has_ended() const noexcept { return end_of_stream_; }
    [[nodiscard]] Position rebuilt() const noexcept { return recovery_.rebuilt(); }

    // --- what the receiver does with it

    /// Joins an endpoint, whose identity its frames carry. `counters` outlives it.
    void join(Endpoint& endpoint, std::int64_t receiver_id, std::optional<std::int64_t> group_tag,
              const Counters& counters, Nanos now) noexcept;
    void leave() noexcept { endpoint_ = nullptr; }
    void add_destination(Destination& destination) noexcept;
    void remove_destination(const Destination& destination) noexcept;
    void add_subscriber(CounterId counter, shm::Cell<std::int64_t>& position) noexcept;
    void remove_subscriber(CounterId counter) noexcept;
    void begin_end_of_stream() noexcept;
    void reject(std::string reason) noexcept;
    void set_response_session(std::optional<SessionId> session) noexcept;
    /// A newer image has the session: says nothing any more.
    void silence() noexcept { silent_ = true; }

    void on_data(const wire::DataFrames& frames, Destination& destination, const net::SocketAddress& source, Nanos now,
                 const Stamp& stamp) noexcept;
    void on_heartbeat(const wire::DataHeader& heartbeat, Destination& destination, const net::SocketAddress& source,
                      Nanos now) noexcept;
    void on_setup(Destination& destination, const net::SocketAddress& source, Nanos now) noexcept;
    /// `long_windows`: the publication takes windows beyond half a term.
    void on_round_trip(Nanos now, Nanos round_trip, bool long_windows) noexcept;

    /// Once a duty cycle. How many frames it sent.
    int work(Nanos now) noexcept;
    /// Before it goes: an end of stream that is due to be told is told now.
    void say_last_word(Nanos now) noexcept;
    /// How it ended, until `was_told`; nothing while it goes on.
    [[nodiscard]] std::optional<ImageEnd> news() const noexcept { return told_ ? std::nullopt : end_; }
    void was_told() noexcept { told_ = true; }
    /// Bytes lost, for the loss report; `lost_was_told` forgets them.
    [[nodiscard]] std::int64_t lost_bytes() noexcept { return lost_bytes_ += recovery_.take_lost_bytes(); }
    void lost_was_told() noexcept { lost_bytes_ = 0; }

private:
    struct Connection {
        Destination* destination;
        std::optional<net::SocketAddress> source;  // of its first frame
        Nanos last_activity{};
        Nanos last_frame{};
        Position end_of_stream{};
        bool is_known = false;  // something of this image came that way
        bool has_ended = false;
        bool was_revoked = false;
        [[nodiscard]] const std::optional<net::SocketAddress>& control() const noexcept {
            return destination->control() ? destination->control() : source;
        }
    };
    struct Subscriber {
        CounterId counter;
        shm::Cell<std::int64_t>* cell;
        Position position;
    };
    struct Span {
        Position begin;
        Position end;
    };

    [[nodiscard]] std::optional<Span> place(const wire::DataHeader& header, std::int32_t covered) const noexcept;
    void insert(const wire::DataFrames& frames, Span span, Nanos now, const Stamp& stamp) noexcept;
    void publish_positions() noexcept;
    [[nodiscard]] Connection& connection(Destination& destination, const net::SocketAddress& source) noexcept;
    void touch(Connection& connection, Nanos now) noexcept;
    void set_long_windows(bool allowed) noexcept;
    [[nodiscard]] bool has_one_source() const noexcept;
    void find_end_of_stream(Nanos now) noexcept;

    void follow_subscribers() noexcept;
    void follow_congestion(Nanos now) noexcept;
    void look_for_end(Nanos now) noexcept;
    void end(ImageEnd how) noexcept;
    int send_status_when_due(Nanos now) noexcept;
    int send_status(Nanos now, std::int32_t window, bool timed_out) noexcept;
    int send_error(Nanos now) noexcept;
    int repair(Nanos now) noexcept;
    int send_naks(Nanos now) noexcept;
    int measure_when_due(Nanos now) noexcept;
    [[nodiscard]] bool is_unheard(Nanos now) noexcept;
    void begin_patience() noexcept;
    [[nodiscard]] std::int32_t window_to_send() const noexcept;
    void count_transports(Nanos now) noexcept;
    template <class Send> int to_all(Nanos now, bool also_silent, Send&& send) noexcept;
    /// Between measurements of a round trip that is known; answers to one go to all of a group.
    [[nodiscard]] static constexpr Nanos known_measurement_interval(bool is_group) noexcept {
        return std::chrono::seconds{is_group ? 4 : 1};
    }

    ImageSettings settings_;
    logbuffer::Log log_;
    std::unique_ptr<CongestionControl> congestion_;
    ImageCounters counters_;
    ImageShared& shared_;
    const Counters* driver_ = nullptr;
    Endpoint* endpoint_ = nullptr;
    std::int64_t receiver_id_ = 0;
    std::optional<std::int64_t> group_tag_{};
    Recovery recovery_;
    std::vector<Connection> connections_;
    std::vector<Subscriber> subscribers_;

    Position consumed_;
    Position scheduled_;       // of the last status message
    Grants grants_;            // how far the publication may go
    std::int32_t window_ = 0;  // now
    std::int32_t reach_ = 0;   // the longest there can be: from beyond that nothing is taken
    std::int32_t said_window_ = 0;
    bool status_is_due_ = true;  // the first one at once
    Nanos status_deadline_{};
    Nanos unheard_patience_{};  // when to say it again to a publication that stands still

    Nanos last_status_{-1};
    Nanos last_data_{-1};
    Nanos last_packet_{};
    Nanos next_measurement_{};
    Nanos measurement_patience_{};
    std::int64_t arrived_ = 0;  // since the strategy was asked
    bool over_run_ = false;
    bool sends_end_of_stream_ = false;
    bool may_have_ended_ = false;  // by one way at least
    bool end_of_stream_ = false;
    Position end_position_{};  // of the stream, when it has one
    bool revoked_ = false;
    bool silent_ = false;
    bool told_ = false;
    std::optional<ImageEnd> end_{};
    std::int64_t lost_bytes_ = 0;
    std::optional<std::string> rejection_{};
    std::optional<SessionId> response_session_{};
};

}  // namespace gale::driver::receiver
