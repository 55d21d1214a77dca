/// For tests only: a driver in name, stepped by hand in one thread under a virtual clock, and a client connected to it.
#pragma once

#include "control/cnc_file.hpp"
#include "control/commands.hpp"
#include "control/counter_types.hpp"
#include "control/events.hpp"
#include "logbuffer/log.hpp"
#include "os/directory.hpp"
#include "os/mapped_file.hpp"
#include "os/process.hpp"
#include "os/wake.hpp"

#include <gale/client.hpp>

#include <atomic>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace gale::client::testing {

using namespace std::chrono_literals;

/// For who reads on and does not look.
inline constexpr auto ignore = [](std::span<const std::byte>, const Header&) {};

/// Time that stands still until told otherwise.
class VirtualClock final : public Clock {
public:
    [[nodiscard]] Tick tick() noexcept override {
        if (on_tick) on_tick();
        return moment();
    }
    /// The same, and nobody hears of it.
    [[nodiscard]] Tick moment() const noexcept { return {.now = Nanos{now_.load()}, .wall = wall()}; }
    void advance(Nanos by) noexcept { now_.fetch_add(by.count()); }
    void step_wall(Nanos by) noexcept { wall_offset_.fetch_add(by.count()); }
    [[nodiscard]] Millis wall() const noexcept {
        return std::chrono::duration_cast<Millis>(Nanos{now_.load() + wall_offset_.load()});
    }
    std::function<void()> on_tick{};  ///< lets the driver answer while a call waits

private:
    std::atomic<std::int64_t> now_{Nanos{1000s}.count()};
    std::atomic<std::int64_t> wall_offset_{Nanos{1'700'000'000s}.count()};
};

/// One command as it came, kept.
struct Received {
    control::CommandType type{};
    std::vector<std::byte> payload;
    template <class Command> [[nodiscard]] Command as() const {
        return std::get<Command>(control::decode_command(static_cast<std::int32_t>(type), payload));
    }
};

/// What a driver keeps of a stream over shared memory.
struct FakeStream {
    CorrelationId id;
    SessionId session;
    StreamId stream;
    std::string channel;
    std::string path;
    CounterId limit;
    os::MappedFile file;
    logbuffer::Log log;
    std::int64_t cleaned = 0;

    /// Zeroes what was consumed, as a driver does before publishers come round again.
    void clean_to(Position consumed) {
        for (; cleaned < consumed.value; cleaned += wire::frame_alignment)
            std::memset(log.term(log.geometry().partition(Position{cleaned})) +
                            log.geometry().offset(Position{cleaned}),
                        0, wire::frame_alignment);
    }
};

class FakeDriver {
public:
    static control::CncSettings small_settings() {
        return {.to_driver_length = 64 * 1024 + shm::ring_trailer_length,
                .to_clients_length = 64 * 1024 + shm::broadcast_trailer_length,
                .counters_values_length = 128 * 512,
                .error_log_length = 64 * 1024};
    }
    enum class Start { ready, silent };

    explicit FakeDriver(Start start = Start::ready, const control::CncSettings& settings = small_settings())
        : directory_{fresh_directory()},
          cnc_{(os::create_directory(directory_), control::CncFile::create(directory_, settings))},
          ring{cnc_.to_driver()}, counters{cnc_.counters_metadata(), cnc_.counters_values(), Millis{1000}},
          transmitter_{cnc_.to_clients()} {
        static_cast<void>(ring.next_correlation_id());  // 0 is nobody
        for (std::int32_t id = 0; id < control::system_counter_count; ++id)
            static_cast<void>(
                counters.allocate({.type_id = 0, .label = "system", .registration_id = id}, clock.moment()));
        if (start == Start::silent) return;
        beat();
        cnc_.publish_version();
    }
    ~FakeDriver() { os::remove_tree(directory_); }
    FakeDriver(const FakeDriver&) = delete;
    FakeDriver& operator=(const FakeDriver&) = delete;

    [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
    [[nodiscard]] control::CncFile& cnc() noexcept { return cnc_; }
    void beat() noexcept { ring.consumer_heartbeat().store_release(clock.wall().count()); }
    void support_session_ids() noexcept { counters.value(CounterId{43}).store_release(control::protocol_version); }

    /// Says it to every client.
    void tell(const control::Event& event) {
        transmitter_.transmit(static_cast<std::int32_t>(control::type_of(event)), control::encode(event).bytes());
        os::WakeWord{transmitter_.tail_address()}.wake();
    }
    void tell_raw(std::int32_t type, std::size_t length) { tell_bytes(type, std::vector<std::byte>(length)); }
    void tell_bytes(std::int32_t type, std::span<const std::byte> bytes) { transmitter_.transmit(type, bytes); }

    /// What the clients asked since the last time. Answers nothing.
    [[nodiscard]] std::vector<Received> take() {
        std::vector<Received> all;
        ring.read(
            [&](std::int32_t type, std::span<const std::byte> payload) {
                all.push_back({control::CommandType{type}, {payload.begin(), payload.end()}});
                return shm::RingRead::consumed;
            },
            1000);
        return all;
    }
    /// Takes and answers, as a driver without UDP would. Returns what it took.
    std::vector<Received> respond() {
        auto all = take();
        for (const auto& received : all)
            std::visit([&](const auto& command) { on(command); },
                       control::decode_command(static_cast<std::int32_t>(received.type), received.payload));
        return all;
    }

    /// A log of 64 KiB terms and a counter for its limit.
    FakeStream& make_stream(CorrelationId id, StreamId stream, std::string channel, bool exclusive = false,
                            SessionId session = SessionId{0}, std::int32_t term_length = 64 * 1024) {
        const std::string path = directory_ + "/" + std::to_string(id.value) + ".logbuffer";
        auto file = os::MappedFile::create(path, static_cast<std::size_t>(logbuffer::file_length(term_length, 4096)));
        if (session == SessionId{0}) session = SessionId{static_cast<std::int32_t>(5000 + id.value)};
        const logbuffer::LogSettings settings{.type = exclusive ? logbuffer::LogType::exclusive_publication
                                                                : logbuffer::LogType::concurrent_publication,
                                              .correlation_id = id,
                                              .session_id = session,
                                              .stream_id = stream,
                                              .initial_term_id = initial_term,
                                              .starting_term_id = initial_term,
                                              .term_length = term_length,
                                              .mtu_length = 1408};
        const auto log = logbuffer::Log::initialise(file.bytes(), settings);
        log.metadata().is_connected.store_release(1);
        const auto limit = counters.allocate(
            {.type_id = 1, .label = "pub-lmt", .registration_id = id.value, .initial_value = INT64_MAX},
            clock.moment());
        auto made = std::make_unique<FakeStream>(
            FakeStream{id, session, stream, std::move(channel), path, *limit, std::move(file), log});
        return *(streams[id] = std::move(made));
    }
    /// A position for a subscription on a stream, and the news of it.
    CounterId make_image(const FakeStream& stream, CorrelationId subscription, std::int64_t position = 0) {
        const auto counter = counters.allocate(
            {.type_id = 4, .label = "sub-pos", .registration_id = subscription.value, .initial_value = position},
            clock.moment());
        tell(control::AvailableImage{stream.id, stream.session, stream.stream, subscription, *counter, stream.path,
                                     "aeron:ipc"});
        return *counter;
    }
    void end_image(const FakeStream& stream, CorrelationId subscription) {
        tell(control::UnavailableImage{stream.id, subscription, stream.stream, stream.channel});
    }
    [[nodiscard]] FakeStream& stream(CorrelationId id) { return *streams.at(id); }

    VirtualClock clock;

private:
    std::string directory_;
    control::CncFile cnc_;

public:
    shm::Ring ring;
    shm::CountersManager counters;
    TermId initial_term{7};
    std::map<CorrelationId, std::unique_ptr<FakeStream>> streams;
    std::map<CorrelationId, control::AddSubscription> subscriptions;  // channel: borrowed from subscription_channels
    std::map<ClientId, CounterId> heartbeats;

private:
    static std::string fresh_directory() {
        static std::atomic<int> next{0};
        return "/dev/shm/gale-client-test-" + std::to_string(os::process_id()) + "-" +
               std::to_string(next.fetch_add(1));
    }
    void know(ClientId client) {
        if (heartbeats.contains(client)) return;
        const auto key = control::heartbeat_key(client);
        const auto counter = counters.allocate({.type_id = 11,
                                                .key = key,
                                                .label = "client-heartbeat: id=" + std::to_string(client.value),
                                                .registration_id = client.value,
                                                .owner_id = client.value,
                                                .initial_value = clock.wall().count()},
                                               clock.moment());
        heartbeats[client] = *counter;
        tell(control::CounterReady{CorrelationId{client.value}, *counter});
    }
    void on(const control::AddPublication& command) {
        know(command.request.client_id);
        const bool exclusive = command.sharing == control::Sharing::exclusive;
        const CorrelationId id = command.request.correlation_id;
        FakeStream* found = nullptr;
        for (auto& [key, stream] : streams)
            if (!exclusive && stream->stream == command.stream_id && stream->channel == command.channel)
                found = stream.get();
        const bool is_new = found == nullptr;
        if (is_new) found = &make_stream(id, command.stream_id, std::string{command.channel}, exclusive);
        tell(control::PublicationReady{exclusive, id, found->id, found->session, found->stream, found->limit,
                                       no_counter, found->path});
        if (!is_new) return;
        for (const auto& [key, subscription] : subscriptions)
            if (subscription.stream_id == found->stream && subscription.channel == found->channel)
                make_image(*found, key);
    }
    void on(const control::AddSubscription& command) {
        know(command.request.client_id);
        const CorrelationId id = command.request.correlation_id;
        tell(control::SubscriptionReady{id, no_counter});
        auto kept = command;
        kept.channel = *channels_.insert(channels_.end(), std::string{command.channel});
        subscriptions[id] = kept;
        for (const auto& [key, stream] : streams)
            if (stream->stream == command.stream_id && stream->channel == command.channel)
                make_image(*stream, id, stream->log.producer_position().value);
    }
    void on(const control::RemovePublication& command) { done(command.request); }
    void on(const control::RemoveSubscription& command) {
        subscriptions.erase(command.registration_id);
        done(command.request);
    }
    void on(const control::AddCounter& command) {
        know(command.request.client_id);
        const auto id = counters.allocate({.type_id = command.type_id,
                                           .key = command.key,
                                           .label = command.label,
                                           .registration_id = command.request.correlation_id.value,
                                           .owner_id = command.request.client_id.value},
                                          clock.moment());
        tell(control::CounterReady{command.request.correlation_id, *id});
    }
    void on(const control::AddStaticCounter& command) {
        know(command.request.client_id);
        auto id = counters.find(command.type_id, command.registration_id);
        if (!id)
            id = counters.allocate({.type_id = command.type_id,
                                    .key = command.key,
                                    .label = command.label,
                                    .registration_id = command.registration_id,
                                    .owner_id = -1},
                                   clock.moment());
        tell(control::StaticCounter{command.request.correlation_id, *id});
    }
    void on(const control::RemoveCounter& command) {
        done(command.request);
        CounterId found = no_counter;
        counters.for_each([&](const shm::CounterView& view) {
            if (view.registration_id == command.registration_id.value &&
                view.owner_id == command.request.client_id.value)
                found = view.id;
        });
        if (found == no_counter) return;
        tell(control::UnavailableCounter{command.registration_id, found});
        counters.free(found, clock.moment());
    }
    void on(const control::ChangeDestination& command) { done(command.request); }
    void on(const control::RemoveDestinationById& command) { done(command.request); }
    void on(const control::RejectImage& command) { done(command.request); }
    void on(const control::NextSessionId& command) {
        tell(control::NextSessionIdEvent{command.request.correlation_id, SessionId{4242}});
    }
    void on(const control::ClientKeepalive&) {}
    void on(const control::ClientClose&) {}
    void on(const control::TerminateDriver&) {}
    void on(const control::Refused&) {}
    void done(control::Request request) { tell(control::OperationSucceeded{request.correlation_id}); }

    shm::BroadcastTransmitter transmitter_;
    std::deque<std::string> channels_;
};

/// A driver and one client that steps itself.
struct World {
    FakeDriver driver;
    std::vector<Error> errors;
    Client client;

    explicit World(const std::function<void(ClientOptions&)>& change = {},
                   const control::CncSettings& settings = FakeDriver::small_settings())
        : driver{FakeDriver::Start::ready, settings}, client{Client::connect(options(change))} {}

    ClientOptions options(const std::function<void(ClientOptions&)>& change = {}) {
        ClientOptions made;
        made.directory = driver.directory();
        made.conductor = ConductorMode::invoker;
        made.clock = &driver.clock;
        made.on_error = [this](const Error& error) { errors.push_back(error); };
        if (change) change(made);
        return made;
    }
    /// The driver answers, the client listens.
    void step() {
        driver.respond();
        client.do_work();
    }
    /// Both live on for a while.
    void live(Nanos time, Nanos stride = 100ms) {
        for (Nanos lived{}; lived < time; lived += stride) {
            driver.clock.advance(stride);
            driver.beat();
            step();
        }
    }
    template <class Resource> Resource settle(Pending<Resource> pending) {
        step();
        auto made = pending.poll();
        if (!made) throw std::runtime_error{"the fake driver did not answer"};
        return *std::move(made);
    }
    Publication publication(std::string_view channel = "aeron:ipc", StreamId stream = StreamId{10}) {
        return settle(client.async_add_publication(channel, stream));
    }
    ExclusivePublication exclusive(std::string_view channel = "aeron:ipc", StreamId stream = StreamId{10}) {
        return settle(client.async_add_exclusive_publication(channel, stream));
    }
    Subscription subscription(std::string_view channel = "aeron:ipc", StreamId stream = StreamId{10},
                              SubscriptionHandlers handlers = {}) {
        auto made = settle(client.async_add_subscription(channel, stream, std::move(handlers)));
        client.do_work();
        return made;
    }
};

/// The Error that `call` throws; fails the test when it throws none.
template <class Call> Error error_of(Call&& call) {
    try {
        call();
    } catch (const Error& error) {
        return error;
    }
    return Error{ErrorCode::none, "nothing was thrown"};
}

}  // namespace gale::client::testing
