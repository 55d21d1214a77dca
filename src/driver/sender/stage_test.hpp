/// For tests only: a sender on a scripted network, time in steps, and a conductor's hand.
#pragma once

#include "driver/sender/scripted_network_test.hpp"
#include "driver/sender/sender.hpp"
#include "logbuffer/append.hpp"
#include "logbuffer/testing.hpp"
#include "wire/datagram.hpp"
#include "wire/frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace gale::driver::sender::testing {

using gale::testing::LogInMemory;
using gale::testing::Memory;
using gale::testing::no_limit;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A frame that left, as a receiver would read it.
struct Seen {
    wire::Datagram::Kind kind{};
    std::int64_t position = 0;  ///< of data, heartbeats and SETUPs
    std::int64_t length = 0;    ///< of the datagram
    std::int64_t covered = 0;   ///< of the stream, padding included
    std::uint8_t flags = 0;
    std::optional<net::SocketAddress> to{};
};

struct StatusFrame {
    std::int64_t position = 0;
    std::int32_t window = 0;
    std::int64_t receiver_id = 7;
    std::uint8_t flags = 0;
    std::optional<std::int64_t> tag{};
    std::uint16_t port = 40001;
    std::uint8_t host = 1;
};

inline constexpr std::int32_t stage_term = gale::testing::small_term;
inline constexpr SessionId stage_session{1};
inline constexpr StreamId stage_stream{10};

struct StageSpec {
    EndpointKind kind = EndpointKind::unicast;
    logbuffer::LogSettings log = gale::testing::small_log();
    PublicationSpec publication{
        .registration_id = 99, .session_id = stage_session, .stream_id = stage_stream, .window = stage_term / 2};
    std::size_t max_destinations = 256;
    std::int64_t setups_per_second = 2000;
    std::int64_t news_per_second = 100;
    bool has_name = false;
    bool is_connected = false;  ///< the transport itself knows where it sends
    bool separate_control = false;
};

/// One publication on one endpoint, unless a test adds more.
class Stage {
public:
    enum Name {
        bytes_sent,
        naks_received,
        status_messages_received,
        status_messages_rejected,
        heartbeats_sent,
        retransmits_sent,
        retransmitted_bytes,
        retransmit_overflow,
        flow_control_limits,
        error_frames_received,
        short_sends,
        invalid_packets,
        conductor_proxy_fails,
        replies_withheld,
        news_withheld,
        retransmissions_withheld,
        destinations_refused,
        publisher_limit,
        sender_position,
        sender_limit,
        back_pressure,
        stream_naks,
        flow_receivers,
        destination_count,
        first_spy,
        count_of_names = first_spy + 4,
    };

    explicit Stage(StageSpec spec = {}) : stored{spec.log}, spec_{spec} {
        // As new as a driver makes them: the publication's stand where it starts.
        for (const Name name : {publisher_limit, sender_position, sender_limit})
            cell(name).store_relaxed(spec.publication.start.value);
        shared->writable_to = no_limit;
        auto transport = std::make_unique<ScriptedTransport>();
        network = transport.get();
        std::unique_ptr<ScriptedTransport> control;
        if (spec.separate_control) control = std::make_unique<ScriptedTransport>();
        heard = control ? control.get() : network;
        auto made = std::make_unique<Endpoint>(
            EndpointSpec{.kind = spec.kind,
                         .remote = spec.has_name && !spec.is_connected ? std::optional{at_port(40001)} : std::nullopt,
                         .has_name = spec.has_name,
                         .max_destinations = spec.max_destinations,
                         .setups_per_second = spec.setups_per_second,
                         .news_per_second = spec.news_per_second,
                         .destination_count = &cell(destination_count)},
            std::move(transport), std::move(control));
        endpoint = made.get();
        tell(AddEndpoint{std::move(made)});
        publication = add_publication(spec.publication, stored.log, shared);
    }
    Publication* add_publication(const PublicationSpec& what, const logbuffer::Log& log,
                                 std::shared_ptr<PublicationShared> words) {
        auto made = std::make_unique<Publication>(what, log, counters_of_publication(), std::move(words));
        Publication* added = made.get();
        tell(AddPublication{endpoint, std::move(made)});
        return added;
    }

