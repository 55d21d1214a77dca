/// A receiver over a network made of lists, stepped by hand; the test is conductor, publication and subscriber.
#pragma once

#include "driver/receiver/receiver.hpp"
#include "driver/receiver/testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

namespace gale::driver::receiver::testing {

/// What the conductor keeps for an image.
struct MadeImage {
    explicit MadeImage(TermId initial) : log{small_log(initial)} {}
    LogInMemory log;
    ImageShared shared{};
    shm::Cell<std::int64_t> high_water_mark{};
    shm::Cell<std::int64_t> receiver_position{};
    shm::Cell<std::int64_t> naks_sent{};
    shm::Cell<std::int64_t> subscriber{};
    Image* image = nullptr;
    Position join{};
};

struct ImageOptions {
    bool reliable = true;
    bool group = false;
    std::int32_t window = 32 * 1024;  ///< constant
    bool own_window = false;
    std::int64_t writable_to = INT64_MAX / 2;
    std::size_t max_gaps = 1024;
};

/// The receiver, one endpoint with one destination, and what came out of it.
class ReceiverTest : public ::testing::Test {
protected:
    explicit ReceiverTest(const EndpointSettings& settings = {.receiver_id = 77, .secret = 5},
                          const DestinationSettings& destination = {.registration_id = 1})
        : receiver{{}, commands, events, counters.all, poller, real_time_} {
        endpoint = add_endpoint(settings);
        transport = add_destination(destination);
        step();
    }

    Endpoint* add_endpoint(const EndpointSettings& settings) {
        auto made = std::make_unique<Endpoint>(settings);
        Endpoint* const raw = made.get();
        command(AddEndpoint{std::move(made)});
        return raw;
    }
    ScriptedTransport* add_destination(const DestinationSettings& settings) {
        auto made = std::make_unique<ScriptedTransport>();
        ScriptedTransport* const raw = made.get();
        command(AddDestination{endpoint, std::make_unique<Destination>(settings, std::move(made))});
        return raw;
    }
    void command(Command&& command) { commands.push(std::move(command)); }

