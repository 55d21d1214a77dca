/// Everything that comes from the network: subscriptions, the endpoints they share, their images, and how they end.
#pragma once

#include "control/commands.hpp"
#include "driver/conductor/linker.hpp"
#include "driver/conductor/network_image.hpp"
#include "driver/conductor/parked_commands.hpp"
#include "driver/conductor/receive_channels.hpp"
#include "driver/conductor/surroundings.hpp"
#include "driver/receiver/messages.hpp"
#include "net/network.hpp"
#include "shm/loss_report.hpp"
#include "shm/ring.hpp"

#include <gale/types.hpp>

#include <memory>
#include <span>
#include <vector>

namespace gale::driver {

/// Each request either answers its client or throws the Error to answer with; then nothing has changed.
class NetworkSubscriptions {
public:
    struct Parts {
        net::Network& network;
        NameLookups& lookups;
        receiver::Commands& commands;
        const shm::Cell<std::int64_t>& sessions_refused;  ///< the receiver counts
        const shm::Cell<std::int64_t>& replies_withheld;  ///< likewise
        shm::Ring& ids;                                   ///< where images get their registration ids
        std::span<std::byte> loss_report;
    };
    /// All parts outlive it.
    NetworkSubscriptions(const Surroundings& surroundings, const Parts& parts);
    ~NetworkSubscriptions();

    void add_subscription(const control::AddSubscription& command, const Names& names, Tick tick);
    /// False when no such registration is here. The caller answers.
    [[nodiscard]] bool remove_subscription(const control::RemoveSubscription& command, Tick tick);
    /// False when the image is none of ours.
    [[nodiscard]] bool reject(const control::RejectImage& command, Tick tick);
    /// `add_receive` and `remove_receive`. Throws when there is no such subscription.
    void change_destination(const control::ChangeDestination& command, const Names& names, Tick tick);
    /// What a subscription with destinations of several media listens to. Throws when there is no such subscription.
    [[nodiscard]] StreamId stream_of_destinations(CorrelationId subscription);
    /// Everything of a client that is gone.
    void release_client(ClientId client, Tick tick);

    // Response channels. docs/formats/control.md, responses.
    [[nodiscard]] bool has_subscription(CorrelationId subscription) const noexcept;
    /// A response publication came up: the publication that sends this image is told its session. False: no such image,
    /// or it asks for none.
    bool announce_response(CorrelationId image, SessionId response);
    /// Its receiver is there, or it is gone.
    void withdraw_response(CorrelationId image);
    /// The session that answers the request of this subscription: it hears that one from now on.
    void on_response_setup(CorrelationId subscription, SessionId response);

    int update(Tick tick);                         ///< each duty cycle
    void on_timer(Tick tick);                      ///< each timer interval
    void on(receiver::Event&& event, Tick tick);   ///< what the receiver reports
    void on(const NameAnswer& answer, Tick tick);  ///< of any name that was looked up
    void close(Tick tick);                         ///< the driver stops; the receiver runs no more

private:
    /// One subscription, and what its images need to know of it.
    struct Listener {
        Subscription subscription;
        ReceiveChannel* channel;
        channel::SubscriptionParameters parameters;
    };
    /// Of a channel with sparse=false, while its log is made behind everybody's back.
    struct Unopened {
        CorrelationId registration_id;
        receiver::ImageWanted wanted;
        std::shared_ptr<StoredLog> log;
    };
    using Images = std::vector<std::unique_ptr<NetworkImage>>;

    // network_subscriptions.cpp
    void check_clash(const Listener& wanted) const;
    void check_counters(const Listener& listener, Tick tick);
    [[nodiscard]] static bool hears(const Listener& listener, const NetworkImage& image) noexcept;
    void join_channel(Listener& listener);
    void leave_channel(Listener& listener);
    void link(NetworkImage& image, Listener& listener, Position join, Tick tick);
    void link_again(Tick tick);
    void drop_listener(std::size_t index, Tick tick);
    [[nodiscard]] Listener* find(CorrelationId subscription) noexcept;
    [[nodiscard]] Listener& multi_destination(CorrelationId subscription);

    // network_images.cpp
    void on_event(receiver::ImageWanted&& event, Tick tick);
    void on_event(const receiver::ImageEnded& event, Tick tick);
    void on_event(receiver::ImageReleased&& event, Tick tick);
    void on_event(const receiver::LossSeen& event, Tick tick);
    void on_event(receiver::DestinationReleased&& event, Tick tick) { channels_.on(std::move(event), tick); }
    void on_event(receiver::EndpointReleased&& event, Tick tick);
    void on_event(const receiver::AddressStale& event, Tick /*tick*/) { channels_.on(event, lookups_); }
    void on_event(const receiver::TtlAsymmetry& event, Tick tick);
    void on_event(const receiver::TransportFailed& event, Tick tick);
    [[nodiscard]] bool start_image(receiver::ImageWanted& wanted, Tick tick);
    void open_image(Unopened ready, Tick tick);
    [[nodiscard]] std::unique_ptr<NetworkImage> make_image(const Unopened& ready, ReceiveChannel& channel,
                                                           const Listener& first, Tick tick);
    [[nodiscard]] int open_ready(Tick tick);
    [[nodiscard]] Listener* first_listener(const receiver::ImageWanted& wanted) noexcept;
    [[nodiscard]] NetworkImage* find(const receiver::Image* image) noexcept;
    [[nodiscard]] NetworkImage* find_image(CorrelationId image) noexcept;
    void follow_subscribers(NetworkImage& image, Tick tick);
    void report_strangers(Tick tick);
    [[nodiscard]] int advance(NetworkImage& image, Tick tick);
    void retire(NetworkImage& image, Tick tick);
    void destroy(Images::iterator image, Tick tick);

    Surroundings with_;
    NameLookups& lookups_;
    receiver::Commands& commands_;
    const shm::Cell<std::int64_t>& sessions_refused_;
    const shm::Cell<std::int64_t>& replies_withheld_;
    shm::Ring& ids_;
    shm::LossReport losses_;
    Linker linker_;
    ReceiveChannels channels_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    Images images_;
    std::vector<Unopened> unopened_;
    std::int64_t told_refused_ = 0;
    std::int64_t told_withheld_ = 0;
    bool has_unlinked_ = false;  ///< some subscription has no place in a stream that it should hear
};

}  // namespace gale::driver