    [[nodiscard]] shm::Cell<std::int64_t>& cell(int name) const {
        auto* cells = reinterpret_cast<shm::Cell<std::int64_t>*>(memory.bytes().data());
        return cells[name];
    }
    [[nodiscard]] std::int64_t value(int name) const { return cell(name).load_acquire(); }

    void tell(Command&& command) { commands.push(std::move(command)); }
    std::optional<Event> event() {
        std::optional<Event> next;
        events.pop([&](Event&& event) { next = std::move(event); });
        return next;
    }
    template <class T> std::vector<T> events_of() {
        std::vector<T> found;
        while (auto next = event())
            if (auto* wanted = std::get_if<T>(&*next)) found.push_back(std::move(*wanted));
        return found;
    }

    /// One duty cycle, so much later than the one before.
    int step(Nanos later = microseconds{1}) {
        now += later;
        return sender.do_work({.now = now});
    }
    void run(Nanos duration, Nanos in_steps_of = milliseconds{1}) {
        for (const Nanos end = now + duration; now < end;) step(std::min(in_steps_of, end - now));
    }

    // The publisher.
    std::int64_t offer(std::size_t length) {
        return appender.offer(no_limit, logbuffer::SingleSource{gale::testing::message(offered_++, length)}, nullptr)
            .raw();
    }
    /// As many of that length as frames, the first at the publisher's position.
    void offer_many(int count, std::size_t length) {
        for (int i = 0; i < count;)
            if (offer(length) >= 0) ++i;
    }
    [[nodiscard]] std::int64_t producer() const { return stored.log.producer_position().value; }

    // The other side.
    void arrive(std::span<const std::byte> bytes, std::uint16_t port = 40001, std::uint8_t host = 1) {
        heard->arriving.emplace_back(gale::testing::to_vector(bytes), at_port(port, host));
    }
    template <class Frame> void arrive_frame(const Frame& frame, std::uint16_t port = 40001) {
        arrive(std::as_bytes(std::span{&frame, 1}), port);
    }
    void status(const StatusFrame& what, SessionId session = stage_session, StreamId stream = stage_stream) {
        const auto place = geometry().place(Position{what.position});
        wire::StatusMessage message{.session_id = session,
                                    .stream_id = stream,
                                    .term_id = place.term_id,
                                    .term_offset = place.offset,
                                    .window = what.window,
                                    .receiver_id = what.receiver_id};
        message.common.flags = what.flags;
        std::array<std::byte, wire::max_status_message_length> bytes{};
        arrive(wire::put(bytes, message, what.tag), what.port, what.host);
    }
    /// What asks for a SETUP.
    void elicit(StatusFrame what = {}, SessionId session = stage_session, StreamId stream = stage_stream) {
        wire::StatusMessage message{.session_id = session,
                                    .stream_id = stream,
                                    .term_id = TermId{0},
                                    .term_offset = 0,
                                    .window = 0,
                                    .receiver_id = what.receiver_id};
        message.common.flags = wire::StatusMessage::send_setup;
        std::array<std::byte, wire::max_status_message_length> bytes{};
        arrive(wire::put(bytes, message, what.tag), what.port, what.host);
    }
    void nak(std::int64_t position, std::int32_t length, std::uint16_t port = 40001) {
        const auto place = geometry().place(Position{position});
        arrive_frame(wire::Nak{.session_id = stage_session,
                               .stream_id = stage_stream,
                               .term_id = place.term_id,
                               .term_offset = place.offset,
                               .length = length},
                     port);
    }
    void reject(std::int64_t receiver_id, std::string_view why, std::optional<std::int64_t> tag = std::nullopt) {
        wire::ErrorFrame error{
            .session_id = stage_session, .stream_id = stage_stream, .receiver_id = receiver_id, .code = 13};
        if (tag) {
            error.group_tag = *tag;
            error.common.flags = wire::ErrorFrame::tagged;
        }
        std::array<std::byte, wire::max_error_frame_length> bytes{};
        arrive(wire::put(bytes, error, why));
    }
    /// A receiver that takes all of a window from the start.
    void connect(std::int32_t window = stage_term / 2) {
        step();
        status({.position = spec_.publication.start.value, .window = window});
        step();
        step();
        look();
    }