    /// One duty cycle; what it tells the conductor is in `told`.
    int step(Nanos later = 1us) {
        now += later;
        const int work = receiver.do_work({.now = now});
        events.drain([&](Event&& event) { told.push_back(std::move(event)); }, 100'000);
        return work;
    }
    void steps(int count, Nanos later) {
        for (int i = 0; i < count; ++i) step(later);
    }
    /// A datagram comes, and is looked at.
    void receive(const Bytes& bytes, const net::SocketAddress& source = publisher) {
        arrive(bytes, source);
        step();
    }
    void arrive(const Bytes& bytes, const net::SocketAddress& source = publisher) {
        transport->arrivals.emplace_back(bytes, source);
    }

    void subscribe(StreamId stream = StreamId{10}, std::optional<SessionId> session = {}) {
        command(AddInterest{endpoint, stream, session});
        step();
    }
    template <class E> std::vector<E> take() {
        std::vector<E> taken;
        for (auto each = told.begin(); each != told.end();)
            if (auto* event = std::get_if<E>(&*each); event != nullptr) {
                taken.push_back(std::move(*event));
                each = told.erase(each);
            } else {
                ++each;
            }
        return taken;
    }
    /// As the conductor answers ImageWanted, with one subscriber.
    MadeImage& make_image(const ImageWanted& wanted, const ImageOptions& options = {}) {
        MadeImage& made = *images.emplace_back(std::make_unique<MadeImage>(wanted.initial_term_id));
        made.join = made.log.log.geometry().position({wanted.active_term_id, wanted.term_offset});
        made.shared.writable_to.store_release(options.writable_to);
        const WindowSettings window{
            .window = options.window, .term_length = small_term, .mtu = 1408, .receive_buffer_length = 1 << 20};
        auto image = std::make_unique<Image>(
            ImageSettings{.session_id = wanted.session_id,
                          .stream_id = wanted.stream_id,
                          .join_position = made.join,
                          .is_reliable = options.reliable,
                          .nak = {.is_group = options.group, .max_gaps = options.max_gaps},
                          .seed = 3,
                          .destination = wanted.destination,
                          .source = wanted.control},
            made.log.log, options.own_window ? make_own_window(window) : make_static_window(window),
            ImageCounters{made.high_water_mark, made.receiver_position, made.naks_sent}, made.shared);
        made.image = image.get();
        made.subscriber.store_release(made.join.value);
        command(AddImage{wanted.endpoint, std::move(image)});
        command(AddSubscriber{made.image, CounterId{100}, &made.subscriber});
        step();
        return made;
    }
    /// The whole dialogue: interest, set-up, image. What was sent meanwhile is forgotten.
    MadeImage& connect(const ImageOptions& options = {}, const SetupOptions& setup = {}) {
        subscribe(setup.key.stream);
        receive(setup_frame(setup));
        const auto wanted = take<ImageWanted>();
        EXPECT_EQ(wanted.size(), 1U);
        MadeImage& made = make_image(wanted.at(0), options);
        transport->sent.clear();
        return made;
    }
    /// Answers the first question about the round trip: it is known from now on.
    void answer_round_trip(Nanos round_trip, Key key = {}, std::uint8_t flags = 0) {
        wire::RttMeasurement answer{.session_id = key.session, .stream_id = key.stream};
        answer.common.flags = flags;
        answer.echo_timestamp_ns = (now + 1us - round_trip).count();
        answer.reception_delta_ns = 0;
        answer.receiver_id = endpoint->settings().receiver_id;
        receive(bytes_of(answer));
        transport->sent.clear();
    }

    /// What was sent of one kind since it was asked last, in order. Other kinds stay.
    template <class Frame> std::vector<Frame> sent(ScriptedTransport* from = nullptr) {
        std::vector<Frame> frames;
        auto& list = (from == nullptr ? transport : from)->sent;
        for (auto each = list.begin(); each != list.end();) {
            const auto* common = view<wire::CommonHeader>(each->bytes);
            if (common->type == Frame::type) {
                frames.push_back(*view<Frame>(each->bytes));
                last_to = each->to;
                each = list.erase(each);
            } else {
                ++each;
            }
        }
        return frames;
    }
    struct Asked {
        std::int64_t position;
        std::int32_t length;
        bool operator==(const Asked&) const = default;
    };
    std::vector<Asked> naks(Key key = {}) {
        std::vector<Asked> asked;
        for (const wire::Nak& nak : sent<wire::Nak>())
            asked.push_back(
                {logbuffer::Geometry{key.initial, small_term}.position({nak.term_id, nak.term_offset}).value,
                 nak.length});
        return asked;
    }
    struct Said {
        std::int64_t position;
        std::int32_t window;
        std::uint8_t flags = 0;
        bool operator==(const Said&) const = default;
    };
    std::vector<Said> statuses(Key key = {}) {
        std::vector<Said> said;
        for (const wire::StatusMessage& each : sent<wire::StatusMessage>())
            said.push_back(
                {logbuffer::Geometry{key.initial, small_term}.position({each.term_id, each.term_offset}).value,
                 each.window, each.common.flags});
        return said;
    }
    static std::int64_t value(const shm::Cell<std::int64_t>& cell) { return cell.load_acquire(); }

    TestCounters counters;
    Commands commands;
    Events events;
    ScriptedPoller poller;
    Nanos now{1s};
    Nanos real_time{};
    std::function<Nanos()> real_time_ = [this] { return real_time; };
    Receiver receiver;
    std::vector<Event> told;
    std::vector<std::unique_ptr<MadeImage>> images;
    Endpoint* endpoint = nullptr;
    ScriptedTransport* transport = nullptr;
    net::SocketAddress last_to;
};

}  // namespace gale::driver::receiver::testing
