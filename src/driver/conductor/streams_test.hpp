/// For tests only: what a puppet does with a publication or an image once the driver gave it one.
#pragma once

#include "driver/conductor/puppet_test.hpp"
#include "logbuffer/append.hpp"
#include "logbuffer/testing.hpp"

namespace gale::testing {

[[nodiscard]] inline std::vector<std::vector<std::byte>> only(std::vector<std::byte> message) {
    return {std::move(message)};
}

/// A log as a client maps it.
struct MappedLog {
    explicit MappedLog(std::string_view path) : file{os::MappedFile::open(std::string{path}, os::Access::read_write)} {
        EXPECT_EQ(logbuffer::Log::fault(file.bytes()), "");
        log.emplace(file.bytes());
    }
    os::MappedFile file;
    std::optional<logbuffer::Log> log;
};

struct Publication {
    CorrelationId id;        ///< of this registration
    CorrelationId original;  ///< of the one that made the log
    SessionId session;
    StreamId stream;
    CounterId limit_counter;
    CounterId status_counter;  ///< of its channel
    std::string path;
    std::shared_ptr<MappedLog> mapped;
    TestDriver* driver = nullptr;

    [[nodiscard]] const logbuffer::Log& log() const { return *mapped->log; }
    [[nodiscard]] std::int64_t limit() const { return driver->value(limit_counter); }
    [[nodiscard]] std::int64_t position() const { return log().producer_position().value; }
    [[nodiscard]] bool connected() const { return log().metadata().is_connected.load_acquire() == 1; }
    [[nodiscard]] std::int64_t end_of_stream() const { return log().metadata().end_of_stream_position.load_acquire(); }
    [[nodiscard]] logbuffer::ConcurrentAppender appender() const { return {log(), {session, stream}}; }
    [[nodiscard]] logbuffer::ExclusiveAppender exclusive_appender() const { return {log(), {session, stream}}; }
    OfferResult offer(std::span<const std::byte> message) const {
        return appender().offer(limit(), logbuffer::SingleSource{message}, nullptr);
    }
    /// The value of its counter of that type.
    [[nodiscard]] std::optional<CounterId> counter(control::CounterType type) const {
        return driver->counters().find(static_cast<std::int32_t>(type), original.value);
    }
};

struct Image {
    CorrelationId id;
    CorrelationId subscription;
    SessionId session;
    CounterId position_counter;
    std::string source;
    std::shared_ptr<MappedLog> mapped;
    TestDriver* driver = nullptr;

    [[nodiscard]] std::int64_t position() const { return driver->value(position_counter); }
    void set_position(std::int64_t to) const { driver->counters().value(position_counter).store_release(to); }
    /// Messages in one frame each, read to the end of a term at most, and the position told.
    std::vector<std::vector<std::byte>> poll(int limit = 1000) const {
        std::vector<std::vector<std::byte>> messages;
        Position at{position()};
        (void)logbuffer::scan(*mapped->log, at, logbuffer::no_end, limit,
                              [&](std::span<const std::byte> payload, const wire::FrameHeader&, Position) {
                                  messages.emplace_back(payload.begin(), payload.end());
                              });
        set_position(at.value);
        return messages;
    }
};

inline control::AddPublication add_publication(std::string_view channel, StreamId stream,
                                               control::Sharing sharing = control::Sharing::concurrent) {
    return {.sharing = sharing, .stream_id = stream, .channel = channel};
}
inline control::AddSubscription add_subscription(std::string_view channel, StreamId stream) {
    return {.stream_id = stream, .channel = channel};
}
inline constexpr StreamId stream_7{7};

/// Nothing when it was refused; then the error is still in the inbox.
inline std::optional<Publication> try_publish(Puppet& client, std::string_view channel, StreamId stream = stream_7,
                                              control::Sharing sharing = control::Sharing::concurrent) {
    const CorrelationId id = client.ask(add_publication(channel, stream, sharing));
    const auto heard =
        client.take_first<control::PublicationReady>([&](const auto& ready) { return ready.correlation_id == id; });
    if (!heard) return std::nullopt;
    const auto& ready = *heard->as<control::PublicationReady>();
    EXPECT_EQ(ready.exclusive, sharing == control::Sharing::exclusive);
    EXPECT_EQ(ready.stream_id, stream);
    EXPECT_EQ(ready.channel_status_counter == no_counter, channel.starts_with("aeron:ipc"));
    return Publication{.id = id,
                       .original = ready.original_id,
                       .session = ready.session_id,
                       .stream = ready.stream_id,
                       .limit_counter = ready.limit_counter,
                       .status_counter = ready.channel_status_counter,
                       .path = std::string{ready.log_file},
                       .mapped = std::make_shared<MappedLog>(ready.log_file),
                       .driver = &client.driver()};
}
inline Publication publish(Puppet& client, std::string_view channel = "aeron:ipc", StreamId stream = stream_7,
                           control::Sharing sharing = control::Sharing::concurrent) {
    return try_publish(client, channel, stream, sharing).value();
}
inline Publication publish_exclusively(Puppet& client, std::string_view channel = "aeron:ipc",
                                       StreamId stream = stream_7) {
    return publish(client, channel, stream, control::Sharing::exclusive);
}
/// Its registration id.
inline CorrelationId subscribe(Puppet& client, std::string_view channel = "aeron:ipc", StreamId stream = stream_7) {
    const CorrelationId id = client.ask(add_subscription(channel, stream));
    EXPECT_TRUE(
        client.take_first<control::SubscriptionReady>([&](const auto& ready) { return ready.correlation_id == id; }));
    return id;
}
/// The image that a subscription was given and that nobody took yet.
inline std::optional<Image> take_image(Puppet& client, CorrelationId subscription) {
    const auto heard =
        client.take_first<control::AvailableImage>([&](const auto& e) { return e.subscription_id == subscription; });
    if (!heard) return std::nullopt;
    const auto& event = *heard->as<control::AvailableImage>();
    return Image{.id = event.image_correlation_id,
                 .subscription = subscription,
                 .session = event.session_id,
                 .position_counter = event.position_counter,
                 .source = std::string{event.source_identity},
                 .mapped = std::make_shared<MappedLog>(event.log_file),
                 .driver = &client.driver()};
}
inline Image image_of(Puppet& client, CorrelationId subscription) { return take_image(client, subscription).value(); }
/// False when the driver refused.
inline bool remove(Puppet& client, const Publication& publication, bool revoke = false) {
    const auto id = client.ask(control::RemovePublication{.registration_id = publication.id, .revoke = revoke});
    return client.take_first<control::OperationSucceeded>([&](const auto& e) { return e.correlation_id == id; })
        .has_value();
}
inline bool remove_subscription(Puppet& client, CorrelationId subscription) {
    const auto id = client.ask(control::RemoveSubscription{.registration_id = subscription});
    return client.take_first<control::OperationSucceeded>([&](const auto& e) { return e.correlation_id == id; })
        .has_value();
}

}  // namespace gale::testing