    /// What left since the last look.
    std::vector<Seen> look() {
        std::vector<Seen> frames;
        for (const ScriptedTransport::Sent& sent : std::exchange(network->sent, {})) {
            Seen seen{.length = static_cast<std::int64_t>(sent.bytes.size()), .to = sent.to};
            const auto datagram = wire::Datagram::at_receiver(sent.bytes);
            seen.kind = datagram.kind();
            const auto at = [&](TermId term, std::int32_t offset) { return geometry().position({term, offset}).value; };
            if (seen.kind == wire::Datagram::Kind::data) {
                const auto& first = datagram.data().first();
                seen.position = at(first.term_id, first.term_offset);
                seen.covered = datagram.data().covered();
                seen.flags = first.common.flags;
            } else if (seen.kind == wire::Datagram::Kind::heartbeat) {
                seen.position = at(datagram.heartbeat().term_id, datagram.heartbeat().term_offset);
                seen.flags = datagram.heartbeat().common.flags;
            } else if (seen.kind == wire::Datagram::Kind::setup) {
                seen.position = at(datagram.setup().active_term_id, datagram.setup().term_offset);
                seen.flags = datagram.setup().common.flags;
            }
            frames.push_back(seen);
        }
        return frames;
    }
    std::vector<Seen> look(wire::Datagram::Kind kind) {
        auto frames = look();
        std::erase_if(frames, [&](const Seen& seen) { return seen.kind != kind; });
        return frames;
    }

    [[nodiscard]] const logbuffer::Geometry& geometry() const { return stored.log.geometry(); }
    [[nodiscard]] bool is_connected() const { return stored.metadata().is_connected.load_acquire() == 1; }

    [[nodiscard]] PublicationCounters counters_of_publication() const {
        return {cell(publisher_limit), cell(sender_position), cell(sender_limit),
                cell(back_pressure),   cell(stream_naks),     &cell(flow_receivers)};
    }
    [[nodiscard]] SystemCounters system_counters() const {
        return {cell(bytes_sent),
                cell(naks_received),
                cell(status_messages_received),
                cell(status_messages_rejected),
                cell(heartbeats_sent),
                cell(retransmits_sent),
                cell(retransmitted_bytes),
                cell(retransmit_overflow),
                cell(flow_control_limits),
                cell(error_frames_received),
                cell(short_sends),
                cell(invalid_packets),
                cell(conductor_proxy_fails),
                cell(replies_withheld),
                cell(news_withheld),
                cell(retransmissions_withheld),
                cell(destinations_refused)};
    }

    Memory memory{count_of_names * sizeof(std::int64_t)};
    LogInMemory stored;
    logbuffer::ConcurrentAppender appender{stored.log, {stage_session, stage_stream}};
    std::shared_ptr<PublicationShared> shared = std::make_shared<PublicationShared>();
    Commands commands;
    Events events;
    ScriptedPoller poller;
    Nanos now{seconds{1000}};
    Nanos wall{seconds{1700000000}};
    struct Realtime {
        Stage& stage;
        Nanos operator()() const { return stage.wall; }
    };
    Realtime realtime{*this};
    Sender sender{{.realtime = realtime}, commands, events, poller, system_counters()};
    Endpoint* endpoint = nullptr;
    Publication* publication = nullptr;
    ScriptedTransport* network = nullptr;
    ScriptedTransport* heard = nullptr;

private:
    StageSpec spec_;
    std::int64_t offered_ = 0;
};

}  // namespace gale::driver::sender::testing
